"""A verdict on the screen: issuers' books, what was found, and one sentence."""

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from partners.audit.conservation import IssuerBook, issuer_books
from partners.audit.model import Part, Verdict
from partners.audit.verdict import in_words

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
    "adds up",
)


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
    """Where each issuer's points came from and where they are."""
    table = Table(
        title="Every issuer's points",
        title_justify="left",
        title_style="bold cyan",
        box=SIMPLE,
        show_edge=False,
        padding=(0, 1, 0, 0),
        header_style="",
    )
    table.add_column("issuer", no_wrap=True)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right")
    for book in issuer_books(total):
        table.add_row(book.issuer, *map(_count, _columns(book)), "[red]no[/red]" if book.unaccounted else "yes")
    return table


def _columns(book: IssuerBook) -> tuple[int, ...]:
    members = (book.active, book.pending, book.held, book.owed)
    return (book.issued, book.adjusted, *members, book.redeemed, book.expired, book.reversed)


def _findings(total: Part, shown: int) -> Table:
    table = Table(box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0), header_style="bold red")
    table.add_column("where", no_wrap=True)
    table.add_column("check")
    table.add_column("contradiction")
    for finding in total.findings[:shown]:
        table.add_row(escape(finding.subject), finding.check.value, escape(finding.contradiction))
    return table


def _count(points: int) -> str:
    return f"{points:,}" if points else "·"
