"""Every figure of the report comes out of the API's answers, and a difference ends in a failure."""

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import httpx
import pytest
from rich.console import Console

from infra.demo import __main__ as command
from infra.demo.baskets import Selection
from infra.demo.billing import Billed
from infra.demo.client import Api, Meter
from infra.demo.closing import Period, read_figures
from infra.demo.figures import Difference, expected_figures
from infra.demo.reconciling import Reconciled
from infra.demo.replay import Played
from infra.demo.report import Findings, Tills, print_report
from infra.demo.retailers import CURRENCY, RETAILERS
from infra.demo.run import Options
from infra.demo.settling import Settled
from infra.demo.stating import Stated
from infra.demo.tables import PARTNERS
from partners.audit.model import Check, Finding, Part, Verdict

PERIOD = Period(date(2026, 11, 20), date(2026, 11, 21))
KEYS = [f"key-of-{partner}" for partner in PARTNERS]


def entry(op: str, points: int, cents: int | None, *, visit: bool) -> dict[str, Any]:
    money = None if cents is None else {"amount_cents": cents, "currency": CURRENCY}
    return {
        "op": op,
        "points": points,
        "visit": visit,
        "total": money if op == "earn" else None,
        "value": money if op == "redeem" else None,
    }


LISTING: Mapping[str | None, dict[str, Any]] = {
    None: {
        "entries": [entry("enrol", 0, None, visit=True), entry("earn", 50, 1_000, visit=False)],
        "next_cursor": "more",
    },
    "more": {"entries": [entry("redeem", 100, 75, visit=True)], "next_cursor": None},
}
FLOW = {"points_issued": 295, "points_adjusted": 5, "points_redeemed": 120, "points_expired": 30}
PAIR = {"payer": "harvest", "payee": "riverside", "points": 120, "amount_micros": 600_000}
IN_USD = {"currency": CURRENCY}
POSITIONS: Mapping[str, tuple[str, list[dict[str, Any]]]] = {
    "/v1/position-flows": ("flows", [{"issuer": "harvest", "points_flow": FLOW, "cashback_flows": []}]),
    "/v1/position-pairs": ("pairs", [{**PAIR, **IN_USD}, {**PAIR, "currency": "NOK", "payee": "greenleaf"}]),
    "/v1/positions": (
        "positions",
        [
            {**IN_USD, "party": "harvest", "net_micros": -1_800_000, "net_cents": -180},
            {**IN_USD, "party": "network", "net_micros": 1_200_000, "net_cents": 120},
        ],
    ),
    "/v1/positions/harvest": ("lines", [{**IN_USD, "kind": "issued", "amount_micros": -1_800_000}]),
    "/v1/positions/network": (
        "lines",
        [
            {**IN_USD, "kind": "issued", "amount_micros": 1_800_000},
            {**IN_USD, "kind": "redeemed", "amount_micros": -600_000},
        ],
    ),
}


def answer(request: httpx.Request) -> httpx.Response:
    query = request.url.params
    if request.url.path == "/v1/entries":
        assert (query["from"], query["to"]) == ("2026-11-20", "2026-11-21")
        own = request.headers["Authorization"] == "Bearer key-of-harvest"
        return httpx.Response(200, json=LISTING[query.get("cursor")] if own else {"entries": [], "next_cursor": None})
    assert request.headers["Authorization"] == "Bearer operator"
    if request.url.path in POSITIONS:
        assert (query["from"], query["to"]) == ("2026-11-20", "2026-11-21")
        name, rows = POSITIONS[request.url.path]
        # A row a page.
        number = int(query.get("cursor", 0))
        after = str(number + 1) if number + 1 < len(rows) else None
        return httpx.Response(200, json={name: rows[number : number + 1], "next_cursor": after})
    assert query["month"] == "2026-11"
    partner = request.url.path.split("/")[3]
    lines = [
        {"kind": kind, "amount_cents": cents} for kind, cents in (("locations", 900), ("visits", 20), ("visits", 3))
    ]
    bill = {"partner_id": partner, "location_count": 3, "visits": 7, "total_cents": 923, "lines": lines}
    return httpx.Response(200, json=bill)


@pytest.fixture
def figures() -> Mapping[tuple[str, str, str], int]:
    with Api("http://network", transport=httpx.MockTransport(answer)) as api:
        return read_figures(api, "operator", KEYS, PERIOD, lambda: None)


def test_listings_are_read_to_the_last_page(figures: Mapping[tuple[str, str, str], int]) -> None:
    names = ("baskets", "sales_cents", "enrolments", "redemptions", "money_off_cents")
    assert [figures[name, "harvest", ""] for name in names] == [1, 1_000, 1, 1, 75]
    told_twice = ("listed_issued", "listed_honoured", "listed_visits")
    assert [figures[name, "harvest", ""] for name in told_twice] == [50, 100, 2]


def test_bills_positions_and_the_matrix_are_taken_over(figures: Mapping[tuple[str, str, str], int]) -> None:
    names = ("stores", "visits", "bill_locations_cents", "bill_visits_cents", "bill_cents")
    assert [figures[name, "greenleaf", ""] for name in names] == [3, 7, 900, 23, 923]
    assert figures["points_outstanding", "harvest", ""] == 150
    assert figures["matrix_points", "harvest", "riverside"] == figures["points_honoured", "riverside", ""] == 120
    assert figures["matrix_points", "riverside", "harvest"] == 0
    assert figures["issued_micros", "harvest", ""] == -1_800_000
    assert figures["honoured_micros", "network", ""] == -600_000
    assert figures["position_cents", "network", ""] == 120


def report_of(differences: list[Difference], audit: Verdict | None = None) -> str:
    figures = {figure: place * 1_000 for place, figure in enumerate(expected_figures(PARTNERS))}
    findings = Findings(
        selection=Selection(9, 9),
        period=PERIOD,
        figures=figures,
        tills=Tills(4, Played(sent_twice=2), Meter([0.05, 0.06]), 1.0, 0.2),
        settled=Settled(1, {}, 5, 1, "riverside"),
        stated=Stated({}, 4_609, "harvest", 812, "Line 812 is not as it was signed"),
        reconciled=Reconciled("harvest", 700, {"only_ours": "17"}),
        billed=Billed({}, {"429": 1, "reset after": 2}, 5, b""),
        audit=audit or Verdict("demo", 0, Part(members=1_305, entries=4_609, lines=4_609, partner_days=6)),
        compared=len(figures),
        differences=differences,
    )
    text = io.StringIO()
    print_report(Console(file=text, width=110), findings)
    return text.getvalue()


def test_the_report_names_every_retailer_and_ends_with_the_verdict() -> None:
    text = report_of([])
    assert all(retailer.name in text for retailer in RETAILERS)
    assert "week 9" in text
    assert text.rstrip().endswith("All 268 figures agree with the independent recount.")


def test_the_verdict_of_the_audit_stands_before_it() -> None:
    assert "The ledger holds: 4,609 entries of 1,305 members and 4,609 lines in the pages" in report_of([])


def test_contradictions_that_the_audit_found_are_printed() -> None:
    finding = Finding("0000000042-3", Check.HISTORY, "its hash does not follow from its content")
    text = report_of([], Verdict("demo", 0, Part(findings=(finding,), findings_in_all=1)))
    assert "The ledger contradicts itself in one place" in text
    assert "0000000042-3" in text
    assert "its hash does not follow from its content" in text


def test_a_difference_is_printed_with_both_amounts() -> None:
    text = report_of([Difference(("points_issued", "harvest", ""), 77_319, 77_320)])
    assert "1 of 268 figures differ from the independent recount." in text
    assert "points_issued / harvest: the network says 77319, the recount 77320" in text


@pytest.mark.parametrize(("agrees", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_all_figures_agree(monkeypatch: pytest.MonkeyPatch, agrees: bool, code: int) -> None:
    chosen: list[Options] = []

    def run(options: Options, _console: Console) -> bool:
        chosen.append(options)
        return agrees

    monkeypatch.setattr(command, "run", run)
    monkeypatch.setattr("sys.argv", ["demo", "--weeks", "2", "--seed", "3"])
    assert command.main() == code
    assert chosen == [Options(weeks=2, seed=3, callers=command.DEFAULT_CALLERS, one_household_in=1)]
