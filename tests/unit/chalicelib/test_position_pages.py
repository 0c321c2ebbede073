"""Positions page by page: of a large coalition no answer is too long, and pages together miss and repeat nothing."""

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.api import position_pages
from partners.contracts.model import NETWORK
from partners.settlement.by_party import EMPTY, outline_of, parts_of
from partners.settlement.model import Book
from partners.settlement.positions import book
from partners.settlement.rates import DayRates
from partners.settlement.window import Window, WindowState
from partners.visits.model import DayTotals, Move, MoveKind, Totals
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World

MOST_BYTES = 6_000_000
"""What a function on Lambda may answer."""
WINDOW = "/v1/windows/1"


class TheRates:
    def on(self, partner_id: str, day: str) -> DayRates:
        del day
        return DayRates("NOK" if partner_id == "oslo" else "USD", 5_000, 100, 0)


def month_of(ids: Sequence[str], days: int) -> Book:
    """Each honours everybody's points on each day, and pays a commission for it."""
    totals = []
    for number, partner in enumerate(ids):
        currency = "NOK" if partner == "oslo" else "USD"
        moves = [Move(MoveKind.REDEEMED, issuer, currency, 5_000, 100 + number) for issuer in ids]
        moves.append(Move(MoveKind.ISSUED, partner, currency, 6_000, 7_000))
        moves.append(Move(MoveKind.CASHBACK_ISSUED, partner, currency, 10_000, 90))
        totals += [DayTotals(partner, f"2026-10-{day + 1:02d}", Totals(moves=tuple(moves))) for day in range(days)]
    return book(totals, TheRates())


class AClosedWindow:
    """Window 1 with the positions of a book, as `partners.settlement.windows.Windows` has them."""

    def __init__(self, whole: Book) -> None:
        self._whole = whole
        self._parts = parts_of(whole)

    def window(self, number: int) -> Window:
        return Window(number, 0, WindowState.CLOSED)

    def outline(self, number: int) -> Book:
        del number
        return outline_of(self._whole)

    def part(self, number: int, party: str) -> Book:
        del number
        return self._parts.get(party, EMPTY)


@pytest.fixture
def small(world: World) -> Book:
    """What window 1 has: four partners in two currencies."""
    whole = month_of(["alpha", "beta", "oslo", "zeta"], 3)
    world.windows = AClosedWindow(whole)  # type: ignore[assignment]
    return whole


def rows(world: World, path: str, name: str, limit: int) -> list[dict[str, Any]]:
    """Of all pages, each of which is as long as may be."""
    found: list[dict[str, Any]] = []
    query = f"?limit={limit}"
    while True:
        page = world.get(path + query, world.operator).json_body
        found += page[name]
        if page["next_cursor"] is None:
            return found
        assert len(page[name]) == limit
        query = f"?limit={limit}&cursor={page['next_cursor']}"


def test_no_answer_about_a_month_of_sixty_partners_is_longer_than_a_function_may_give(world: World) -> None:
    ids = ["alpha", *(f"partner-{number:02d}" for number in range(59))]
    whole = month_of(ids, 31)
    world.windows = AClosedWindow(whole)  # type: ignore[assignment]
    sources = sum(len(line.sources) for line in whole.currencies[0].positions[-1].lines)
    assert sources * len('{"partner_id":"","day":"","quantity":0}') > MOST_BYTES, "the whole would be"
    for path in ("positions", "positions/alpha", "positions/network", "pairs", "flows"):
        reply = world.get(f"{WINDOW}/{path}?limit=200", world.operator)
        assert reply.status_code == 200
        assert len(reply.body) < MOST_BYTES
    own = world.get(f"{WINDOW}/position?limit=200", world.alpha)
    assert len(own.json_body["lines"]) == 2 * len(ids) + 2
    assert len(own.body) < MOST_BYTES


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_together_have_every_position_pair_and_flow_once(world: World, small: Book, limit: int) -> None:
    positions = rows(world, f"{WINDOW}/positions", "positions", limit)
    assert [(one["currency"], one["party"], one["net_cents"]) for one in positions] == [
        (settled.currency, one.party, one.net_cents) for settled in small.currencies for one in settled.positions
    ]
    pairs = rows(world, f"{WINDOW}/pairs", "pairs", limit)
    assert len(pairs) == len({(one["currency"], one["payer"], one["payee"]) for one in pairs})
    honoured = {(one["currency"], one["payer"], one["payee"]): one["points"] for one in pairs if one["points"]}
    owed = {(one["currency"], one["payer"], one["payee"]): one["amount_micros"] for one in pairs}
    for settled in small.currencies:
        for cell in settled.matrix:
            assert honoured.pop((settled.currency, cell.issuer, cell.acceptor)) == cell.points
        for each in settled.bilateral:
            assert owed.pop((settled.currency, each.payer, each.payee)) == each.amount_micros
    assert honoured == {}
    assert set(owed.values()) <= {0}
    flows = rows(world, f"{WINDOW}/flows", "flows", limit)
    assert [one["issuer"] for one in flows] == [flow.issuer for flow in small.flows]


@pytest.mark.parametrize("party", ["alpha", "oslo", NETWORK])
@pytest.mark.parametrize("limit", [1, 4, 200])
def test_pages_together_have_every_line_of_a_party_once(world: World, small: Book, party: str, limit: int) -> None:
    whole = [
        (settled.currency, line.kind, line.issuer, line.acceptor, line.amount_micros)
        for settled in small.currencies
        for position in settled.positions
        if position.party == party
        for line in position.lines
    ]
    lines = rows(world, f"{WINDOW}/positions/{party}", "lines", limit)
    told = [(one["currency"], one["kind"], one["issuer"], one["acceptor"], one["amount_micros"]) for one in lines]
    assert told == whole


def test_a_page_of_lines_ends_early_where_they_have_many_sources(
    world: World, small: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.currencies
    monkeypatch.setattr(position_pages, "MOST_SOURCES", 7)
    path = f"{WINDOW}/positions/alpha"
    first = world.get(path, world.operator).json_body
    assert [len(line["sources"]) for line in first["lines"]] == [3, 3]
    monkeypatch.setattr(position_pages, "MOST_SOURCES", 2)
    second = world.get(f"{path}?cursor={first['next_cursor']}", world.operator).json_body
    assert len(second["lines"]) == 1, "never none, so a listing goes on"


def test_pairs_can_be_asked_of_one_payer(world: World, small: Book) -> None:
    assert small.currencies
    pairs = world.get(f"{WINDOW}/pairs?payer=beta", world.operator).json_body["pairs"]
    assert {one["payer"] for one in pairs} == {"beta"}
    assert {one["payee"] for one in pairs} == {"alpha", "beta", "network", "oslo", "zeta"}


def test_who_was_owed_nothing_has_neither_positions_nor_lines(world: World, small: Book) -> None:
    assert small.currencies
    found = world.get(f"{WINDOW}/positions/members", world.operator).json_body
    assert found == {"positions": [], "lines": [], "next_cursor": None}


def test_a_cursor_is_good_for_its_own_listing_alone(world: World, small: Book) -> None:
    assert small.currencies
    cursor = world.get(f"{WINDOW}/positions/alpha?limit=1", world.operator).json_body["next_cursor"]
    for path in (f"{WINDOW}/positions/beta", "/v1/windows/2/positions/alpha", f"{WINDOW}/pairs", f"{WINDOW}/flows"):
        problem(world.get(f"{path}?limit=1&cursor={cursor}", world.operator), 400, "invalid_cursor")
    problem(world.get(f"{WINDOW}/position?limit=1&cursor={cursor}", world.alpha), 400, "invalid_cursor")
