"""The books of a month as a document: canonical JSON, so that the same journal gives the same bytes. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from partners.books.breakage import Age, Development, method_of, triangle
from partners.books.model import Count
from partners.books.rolling import COLUMNS, Roll, roll_forward, summed
from partners.books.trial import trial_balance
from partners.visits.model import PAR_MICROS
from shared.kernel.canonical import canonical_json
from shared.ledger.model import POINTS

FORMAT = "tessera-books/1"

RedeemPrice = Callable[[str], int]
"""What the network pays for a point of an issuer at the month's end, in millionths of its currency."""


def document_of(
    month: str,
    number: int,
    count: Count,
    earlier: Mapping[int, tuple[Roll, ...]],
    price: RedeemPrice,
    version: int,
) -> bytes:
    """The books of `month`, by its `number` as months are numbered; `earlier` are the rolls of all months before.

    `version` is that of the estimate of breakage. Raises ValueError for one that there is not.
    """
    rolls = roll_forward(count)
    document = {
        "format": FORMAT,
        "month": month,
        "members": count.members,
        "entries": count.entries,
        "cohorts": [_rolled(roll, price) for roll in rolls],
        "issuers": [_rolled(roll, price) for roll in summed(rolls)],
        "matrix": [
            {"issuer": issuer, "unit": unit, "acceptor": acceptor, "quantity": quantity}
            for (issuer, unit, acceptor), quantity in sorted(count.honoured.items())
        ],
        "trial_balance": [{**asdict(balance), "closing": balance.closing} for balance in trial_balance(count)],
        "breakage": {
            "method": method_of(version),
            "version": version,
            "cohorts": [_developed(one) for one in triangle({**earlier, number: rolls}, number, version)],
        },
    }
    return canonical_json(document)


def rolls_of(document: bytes) -> tuple[Roll, ...]:
    """The rolls that a document was made of."""
    read: dict[str, Any] = json.loads(document)
    names = ("issuer", "unit", "expiry_month", *COLUMNS)
    return tuple(Roll(**{name: row[name] for name in names}) for row in read["cohorts"])


def breakage_of(document: bytes) -> tuple[int, tuple[Development, ...]]:
    """The version of a document's estimates, and its triangle with these."""
    read: dict[str, Any] = json.loads(document)["breakage"]
    cohorts = ({**row, "ages": tuple(Age(*numbers) for numbers in row["ages"])} for row in read["cohorts"])
    return read["version"], tuple(Development(**cohort) for cohort in cohorts)


def _rolled(roll: Roll, price: RedeemPrice) -> dict[str, Any]:
    micros = price(roll.issuer) if roll.unit == POINTS else PAR_MICROS
    return {**asdict(roll), "closing": roll.closing, "closing_micros": roll.closing * micros}


def _developed(one: Development) -> dict[str, Any]:
    return {**asdict(one), "ages": [[age.granted, age.redeemed, age.expired] for age in one.ages]}
