"""Parts, shares and tallies in few bytes, and back: JSON, compressed."""

import json
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from partners.audit.model import Check, Finding, Part, Share, Tallies, Tally

TALLIES_PER_PIECE = 4_000
"""At most 70 bytes each once compressed; an item may have 400 KB."""

_COUNTS = ("members", "entries", "visits", "partner_days", "pages", "lines", "findings_in_all")


def pack_part(part: Part) -> bytes:
    return _pack(_part_to_json(part))


def unpack_part(packed: bytes) -> Part:
    """Raises ValueError, KeyError or zlib.error if the bytes are not what pack_part writes."""
    return _part_from_json(_unpack(packed))


def pack_share(share: Share) -> bytes:
    return _pack([_part_to_json(share.part), share.tallied, sorted(share.months)])


def unpack_share(packed: bytes) -> Share:
    """Raises what unpack_part raises."""
    part, tallied, months = _unpack(packed)
    return Share(_part_from_json(part), tuple(tallied), frozenset(months))


def pack_tallies(tallies: Tallies) -> Iterator[bytes]:
    """One piece or more, each small enough for an item."""
    rows = (
        [partner, day, tally.lines, tally.visits, str(tally.numbers), f"{tally.hashes:x}"]
        for (partner, day), tally in sorted(tallies.items())
    )
    while piece := list(islice(rows, TALLIES_PER_PIECE)):
        yield _pack(piece)


def unpack_tallies(packed: bytes) -> Tallies:
    return {
        (partner, day): Tally(lines, visits, int(numbers), int(hashes, 16))
        for partner, day, lines, visits, numbers, hashes in _unpack(packed)
    }


def _part_to_json(part: Part) -> dict[str, Any]:
    return {
        "counts": [getattr(part, name) for name in _COUNTS],
        "flows": [[issuer, unit, str(place), number] for (issuer, unit, place), number in part.flows.items()],
        "states": [[issuer, unit, str(place), number] for (issuer, unit, place), number in part.states.items()],
        "findings": [[found.subject, found.check, found.contradiction] for found in part.findings],
    }


def _part_from_json(read: dict[str, Any]) -> Part:
    return Part(
        **dict(zip(_COUNTS, read["counts"], strict=True)),
        flows={(issuer, unit, place): number for issuer, unit, place, number in read["flows"]},
        states={(issuer, unit, place): number for issuer, unit, place, number in read["states"]},
        findings=tuple(Finding(subject, Check(check), what) for subject, check, what in read["findings"]),
    )


def _pack(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode())


def _unpack(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed))
