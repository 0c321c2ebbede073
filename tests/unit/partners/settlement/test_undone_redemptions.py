"""What undoes takes back exactly what was settled of what it undoes, whatever terms came between."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partners.settlement.document import book_of, document_of
from partners.settlement.model import Book, LineKind, Source
from partners.settlement.positions import positions
from partners.settlement.rates import DayRates
from partners.visits.lines import line_of, recount
from partners.visits.model import DayTotals, Line
from shared.kernel.clock import utc_day
from shared.ledger.model import Entry
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger import commands
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.windows_world import BEGIN_MS, World, whole

DAYS = 6
MEMBER = "0000000042"


@dataclass
class ByDay:
    """A commission for each UTC day from BEGIN_MS on."""

    commission_bps: list[int]

    def on(self, partner_id: str, day: str) -> DayRates:
        number = [utc_day(BEGIN_MS + n * 86_400_000) for n in range(len(self.commission_bps))].index(day)
        return DayRates("USD", 5_000, self.commission_bps[number])


class Shop:
    """A member at harvest, whose points greenleaf grants; `entries` in order."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock(BEGIN_MS + 3_600_000)
        self.ledger = Ledger(FakeJournal(), self.clock, sleep=lambda _: None)
        self.entries: list[Entry] = []
        self.do(commands.enrol)
        self.do(commands.earn, 10**6, partner="greenleaf")

    def do(self, make, *args, **fields) -> Entry:
        command = make(f"k{len(self.entries)}", self.clock(), *args, **{"member": MEMBER, **fields})
        self.entries.append(self.ledger.apply(command).entry)
        return self.entries[-1]

    def redeems(self, points: int, price_micros: int = 5_000) -> Entry:
        rates = replace(commands.RATES, redeem_price_micros=price_micros)
        return self.do(commands.redeem, points, partner="harvest", rates=rates)

    def days(self, *entries: Entry) -> list[DayTotals]:
        by_day: dict[tuple[str, str], list[Line]] = {}
        for entry in entries:
            by_day.setdefault((entry.partner, utc_day(entry.recorded_at_ms)), []).append(line_of(entry))
        return [DayTotals(partner, day, recount(partner, lines)) for (partner, day), lines in by_day.items()]


def net_micros(settled, party="harvest") -> int:
    return sum(one.net_micros for currency in settled for one in currency.positions if one.party == party)


rates = st.lists(st.integers(0, 10_000), min_size=DAYS, max_size=DAYS).map(ByDay)


@given(rates, st.integers(1, 5_000), st.integers(0, 9_999), st.integers(1, DAYS - 1), st.data())
@example(ByDay([100, 333, 0, 0, 0, 0]), 1_001, 3_333, 1, None)
def test_a_redemption_and_its_whole_undoing_are_nothing_to_anybody(terms, points, price_micros, later, data):
    shop = Shop()
    redeemed = shop.redeems(points, price_micros)
    parts = [points] if data is None else data.draw(st.lists(st.integers(1, points), max_size=3))
    undone = []
    for part in (*parts, points):
        left = points - sum(one.points for one in undone)
        if left:
            shop.clock.advance(days=later if not undone else 0)
            undone.append(shop.do(commands.cancel, redeemed, min(part, left)))
    assert sum(one.points for one in undone) == points
    [settled] = positions(shop.days(redeemed, *undone), terms) or [None]
    assert settled is None or {one.net_micros for one in settled.positions} == {0}
    whole = shop.days(*undone)
    in_windows = [positions(shop.days(redeemed), terms), positions(whole, terms)]
    for party in ("harvest", "network"):
        assert sum(net_micros(one, party) for one in in_windows) == 0


@given(rates, st.lists(st.integers(1, 3_000), min_size=1, max_size=4), st.integers(1, 9_999), st.data())
def test_undone_in_parts_beside_other_business_it_is_off_by_less_than_two_micros_a_window(terms, parts, price, data):
    """Each line is rounded to whole micros by itself, by less than a ten-thousandth of a cent."""
    shop = Shop()
    redeemed = shop.redeems(sum(parts), price)
    by_day = {0: [redeemed]}
    for part in parts:
        day = data.draw(st.integers(max(by_day), DAYS - 1))
        shop.clock.now_ms = BEGIN_MS + 7_200_000 + day * 86_400_000 + len(shop.entries)
        by_day.setdefault(day, []).append(shop.do(commands.cancel, redeemed, part))
    others = {}
    for day in range(max(by_day), DAYS):
        shop.clock.now_ms = BEGIN_MS + 10_800_000 + day * 86_400_000
        others[day] = [shop.redeems(data.draw(st.integers(1, 99)), price)]
    with_it = without = 0
    for day in range(DAYS):
        with_it += net_micros(positions(shop.days(*by_day.get(day, []), *others.get(day, [])), terms))
        without += net_micros(positions(shop.days(*others.get(day, [])), terms))
    assert abs(with_it - without) < 2 * len(by_day)


def test_a_purchase_and_its_return_are_nothing_to_anybody_after_the_price_has_changed():
    shop = Shop()
    bought = shop.do(commands.earn, 333, partner="harvest", rates=replace(commands.RATES, issue_price_micros=7_777))
    shop.clock.advance(days=2)
    returned = [shop.do(commands.take_back, bought, cents) for cents in (1, 3_333, None)]
    assert sum(one.points for one in returned) == 333
    [settled] = positions(shop.days(bought, *returned), ByDay([100] * DAYS))
    assert {one.net_micros for one in settled.positions} == {0}


class Rising:
    """Commission of harvest by day, as in World."""

    def __init__(self, world: World) -> None:
        self.world = world

    def on(self, partner_id: str, day: str) -> DayRates | None:
        bps = (250 if day == utc_day(BEGIN_MS) else 400) if partner_id == "harvest" else 0
        return DayRates("USD", 5_000, bps, 3_333 if partner_id == "greenleaf" else 0)


@pytest.fixture
def office():
    """Window 1 has a redemption of 1,000 points at 2.5 %, and the terms say 4 % since."""
    office = Office(entries=0)
    office.begin()
    office.rates = Rising(office)
    office.clock.now_ms = BEGIN_MS + 3_600_000
    office.shop = Shop(office.clock)
    office.redeemed = office.shop.redeems(1_000)
    office.post(office.shop.entries)
    office.clock.now_ms = BEGIN_MS + 86_400_000
    office.close_now()
    return office


def undone_in_window_2(office, *, as_before: bool = False) -> Book:
    """300 points are called off and 500 others redeemed a day later, which is window 2."""
    cancelled = office.shop.do(commands.cancel, office.redeemed, 300)
    if as_before:
        cancelled = replace(cancelled, undone_at_ms=None)
    office.post([cancelled, office.shop.redeems(500)])
    office.clock.now_ms = BEGIN_MS + 2 * 86_400_000
    office.close_now()
    return whole(office.windows(), 2)


def commissions(book: Book):
    [usd] = book.currencies
    [harvest] = [one for one in usd.positions if one.party == "harvest"]
    return [line for line in harvest.lines if line.kind is LineKind.COMMISSION]


def test_a_later_window_gives_back_the_commission_of_the_day_of_the_redemption_and_says_so(office):
    day, next_day = utc_day(BEGIN_MS), utc_day(BEGIN_MS + 86_400_000)
    book = undone_in_window_2(office)
    assert [(line.rate_bps, line.quantity, line.amount_micros, line.sources) for line in commissions(book)] == [
        (250, -300, 37_500, (Source("harvest", next_day, -300, day),)),
        (400, 500, -100_000, (Source("harvest", next_day, 500),)),
    ]
    assert book_of(document_of(book)) == book
    assert office.replays().replay(2).same


def test_the_entries_under_each_of_the_two_commissions_are_told_apart(office):
    undone_in_window_2(office)
    office.issuing().work()
    [usd] = whole(office.windows(), 2).currencies
    [harvest] = [one for one in usd.positions if one.party == "harvest"]
    for number, line in enumerate(harvest.lines, 1):
        counted = office.explanations().entries("harvest", 2, number, limit=10).entries
        assert sum(one.quantity for one in counted) == line.quantity
        if line.kind is LineKind.COMMISSION:
            assert [one.line.terms_day for one in counted] == [one.terms_day for one in line.sources]
        else:
            assert len(counted) == 2


def test_what_was_cancelled_before_entries_noted_it_stays_at_the_rate_of_its_own_day_byte_for_byte(office):
    book = undone_in_window_2(office, as_before=True)
    assert [(line.rate_bps, line.quantity) for line in commissions(book)] == [(400, 200)]
    assert b"terms_day" not in document_of(book)
    assert office.windows().window(2).digest == AS_BEFORE
    assert office.replays().replay(2).same


AS_BEFORE = "ade4cc19dbe5778c19e4e393c49b2c54ac864bc1ab2a8a769e27947578667851"
"""Of the same window, computed before entries noted when what they cancel was recorded."""
