"""Two sets of figures side by side. A figure is a count of one thing, of a party, towards another or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Figure = tuple[str, str, str]
Figures = Mapping[Figure, int]

NETWORK = "network"

OF_THE_NETWORK = ("issued_micros", "honoured_micros", "position_micros", "position_cents")
OF_EVERY_PARTNER = (
    "stores",
    "baskets",
    "sales_cents",
    "enrolments",
    "redemptions",
    "money_off_cents",
    "points_issued",
    "points_redeemed",
    "points_honoured",
    "points_outstanding",
    *OF_THE_NETWORK,
    "paid_in_cents",
    "from_deposit_cents",
    "deposit_left_cents",
    "moved_cents",
    "visits",
    "bill_locations_cents",
    "bill_visits_cents",
    "bill_cents",
)

TOLD_TWICE = {
    "settled_cents": "position_cents",
    "stated_cents": "position_cents",
    "stated_visits": "visits",
    "stated_issued": "points_issued",
    "stated_honoured": "points_honoured",
    "stated_issued_micros": "issued_micros",
    "stated_honoured_micros": "honoured_micros",
    "listed_visits": "visits",
    "listed_issued": "points_issued",
    "listed_honoured": "points_honoured",
    "held_by_members": "points_outstanding",
    "metered_visits": "visits",
    "foreseen_visits_cents": "bill_visits_cents",
    "invoiced_locations_cents": "bill_locations_cents",
    "invoiced_visits_cents": "bill_visits_cents",
    "invoiced_cents": "bill_cents",
}
"""Figures also told from elsewhere: the closed window's positions, signed statements, listings of entries, members'
accounts, and the month's invoices with their previews, which are Stripe's or our own."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure on which the product and the recount do not agree; None: one of them does not have it."""

    figure: Figure
    product: int | None
    recount: int | None

    def __str__(self) -> str:
        name = " / ".join(part for part in self.figure if part)
        return f"{name}: the network says {self.product}, the recount {self.recount}"


def expected_figures(partners: Sequence[str]) -> Iterator[Figure]:
    """Every figure that both sides must have."""
    for partner in partners:
        for name in (*OF_EVERY_PARTNER, *TOLD_TWICE):
            yield (name, partner, "")
        for acceptor in partners:
            yield ("matrix_points", partner, acceptor)
    for name in OF_THE_NETWORK:
        yield (name, NETWORK, "")


def with_figures_told_twice(recount: Figures, partners: Sequence[str]) -> Figures:
    """The recount's figures, also under the names of what the product tells from elsewhere."""
    told = {(name, partner, ""): (same, partner, "") for name, same in TOLD_TWICE.items() for partner in partners}
    return {**recount, **{figure: recount[same] for figure, same in told.items() if same in recount}}


def differences(partners: Sequence[str], product: Figures, recount: Figures) -> list[Difference]:
    """Figures that differ, are missing from a side, or that nobody expected; empty if all agree."""
    wanted = dict.fromkeys([*expected_figures(partners), *product, *recount])
    return [
        Difference(figure, product.get(figure), recount.get(figure))
        for figure in wanted
        if figure not in product or product.get(figure) != recount.get(figure)
    ]


def total(figures: Figures, name: str, partners: Sequence[str]) -> int:
    """The sum of a figure over partners."""
    return sum(figures[name, partner, ""] for partner in partners)
