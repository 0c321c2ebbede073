"""What one operator alone records as paid in: how much a partner may grant for it, until another has confirmed it."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.errors import SecondPersonNeededError, UnknownPartnerError
from partners.contracts.payment import Funding, FundingKind
from partners.funding.errors import PaymentDecidedError, PaymentKeyReusedError, UnknownPaymentError
from partners.funding.model import ONE_PERSON_LIMIT_CENTS
from partners.funding.service import FundingService
from partners.settlement.payments.funded import FundingChange
from shared.kernel.clock import DAY_MS, utc_day
from tests.unit.partners.funding.world import HARVEST, FundedPartner

PREPAID = Funding(FundingKind.PREPAID)
CAP_CENTS = 1_000
MOST = ONE_PERSON_LIMIT_CENTS


@pytest.fixture
def partner() -> FundedPartner:
    return FundedPartner(PREPAID)


def recorded(partner, cents, key, by="ann", server=None):
    partner.clock.advance(ms=1)
    return (server or partner.funding).record(by, key, HARVEST, cents, "USD", "deposit")


def may_grant(partner):
    found = partner.measure()
    return found.limit_cents - found.used_cents


def test_all_that_comes_in_a_day_counts_at_once_up_to_the_limit(partner):
    for number in range(4):
        assert recorded(partner, MOST // 4, f"k{number}", by=("ann", "bob")[number % 2]).waits is False
    assert recorded(partner, 1, "more").waits is True
    assert (may_grant(partner), partner.funding.view(HARVEST).waiting_cents) == (MOST, 1)
    partner.clock.advance(ms=DAY_MS)
    assert recorded(partner, 1, "tomorrow").waits is False
    assert may_grant(partner) == MOST + 1


def test_a_slip_of_two_digits_lifts_nothing_until_another_has_confirmed_it(partner):
    recorded(partner, 1_000, "first")
    partner.grant(300)
    slip = recorded(partner, MOST * 100, "slip")
    found = partner.measure()
    assert (slip.waits, found.exposure_cents, found.stopped) == (True, 700 - 1_000 - MOST * 100 - 400, False)
    assert (found.limit_cents, found.used_cents) == (700, 0)
    partner.grant(700)
    assert partner.measure().stopped is True
    with pytest.raises(SecondPersonNeededError):
        partner.funding.confirm("ann", HARVEST, slip.payment_id)
    assert partner.measure().stopped is True
    confirmed = partner.funding.confirm("bob", HARVEST, slip.payment_id)
    assert (confirmed.waits, confirmed.confirmed_by) == (False, "bob")
    partner.till().check_funding(HARVEST)
    assert (may_grant(partner), partner.funding.view(HARVEST).waiting_cents) == (MOST * 100, 0)


def test_what_is_put_right_leaves_no_more_to_record_alone(partner):
    recorded(partner, MOST, "slip")
    recorded(partner, -MOST, "back")
    assert recorded(partner, MOST, "again").waits is True
    assert may_grant(partner) == 0


def test_a_slip_that_waits_and_is_put_right_is_nothing_once_it_is_confirmed(partner):
    recorded(partner, 1_000, "true")
    slip = recorded(partner, 2 * MOST, "slip")
    recorded(partner, -2 * MOST, "back")
    assert may_grant(partner) <= 0
    partner.funding.confirm("bob", HARVEST, slip.payment_id)
    found = partner.measure()
    assert (found.exposure_cents, found.stopped) == (-1_000, False)


@pytest.mark.parametrize("by", ["ann", "bob"])
def test_a_slip_that_waits_is_declined_by_anybody_and_was_never_there(partner, by):
    recorded(partner, 1_000, "true")
    slip = recorded(partner, 200 * MOST, "slip")
    recorded(partner, 500, "later")
    partner.clock.advance(ms=1)
    declined = partner.funding.decline(by, HARVEST, slip.payment_id)
    assert (declined.waits, declined.declined_by, partner.funding.view(HARVEST).waiting_cents) == (False, by, 0)
    found = partner.measure()
    assert (found.exposure_cents, found.limit_cents, found.used_cents) == (-1_500, 1_500, 0)
    for again in ("ann", "cy"):
        assert partner.funding.decline(again, HARVEST, slip.payment_id) == declined
    assert partner.funding.record("ann", "slip", HARVEST, 200 * MOST, "USD", "deposit") == declined
    shown = [(one.amount_cents, one.by) for one in partner.funding.view(HARVEST).payments]
    assert shown == [(-200 * MOST, by), (500, "ann"), (200 * MOST, "ann"), (1_000, "ann")]
    with pytest.raises(PaymentDecidedError):
        partner.funding.confirm("bob", HARVEST, slip.payment_id)
    assert partner.measure() == found


def test_what_counts_is_not_declined(partner):
    confirmed = recorded(partner, 2 * MOST, "much")
    partner.funding.confirm("bob", HARVEST, confirmed.payment_id)
    for one in (confirmed, recorded(partner, 1, "little")):
        with pytest.raises(PaymentDecidedError):
            partner.funding.decline("bob", HARVEST, one.payment_id)
    assert may_grant(partner) == 2 * MOST + 1


def test_a_cap_is_not_freed_by_what_waits():
    partner = FundedPartner(Funding(FundingKind.POSTPAID, CAP_CENTS))
    partner.grant(CAP_CENTS)
    waits = recorded(partner, 2 * MOST, "much")
    found = partner.measure()
    assert (found.stopped, found.used_cents, found.exposure_cents) == (True, CAP_CENTS, CAP_CENTS - 2 * MOST)
    partner.funding.confirm("bob", HARVEST, waits.payment_id)
    assert (partner.measure().used_cents, partner.measure().stopped) == (0, False)


def test_a_request_again_says_what_was_recorded_whatever_became_of_it(partner):
    first = recorded(partner, 2 * MOST, "k")
    partner.clock.advance(ms=DAY_MS)
    assert partner.funding.record("ann", "k", HARVEST, 2 * MOST, "USD", "deposit") == first
    confirmed = partner.funding.confirm("bob", HARVEST, first.payment_id)
    assert partner.funding.record("ann", "k", HARVEST, 2 * MOST, "USD", "deposit") == confirmed
    for again in ("bob", "cy"):
        assert partner.funding.confirm(again, HARVEST, first.payment_id) == confirmed
    with pytest.raises(PaymentKeyReusedError):
        partner.funding.record("bob", "k", HARVEST, 2 * MOST, "USD", "deposit")
    small = recorded(partner, 1, "small")
    assert partner.funding.confirm("bob", HARVEST, small.payment_id) == small
    assert partner.book.alone_cents(HARVEST, utc_day(partner.clock())) == 1


def test_what_settlements_collect_needs_nobody_and_can_be_confirmed_by_nobody(partner):
    change = FundingChange(
        reference="7-USD:harvest:in:1",
        partner_id=HARVEST,
        currency="USD",
        amount_micros=3 * MOST * 10_000,
        reason="Settlement 7-USD",
        by="bank",
        tops_up=True,
    )
    partner.funding.settle(change)
    assert may_grant(partner) == 3 * MOST
    [collected] = partner.funding.view(HARVEST).payments
    for payment_id in (collected.payment_id, "0" * 32):
        with pytest.raises(UnknownPaymentError):
            partner.funding.confirm("bob", HARVEST, payment_id)
    with pytest.raises(UnknownPartnerError):
        partner.funding.confirm("bob", "nobody", collected.payment_id)


@pytest.mark.parametrize("meets", range(6))
def test_two_who_record_at_once_do_not_both_get_the_last_of_the_limit(partner, meets):
    other, calls = partner.server(), Counter()

    class Met:
        def __getattr__(self, name):
            def called(*args):
                calls["all"] += 1
                if calls["all"] == meets + 1:
                    recorded(partner, MOST, "other", "bob", other)
                return getattr(partner.book, name)(*args)

            return called

    servers = FundingService(Met(), other._meter, partner.contracts, other._deposits, partner.clock)
    mine = recorded(partner, MOST, "mine", server=servers)
    theirs = recorded(partner, MOST, "other", "bob", other)
    assert {mine.waits, theirs.waits} == {True, False}
    found = partner.measure()
    assert (-found.exposure_cents - partner.funding.view(HARVEST).waiting_cents, found.stopped) == (MOST, False)
    assert found.limit_cents <= MOST
    assert partner.book.alone_cents(HARVEST, utc_day(partner.clock())) == MOST


def test_measuring_asks_the_store_for_no_more_than_before(partner):
    for number in range(3):
        recorded(partner, MOST, f"k{number}")
    asked = Counter()

    class Counted:
        def __getattr__(self, name):
            asked[name] += 1
            return getattr(partner.book, name)

    server = FundingService(
        Counted(), partner.funding._meter, partner.contracts, partner.funding._deposits, partner.clock
    )
    server.measure(HARVEST)
    assert asked == {"payments": 1, "put_standing": 1}


PAID = st.tuples(
    st.sampled_from(["ann", "bob"]), st.integers(-MOST, 2 * MOST).filter(bool), st.booleans(), st.booleans()
)


@given(st.lists(PAID, max_size=8))
@settings(max_examples=30, deadline=None)
def test_what_may_be_granted_is_never_more_than_two_said_and_one_may_say_a_day(payments):
    partner = FundedPartner(PREPAID)
    days, confirmed = defaultdict(int), 0
    for number, (by, cents, is_confirmed, next_day) in enumerate(payments):
        one = recorded(partner, cents, f"k{number}", by)
        if is_confirmed:
            partner.funding.confirm({"ann": "bob", "bob": "ann"}[by], HARVEST, one.payment_id)
        day = utc_day(one.at_ms)
        counts_alone = cents > 0 and days[day] + cents <= MOST
        days[day] += cents if counts_alone else 0
        confirmed += cents if cents < 0 or (is_confirmed and not counts_alone) else 0
        assert one.waits is (cents > 0 and not counts_alone)
        assert -partner.measure().exposure_cents - partner.funding.view(HARVEST).waiting_cents == confirmed + sum(
            days.values()
        )
        assert partner.measure().limit_cents <= max(0, confirmed + sum(days.values()))
        if next_day:
            partner.clock.advance(ms=DAY_MS)
    assert all(cents <= MOST for cents in days.values())
