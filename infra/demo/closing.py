"""Closes the period: every figure of the report as the network's API gives it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from infra.demo.client import Api, pages
from infra.demo.figures import OF_THE_NETWORK, Figure
from infra.demo.retailers import CURRENCY, RETAILERS

_LISTED = (
    "baskets",
    "sales_cents",
    "enrolments",
    "redemptions",
    "money_off_cents",
    "listed_visits",
    "listed_issued",
    "listed_honoured",
)


@dataclass(frozen=True, slots=True)
class Period:
    """UTC days of recording, both included, within one month."""

    first: date
    last: date

    @property
    def month(self) -> str:
        return f"{self.last:%Y-%m}"


def read_figures(
    api: Api, operator_key: str, keys: Sequence[str], period: Period, advance: Callable[[], None]
) -> dict[Figure, int]:
    """Listings with each retailer's own key; bills and positions with the operator's. Raises UnexpectedAnswerError."""
    figures: Counter[Figure] = Counter()
    for retailer, key in zip(RETAILERS, keys, strict=True):
        figures.update({(name, retailer.partner_id, ""): 0 for name in _LISTED})
        for entry in _entries(api, key, period):
            for name, amount in _listed(entry).items():
                figures[name, retailer.partner_id, ""] += amount
        _add_bill(figures, api.get(f"/v1/partners/{retailer.partner_id}/bill", operator_key, month=period.month).body)
        advance()
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    _add_positions(figures, api, operator_key, days)
    advance()
    return dict(figures)


def _entries(api: Api, key: str, period: Period) -> Iterator[dict[str, Any]]:
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    for page in pages(api, "/v1/entries", key, **days):
        yield from page["entries"]


def _listed(entry: dict[str, Any]) -> dict[str, int]:
    """What one entry adds to the figures of its retailer."""
    counted = {"listed_visits": int(entry["visit"])}
    match entry["op"]:
        case "enrol":
            counted["enrolments"] = 1
        case "earn":
            counted |= {"baskets": 1, "sales_cents": entry["total"]["amount_cents"], "listed_issued": entry["points"]}
        case "redeem":
            value = entry["value"]["amount_cents"]
            counted |= {"redemptions": 1, "money_off_cents": value, "listed_honoured": entry["points"]}
    return counted


def _add_bill(figures: Counter[Figure], bill: dict[str, Any]) -> None:
    partner = bill["partner_id"]
    figures["stores", partner, ""] = bill["location_count"]
    figures["visits", partner, ""] = bill["visits"]
    figures["bill_cents", partner, ""] = bill["total_cents"]
    for line in bill["lines"]:
        figures[f"bill_{line['kind']}_cents", partner, ""] += line["amount_cents"]


def _add_positions(figures: Counter[Figure], api: Api, key: str, days: dict[str, str]) -> None:
    """The API leaves out what is zero; here it is written down, so that nothing can be missing unnoticed."""
    partners = [retailer.partner_id for retailer in RETAILERS]
    for issuer in partners:
        for acceptor in partners:
            figures["matrix_points", issuer, acceptor] = 0
        for name in (*OF_THE_NETWORK, "points_issued", "points_redeemed", "points_outstanding", "points_honoured"):
            figures[name, issuer, ""] = 0
    for row in _all(api, "/v1/position-flows", key, "flows", days):
        partner, flow = row["issuer"], row["points_flow"]
        came = flow["points_issued"] + flow["points_adjusted"]
        went = flow["points_redeemed"] + flow["points_expired"]
        figures["points_issued", partner, ""] = flow["points_issued"]
        figures["points_redeemed", partner, ""] = flow["points_redeemed"]
        figures["points_outstanding", partner, ""] = came - went
    for pair in _all(api, "/v1/position-pairs", key, "pairs", days):
        if pair["points"]:
            figures["matrix_points", pair["payer"], pair["payee"]] = pair["points"]
            figures["points_honoured", pair["payee"], ""] += pair["points"]
    for position in _all(api, "/v1/positions", key, "positions", days):
        party = position["party"]
        figures["position_micros", party, ""] = position["net_micros"]
        figures["position_cents", party, ""] = position["net_cents"]
        for line in _all(api, f"/v1/positions/{party}", key, "lines", days):
            kind = "issued_micros" if line["kind"] == "issued" else "honoured_micros"
            figures[kind, party, ""] += line["amount_micros"]


def _all(api: Api, path: str, key: str, rows: str, days: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of all pages, which are in the one currency that the demo has, where they are in any."""
    for page in pages(api, path, key, **days):
        yield from (row for row in page[rows] if row.get("currency", CURRENCY) == CURRENCY)
