"""Opaque cursors: where a listing goes on, good only for whom and what they were made for, and told to nobody.

What was read last may be what its reader must not see: an entry of another partner, or whose till it was. So a
cursor is encrypted, and its length tells little. The code of the plain text is what the keystream is made from
(as in SIV, RFC 5297): the same position has the same cursor, two positions never share a keystream.
"""

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
PADDED_TO_BYTES = 48
MARK = "c"
"""What each begins with: one that began with a hyphen would be an option on a command line."""

Position = Mapping[str, str | int]
"""Where to go on: names and values that the listing's service understands."""


class Cursors:
    """Writes and reads cursors under a key derived from the network's pepper."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def write(self, binding: tuple[str, ...], position: Position) -> str:
        """A cursor for `position`, bound to who asks for which listing with which filters."""
        payload = json.dumps(position, sort_keys=True, separators=(",", ":")).encode()
        payload += b" " * (-(MAC_BYTES + len(payload)) % PADDED_TO_BYTES)
        mac = self._mac(binding, payload)
        return MARK + base64.urlsafe_b64encode(mac + self._veiled(mac, payload)).decode().rstrip("=")

    def read(self, binding: tuple[str, ...], cursor: str) -> dict[str, str | int]:
        """The position in a cursor. Raises InvalidCursorError if it is not ours or not for this binding."""
        if not cursor.startswith(MARK):
            raise InvalidCursorError
        text = cursor.removeprefix(MARK)
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise InvalidCursorError from None
        mac = raw[:MAC_BYTES]
        payload = self._veiled(mac, raw[MAC_BYTES:])
        if not hmac.compare_digest(mac, self._mac(binding, payload)):
            raise InvalidCursorError
        position: dict[str, str | int] = json.loads(payload)
        return position

    def _mac(self, binding: tuple[str, ...], payload: bytes) -> bytes:
        return derive(self._pepper, "cursor", digest(*binding) + payload)[:MAC_BYTES]

    def _veiled(self, mac: bytes, text: bytes) -> bytes:
        """The payload encrypted, or what is encrypted as it was."""
        blocks = -(-len(text) // 32)
        key = b"".join(derive(self._pepper, "cursor veil", mac + one.to_bytes(4, "big")) for one in range(blocks))
        return bytes(one ^ other for one, other in zip(text, key, strict=False))


@cache
def cursors() -> Cursors:
    """The process's Cursors, under the deployment's pepper."""
    return Cursors(bootstrap.services().pepper())
