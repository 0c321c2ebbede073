"""The text of an API key, `tsk_live_<id>_<secret><check>` or `tsk_test_...`, and of an operator's token, `tso_...`.

| part | characters | bits |
| --- | --- | --- |
| id | 10, Crockford base 32 | 50, random; names the key, no secret |
| secret | 32, Crockford base 32 | 160, random |
| check | 7, Crockford base 32 | CRC-32 of all before it |

The check finds every mistyped character without a read, and lets scanners of leaked keys tell ours.
"""

import re
import zlib
from dataclasses import dataclass
from typing import Literal

from shared.kernel.ids import CROCKFORD, RandomBytes, base32

Kind = Literal["tsk", "tso"]
"""`tsk` is an API key or an operator's credential, `tso` an operator's token."""

ID_CHARACTERS = 10
SECRET_BYTES = 20
_KEY = re.compile(
    rf"(?P<head>ts[ko]_(?P<mode>live|test)_(?P<id>[{CROCKFORD}]{{10}})_[{CROCKFORD}]{{32}})"
    rf"(?P<check>[{CROCKFORD}]{{7}})"
)


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key's text that is well formed, and what it says of itself."""

    text: str
    key_id: str
    live: bool


def new_key_text(random: RandomBytes, *, live: bool, kind: Kind = "tsk") -> KeyText:
    """A new key with an id and a secret from `random`."""
    key_id = base32(random(7))[:ID_CHARACTERS]
    head = f"{kind}_{'live' if live else 'test'}_{key_id}_{base32(random(SECRET_BYTES))}"
    return KeyText(head + _check(head), key_id, live)


def read_key_text(text: str) -> KeyText | None:
    """`text` as a key, or None if its shape or its check does not hold."""
    match = _KEY.fullmatch(text)
    if match is None or _check(match["head"]) != match["check"]:
        return None
    return KeyText(text, match["id"], match["mode"] == "live")


def _check(head: str) -> str:
    return base32(zlib.crc32(head.encode()).to_bytes(4, "big"))
