"""The demo's tables, for a reader of accounts. Pure: figures in, rich tables out."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from infra.demo.figures import NETWORK, Figures, total
from infra.demo.retailers import RETAILERS

PARTNERS = [retailer.partner_id for retailer in RETAILERS]
_NAMES = {retailer.partner_id: retailer.name for retailer in RETAILERS}


def money(cents: int) -> str:
    """1,234.56 or -0.05: exact, no floats."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def exact_money(micros: int) -> str:
    """All six decimals of an amount in micros."""
    sign = "-" if micros < 0 else ""
    return f"{sign}{abs(micros) // 1_000_000:,}.{abs(micros) % 1_000_000:06d}"


def count(number: int) -> str:
    return f"{number:,}" if number else "·"


def points_table(figures: Figures) -> Table:
    """What each retailer sold, granted and honoured."""
    table = _table("Points", "retailer")
    columns = {
        "baskets": "baskets",
        "sales_cents": "sales $",
        "points_issued": "issued",
        "points_redeemed": "redeemed",
        "points_outstanding": "outstanding",
        "points_honoured": "honoured here",
        "money_off_cents": "money off $",
    }
    for heading in columns.values():
        table.add_column(heading, justify="right")

    def cell(name: str, amount: int) -> str:
        return money(amount) if name.endswith("_cents") else count(amount)

    for partner in PARTNERS:
        table.add_row(_NAMES[partner], *(cell(name, figures[name, partner, ""]) for name in columns))
    _total_row(table, [cell(name, total(figures, name, PARTNERS)) for name in columns])
    return table


def matrix_table(figures: Figures) -> Table:
    """Whose points were spent where."""
    table = _table("Who honoured whose points", "issued by ↓  spent at →")
    for partner in PARTNERS:
        table.add_column(_NAMES[partner].split()[0] if partner != "riverside" else "Riverside", justify="right")
    table.add_column("all", justify="right", style="bold")
    for issuer in PARTNERS:
        row = [figures["matrix_points", issuer, acceptor] for acceptor in PARTNERS]
        table.add_row(_NAMES[issuer], *map(count, row), count(sum(row)))
    sums = [sum(figures["matrix_points", issuer, acceptor] for issuer in PARTNERS) for acceptor in PARTNERS]
    _total_row(table, [*map(count, sums), count(sum(sums))])
    return table


def positions_table(figures: Figures) -> Table:
    """What each party owes or is owed; the network stands between all."""
    table = _table("Settlement", "party")
    for heading in ("for points issued", "for points honoured", "net, exact", "net $", ""):
        table.add_column(heading, justify="right" if heading else "left")
    parties = [*PARTNERS, NETWORK]
    for party in parties:
        cents = figures["position_cents", party, ""]
        gross = [figures[name, party, ""] for name in ("issued_micros", "honoured_micros")]
        table.add_row(
            _NAMES.get(party, "the network"),
            exact_money(gross[0]),
            exact_money(gross[1]),
            exact_money(figures["position_micros", party, ""]),
            money(cents),
            "receives" if cents > 0 else "pays" if cents < 0 else "",
        )
    sums = [sum(figures[name, party, ""] for party in parties) for name in ("position_micros", "position_cents")]
    _total_row(table, ["", "", exact_money(sums[0]), money(sums[1]), ""])
    return table


def bills_table(figures: Figures, month: str) -> Table:
    """What the network charges each retailer for the month."""
    table = _table(f"Bill for {month}", "retailer")
    columns = {
        "stores": "stores",
        "visits": "loyalty visits",
        "bill_locations_cents": "for stores $",
        "bill_visits_cents": "for visits $",
        "bill_cents": "bill $",
    }
    for heading in columns.values():
        table.add_column(heading, justify="right")

    def cell(name: str, amount: int) -> str:
        return money(amount) if name.endswith("_cents") else count(amount)

    for partner in PARTNERS:
        table.add_row(_NAMES[partner], *(cell(name, figures[name, partner, ""]) for name in columns))
    _total_row(table, [cell(name, total(figures, name, PARTNERS)) for name in columns])
    return table


def _table(title: str, first_column: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first_column, no_wrap=True)
    return table


def _total_row(table: Table, cells: Sequence[str]) -> None:
    table.add_section()
    table.add_row("all", *cells, style="bold")
