"""A statement on paper."""

from collections import Counter
from collections.abc import Sequence

from partners.settlement.model import LineKind
from partners.settlement.statements.model import Block, Charge, LineSums, Statement
from shared.kernel.clock import to_rfc3339
from shared.kernel.paper import AMBER, BLUE, Column, Paper, Series

WHAT = {
    LineKind.ISSUED: "Points granted",
    LineKind.REDEEMED: "Points honoured",
    LineKind.CASHBACK_ISSUED: "Cashback granted",
    LineKind.CASHBACK_REDEEMED: "Cashback honoured",
    LineKind.CASHBACK_PAID_OUT: "Cashback paid out",
    LineKind.COMMISSION: "Commission",
    LineKind.BREAKAGE_SHARE: "Share of expired points",
    LineKind.CARRIED: "Brought forward",
}
MOST_BLOCKS = 400
"""About ten pages; where there are more, the days of all locations are summed up."""


def statement_pdf(statement: Statement, document_sha256: str) -> bytes:
    """The statement as a PDF document in A4; the same bytes each time.

    `document_sha256` is the hash of the signed statement, in hexadecimal digits: it ties the paper to the file.
    """
    title = f"Settlement statement {statement.number}"
    paper = Paper(title, statement.network_name, f"{title}, {statement.partner_id}", statement.issued_at_ms)
    paper.heading("Settlement statement", statement.network_name)
    paper.particulars(
        [
            ("Partner", f"{statement.partner_name} ({statement.partner_id})"),
            ("Statement", f"number {statement.number}, window {statement.window}"),
            ("From", f"{to_rfc3339(statement.opens_at_ms)} (UTC)"),
            ("To", f"{to_rfc3339(statement.closes_at_ms)}, excluded"),
            ("Issued at", to_rfc3339(statement.issued_at_ms)),
            ("Currency", statement.currency),
        ]
    )
    paper.section("Position")
    paper.table(
        [Column("", 70), Column(f"Amount {statement.currency}", 30, figures=True)],
        [
            ("Opening position", _amount(statement.opening_cents)),
            ("Payments since", _amount(statement.paid_cents)),
            ("Net position of the period", _amount(statement.net_cents)),
            (_owed(statement.closing_cents), _amount(statement.closing_cents)),
        ],
        [3],
    )
    paper.section("How the net position comes about")
    paper.table(
        [
            Column("", 28),
            Column("Granted by", 17),
            Column("Quantity", 15, figures=True),
            Column("Price", 20, figures=True),
            Column(f"Amount {statement.currency}", 20, figures=True),
        ],
        [*map(_charge, statement.charges), ("Sum, rounded with all others'", "", "", "", _amount(statement.net_cents))],
        [len(statement.charges)],
    )
    days = _by_day(statement.blocks)
    if days:
        paper.section("Points granted and honoured, day by day")
        issued, honoured = zip(*days.values(), strict=True)
        paper.bars(
            [day[5:] for day in days],
            [Series("granted", BLUE, _upwards(issued)), Series("honoured", AMBER, _upwards(honoured))],
        )
    paper.section("Locations and days" if len(statement.blocks) <= MOST_BLOCKS else "Locations")
    rows = [_sums_row(location, day, sums) for location, day, sums in _located(statement.blocks)]
    paper.table(
        [
            Column("Location", 20),
            Column("Day (UTC)", 16),
            Column("Lines", 12, figures=True),
            Column("Visits", 12, figures=True),
            Column("Granted", 13, figures=True),
            Column("Honoured", 13, figures=True),
            Column(f"Position {statement.currency}", 18, figures=True),
        ],
        [*rows, _sums_row("All", "", statement.sums)],
        [len(rows)],
    )
    paper.note(
        "Positive amounts are owed to you by the network, negative ones by you. Every line stands in the lines file "
        "of this statement, with the id of its journal entry. The signed statement has the SHA-256 "
        f"{document_sha256}; check it with 'tessera statement verify'."
    )
    return paper.to_bytes()


def _charge(charge: Charge) -> tuple[str, str, str, str, str]:
    price = _micros(charge.price_micros)
    if charge.rate_bps is not None:
        price = f"{price} x {charge.rate_bps // 100}.{charge.rate_bps % 100:02d} %"
    return WHAT[charge.kind], charge.issuer, f"{charge.quantity:,}", price, _micros(charge.amount_micros)


def _upwards(values: Sequence[int]) -> list[int]:
    """A day on which more was undone than done has no bar."""
    return [max(0, value) for value in values]


def _by_day(blocks: Sequence[Block]) -> dict[str, tuple[int, int]]:
    issued: Counter[str] = Counter()
    honoured: Counter[str] = Counter()
    for block in blocks:
        issued[block.day] += block.sums.issued_points
        honoured[block.day] += block.sums.honoured_points
    return {day: (issued[day], honoured[day]) for day in sorted(issued)}


def _located(blocks: Sequence[Block]) -> list[tuple[str, str, LineSums]]:
    """Each block; where that would be too many for paper, each location."""
    if len(blocks) <= MOST_BLOCKS:
        return [(block.location, block.day, block.sums) for block in blocks]
    by_location: dict[str, LineSums] = {}
    for block in blocks:
        by_location[block.location] = by_location.get(block.location, LineSums()) + block.sums
    return [(location, "", by_location[location]) for location in sorted(by_location)]


def _sums_row(location: str, day: str, sums: LineSums) -> tuple[str, ...]:
    counts = (sums.lines, sums.visits, sums.issued_points, sums.honoured_points)
    return location, day, *(f"{count:,}" for count in counts), _micros(sums.position_micros)


def _owed(closing_cents: int) -> str:
    if closing_cents == 0:
        return "Closing position: settled"
    return "Closing position: owed to you" if closing_cents > 0 else "Closing position: you owe"


def _amount(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def _micros(micros: int) -> str:
    """Exact, with as many decimals as it takes, two at least."""
    sign = "-" if micros < 0 else ""
    whole, part = divmod(abs(micros), 1_000_000)
    return f"{sign}{whole:,}.{f'{part:06d}'.rstrip('0'):0<2}"
