"""A verdict on the screen: issuers' books, what was found, and one sentence."""

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.cli.wording import money
from partners.audit.conservation import IssuerBook, issuer_books
from partners.audit.model import Part, Verdict
from partners.audit.verdict import in_words
from shared.ledger.model import POINTS

FINDINGS_SHOWN = 20
_HEADINGS = (
    "issued",
    "+ adjusted",
    "= balance",
    "+ pending",
    "+ held",
    "- owed",
    "+ redeemed",
    "+ expired",
    "+ reversed",
)
_BETWEEN = "+ between accounts"


def print_verdict(console: Console, verdict: Verdict, findings_shown: int = FINDINGS_SHOWN) -> None:
    """The sentence, after what contradicts it if anything does."""
    total = verdict.total
    if total.findings:
        console.print(_findings(total, findings_shown))
    if total.findings_in_all > findings_shown:
        console.print(f"and {total.findings_in_all - findings_shown:,} more", highlight=False)
    style = "bold green" if verdict.holds else "bold red"
    console.print(f"[{style}]{escape(in_words(verdict))}", highlight=False)


def books_table(total: Part) -> Table:
    """Where each issuer's points and cashback came from and where they are."""
    books = issuer_books(total)
    between = any(book.between for book in books)
    table = Table(
        title="Every issuer's points, and cashback by currency",
        title_justify="left",
        title_style="bold cyan",
        box=SIMPLE,
        show_edge=False,
        padding=(0, 1, 0, 0),
        header_style="",
    )
    table.add_column("issuer", no_wrap=True)
    for heading in (*_HEADINGS, *((_BETWEEN,) if between else ()), "adds up"):
        table.add_column(heading, justify="right")
    for book in books:
        name = book.issuer if book.unit == POINTS else f"{book.issuer}, {book.unit}"
        numbers = _columns(book) if between else _columns(book)[:-1]
        shown = (_count(number, book.unit) for number in numbers)
        table.add_row(name, *shown, "[red]no[/red]" if book.unaccounted else "yes")
    return table


def _columns(book: IssuerBook) -> tuple[int, ...]:
    members = (book.active, book.pending, book.held, book.owed)
    return (book.issued, book.adjusted, *members, book.redeemed, book.expired, book.reversed, book.between)


def _findings(total: Part, shown: int) -> Table:
    table = Table(box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0), header_style="bold red")
    table.add_column("where", no_wrap=True)
    table.add_column("check")
    table.add_column("contradiction")
    for finding in total.findings[:shown]:
        table.add_row(escape(finding.subject), finding.check.value, escape(finding.contradiction))
    return table


def _count(number: int, unit: str) -> str:
    if not number:
        return "·"
    return f"{number:,}" if unit == POINTS else money(number, None)
