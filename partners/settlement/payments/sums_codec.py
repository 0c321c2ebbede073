"""What finished settlements come to as it is kept. Pure."""

import json
import zlib
from typing import Any

from partners.settlement.payments.sums import RULES, Moves, Sums
from partners.settlement.statements.model import CameAs
from shared.kernel.canonical import canonical_json

Attributes = dict[str, Any]


def sums_to_attributes(one: Sums) -> Attributes:
    """Of an item of DynamoDB, plain: one of them has some 100 bytes."""
    numbers = {
        "rules": RULES,
        "version": one.version,
        "first_ms": one.first_ms,
        "last_ms": one.last_ms,
        "spare_cents": one.spare_cents,
    }
    found: Attributes = {name: {"N": str(number)} for name, number in numbers.items()}
    if one.unseen:
        found["unseen"] = {"M": {by: {"N": str(cents)} for by, cents in one.unseen.items()}}
    return found


def sums_from_attributes(window: int, currency: str, item: Attributes) -> Sums | None:
    """What `sums_to_attributes` was given; None of what was made by other rules."""
    if "rules" not in item or int(item["rules"]["N"]) != RULES:
        return None
    version, first_ms, last_ms, spare_cents = (
        int(item[name]["N"]) for name in ("version", "first_ms", "last_ms", "spare_cents")
    )
    unseen = {by: int(cents["N"]) for by, cents in sorted(item.get("unseen", {"M": {}})["M"].items())}
    return Sums(window, currency, version, first_ms, last_ms, spare_cents, unseen)


def moves_to_bytes(one: Moves) -> bytes:
    row = {"moved": one.moved, "used": one.used_cents, "rests_on": one.rests_on, "defaults": one.defaults}
    return zlib.compress(canonical_json(row), level=9)


def moves_from_bytes(settlement_id: str, packed: bytes) -> Moves:
    """What `moves_to_bytes` was given."""
    row = json.loads(zlib.decompress(packed))
    moved = tuple((party, CameAs(came_as), brought, went) for party, came_as, brought, went in row["moved"])
    return Moves(settlement_id, moved, row["used"], row["rests_on"], tuple(row["defaults"]))
