"""Lambda behind /reference: the API's reference page and what it needs, out of the package; see `infra.reference`.

The gateway sends nothing else here: it knows each file by its name. All of it is everybody's.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from shared.kernel.logs import logger

FOLDER = Path(__file__).parent.parent / "reference"
PAGE, HEADERS = "index.html", "headers.json"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
FOR_GOOD, A_WHILE = "public, max-age=31536000, immutable", "public, max-age=300"


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """The file that is asked for. Who asks for it by its digest (`v`) may keep it for good, else for five minutes."""
    _, _, name = event["resource"].removeprefix("/").partition("/")
    name = name or PAGE
    text, tag, headers = _file(name)
    by_its_digest = (event.get("queryStringParameters") or {}).get("v") == tag
    kept = {"ETag": f'"{tag}"', "Cache-Control": FOR_GOOD if by_its_digest else A_WHILE}
    asked = {key.lower(): value for key, value in (event.get("headers") or {}).items()}
    status = 304 if f'"{tag}"' in asked.get("if-none-match", "") else 200
    logger().info("reference", extra={"file": name, "status": status})
    return {"statusCode": status, "headers": {**headers, **kept}, "body": text if status == 200 else ""}


@cache
def _file(name: str) -> tuple[str, str, Mapping[str, str]]:
    """A file's text, the beginning of its digest, and its headers."""
    raw = (FOLDER / name).read_bytes()
    every: dict[str, str] = json.loads((FOLDER / HEADERS).read_text())
    return raw.decode(), digest_of(raw), {**every, "Content-Type": TYPES[Path(name).suffix]}


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]
