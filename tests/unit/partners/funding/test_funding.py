"""How a partner stands: what it granted less what it honoured and paid, against its cap or what it paid in."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.errors import FundingExhaustedError, InvalidReasonError, UnknownPartnerError
from partners.contracts.payment import WITHOUT_LIMIT, Funding, FundingKind
from partners.funding.errors import (
    InvalidPaymentError,
    PaymentCurrencyError,
    PaymentKeyReusedError,
)
from partners.funding.exposure import near_limit, standing
from partners.funding.meter import OPEN_DAYS, SEALED_AT_ONCE
from partners.funding.model import ByHand
from partners.funding.service import UNLIMITED_EVERY_MS
from partners.settlement.payments.funded import FundingChange
from shared.kernel.clock import DAY_MS, utc_day
from tests.fakes.contract_book import agree, new_terms
from tests.unit.partners.funding.world import HARVEST, FundedPartner, line

CAP_CENTS = 1_000
CAPPED = Funding(FundingKind.POSTPAID, CAP_CENTS)
PREPAID = Funding(FundingKind.PREPAID)


def figures(partner: FundedPartner) -> tuple[int, int | None, int, bool]:
    found = partner.measure()
    return found.exposure_cents, found.limit_cents, found.used_cents, found.stopped


class TestPostpaid:
    def test_what_is_granted_uses_the_cap_and_what_is_honoured_or_paid_frees_it(self):
        partner = FundedPartner(CAPPED)
        assert figures(partner) == (0, 1_000, 0, False)
        partner.grant(700)
        assert figures(partner) == (700, 1_000, 700, False)
        partner.honour(100)
        assert figures(partner) == (600, 1_000, 600, False)
        partner.pay(500)
        assert figures(partner) == (100, 1_000, 100, False)
        partner.honour(300)
        assert figures(partner) == (-200, 1_000, 0, False)

    @pytest.mark.parametrize(("granted", "stopped"), [(949, False), (950, True), (1_200, True)])
    def test_it_stops_five_percent_below_the_cap(self, granted, stopped):
        partner = FundedPartner(CAPPED)
        partner.grant(granted)
        assert partner.measure().stopped is stopped

    @pytest.mark.parametrize(("granted", "near"), [(799, False), (800, True)])
    def test_people_are_told_when_four_fifths_are_used(self, granted, near):
        partner = FundedPartner(CAPPED)
        partner.grant(granted)
        assert near_limit(partner.measure()) is near

    def test_a_part_of_a_cent_counts_as_a_cent(self):
        assert [standing(CAPPED, owed, [], 0).exposure_cents for owed in (-1, 0, 1, 10_000, 10_001)] == [0, 0, 1, 1, 2]

    def test_without_a_cap_nobody_is_stopped(self):
        partner = FundedPartner(WITHOUT_LIMIT)
        partner.grant(10**9)
        assert figures(partner) == (10**9, None, 0, False)
        assert not near_limit(partner.measure())


def settled(reference: str, micros: int, *, tops_up: bool = False) -> FundingChange:
    return FundingChange(
        reference=reference,
        partner_id=HARVEST,
        currency="USD",
        amount_micros=micros,
        reason="Settlement 7-USD",
        by="bob",
        tops_up=tops_up,
    )


class TestSettled:
    def test_what_a_settlement_collects_frees_the_cap_once_however_often_it_is_told(self):
        partner = FundedPartner(CAPPED)
        partner.grant(960)
        assert partner.measure().stopped
        for _ in range(2):
            partner.server().settle(settled("7-USD:harvest:in:1", 9_600_000, tops_up=True))
        assert figures(partner) == (0, 1_000, 0, False)
        partner.funding.settle(settled("7-USD:harvest:in:1:returned", -9_600_000))
        assert figures(partner) == (960, 1_000, 960, True)

    def test_what_it_charges_counts_to_the_millionth(self):
        partner = FundedPartner(CAPPED)
        for number in range(3):
            partner.funding.settle(settled(f"{number}-USD:harvest:charged", -13_333))
        partner.funding.settle(settled("7-USD:harvest:charged", 39_999))
        assert figures(partner)[0] == 0
        [*_, first] = partner.funding.view(HARVEST).payments
        assert (first.amount_cents, first.part_micros, first.by) == (-1, -3_333, "bob")

    def test_a_prepaid_partner_is_topped_up_by_what_is_collected_and_by_nothing_else(self):
        partner = FundedPartner(PREPAID)
        partner.pay(1_000)
        partner.grant(960)
        assert figures(partner) == (-40, 1_000, 960, True)
        partner.funding.settle(settled("7-USD:harvest:charged", -100_000))
        assert figures(partner) == (-30, 1_000, 970, True)
        partner.clock.advance(ms=1)
        partner.funding.settle(settled("7-USD:harvest:in:1", 9_700_000, tops_up=True))
        assert figures(partner) == (-1_000, 1_000, 0, False)
        partner.clock.advance(ms=1)
        partner.funding.settle(settled("7-USD:harvest:in:1:returned", -9_700_000))
        assert figures(partner) == (-30, 1_000, 970, True)


class TestPrepaid:
    def test_nothing_is_granted_before_something_is_paid_in(self):
        partner = FundedPartner(PREPAID)
        with pytest.raises(FundingExhaustedError):
            partner.till().check_funding(HARVEST)
        assert figures(partner) == (0, 0, 0, True)

    def test_points_come_out_of_what_was_paid_in(self):
        partner = FundedPartner(PREPAID)
        assert partner.pay(1_000).stopped is False
        partner.grant(800)
        assert figures(partner) == (-200, 1_000, 800, False)
        assert near_limit(partner.measure())
        partner.grant(150)
        assert figures(partner) == (-50, 1_000, 950, True)

    def test_a_further_deposit_adds_to_what_is_left(self):
        partner = FundedPartner(PREPAID)
        partner.pay(1_000)
        partner.grant(960)
        found = partner.pay(460)
        assert (found.exposure_cents, found.limit_cents, found.used_cents, found.stopped) == (-500, 500, 0, False)

    def test_what_is_paid_back_is_not_there_to_use(self):
        partner = FundedPartner(PREPAID)
        partner.pay(1_000)
        assert partner.pay(-1_000).stopped is True


class TestPayments:
    def test_the_same_request_again_is_one_payment(self):
        partner = FundedPartner(CAPPED)
        first = partner.funding.record("ann", "k", HARVEST, 100, "USD", "deposit")
        partner.clock.advance(ms=1)
        assert partner.funding.record("ann", "k", HARVEST, 100, "USD", "deposit") == first
        assert partner.measure().exposure_cents == -100
        for other in ((101, "deposit"), (100, "another")):
            with pytest.raises(PaymentKeyReusedError):
                partner.funding.record("ann", "k", HARVEST, other[0], "USD", other[1])

    def test_a_payment_says_who_when_why_and_what_it_came_to(self):
        partner = FundedPartner(CAPPED)
        partner.grant(300)
        partner.pay(500)
        partner.clock.advance(ms=1)
        partner.pay(-50)
        newest, oldest = partner.funding.view(HARVEST).payments
        assert (oldest.by, oldest.reason, oldest.paid_ahead_cents) == ("ann", "deposit", 200)
        assert (newest.amount_cents, newest.paid_ahead_cents, newest.at_ms) == (-50, 150, partner.clock())

    def test_what_can_not_be_a_payment_is_refused(self):
        partner = FundedPartner(CAPPED)
        with pytest.raises(InvalidPaymentError):
            partner.pay(0)
        with pytest.raises(PaymentCurrencyError):
            partner.funding.record("ann", "k", HARVEST, 1, "EUR", "deposit")
        with pytest.raises(InvalidReasonError):
            partner.funding.record("ann", "k", HARVEST, 1, "USD", "")
        with pytest.raises(UnknownPartnerError):
            partner.funding.record("ann", "k", "nobody", 1, "USD", "deposit")
        assert partner.funding.view(HARVEST).payments == ()


class TestMeter:
    def test_each_page_counts_once_however_often_and_by_whom_it_is_measured(self):
        partner = FundedPartner(CAPPED)
        others = [partner.server() for _ in range(3)]
        for points in (10, 20, 30):
            partner.post(line(issued=points), line(honoured=1))
            partner.post(line(issued=points), shard="shard-b")
            assert {server.measure(HARVEST).exposure_cents for server in (*others, partner.funding)} == {
                partner.measure().exposure_cents
            }
        assert partner.measure().exposure_cents == 2 * 60 - 3

    def test_of_two_that_measure_at_once_the_slower_changes_nothing(self):
        partner = FundedPartner(CAPPED)
        partner.grant(10)
        stale = partner.book.days(HARVEST, "")
        partner.measure()
        partner.grant(5)
        slow = partner.server()
        slow._meter._book.days = lambda partner_id, first: stale
        assert slow.measure(HARVEST).exposure_cents == 15
        assert partner.measure().exposure_cents == 15

    def test_what_was_measured_earlier_does_not_replace_what_was_measured_later(self):
        partner = FundedPartner(CAPPED)
        early = partner.measure()
        partner.clock.advance(ms=5)
        partner.grant(990)
        assert partner.measure().stopped
        assert partner.book.put_standing(HARVEST, early) is False
        assert partner.contracts.standing_now(HARVEST).stopped

    def test_a_page_posted_late_or_by_hand_is_found_within_the_hour(self):
        partner = FundedPartner(CAPPED)
        day = utc_day(partner.clock())
        partner.grant(10)
        partner.measure()
        partner.clock.advance(days=5)
        partner.measure()
        partner.post(line(issued=20), day=day)
        partner.post_by_hand(line(issued=40), day)
        partner.clock.advance(ms=3_600_000)
        assert partner.measure().exposure_cents == 70
        partner.clock.advance(ms=3_600_000)
        assert partner.measure().exposure_cents == 70

    def test_days_that_are_over_are_read_no_more_and_still_count(self):
        partner = FundedPartner(CAPPED)
        for _ in range(3):
            partner.grant(100)
            partner.measure()
            partner.clock.advance(days=10)
        partner.honour(50)
        assert partner.measure().exposure_cents == 250
        sealed = partner.book.sealed(HARVEST)
        today = date.fromisoformat(utc_day(partner.clock()))
        assert (sealed.before, sealed.owed_micros) == ((today - timedelta(days=OPEN_DAYS)).isoformat(), 200 * 10_000)
        partner.clock.advance(days=200)
        assert partner.server().measure(HARVEST).exposure_cents == 250

    def test_what_is_posted_from_the_journal_after_months_counts_once_at_the_next_measure(self):
        partner = FundedPartner(CAPPED)
        day = utc_day(partner.clock())
        partner.post_by_hand(line(issued=40), day)
        partner.grant(100)
        partner.measure()
        partner.clock.advance(days=100)
        assert partner.measure().exposure_cents == 140
        partner.post_by_hand(line(issued=900), day)
        partner.post_by_hand(line(honoured=50), utc_day(partner.clock() - 50 * DAY_MS))
        assert partner.measure().stopped
        for server in (partner.server(), partner.funding):
            assert server.measure(HARVEST).exposure_cents == 990
        partner.clock.advance(days=100)
        partner.post_by_hand(line(honoured=90), day)
        assert partner.measure().exposure_cents == 900

    def test_pages_posted_by_hand_before_there_was_a_list_stay_counted_beside_later_ones(self):
        partner = FundedPartner(CAPPED)
        day = utc_day(partner.clock())
        partner.post_by_hand(line(issued=40), day)
        partner.pages.listed.clear()
        partner.clock.advance(days=OPEN_DAYS + 1)
        assert partner.measure().exposure_cents == 40
        partner.post_by_hand(line(issued=5), day)
        assert partner.measure().exposure_cents == 45
        assert partner.book.sealed(HARVEST).by_hand == {day: ByHand(1, 45 * 10_000)}

    def test_what_is_posted_by_hand_while_a_day_is_read_counts_at_the_next_measure(self):
        partner = FundedPartner(CAPPED)
        day = utc_day(partner.clock())
        partner.clock.advance(days=OPEN_DAYS + 1)
        partner.post_by_hand(line(issued=1), day)
        listed = partner.pages.by_hand(HARVEST)
        partner.post_by_hand(line(issued=2), day)
        early = partner.server()
        early._meter._pages = SimpleNamespace(
            by_hand=lambda partner_id: listed, parts=partner.pages.parts, redriven=partner.pages.redriven
        )
        early.measure(HARVEST)
        partner.post_by_hand(line(issued=4), day)
        assert partner.measure().exposure_cents == 7

    def test_many_days_that_are_over_are_added_up_a_month_at_a_time(self):
        partner = FundedPartner(CAPPED)
        for _ in range(2 * SEALED_AT_ONCE + OPEN_DAYS + 5):
            partner.grant(1)
            partner.clock.advance(days=1)
        assert partner.measure().exposure_cents == 2 * SEALED_AT_ONCE + OPEN_DAYS + 5
        assert partner.book.sealed(HARVEST).version == 3

    def test_who_has_no_limit_is_measured_now_and_then(self):
        partner = FundedPartner(WITHOUT_LIMIT)
        assert partner.funding.is_due(HARVEST)
        partner.measure()
        partner.clock.advance(ms=60_000)
        assert not partner.funding.is_due(HARVEST)
        partner.clock.advance(ms=UNLIMITED_EVERY_MS)
        assert partner.funding.is_due(HARVEST)
        capped = FundedPartner(CAPPED)
        capped.measure()
        assert capped.funding.is_due(HARVEST)

    def test_who_was_stopped_by_a_limit_that_is_gone_is_measured_at_once(self):
        partner = FundedPartner(CAPPED)
        partner.grant(1_000)
        assert partner.measure().stopped
        prices = {"issue_price_micros": 10_000, "redeem_price_micros": 10_000}
        agree(partner.contracts, HARVEST, new_terms(partner.clock() + 90_000, funding=WITHOUT_LIMIT, **prices))
        partner.clock.advance(ms=91_000)
        assert partner.funding.is_due(HARVEST)
        assert partner.measure().stopped is False
        partner.clock.advance(ms=60_000)
        assert not partner.funding.is_due(HARVEST)


HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["grant", "honour", "pay", "wait", "late", "lost", "measure"]), st.integers(1, 400)),
    max_size=30,
)


@settings(max_examples=50, deadline=None)
@given(HAPPENINGS, st.sampled_from([CAPPED, PREPAID, WITHOUT_LIMIT]))
def test_whatever_happens_the_figure_is_what_was_granted_less_honoured_and_paid(happenings, funding):
    partner = FundedPartner(funding)
    born = partner.clock()
    granted = honoured = paid = 0
    for what, much in happenings:
        if what == "grant":
            partner.grant(much)
            granted += much
        elif what == "honour":
            partner.honour(much)
            honoured += much
        elif what == "pay":
            partner.pay(much)
            paid += much
        elif what == "wait":
            partner.clock.advance(ms=much * DAY_MS // 40)
        elif what == "late":
            day = utc_day(max(born, partner.clock() - (OPEN_DAYS - 1) * DAY_MS))
            partner.post_by_hand(line(issued=much), day)
            granted += much
        elif what == "lost":
            partner.post_by_hand(line(issued=much), utc_day(max(born, partner.clock() - much * DAY_MS // 4)))
            granted += much
        else:
            partner.measure()
    partner.clock.advance(ms=3_600_000)
    found = partner.measure()
    assert found.exposure_cents == granted - honoured - paid
    if found.limit_cents is None:
        assert not found.stopped
    elif funding is CAPPED:
        assert found.stopped == (found.exposure_cents >= 950)
    else:
        assert found.stopped or -found.exposure_cents > 0
