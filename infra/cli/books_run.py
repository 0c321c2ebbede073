"""`tessera books`: the books of a month on the screen, and the same counted again from the journal."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from rich.box import SIMPLE
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from infra.cli.turns import counting
from infra.cli.wording import money
from partners.books.amounts import AMOUNTS
from partners.books.model import cohort_in_words
from partners.books.money_service import MoneyBooks
from partners.books.month_money import in_transit_of
from partners.books.past import InTransit
from partners.books.rolling import COLUMNS
from partners.books.service import Books
from shared.kernel.clock import to_rfc3339, utc_day
from shared.ledger.model import POINTS

Row = dict[str, Any]
MICROS_PER_UNIT = 1_000_000
ALWAYS = ("opening_micros", "closing_micros")


def show(console: Console, books: Books, month: str) -> bool:
    """Print the books of a month; True if nothing contradicted them when they were closed.

    Raises InvalidMonthError, UnknownBooksError, StoreUnavailableError.
    """
    run, read = books.run(month), books.document(month)
    rolled = _table(f"Owed to members in {run.run_id}", "issuer", "runs out", *COLUMNS, "closing", "in money")
    sums = [(row, "all") for row in read["issuers"]]
    for row, runs_out in (*sums, *((row, cohort_in_words(row["expiry_month"])) for row in read["cohorts"])):
        numbers = (_quantity(row[name], row["unit"]) for name in (*COLUMNS, "closing"))
        rolled.add_row(_of(row), runs_out, *numbers, _exact(row["closing_micros"]))
    console.print(rolled)
    if "valuation" in read:
        _show_amounts(console, run.run_id, read)
    paid = ("currency", "paid") if "valuation" in read else ()
    matrix = _table("Honoured", "issuer", "by", "quantity", *paid)
    for row in read["matrix"]:
        in_money = (row["currency"], _exact(row["paid_micros"])) if paid else ()
        matrix.add_row(_of(row), row["acceptor"], _quantity(row["quantity"], row["unit"]), *in_money)
    console.print(matrix)
    balances = _table("Trial balance", "unit", "account", "opening", "debits", "credits", "closing")
    for row in read["trial_balance"]:
        numbers = (_quantity(row[name], row["unit"]) for name in ("opening", "debits", "credits", "closing"))
        balances.add_row(row["unit"], row["account"], *numbers)
    console.print(balances)
    _show_kept_money(console, books.money(month))
    breakage = read["breakage"]
    title = f"Breakage by {breakage['method']}, version {breakage['version']}"
    developed = _table(title, "issuer", "runs out", "months", "granted", "redeemed", "expired", "will expire")
    for row in breakage["cohorts"]:
        now = (_quantity(number, row["unit"]) for number in row["ages"][-1])
        estimate = row["estimated_breakage"]
        says = "too little is known" if estimate is None else _quantity(estimate, row["unit"])
        developed.add_row(_of(row), cohort_in_words(row["expiry_month"]), str(len(row["ages"])), *now, says)
    console.print(developed)
    return _held(console, run.contradictions)


def _show_amounts(console: Console, month: str, read: Row) -> None:
    """In money to the last digit: opening, movements and new prices come to the closing. Empty columns are left out."""
    every = (
        *((row, "every issuer", _of_unit(row)) for row in read["totals"]),
        *((row, _of(row), "all") for row in read["issuers"]),
        *((row, _of(row), cohort_in_words(row["expiry_month"])) for row in read["cohorts"]),
    )
    filled = [name for name in AMOUNTS if name in ALWAYS or any(row[name] for row in read["totals"] + read["cohorts"])]
    columns = (name.removesuffix("_micros") for name in filled)
    table = _table(f"In money, {month}", "issuer", "runs out", "currency", *columns)
    for row, whose, runs_out in every:
        table.add_row(whose, runs_out, row["currency"], *(_exact(row[name]) for name in filled))
    console.print(table)
    held = _table("What members hold can cost", "currency", "unit", "held", "owed", "closing")
    for row in read["totals"]:
        owed, closing = row["owed_micros"], row["closing_micros"]
        held.add_row(row["currency"], _of_unit(row), *(_exact(one) for one in (closing - owed, owed, closing)))
    console.print(held)
    told = read["valuation"]
    prices = _table(f"Points valued by {told['method']}, version {told['version']}", "currency", "partner", "a point")
    for row in told["prices"]:
        prices.add_row(row["currency"], row["partner_id"] or "nobody", _exact(row["price_micros"]))
    console.print(prices)


def _show_kept_money(console: Console, read: Row | None) -> None:
    if read is None:
        return
    columns = ("opening", "recorded_late", "moved", "closing")
    table = _table(f"Money at {read['as_of']}", "currency", "account", *columns)
    for row in read["accounts"]:
        table.add_row(row["currency"], row["account"], *(money(row[name], None) for name in columns))
    console.print(table)
    _show_in_transit(console, in_transit_of(read))


def _show_in_transit(console: Console, in_transit: Iterable[InTransit]) -> None:
    rows = list(in_transit)
    if not rows:
        return
    moving = _table("In transit", "payment", "state", "booked", "recorded", "amount")
    for item in rows:
        days = item.on or "·", utc_day(item.recorded_at_ms)
        moving.add_row(item.leg, item.state.value, *days, money(item.cents, item.currency))
    console.print(moving)


def _of_unit(row: Row) -> str:
    return "points" if row["unit"] == POINTS else "cashback"


def check(console: Console, books: Books, month: str) -> bool:
    """Count a closed month again; True if every byte is as it was and nothing contradicts the books.

    Raises InvalidMonthError, UnknownBooksError, StoreUnavailableError.
    """
    with counting(console, "entries") as progress:
        task = progress.add_task("counting", total=None)
        found = books.recount(month, lambda done: progress.advance(task, done))
    if found.same:
        console.print(f"The books of {month} are, byte for byte, what was written.", highlight=False)
    else:
        console.print(f"[bold red]The books of {month} are not what was written.", highlight=False)
    for words in found.late:
        console.print(f"[yellow]Recorded late: {escape(words)}", highlight=False)
    return _held(console, found.contradictions) and found.same


def show_money(console: Console, books: MoneyBooks, *, as_of: date | None = None, recount: bool = False) -> bool:
    """Print the trial balance of money as of now, or of the end of an earlier day; True if nothing contradicts it. With
    `recount`, what is kept of finished settlements is compared with them before, and of which it was not the same is
    said.

    Raises DayToComeError, StoreUnavailableError.
    """
    differed = books.recount() if recount else ()
    booked = books.balance(as_of)
    title = f"Trial balance of money at {to_rfc3339(booked.at_ms)}"
    table = _table(title, "currency", "account", "debits", "credits", "balance")
    for one in booked.accounts:
        numbers = (money(cents, None) for cents in (one.debits, one.credits, one.balance))
        table.add_row(one.currency, one.account, *numbers)
    console.print(table)
    _show_in_transit(console, booked.in_transit)
    kept = (f"what was kept of settlement {one} was not what it comes to: it is read whole now" for one in differed)
    return _held(console, (*kept, *booked.contradictions))


def _held(console: Console, contradictions: tuple[str, ...]) -> bool:
    for words in contradictions:
        console.print(f"[red]{escape(words)}", highlight=False)
    says = "[bold red]The books do not hold." if contradictions else "[bold green]The books hold."
    console.print(says, highlight=False)
    return not contradictions


def _of(row: Row) -> str:
    return str(row["issuer"]) if row["unit"] == POINTS else f"{row['issuer']}, {row['unit']}"


def _exact(micros: int) -> str:
    """All that there is of it, two decimals at least."""
    if not micros:
        return "·"
    units, rest = divmod(abs(micros), MICROS_PER_UNIT)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{units:,}.{decimals}"


def _quantity(number: int, unit: str) -> str:
    if not number:
        return "·"
    return f"{number:,}" if unit == POINTS else money(number, None)


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold cyan",
        box=SIMPLE,
        show_edge=False,
        padding=(0, 1, 0, 0),
        header_style="",
    )
    for name in columns:
        words = name in ("issuer", "by", "runs out", "unit", "currency", "account", "partner")
        justify: JustifyMethod = "left" if words else "right"
        # A figure without its last digits is another figure.
        table.add_column(name.replace("_", " "), justify=justify, no_wrap=words, overflow="fold")
    return table
