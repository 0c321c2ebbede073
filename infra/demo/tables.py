"""The demo's tables, for a reader of accounts. Pure: figures in, rich tables out."""

from collections.abc import Mapping

from rich.box import SIMPLE
from rich.table import Table

from infra.demo.figures import NETWORK, Figures, total
from infra.demo.retailers import RETAILERS

PARTNERS = [retailer.partner_id for retailer in RETAILERS]
_PAID = {"from_deposit_cents": "from its\ndeposit €", "moved_cents": "by the\nbank €"}
_NAMES = {retailer.partner_id: retailer.name for retailer in RETAILERS}


def money(cents: int) -> str:
    """1,234.56 or -0.05: exact, no floats."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def exact_money(micros: int) -> str:
    """All six decimals of an amount in micros."""
    sign = "-" if micros < 0 else ""
    return f"{sign}{abs(micros) // 1_000_000:,}.{abs(micros) % 1_000_000:06d}"


def _if_any(cents: int) -> str:
    return money(cents) if cents else "·"


def count(number: int) -> str:
    return f"{number:,}" if number else "·"


def points_table(figures: Figures) -> Table:
    """What each retailer sold, granted and honoured."""
    columns = {
        "baskets": "baskets",
        "sales_cents": "sales €",
        "points_issued": "points\nissued",
        "points_redeemed": "of these\nredeemed",
        "points_outstanding": "out-\nstanding",
        "points_honoured": "points\nhonoured",
        "money_off_cents": "money off\ngiven €",
    }
    return _by_retailer("Points", columns, figures)


def bills_table(figures: Figures, month: str) -> Table:
    """What the network charges each retailer for the month."""
    columns = {
        "stores": "stores",
        "visits": "loyalty\nvisits",
        "bill_locations_cents": "for\nstores €",
        "bill_visits_cents": "for\nvisits €",
        "bill_cents": "\nbill €",
        "metered_visits": "visits\nmetered",
        "foreseen_visits_cents": "visits\npreviewed €",
        "invoiced_cents": "\ninvoice €",
    }
    by = {one.partner_id: "Stripe" if one.billed_through_stripe else "operator" for one in RETAILERS}
    return _by_retailer(f"Bill for {month}", columns, figures, ("\nby", by))


def matrix_table(figures: Figures) -> Table:
    """Whose points were spent where."""
    cells = {
        (issuer, acceptor): figures["matrix_points", issuer, acceptor] for issuer in PARTNERS for acceptor in PARTNERS
    }
    table = _table("Who honoured whose points", "issued by ↓\nspent at →", "all")
    for acceptor in PARTNERS:
        spent_here = sum(cells[issuer, acceptor] for issuer in PARTNERS)
        table.add_column(_NAMES[acceptor].replace(" ", "\n"), count(spent_here), justify="right")
    table.add_column("\nall", count(sum(cells.values())), justify="right", style="bold")
    for issuer in PARTNERS:
        row = [cells[issuer, acceptor] for acceptor in PARTNERS]
        table.add_row(_NAMES[issuer], *map(count, row), count(sum(row)))
    return table


def positions_table(figures: Figures) -> Table:
    """What each party owes or is owed, and how that is paid; the network stands between all."""
    parties = [*PARTNERS, NETWORK]
    table = _table("Settlement", "\nparty", "all")
    for name, heading in (
        ("issued_micros", "for points\nissued"),
        ("honoured_micros", "for points\nhonoured"),
        ("position_micros", "\nnet, exact"),
        ("position_cents", "\nnet €"),
    ):
        table.add_column(heading, _amount(name, total(figures, name, parties)), justify="right")
    for name, heading in _PAID.items():
        table.add_column(heading, money(total(figures, name, PARTNERS)), justify="right")
    table.add_column("")
    for party in parties:
        cents = figures["position_cents", party, ""]
        names = ("issued_micros", "honoured_micros", "position_micros", "position_cents")
        amounts = [_amount(name, figures[name, party, ""]) for name in names]
        direction = "receives" if cents > 0 else "pays" if cents < 0 else ""
        paid = [_if_any(figures[name, party, ""]) if party != NETWORK else "" for name in _PAID]
        table.add_row(_NAMES.get(party, "the network"), *amounts, *paid, direction)
    return table


def _by_retailer(
    title: str, columns: Mapping[str, str], figures: Figures, last: tuple[str, Mapping[str, str]] | None = None
) -> Table:
    """A row for each retailer; `last` is the heading of a column of words, and each retailer's word."""
    table = _table(title, "retailer", "all")
    for name, heading in columns.items():
        table.add_column(heading, _amount(name, total(figures, name, PARTNERS)), justify="right")
    if last is not None:
        table.add_column(last[0])
    for partner in PARTNERS:
        words = [] if last is None else [last[1][partner]]
        table.add_row(_NAMES[partner], *(_amount(name, figures[name, partner, ""]) for name in columns), *words)
    return table


def _amount(name: str, amount: int) -> str:
    if name.endswith("_cents"):
        return money(amount)
    return exact_money(amount) if name.endswith("_micros") else count(amount)


def _table(title: str, heading: str, footing: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold cyan",
        box=SIMPLE,
        show_edge=False,
        padding=(0, 1, 0, 0),
        show_footer=True,
        header_style="",
        footer_style="bold",
    )
    table.add_column(heading, footing, no_wrap=True)
    return table
