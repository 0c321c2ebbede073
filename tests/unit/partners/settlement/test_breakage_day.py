"""A breakage share is by the terms in force when points ran out, whenever that was recorded."""

from dataclasses import replace

import pytest

from partners.settlement.document import book_of, document_of
from partners.settlement.model import Book, GrossLine, LineKind, Source
from partners.settlement.positions import positions
from partners.settlement.rates import DayRates
from shared.kernel.clock import DAY_MS, last_day_of_month, month_number, utc_day
from tests.fakes.clock import FakeClock
from tests.unit.ledger import commands
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.test_undone_redemptions import Shop
from tests.unit.partners.settlement.windows_world import BEGIN_MS, whole

THIS_MONTH = month_number(BEGIN_MS)
FIRST, SECOND = last_day_of_month(THIS_MONTH), last_day_of_month(THIS_MONTH + 1)


class Falling:
    """Greenleaf's share: half until the end of the first month, a tenth until that of the second, then none."""

    def on(self, partner_id: str, day: str) -> DayRates:
        share_bps = 5_000 if day <= FIRST else 1_000 if day <= SECOND else 0
        return DayRates("USD", 5_000, 0, share_bps if partner_id == "greenleaf" else 0)


def shares(book: Book) -> list[GrossLine]:
    lines = [line for one in book.currencies for position in one.positions for line in position.lines]
    return [line for line in lines if (line.kind, line.amount_micros > 0) == (LineKind.BREAKAGE_SHARE, True)]


def with_two_months(shop: Shop) -> Shop:
    shop.do(commands.earn, 100, partner="greenleaf", expiry_month=THIS_MONTH)
    shop.do(commands.earn, 40, partner="greenleaf", expiry_month=THIS_MONTH + 1)
    return shop


@pytest.mark.parametrize("days", [41, 55, 300])
def test_the_share_is_the_same_whenever_it_is_recorded_that_points_ran_out(days):
    shop = with_two_months(Shop())
    shop.clock.advance(days=days)
    settled = positions(shop.days(shop.do(commands.lapse)), Falling())
    day = utc_day(shop.clock())
    assert [
        (line.rate_bps, line.quantity, line.amount_micros, line.sources) for line in shares(Book(settled, (), ()))
    ] == [
        (1_000, 40, 20_000, (Source("network", day, 40, SECOND),)),
        (5_000, 100, 250_000, (Source("network", day, 100, FIRST),)),
    ]


def test_points_given_up_with_an_account_are_by_the_terms_of_that_day():
    shop = with_two_months(Shop())
    shop.clock.advance(days=11)
    closed = shop.do(commands.close, forfeit=True)
    settled = positions(shop.days(closed), Falling())
    day = utc_day(shop.clock())
    assert [(line.rate_bps, line.sources) for line in shares(Book(settled, (), ()))] == [
        (1_000, (Source("network", day, 10**6 + 40),)),
        (5_000, (Source("network", day, 100, FIRST),)),
    ]


def window_of_what_ran_out(days: int, *, as_before: bool = False) -> tuple[Office, Book]:
    """A window in which points are granted and, after so many days, recorded to have run out."""
    office = Office(entries=0)
    office.begin()
    office.rates = Falling()
    shop = with_two_months(Shop(FakeClock(BEGIN_MS + 3_600_000)))
    shop.clock.advance(days=days)
    lapsed = shop.do(commands.lapse)
    office.clock.now_ms = lapsed.recorded_at_ms + DAY_MS
    office.post([*shop.entries[:-1], replace(lapsed, lapses_by_month=False) if as_before else lapsed])
    office.close_now()
    return office, whole(office.windows(), 1)


def test_a_window_keeps_the_day_of_the_terms_and_is_replayed_byte_for_byte():
    office, book = window_of_what_ran_out(41)
    assert [[source.terms_day for source in line.sources] for line in shares(book)] == [[SECOND], [FIRST]]
    assert book_of(document_of(book)) == book
    assert office.replays().replay(1).same


def test_the_entries_under_each_months_share_are_told_apart():
    office, _ = window_of_what_ran_out(41)
    office.issuing().work()
    [usd] = whole(office.windows(), 1).currencies
    [greenleaf] = [one for one in usd.positions if one.party == "greenleaf"]
    counted = {
        line.rate_bps: [one.quantity for one in office.explanations().entries("greenleaf", 1, number, limit=10).entries]
        for number, line in enumerate(greenleaf.lines, 1)
        if line.kind is LineKind.BREAKAGE_SHARE
    }
    assert counted == {1_000: [40], 5_000: [100]}


def test_what_ran_out_in_entries_of_before_stays_by_the_terms_of_its_own_day_byte_for_byte():
    office, book = window_of_what_ran_out(11, as_before=True)
    assert [(line.rate_bps, line.quantity) for line in shares(book)] == [(1_000, 100)]
    assert b"terms_day" not in document_of(book)
    assert office.windows().window(1).digest == AS_BEFORE
    assert office.replays().replay(1).same


AS_BEFORE = "20a8d43c6bce2ba8302ec0b4700adf4954298bd8b2b89231386ba2d7e5310fd2"
"""Of the same window, computed before a share was by the month with which points ran out."""
