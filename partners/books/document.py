"""The books of a month as a document: canonical JSON, so that the same journal gives the same bytes. Pure."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from partners.books import breakage, valuation
from partners.books.amounts import Closed, amounts, summed_rows, totals, unit_prices
from partners.books.breakage import Age, Development, method_of, triangle
from partners.books.model import Count
from partners.books.rolling import COLUMNS, Roll, roll_forward, summed
from partners.books.trial import trial_balance
from partners.books.valuation import METHOD, OF_ITS_ISSUER, Priced, Valuation
from partners.contracts.exchange import ExchangeRate
from partners.visits.model import PAR_MICROS
from shared.kernel.canonical import canonical_json
from shared.ledger.model import POINTS

FORMAT = "tessera-books/2"
FIRST_FORMAT = "tessera-books/1"
"""Without amounts but the closing's, by version 1 of the valuation; of some months there are such books for ever."""

RedeemPrice = Callable[[str], int]
"""What the network pays a partner for a point that it honours, by its id, at the month's end, in millionths of its
currency. By version 1 it was taken for what the partner's own points cost, wherever they are spent."""


@dataclass(frozen=True, slots=True)
class Methods:
    """By which versions of its methods the books of a month are made."""

    breakage: int = breakage.VERSION
    valuation: int = valuation.VERSION


def document_of(
    month: str,
    number: int,
    count: Count,
    earlier: Mapping[int, bytes],
    priced: Valuation | RedeemPrice,
    breakage_version: int,
) -> bytes:
    """The books of `month`, by its `number` as months are numbered; `earlier` are the documents of all months before.

    By a Valuation they are in the format of now, by the prices of issuers in the first one. Raises ValueError for a
    version of breakage that there is not.
    """
    rolls = roll_forward(count)
    rolls_before = {before: rolls_of(document) for before, document in earlier.items()}
    if isinstance(priced, Valuation):
        closed = closed_with(earlier[number - 1]) if number - 1 in earlier else {}
        valued = {**_valued(rolls, priced, closed), "matrix": _matrix(count)}
    else:
        valued = {
            "format": FIRST_FORMAT,
            "cohorts": [_rolled(roll, priced) for roll in rolls],
            "issuers": [_rolled(roll, priced) for roll in summed(rolls)],
            "matrix": [
                {"issuer": issuer, "unit": unit, "acceptor": acceptor, "quantity": quantity}
                for (issuer, unit, acceptor), quantity in sorted(count.honoured.items())
            ],
        }
    document = {
        **valued,
        "month": month,
        "members": count.members,
        "entries": count.entries,
        "trial_balance": [{**asdict(balance), "closing": balance.closing} for balance in trial_balance(count)],
        "breakage": {
            "method": method_of(breakage_version),
            "version": breakage_version,
            "cohorts": [_developed(one) for one in triangle({**rolls_before, number: rolls}, number, breakage_version)],
        },
    }
    return canonical_json(document)


def rolls_of(document: bytes) -> tuple[Roll, ...]:
    """The rolls that a document was made of."""
    read: dict[str, Any] = json.loads(document)
    names = ("issuer", "unit", "expiry_month", *COLUMNS)
    return tuple(Roll(**{name: row[name] for name in names}) for row in read["cohorts"])


def closed_with(document: bytes) -> Closed:
    """What each cohort closed with in a document of any format."""
    rows = json.loads(document)["cohorts"]
    return {(row["issuer"], row["unit"], row["expiry_month"]): (row["closing"], row["closing_micros"]) for row in rows}


def methods_of(document: bytes) -> Methods:
    """The versions that a document names."""
    read: dict[str, Any] = json.loads(document)
    valued = read["valuation"]["version"] if "valuation" in read else OF_ITS_ISSUER
    return Methods(read["breakage"]["version"], valued)


def breakage_of(document: bytes) -> tuple[int, tuple[Development, ...]]:
    """The version of a document's estimates, and its triangle with these."""
    read: dict[str, Any] = json.loads(document)["breakage"]
    cohorts = ({**row, "ages": tuple(Age(*numbers) for numbers in row["ages"])} for row in read["cohorts"])
    return read["version"], tuple(Development(**cohort) for cohort in cohorts)


def valuation_told(read: Mapping[str, Any]) -> Valuation:
    """What the points of a document of the present format, read as JSON, are valued by."""
    told = read["valuation"]
    partners = (
        Priced(**{**row, "exchange_rates": tuple(ExchangeRate(*rate) for rate in row["exchange_rates"])})
        for row in told["partners"]
    )
    return Valuation(tuple(partners), told["network_currency"])


def _matrix(count: Count) -> list[dict[str, Any]]:
    """Who honoured what of whom, and what was paid for it: what was taken and called off at several prices as well."""
    quantities: Counter[tuple[str, str, str, str]] = Counter()
    paid: Counter[tuple[str, str, str, str]] = Counter()
    for (*whose, price), quantity in count.paid.items():
        issuer, unit, acceptor, currency = whose
        quantities[issuer, unit, acceptor, currency] += quantity
        paid[issuer, unit, acceptor, currency] += quantity * price
    return [
        {
            "issuer": issuer,
            "unit": unit,
            "acceptor": acceptor,
            "currency": currency,
            "quantity": quantity,
            "paid_micros": paid[issuer, unit, acceptor, currency],
        }
        for (issuer, unit, acceptor, currency), quantity in sorted(quantities.items())
    ]


def prices_told(priced: Valuation) -> list[dict[str, Any]]:
    """What a point costs in each currency, as documents say it."""
    rows = (asdict(worth) for worth in priced.worths())
    return [{name: value for name, value in row.items() if name != "unknown"} for row in rows]


def _valued(rolls: tuple[Roll, ...], priced: Valuation, closed: Closed) -> dict[str, Any]:
    price = unit_prices(priced)
    cohorts = [
        {
            **asdict(roll),
            "closing": roll.closing,
            "currency": priced.currency_of(roll.issuer) if roll.unit == POINTS else roll.unit,
            **amounts(roll, price(roll.issuer, roll.unit), closed),
        }
        for roll in rolls
    ]
    partners = [
        {**asdict(one), "exchange_rates": [[rate.currency, rate.nanos] for rate in one.exchange_rates]}
        for one in priced.partners
    ]
    return {
        "format": FORMAT,
        "cohorts": cohorts,
        "issuers": summed_rows(cohorts, "issuer", "unit", "currency"),
        "totals": totals(cohorts),
        "valuation": {
            "method": METHOD,
            "version": valuation.VERSION,
            "network_currency": priced.network_currency,
            "prices": prices_told(priced),
            "partners": partners,
        },
    }


def _rolled(roll: Roll, price: RedeemPrice) -> dict[str, Any]:
    micros = price(roll.issuer) if roll.unit == POINTS else PAR_MICROS
    return {**asdict(roll), "closing": roll.closing, "closing_micros": roll.closing * micros}


def _developed(one: Development) -> dict[str, Any]:
    return {**asdict(one), "ages": [[age.granted, age.redeemed, age.expired] for age in one.ages]}
