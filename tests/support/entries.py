"""Journal entries as posting meets them: ordinary ones, and whole books drawn at random."""

import base64
import random
from datetime import UTC, datetime
from typing import Any

from shared.ledger.codec import entry_to_item
from shared.ledger.model import Account, Entry, Lot, Move, Op, Place, Rates

NOON_MS = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()) * 1000
DAY = "2026-11-21"
RATES = Rates(terms_version=1, earn_points=5, earn_per_cents=100, issue_price_micros=6_000, redeem_price_micros=5_000)
MONTH = 2028 * 12 + 10


def entry(op: Op = Op.EARN, **fields: Any) -> Entry:
    """An entry with ordinary values: an earn of 50 points, a redemption of 50, or an enrolment."""
    points = fields.pop("points", 0 if op is Op.ENROL else 50)
    partner = fields.get("partner", "harvest")
    moved = fields.pop("lots_moved", (Lot(partner, MONTH, points),) if points else ())
    expired = fields.pop("lots_expired", ())
    way = (Place.ACTIVE, Place.ACCEPTOR) if op is Op.REDEEM else (Place.ISSUER, Place.ACTIVE)
    given: dict[str, Any] = {
        "member": "0000000042",
        "seq": 7,
        "op": op,
        "partner": partner,
        "location": "367",
        "receipt": "r-1",
        "occurred_at_ms": NOON_MS - 1_000,
        "recorded_at_ms": NOON_MS,
        "currency": None if op is Op.ENROL else "USD",
        "amount_cents": points * 20 if op is Op.EARN else None,
        "points": points,
        "value_cents": points // 2 if op is Op.REDEEM else None,
        "moves": (
            *(Move(Place.ACTIVE, Place.BREAKAGE, lot) for lot in expired),
            *(Move(*way, lot) for lot in moved),
        ),
        "rates": None if op is Op.ENROL else RATES,
        "visit": True,
        "key_hash": b"k" * 16,
        "body_hash": b"b" * 16,
        **fields,
    }
    account = Account(
        given["member"], given["seq"], given["recorded_at_ms"], card_issue=1, lots=(), recent=(), chain=b"c" * 32
    )
    return Entry(**given, account=account)


def random_entry(rng: random.Random, member: str, seq: int, partners: list[str], at_ms: int) -> Entry:
    """Any valid entry: all operations, prices that change, lots of several issuers, some expired."""
    op = rng.choices([Op.ENROL, Op.EARN, Op.REDEEM], [1, 6, 3])[0]
    partner = rng.choice(partners)
    if op is Op.EARN:
        points = rng.choice([0, 1, rng.randrange(1, 5_000)])
        lots = (Lot(partner, MONTH, points),) if points else ()
    elif op is Op.REDEEM:
        lots = tuple(
            Lot(rng.choice(partners), MONTH + rng.randrange(3), rng.randrange(1, 900))
            for _ in range(rng.randrange(1, 4))
        )
        points = sum(lot.quantity for lot in lots)
    else:
        points, lots = 0, ()
    issue_price = rng.choice([6_000, 6_250])
    expired = (Lot(rng.choice(partners), MONTH - 30, rng.randrange(1, 99)),) if rng.random() < 0.1 else ()
    return entry(
        op,
        member=member,
        seq=seq,
        partner=partner,
        location=str(rng.randrange(300, 305)),
        receipt=None if op is Op.ENROL and rng.random() < 0.5 else str(rng.randrange(10**10)),
        occurred_at_ms=at_ms - rng.randrange(100_000),
        recorded_at_ms=at_ms,
        amount_cents=rng.randrange(50_000) if op is Op.EARN else None,
        points=points,
        value_cents=points // 2 if op is Op.REDEEM else None,
        lots_moved=lots,
        lots_expired=expired,
        rates=None if op is Op.ENROL else Rates(1, 5, 100, issue_price, 5_000),
        visit=rng.random() < 0.8,
    )


def random_book(rng: random.Random, size: int, partners: list[str], *, days: int = 2) -> list[Entry]:
    """`size` valid entries in order of recording, spread over `days` UTC days from NOON_MS."""
    moments = sorted(rng.randrange(days * 86_400_000) for _ in range(size))
    return [
        random_entry(rng, f"{rng.randrange(10**10):010d}", number, partners, NOON_MS + moment)
        for number, moment in enumerate(moments, 1)
    ]


def stream_record(entry: Entry, number: str, **changes: Any) -> dict[str, Any]:
    """The record with which a stream delivers `entry`, as Lambda hands it to a function."""
    return record_of_item(entry_to_item(entry), number, **changes)


def record_of_item(item: dict[str, Any], number: str, **changes: Any) -> dict[str, Any]:
    return {
        "eventID": f"event-{number}",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": NOON_MS // 1000,
            "Keys": {"pk": item["pk"], "sk": item["sk"]},
            "NewImage": {name: _as_json(value) for name, value in item.items()},
            "SequenceNumber": number,
            "SizeBytes": 700,
            "StreamViewType": "NEW_IMAGE",
        },
        **changes,
    }


def _as_json(value: dict[str, Any]) -> dict[str, Any]:
    return {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
