"""Files of reconciliations on S3, below `reconciliation/`.

| key | holds |
| --- | --- |
| `uploads/<partner>/<number>` | the partner's file, put by the partner |
| `results/<partner>/<number>/lines.csv` | what became of every line |
| `results/<partner>/<number>/differences/<chunk, 5 digits>.json` | differences, DIFFERENCES_A_CHUNK each |
"""

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partners.reconciliation.service import Uploaded
from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1 << 20


class ReconciliationBucket:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def link_to_put(self, key: str, size_bytes: int, seconds: int) -> str:
        """A URL to which anyone may PUT an object of exactly this size for so long."""
        params = {"Bucket": self._bucket, "Key": key, "ContentLength": size_bytes}
        return self._client.generate_presigned_url("put_object", Params=params, ExpiresIn=seconds)

    def link_to_get(self, key: str, name: str, seconds: int) -> str:
        """A URL from which anyone may GET this object, as a file of this name, for so long."""
        params = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
            "ResponseContentType": "text/csv; charset=utf-8",
        }
        return self._client.generate_presigned_url("get_object", Params=params, ExpiresIn=seconds)

    def uploaded(self, key: str) -> Uploaded | None:
        """How large an object is, and its version; None if there is none."""
        with outage_as_unavailable():
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=key)
            except self._client.exceptions.ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                    return None
                raise
        return Uploaded(found["ContentLength"], found["VersionId"])

    def fetch(self, key: str, version_id: str, file: Path) -> None:
        """Copy one version of an object into `file`."""
        with outage_as_unavailable(), file.open("wb") as out:
            body = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version_id)["Body"]
            for chunk in body.iter_chunks(_CHUNK_BYTES):
                out.write(chunk)

    def put_file(self, key: str, file: Path) -> None:
        with file.open("rb") as content, outage_as_unavailable():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content)

    def put(self, key: str, content: bytes) -> None:
        with outage_as_unavailable():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content)

    def read(self, key: str) -> bytes:
        """An object that is there."""
        with outage_as_unavailable():
            answer: Any = self._client.get_object(Bucket=self._bucket, Key=key)
            content: bytes = answer["Body"].read()
        return content
