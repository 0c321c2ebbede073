"""What is owed to members in money: each column of the books at the month's end price, and what prices changed. Pure.

`opening_micros` is what the month before closed with, in money. What members held at its beginning is worth another
price at its end: the difference is `repriced_micros`. So opening, movements and repriced come to the closing, exactly.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from partners.books.model import Cohort
from partners.books.rolling import COLUMNS, Roll
from partners.books.valuation import Valuation
from partners.visits.model import PAR_MICROS
from shared.ledger.model import POINTS

MOVEMENTS = COLUMNS[1:]
QUANTITIES = (*COLUMNS, "closing")
AMOUNTS = (*(f"{name}_micros" for name in (*COLUMNS, "repriced", "closing")),)

Row = Mapping[str, Any]
Closed = Mapping[Cohort, tuple[int, int]]
"""What the month before closed with, in points or cents and in micros."""
UnitPrice = Callable[[str, str], int]
"""Of an issuer and a unit: micros for a point, or for a cent of cashback."""


def unit_prices(valuation: Valuation) -> UnitPrice:
    """Cashback at par, points as they are valued in their currency."""
    worth = {one.currency: one.price_micros for one in valuation.worths()}
    return lambda issuer, unit: worth[valuation.currency_of(issuer)] if unit == POINTS else PAR_MICROS


def amounts(roll: Roll, price: int, closed: Closed) -> dict[str, int]:
    """A cohort's columns in micros at this month's `price`.

    What was valued before by another method was at another price: that too is `repriced`.
    """
    held, opening_micros = closed.get((roll.issuer, roll.unit, roll.expiry_month), (0, 0))
    price_before = opening_micros // held if held else price
    return {
        "opening_micros": opening_micros,
        **{f"{name}_micros": getattr(roll, name) * price for name in MOVEMENTS},
        "repriced_micros": roll.opening * (price - price_before),
        "closing_micros": roll.closing * price,
    }


def summed_rows(rows: Iterable[Row], *by: str) -> list[dict[str, Any]]:
    """Quantities and amounts of rows that are alike in `by`, in that order."""
    sums: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys((*QUANTITIES, *AMOUNTS), 0))
    for row in rows:
        sum_ = sums[tuple(row[name] for name in by)]
        for name in sum_:
            sum_[name] += row[name]
    return [{**dict(zip(by, key, strict=True)), **sum_} for key, sum_ in sorted(sums.items())]


def totals(cohorts: Iterable[Row]) -> list[dict[str, Any]]:
    """Points and cashback of all issuers by currency, and what of the closing members owe: `owed_micros`, negative.

    What they hold can be spent before they owe less, so it can cost the closing without that.
    """
    rows = list(cohorts)
    owed: Counter[tuple[str, str]] = Counter()
    for row in rows:
        owed[row["currency"], row["unit"]] += 0 if row["expiry_month"] else row["closing_micros"]
    sums = summed_rows(rows, "currency", "unit")
    return [{**row, "owed_micros": owed[row["currency"], row["unit"]]} for row in sums]


def bridged(row: Row) -> int:
    """By how much the opening and all that came to it miss the closing; 0 if the row holds."""
    *to_here, closing = (int(row[name]) for name in AMOUNTS)
    return closing - sum(to_here)
