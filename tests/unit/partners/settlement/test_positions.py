import random
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from partners.settlement.model import GrossLine, LineKind, MatrixCell, PointsFlow
from partners.settlement.positions import flows, positions
from partners.settlement.service import Settlements
from partners.visits.lines import recount
from partners.visits.model import DayTotals, Move, MoveKind, Totals
from partners.visits.service import Pages
from shared.kernel.clock import utc_day
from shared.ledger.model import Op
from tests.fakes.contract_book import contracts_of
from tests.support.entries import DAY, random_book
from tests.unit.partners.settlement.coalition import plain
from tests.unit.partners.visits.test_pages import posted

PARTNERS = ["city-market", "greenleaf", "harvest", "northpharm"]
CURRENCY_OF = dict(zip(PARTNERS, ["USD", "USD", "USD", "EUR"], strict=True))


@st.composite
def moves_of(draw, partner):
    issued = st.builds(
        lambda price, points: Move(MoveKind.ISSUED, partner, CURRENCY_OF[partner], price, points),
        st.sampled_from([0, 1, 3_333, 6_000, 10_001]),
        st.integers(1, 10**9),
    )
    redeemed = st.builds(
        lambda issuer, price, points: Move(MoveKind.REDEEMED, issuer, CURRENCY_OF[partner], price, points),
        st.sampled_from(PARTNERS),
        st.sampled_from([0, 1, 2_999, 5_000]),
        st.integers(1, 10**9),
    )
    expired = st.builds(
        lambda issuer, points: Move(MoveKind.EXPIRED, issuer, None, 0, points),
        st.sampled_from(PARTNERS),
        st.integers(1, 10**6),
    )
    return tuple(draw(st.lists(issued | redeemed | expired, max_size=6)))


day_totals = st.lists(
    st.sampled_from(PARTNERS).flatmap(
        lambda partner: st.builds(lambda moves: DayTotals(partner, DAY, Totals(moves=moves)), moves_of(partner))
    ),
    max_size=12,
)


def of(partner, *moves):
    return DayTotals(partner, DAY, Totals(moves=moves))


def test_a_coalition_of_two_by_hand():
    totals = [
        of(
            "harvest",
            Move(MoveKind.ISSUED, "harvest", "USD", 6_000, 1_000),
            Move(MoveKind.REDEEMED, "northpharm", "USD", 5_000, 101),
        ),
        of("northpharm", Move(MoveKind.ISSUED, "northpharm", "USD", 6_250, 333)),
    ]
    [usd] = positions(totals)
    harvest, northpharm, network = usd.positions
    assert plain(harvest) == (
        GrossLine(LineKind.ISSUED, "harvest", None, 6_000, 1_000, -6_000_000),
        GrossLine(LineKind.REDEEMED, "northpharm", "harvest", 5_000, 101, 505_000),
    )
    assert (harvest.party, harvest.net_micros, harvest.net_cents) == ("harvest", -5_495_000, -550)
    assert (northpharm.party, northpharm.net_micros, northpharm.net_cents) == ("northpharm", -2_081_250, -208)
    assert (network.party, network.net_micros, network.net_cents) == ("network", 7_576_250, 758)
    assert usd.matrix == (MatrixCell("northpharm", "harvest", 101, 505_000),)


def test_a_partner_pays_for_its_own_points_too_and_is_paid_for_honouring_them():
    move = Move(MoveKind.REDEEMED, "harvest", "USD", 5_000, 10)
    [usd] = positions([of("harvest", Move(MoveKind.ISSUED, "harvest", "USD", 6_000, 10), move)])
    assert usd.positions[0].net_micros == -10_000
    assert usd.matrix == (MatrixCell("harvest", "harvest", 10, 50_000),)


def test_prices_that_changed_stand_on_lines_of_their_own():
    issued = [Move(MoveKind.ISSUED, "harvest", "USD", price, 10) for price in (6_000, 6_500)]
    [usd] = positions([of("harvest", *issued), of("harvest", issued[0])])
    assert [(line.price_micros, line.quantity) for line in usd.positions[0].lines] == [(6_000, 20), (6_500, 10)]


def test_nothing_moved_settles_nothing():
    assert positions([]) == () == positions([of("harvest")])


def test_expired_points_move_no_money():
    assert positions([of("harvest", Move(MoveKind.EXPIRED, "northpharm", None, 0, 5))]) == ()


def test_each_currency_settles_by_itself():
    euro = Move(MoveKind.REDEEMED, "harvest", "EUR", 5_000, 10)
    dollar = Move(MoveKind.ISSUED, "harvest", "USD", 6_000, 10)
    eur, usd = positions([of("northpharm", euro), of("harvest", dollar)])
    assert [(one.party, one.net_micros) for one in eur.positions] == [("northpharm", 50_000), ("network", -50_000)]
    assert [(one.party, one.net_micros) for one in usd.positions] == [("harvest", -60_000), ("network", 60_000)]


@given(day_totals)
def test_positions_sum_to_zero_in_micros_and_in_cents(totals):
    for currency in positions(totals):
        assert sum(one.net_micros for one in currency.positions) == 0
        assert sum(one.net_cents for one in currency.positions) == 0


@given(day_totals)
def test_rounding_moves_no_party_by_a_cent_or_more(totals):
    for currency in positions(totals):
        for one in currency.positions:
            assert abs(Fraction(one.net_micros, 10_000) - one.net_cents) < 1


@given(day_totals, st.randoms(use_true_random=False))
def test_the_order_of_the_totals_changes_nothing(totals, rng):
    shuffled = rng.sample(totals, len(totals))
    assert positions(shuffled) == positions(totals)
    assert flows(shuffled) == flows(totals)


@given(day_totals)
def test_every_position_is_the_sum_of_its_lines_and_every_line_is_points_times_price(totals):
    for currency in positions(totals):
        for one in currency.positions:
            assert one.net_micros == sum(line.amount_micros for line in one.lines)
            assert all(abs(line.amount_micros) == line.quantity * line.price_micros for line in one.lines)


@given(day_totals)
def test_the_matrix_accounts_for_every_redeemed_point(totals):
    redeemed = sum(move.quantity for day in totals for move in day.totals.moves if move.kind is MoveKind.REDEEMED)
    cells = [cell for currency in positions(totals) for cell in currency.matrix]
    assert sum(cell.points for cell in cells) == redeemed == sum(flow.redeemed for flow in flows(totals))


def test_what_remains_outstanding_is_issued_less_redeemed_less_expired():
    totals = [
        of("harvest", Move(MoveKind.ISSUED, "harvest", "USD", 6_000, 100)),
        of(
            "northpharm",
            Move(MoveKind.REDEEMED, "harvest", "USD", 5_000, 30),
            Move(MoveKind.EXPIRED, "harvest", None, 0, 7),
        ),
    ]
    assert flows(totals) == (PointsFlow("harvest", issued=100, redeemed=30, expired=7),)


@settings(max_examples=30)
@given(st.integers(), st.integers(1, 50), st.integers(1, 9))
def test_a_period_settles_from_the_pages_what_its_entries_say(seed, size, batch_size):
    entries = random_book(random.Random(seed), size, PARTNERS, days=3)
    service = Settlements(contracts_of(*PARTNERS), Pages(posted(entries, batch_size)))
    first, last = date(2026, 11, 22), date(2026, 11, 23)
    settlement = service.positions(first, last)
    within = [one for one in entries if "2026-11-22" <= utc_day(one.recorded_at_ms) <= "2026-11-23"]
    expected = {
        partner: sum(_worth(one) for one in within if one.partner == partner and one.points) for partner in PARTNERS
    }
    found = {one.party: one.net_micros for currency in settlement.currencies for one in currency.positions}
    assert {party: net for party, net in found.items() if net and party != "network"} == {
        party: net for party, net in expected.items() if net
    }


def _worth(entry):
    if entry.op is Op.REDEEM:
        return entry.points * entry.rates.redeem_price_micros
    return -entry.points * entry.rates.issue_price_micros


def test_totals_of_a_period_are_those_of_its_lines():
    entries = random_book(random.Random(3), 40, ["harvest"], days=1)
    pages = Pages(posted(entries, 7))
    days = pages.day_totals("harvest", date(2026, 11, 21), date(2026, 11, 22))
    listed = pages.entries("harvest", date(2026, 11, 21), date(2026, 11, 22), limit=100).lines
    [usd] = positions(days)
    [counted] = positions([DayTotals("harvest", DAY, recount("harvest", [one.line for one in listed]))])
    assert [plain(one) for one in usd.positions] == [plain(one) for one in counted.positions]
