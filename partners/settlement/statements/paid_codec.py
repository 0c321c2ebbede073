"""Counted payments as they are kept. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from partners.contracts.payment import PaymentMethod
from partners.settlement.statements.deposited import DepositsCounted
from partners.settlement.statements.model import PaidIn, Payment, Way
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
            **({} if one.deposits is None else {"deposits": _deposits_to_json(one.deposits)}),
            **({} if one.ways is None else {"ways": {party: _way_to_json(way) for party, way in one.ways.items()}}),
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
        deposits=_deposits_from_json(plain["deposits"]) if "deposits" in plain else None,
        ways={party: _way_from_json(way) for party, way in plain["ways"].items()} if "ways" in plain else None,
    )


def _way_to_json(one: Way) -> list[Any]:
    return [one.method.value, one.deposit_first, one.charged, one.due_at_ms]


def _way_from_json(plain: list[Any]) -> Way:
    method, deposit_first, charged, due_at_ms = plain
    return Way(PaymentMethod(method), deposit_first, charged, due_at_ms)


def _deposits_to_json(one: DepositsCounted) -> dict[str, Any]:
    return {
        "moved": {
            partner_id: [[paid.payment_id, paid.cents, paid.at_ms] for paid in moved]
            for partner_id, moved in one.moved.items()
        },
        "opening": one.opening,
        "seen": one.seen,
        "known": one.known,
    }


def _deposits_from_json(plain: Mapping[str, Any]) -> DepositsCounted:
    return DepositsCounted(
        moved={partner_id: tuple(PaidIn(*paid) for paid in moved) for partner_id, moved in plain["moved"].items()},
        opening=plain["opening"],
        seen={partner_id: (count, window) for partner_id, (count, window) in plain["seen"].items()},
        known={partner_id: tuple(ids) for partner_id, ids in plain["known"].items()},
    )
