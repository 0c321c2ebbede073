"""A statement on paper."""

from collections import Counter
from collections.abc import Iterable, Sequence

from partners.settlement.model import LineKind
from partners.settlement.statements.how_paid import how, when
from partners.settlement.statements.model import FORMAT, KINDS_OF_LINES, Block, Charge, LineSums, Statement
from shared.kernel.clock import DAY_MS, to_rfc3339, utc_day
from shared.kernel.paper import AMBER, BLUE, Column, Paper, Series

WHAT = {
    LineKind.ISSUED: "Points granted",
    LineKind.REDEEMED: "Points honoured",
    LineKind.CASHBACK_ISSUED: "Cashback granted",
    LineKind.CASHBACK_REDEEMED: "Cashback honoured",
    LineKind.CASHBACK_PAID_OUT: "Cashback paid out",
    LineKind.COMMISSION: "Commission",
    LineKind.BREAKAGE_SHARE: "Share of expired points",
    LineKind.CASHBACK_BREAKAGE_SHARE: "Share of expired cashback",
    LineKind.CARRIED: "Brought forward",
}
MOST_ROWS = 300
"""About seven pages, made within seconds; where there are more, days stand for all locations together."""


def statement_pdf(statement: Statement, statement_sha256: str) -> bytes:
    """The statement as a PDF document in A4; the same bytes each time.

    `statement_sha256` is the hash of what is signed, in hexadecimal digits: it ties the paper to the file.
    """
    title = f"Settlement statement {statement.number}"
    paper = Paper(title, statement.network_name, f"{title}, {statement.partner_id}", statement.issued_at_ms)
    paper.heading("Settlement statement", statement.network_name)
    paper.particulars(
        [
            ("Partner", paper.named(statement.partner_name, statement.partner_id)),
            ("Statement", f"number {statement.number}, of settlement {statement.window}-{statement.currency}"),
            ("Period", _period(statement.opens_at_ms, statement.closes_at_ms)),
            ("Issued", _moment(statement.issued_at_ms)),
        ]
    )
    paper.outcome(_owed(statement.closing_cents), f"{_amount(abs(statement.closing_cents))} {statement.currency}")
    _position(paper, statement)
    _to_pay(paper, statement)
    _totals(paper, statement)
    _charges(paper, statement)
    _payments(paper, statement)
    _deposit(paper, statement)
    days = _by_day(statement.blocks)
    if days:
        paper.section("Points granted and honoured, day by day")
        issued, honoured = zip(*days.values(), strict=True)
        paper.bars(
            [day[5:] for day in days],
            [Series("granted", BLUE, _upwards(issued)), Series("honoured", AMBER, _upwards(honoured))],
        )
    few = len(statement.locations) <= MOST_ROWS
    paper.section("Locations" if few else f"All {len(statement.locations):,} locations; each is in the CSV file")
    _sums(paper, ["Location"], [((one.location,), one.sums) for one in statement.locations if few], statement)
    _bridge(paper, statement)
    if statement.blocks and len(statement.blocks) <= MOST_ROWS:
        paper.section("Locations and days")
        by_location = sorted(statement.blocks, key=lambda block: (block.location, block.day))
        _sums(paper, ["Location", "Day (UTC)"], [((one.location, one.day), one.sums) for one in by_location], statement)
    elif statement.blocks:
        paper.section("Days")
        _sums(paper, ["Day (UTC)"], [((day,), sums) for day, sums in _sums_by_day(statement.blocks)], statement)
    paper.note(
        "Positive amounts are owed to you by the network, negative ones by you. Charges are numbered; the entries of "
        f"each are at /v1/statements/{statement.window}/charges/1/entries. All {statement.sums.lines:,} lines, with "
        f"the ids of their journal entries, are in the file at /v1/statements/{statement.window}/lines. "
        + (f"The hash of all of them is {statement.blocks[-1].chain_after}. " if statement.blocks else "")
        + f"The signed statement has the SHA-256 {statement_sha256}. Check both with 'tessera statement verify'."
    )
    return paper.to_bytes()


def _position(paper: Paper, statement: Statement) -> None:
    rows = [
        ("Opening position", _amount(statement.opening_cents)),
        ("Payments since", _amount(statement.paid_cents)),
        ("Net position of the period", _amount(statement.net_cents)),
    ]
    if statement.carried_cents:
        rows.append(("Brought forward in it, and open already before", _amount(-statement.carried_cents)))
    rows.append(("Closing position", _amount(statement.closing_cents)))
    paper.section("Position")
    columns = [Column("", 70), Column(f"Amount {statement.currency}", 30, figures=True)]
    paper.table(columns, rows, [len(rows) - 1])


def _to_pay(paper: Paper, statement: Statement) -> None:
    """What earlier settlements have left is paid with those, whatever is said here."""
    way, currency = statement.way, statement.currency
    if way is None:
        return
    rows = [
        ("How", how(statement, way)),
        ("When", when(statement, way)),
    ]
    earlier_cents = statement.closing_cents - statement.net_cents
    if earlier_cents:
        rows.append(("Besides", f"{_amount(earlier_cents)} {currency} is open of earlier settlements."))
    paper.section("How it is paid")
    settled = f"{_amount(statement.net_cents)} {currency}, the net position of the period"
    columns = [Column(f"Settlement {statement.window}-{currency}", 28), Column(settled, 72)]
    paper.table(columns, [row for row in rows if row[1]])


def _totals(paper: Paper, statement: Statement) -> None:
    totals, currency = statement.totals, statement.currency
    if not totals:
        return
    decimals = _decimals([statement.net_micros, *(total.amount_micros for total in totals)])
    rows = [
        (WHAT[one.kind], *_quantities(one.kind, one.quantity), _micros(one.amount_micros, decimals)) for one in totals
    ]
    paper.section("Charges by kind")
    paper.table(
        [
            Column("", 40),
            Column("Points", 18, figures=True),
            Column(f"Cashback {currency}", 20, figures=True),
            Column(f"Amount {currency}", 22, figures=True),
        ],
        [*rows, ("Net position", "", "", _micros(statement.net_micros, decimals))],
        [len(rows)],
    )


def _bridge(paper: Paper, statement: Statement) -> None:
    """Places have no part in fees and what is carried."""
    words = {"lines": "All locations", "net": "Net position"}
    words |= {kind.value: WHAT[kind] for kind in LineKind if kind not in KINDS_OF_LINES}
    decimals = _decimals(micros for _, micros in statement.bridge)
    rows = [(words[item], _micros(micros, decimals)) for item, micros in statement.bridge]
    paper.section("From the locations to the net position")
    paper.table(
        [Column("", 70), Column(f"Amount {statement.currency}", 30, figures=True)], rows, [len(rows) - 1], dense=True
    )


def _quantities(kind: LineKind, quantity: int) -> tuple[str, str]:
    """Points, and cashback in units of the currency; what is carried is neither."""
    if kind is LineKind.CARRIED:
        return "", ""
    return ("", _amount(quantity)) if kind.value.startswith("cashback") else (f"{quantity:,}", "")


def _charges(paper: Paper, statement: Statement) -> None:
    prices = _decimals(charge.price_micros for charge in statement.charges)
    amounts = _decimals([statement.net_micros, *(charge.amount_micros for charge in statement.charges)])
    rows = [_charge(number, one, prices, amounts) for number, one in enumerate(statement.charges, 1)]
    paper.section("How the net position comes about")
    paper.table(
        [
            Column("", 4, figures=True),
            Column("", 30),
            Column("Granted by", 15),
            Column("Quantity", 13, figures=True),
            Column("Price", 19, figures=True),
            Column(f"Amount {statement.currency}", 19, figures=True),
        ],
        [
            *rows,
            ("", "Sum", "", "", "", _micros(statement.net_micros, amounts)),
            ("", "Net position", "", "", "in whole cents", _amount(statement.net_cents)),
        ],
        [len(rows) + 1],
        dense=True,
    )


def _payments(paper: Paper, statement: Statement) -> None:
    if not statement.payments:
        return
    paper.section("Payments since the statement before")
    paper.table(
        [Column("Payment", 60), Column("On (UTC)", 16), Column(f"Amount {statement.currency}", 24, figures=True)],
        [
            *((one.reference, utc_day(one.at_ms), _amount(one.cents)) for one in statement.payments),
            ("All", "", _amount(statement.paid_cents)),
        ],
        [len(statement.payments)],
    )


def _deposit(paper: Paper, statement: Statement) -> None:
    """Nothing where nothing was ever held."""
    deposit, closing_cents = statement.deposit, statement.deposit_closing_cents
    if deposit is None or closing_cents is None or not (deposit.opening_cents or deposit.paid_in or closing_cents):
        return
    paper.section("Your deposit, which the network holds for you; it is in no position")
    moves = [
        *((f"Paid in: {one.payment_id}", utc_day(one.at_ms), _amount(one.cents)) for one in deposit.paid_in),
        *((f"Taken: {one.reference}", utc_day(one.at_ms), _amount(-one.cents)) for one in statement.from_deposit),
    ]
    rows = [
        ("Held before", "", _amount(deposit.opening_cents)),
        *moves,
        ("Held now", "", _amount(closing_cents)),
    ]
    paper.table(
        [Column("", 60), Column("On (UTC)", 16), Column(f"Amount {statement.currency}", 24, figures=True)],
        rows,
        [len(rows) - 1],
    )


def _sums(paper: Paper, named: Sequence[str], rows: Sequence[tuple[Sequence[str], LineSums]], of: Statement) -> None:
    """A table of what the lines of each place add up to, and of all of them."""
    decimals = _decimals([of.sums.position_micros, *(sums.position_micros for _, sums in rows)])
    widths = {"Location": 18, "Day (UTC)": 21}
    with_cashback, with_lines = of.format == FORMAT, len(named) == 1
    cashback = (Column("Cashback granted", 19, figures=True), Column("Cashback honoured", 19, figures=True))
    cells = [*rows, (("All", "")[: len(named)], of.sums)]
    paper.table(
        [
            *(Column(name, widths[name]) for name in named),
            *((Column("Lines", 14, figures=True),) if with_lines else ()),
            Column("Visits", 14, figures=True),
            Column(f"Sales {of.currency}", 23, figures=True),
            Column("Points granted", 16, figures=True),
            Column("Points honoured", 19, figures=True),
            *(cashback if with_cashback else ()),
            Column(f"Position {of.currency}", 25, figures=True),
        ],
        [
            (
                *names,
                *((f"{sums.lines:,}",) if with_lines else ()),
                *_sums_row(sums, decimals, with_cashback=with_cashback),
            )
            for names, sums in cells
        ],
        [len(rows)],
        dense=True,
    )


def _charge(number: int, charge: Charge, price_decimals: int, amount_decimals: int) -> tuple[str, ...]:
    what = WHAT[charge.kind] if charge.reference is None else f"{WHAT[charge.kind]}: {charge.reference}"
    if charge.kind is LineKind.CARRIED:
        return str(number), what, "", "", "", _micros(charge.amount_micros, amount_decimals)
    price = _micros(charge.price_micros, price_decimals)
    if charge.rate_bps is not None:
        price = f"{price} x {charge.rate_bps // 100}.{charge.rate_bps % 100:02d} %"
    quantity = f"{charge.quantity:,}"
    return str(number), what, charge.issuer, quantity, price, _micros(charge.amount_micros, amount_decimals)


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


def _sums_by_day(blocks: Sequence[Block]) -> list[tuple[str, LineSums]]:
    by_day: dict[str, LineSums] = {}
    for block in blocks:
        by_day[block.day] = by_day.get(block.day, LineSums()) + block.sums
    return sorted(by_day.items())


def _sums_row(sums: LineSums, decimals: int, *, with_cashback: bool) -> tuple[str, ...]:
    visits, granted, honoured = (f"{count:,}" for count in (sums.visits, sums.issued_points, sums.honoured_points))
    cents = (sums.issued_cashback_cents, sums.honoured_cashback_cents) if with_cashback else ()
    cashback = (_amount(one) for one in cents)
    position = _micros(sums.position_micros, decimals)
    return visits, _amount(sums.sales_cents), granted, honoured, *cashback, position


def _period(opens_at_ms: int, closes_at_ms: int) -> str:
    """As days if it is made of whole ones, else to the second."""
    if opens_at_ms % DAY_MS or closes_at_ms % DAY_MS:
        return f"{_moment(opens_at_ms)} to {_moment(closes_at_ms)}, itself excluded"
    return f"{utc_day(opens_at_ms)} to {utc_day(closes_at_ms - 1)}, both included (UTC)"


def _moment(epoch_ms: int) -> str:
    return f"{to_rfc3339(epoch_ms)[:19].replace('T', ' ')} UTC"


def _owed(closing_cents: int) -> str:
    if closing_cents == 0:
        return "Nothing is open"
    return "The network owes you" if closing_cents > 0 else "You owe the network"


def _amount(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def _micros(micros: int, decimals: int) -> str:
    """Exact with that many decimals; see `_decimals`."""
    sign = "-" if micros < 0 else ""
    whole, part = divmod(abs(micros), 1_000_000)
    return f"{sign}{whole:,}.{f'{part:06d}'[:decimals]}"


def _decimals(amounts: Iterable[int]) -> int:
    """As many decimals as the exact figures of a column take, two at least, so that their points stand in line."""
    return max(2, max((len(f"{abs(micros) % 1_000_000:06d}".rstrip("0")) for micros in amounts), default=2))
