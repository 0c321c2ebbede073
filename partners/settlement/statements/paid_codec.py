"""Counted payments as they are kept. Pure."""

import json

from partners.settlement.statements.model import Payment
from partners.settlement.statements.paid import Counted, Moved, Seen
from shared.kernel.canonical import canonical_json


def counted_to_json(one: Counted) -> bytes:
    return canonical_json(
        {
            "window": one.window,
            "at_ms": one.at_ms,
            "moved": [
                [moved.partner_id, moved.currency, moved.payment.reference, moved.payment.cents, moved.payment.at_ms]
                for moved in one.moved
            ],
            "seen": {settlement: [seen.version, seen.window] for settlement, seen in one.seen.items()},
            "known": one.known,
        }
    )


def counted_from_json(text: bytes) -> Counted:
    """What `counted_to_json` was given."""
    plain = json.loads(text)
    return Counted(
        window=plain["window"],
        at_ms=plain["at_ms"],
        moved=tuple(
            Moved(partner_id, currency, Payment(reference, cents, at_ms))
            for partner_id, currency, reference, cents, at_ms in plain["moved"]
        ),
        seen={settlement: Seen(version, window) for settlement, (version, window) in plain["seen"].items()},
        known={settlement: tuple(references) for settlement, references in plain["known"].items()},
    )
