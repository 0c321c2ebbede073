"""The independent recount: DuckDB over the shopping data. Imports nothing of the product, on purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

Figure = tuple[str, str, str]
"""What is counted, of which party, towards which counterparty (or empty)."""

_SQL = Path(__file__).with_suffix(".sql")
_TABLES = """
    CREATE TABLE retailer (
        position INTEGER, id VARCHAR, earn_points BIGINT, earn_per_cents BIGINT, issue_price_micros BIGINT,
        redeem_price_micros BIGINT, expiry_months INTEGER, location_fee_cents BIGINT, whole_band BOOLEAN,
        paid_in_cents BIGINT
    );
    CREATE TABLE band (id VARCHAR, above BIGINT, up_to BIGINT, flat_fee_cents BIGINT, visit_fee_micros BIGINT);
"""


@dataclass(frozen=True, slots=True)
class PublishedTerms:
    """A retailer's terms; `bands` holds (visits up to or None, flat fee in cents, fee a visit in micros).

    Who is prepaid has `paid_in_cents`.
    """

    partner_id: str
    earn_points: int
    earn_per_cents: int
    issue_price_micros: int
    redeem_price_micros: int
    expiry_months: int
    location_fee_cents: int
    whole_band: bool
    bands: Sequence[tuple[int | None, int, int]]
    paid_in_cents: int = 0


def recount(file: Path, terms: Sequence[PublishedTerms], parameters: Mapping[str, int]) -> dict[Figure, int]:
    """Every figure of the demo out of the Parquet `file`. `recount.sql` names the `parameters`."""
    with duckdb.connect() as database:
        database.execute(_TABLES)
        for position, retailer in enumerate(terms):
            database.execute(
                "INSERT INTO retailer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    position,
                    retailer.partner_id,
                    retailer.earn_points,
                    retailer.earn_per_cents,
                    retailer.issue_price_micros,
                    retailer.redeem_price_micros,
                    retailer.expiry_months,
                    retailer.location_fee_cents,
                    retailer.whole_band,
                    retailer.paid_in_cents,
                ],
            )
            above = 0
            for up_to, flat_fee_cents, visit_fee_micros in retailer.bands:
                row = [retailer.partner_id, above, up_to, flat_fee_cents, visit_fee_micros]
                database.execute("INSERT INTO band VALUES (?, ?, ?, ?, ?)", row)
                above = up_to or above
        rows = database.execute(_SQL.read_text(), {"file": str(file), **parameters}).fetchall()
    return {(figure, party, counterparty): int(amount) for figure, party, counterparty, amount in rows}
