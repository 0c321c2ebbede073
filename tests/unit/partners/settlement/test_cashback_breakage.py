"""Of cashback that expires its issuer gets back the share of the terms in force at the end of its month."""

import pytest

from partners.lake.record import record_of
from partners.settlement.document import book_of, document_of
from partners.settlement.model import Book, CashbackFlow, GrossLine, LineKind, Source
from partners.settlement.positions import cashback_flows, positions
from partners.settlement.rates import DayRates, Proposal, ProposedRates, Rates
from partners.visits.codec import pack_lines, totals_from_text, totals_to_text, unpack_lines
from partners.visits.lines import line_of
from partners.visits.model import DayTotals
from shared.kernel.clock import DAY_MS, last_day_of_month, month_number, utc_day
from shared.ledger.model import NEVER, Entry
from tests.fakes.clock import FakeClock
from tests.unit.ledger import commands
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.test_undone_redemptions import Shop
from tests.unit.partners.settlement.windows_world import BEGIN_MS, whole

THIS_MONTH = month_number(BEGIN_MS)
FIRST, SECOND = last_day_of_month(THIS_MONTH), last_day_of_month(THIS_MONTH + 1)


class Falling:
    """Greenleaf's share of cashback: half until the end of the first month, a tenth until that of the second."""

    def on(self, partner_id: str, day: str) -> DayRates:
        share_bps = 5_000 if day <= FIRST else 1_000 if day <= SECOND else 0
        share_bps = share_bps if partner_id == "greenleaf" else 0
        return DayRates("USD", 5_000, 0, 0, cashback_breakage_share_bps=share_bps)


class OnlySince:
    """Terms begin after the first month."""

    def on(self, partner_id: str, day: str) -> DayRates | None:
        return None if day <= FIRST else DayRates("USD", 5_000, 0, 0, cashback_breakage_share_bps=10_000)


def earns(shop: Shop, cents: int, month: int) -> Entry:
    fields = {"rates": commands.CASH_RATES, "cashback_cents": cents, "cashback_expiry_month": month}
    return shop.do(commands.earn, 0, partner="greenleaf", amount_cents=cents * 50, **fields)


def with_two_months(shop: Shop) -> Shop:
    earns(shop, 101, THIS_MONTH)
    earns(shop, 40, THIS_MONTH + 1)
    return shop


def shares(book: Book) -> list[GrossLine]:
    lines = [line for one in book.currencies for position in one.positions for line in position.lines]
    return [line for line in lines if (line.kind, line.amount_micros > 0) == (LineKind.CASHBACK_BREAKAGE_SHARE, True)]


def settled(days: list[DayTotals], rates: Rates) -> list[tuple[int | None, int, int, tuple[Source, ...]]]:
    book = Book(positions(days, rates), (), ())
    return [(line.rate_bps, line.quantity, line.amount_micros, line.sources) for line in shares(book)]


@pytest.mark.parametrize("days", [41, 55, 300])
def test_the_share_is_the_same_whenever_it_is_recorded_that_cashback_ran_out(days):
    shop = with_two_months(Shop())
    shop.clock.advance(days=days)
    lapsed = shop.days(shop.do(commands.lapse))
    day = utc_day(shop.clock())
    assert settled(lapsed, Falling()) == [
        (1_000, 40, 40_000, (Source("network", day, 40, SECOND),)),
        (5_000, 101, 505_000, (Source("network", day, 101, FIRST),)),
    ]
    assert cashback_flows(lapsed) == (CashbackFlow("greenleaf", "USD", 0, 0, 0, 0, 0, 0, expired=141),)


def test_what_is_given_up_with_an_account_has_no_share_what_ran_out_before_has():
    shop = with_two_months(Shop())
    shop.clock.advance(days=11)
    closed = shop.days(shop.do(commands.close, forfeit=True))
    assert [share[:3] for share in settled(closed, Falling())] == [(5_000, 101, 505_000)]
    [flow] = cashback_flows(closed)
    assert (flow.expired, flow.forfeited) == (101, 40)


def test_a_partner_without_terms_on_the_last_day_of_the_month_has_no_share_of_it():
    shop = with_two_months(Shop())
    shop.clock.advance(days=41)
    days = shop.days(shop.do(commands.lapse))
    assert [share[1] for share in settled(days, OnlySince())] == [40]
    proposed = ProposedRates(OnlySince(), Proposal(partner_id="greenleaf", cashback_breakage_share_bps=5_000))
    assert [share[:2] for share in settled(days, proposed)] == [(5_000, 40)]


def test_what_is_called_off_too_late_is_taken_from_who_honoured_it_and_shared_like_any_that_expired():
    shop = with_two_months(Shop())
    spent = shop.do(commands.spend, 101, partner="harvest")
    shop.clock.advance(days=11)
    undone = shop.days(shop.do(commands.cancel, spent))
    [usd] = positions([*shop.days(spent), *undone], Falling())
    net = {position.party: position.net_micros for position in usd.positions}
    assert net == {"greenleaf": 505_000, "harvest": 0, "network": -505_000}


def test_cashback_of_a_payout_that_comes_back_late_is_the_members_and_has_no_share():
    shop = with_two_months(Shop())
    paid = shop.do(commands.pay_out, 141, minimum_cents=1)
    shop.clock.advance(days=60)
    back = shop.days(shop.do(commands.cancel, paid, partner="network"))
    assert settled(back, Falling()) == []
    [flow] = cashback_flows([*shop.days(paid), *back])
    assert (flow.paid_out, flow.expired, flow.forfeited) == (0, 0, 0)


def test_a_line_with_two_months_of_cashback_reads_back_from_its_page():
    shop = with_two_months(Shop())
    shop.clock.advance(days=41)
    line = line_of(shop.do(commands.lapse))
    assert [(one.cents, one.terms_day) for one in line.cash] == [(101, FIRST), (40, SECOND)]
    assert unpack_lines(pack_lines([line])) == (line,)
    both = {"kind": "cashback_expired", "issuer": "greenleaf", "currency": "USD", "cents": 141}
    assert record_of(line, months=False)["cashback"] == [both]
    assert record_of(line)["cashback"] == [
        both | {"cents": 101, "with_month": FIRST[:7]},
        both | {"cents": 40, "with_month": SECOND[:7]},
    ]
    totals = shop.days(shop.entries[-1])[0].totals
    assert totals_from_text(totals_to_text(totals)) == totals


def window_of_what_ran_out(rates: Rates | None = None) -> Office:
    """A window in which cashback is granted and, after 41 days, recorded to have run out."""
    office = Office(entries=0)
    office.begin()
    office.rates = rates or Falling()
    shop = with_two_months(Shop(FakeClock(BEGIN_MS + 3_600_000)))
    shop.clock.advance(days=41)
    lapsed = shop.do(commands.lapse)
    office.clock.now_ms = lapsed.recorded_at_ms + DAY_MS
    office.post(shop.entries)
    office.close_now()
    return office


def test_a_window_keeps_the_day_of_the_terms_and_is_replayed_byte_for_byte():
    office = window_of_what_ran_out()
    book = whole(office.windows(), 1)
    assert [[source.terms_day for source in line.sources] for line in shares(book)] == [[SECOND], [FIRST]]
    assert book_of(document_of(book)) == book
    assert office.replays().replay(1).same


def test_what_if_uses_the_terms_of_the_last_day_of_the_month():
    office = window_of_what_ran_out(OnlySince())
    greenleaf = {one.party: one for one in office.windows().nets(1)[0].nets}["greenleaf"]

    def would_change(**terms: int) -> int:
        [would_be] = office.replays().what_if(1, Proposal(partner_id="greenleaf", **terms))
        return {one.party: one for one in would_be.nets}["greenleaf"].net_micros - greenleaf.net_micros

    assert greenleaf.fees_micros == 400_000
    assert would_change(cashback_breakage_share_bps=0) == -400_000
    assert would_change(cashback_breakage_share_bps=2_500) == -300_000
    assert would_change(breakage_share_bps=5_000) == 0


def test_the_entries_under_each_months_share_are_told_apart():
    office = window_of_what_ran_out()
    office.issuing().work()
    [usd] = whole(office.windows(), 1).currencies
    [greenleaf] = [one for one in usd.positions if one.party == "greenleaf"]
    counted = {
        line.rate_bps: [one.quantity for one in office.explanations().entries("greenleaf", 1, number, limit=10).entries]
        for number, line in enumerate(greenleaf.lines, 1)
        if line.kind is LineKind.CASHBACK_BREAKAGE_SHARE
    }
    assert counted == {1_000: [40], 5_000: [101]}


def test_cashback_that_never_expires_settles_as_before_byte_for_byte():
    shop = Shop()
    earns(shop, 101, NEVER)
    shop.do(commands.spend, 60, partner="harvest")
    shop.do(commands.close, forfeit=True)
    book = Book(positions(shop.days(*shop.entries), Falling()), (), cashback_flows(shop.days(*shop.entries)))
    assert b"expired" not in document_of(book)
    assert shares(book) == []
    assert book_of(document_of(book)) == book
