"""Opaque, signed cursors: where a listing goes on, good only for whom and what they were made for."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from functools import cache

from chalicelib.errors import InvalidCursorError
from partners import bootstrap
from shared.kernel.ids import digest
from shared.kernel.secret import derive

MAC_BYTES = 16

Position = Mapping[str, str | int]
"""Where to go on: names and values that the listing's service understands."""


class Cursors:
    """Writes and reads cursors under a key derived from the network's pepper."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def write(self, binding: tuple[str, ...], position: Position) -> str:
        """A cursor for `position`, bound to who asks for which listing with which filters."""
        payload = json.dumps(position, sort_keys=True, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(binding, payload) + payload).decode().rstrip("=")

    def read(self, binding: tuple[str, ...], cursor: str) -> dict[str, str | int]:
        """The position in a cursor. Raises InvalidCursorError if it is not ours or not for this binding."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise InvalidCursorError from None
        mac, payload = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(binding, payload)):
            raise InvalidCursorError
        position: dict[str, str | int] = json.loads(payload)
        return position

    def _mac(self, binding: tuple[str, ...], payload: bytes) -> bytes:
        return derive(self._pepper, "cursor", digest(*binding) + payload)[:MAC_BYTES]


@cache
def cursors() -> Cursors:
    """The process's Cursors, under the deployment's pepper."""
    return Cursors(bootstrap.services().pepper())
