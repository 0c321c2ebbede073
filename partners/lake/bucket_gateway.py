"""The lake's files on S3.

| key below `lake/v1/` | holds |
| --- | --- |
| `lines/…`, `moves/…` | Parquet: `partners.lake.schema` |
| `parts/<window, 8 digits>/<partner>/<part, 4 digits>.json` | a part, written after its files, which only then count |
| `windows/<window, 8 digits>.json` | that all partners' lines of the window are there |

Every object is written once, on condition that there is none.
"""

import json
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from partners.lake.model import Part
from partners.lake.schema import FOLDER
from shared.kernel.aws import outage_as_unavailable
from shared.kernel.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1 << 20


class LakeBucket:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def part(self, window: int, partner: str, number: int) -> Part | None:
        found = self._json(_part_key(window, partner, number))
        return None if found is None else Part(**found)

    def add_part(self, window: int, partner: str, part: Part) -> None:
        """Write a part; what is there stays as it is."""
        self._add(_part_key(window, partner, part.number), json.dumps(asdict(part)).encode())

    def add_file(self, key: str, file: Path) -> bool:
        """Write a file; what is there stays as it is, and then it is False."""
        with file.open("rb") as content:
            return self._add(key, content)

    def fetch(self, key: str, file: Path) -> None:
        """Copy an object that is there into `file`."""
        with outage_as_unavailable(), file.open("wb") as out:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            for chunk in body.iter_chunks(_CHUNK_BYTES):
                out.write(chunk)

    def is_whole(self, window: int) -> bool:
        return self._json(_window_key(window)) is not None

    def set_whole(self, window: int, partners: list[str]) -> None:
        """Write that all lines of a window are there."""
        self._add(_window_key(window), json.dumps({"window": window, "partners": partners}).encode())

    def _json(self, key: str) -> dict[str, Any] | None:
        with outage_as_unavailable():
            try:
                body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None
        found: dict[str, Any] = json.loads(body)
        return found

    def _add(self, key: str, content: bytes | IO[bytes]) -> bool:
        with outage_as_unavailable():
            try:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=content, IfNoneMatch="*")
            except self._client.exceptions.ClientError as error:
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                if status == HTTPStatus.CONFLICT:
                    raise StoreUnavailableError("somebody else is writing the same object") from error
                if status != HTTPStatus.PRECONDITION_FAILED:
                    raise
                return False
        return True


def _part_key(window: int, partner: str, number: int) -> str:
    return f"{FOLDER}/parts/{window:08d}/{partner}/{number:04d}.json"


def _window_key(window: int) -> str:
    return f"{FOLDER}/windows/{window:08d}.json"
