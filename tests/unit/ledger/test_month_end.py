"""Points that come back, or come late, after the end of their month are never active again."""

from datetime import UTC, datetime

import pytest

from shared.kernel.clock import month_number
from shared.ledger.audit import check_history
from shared.ledger.model import Lot, Place
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import adjust, capture, earn, enrol, reserve, void

MEMBER = "0000000042"
MINUTE_MS = 60_000


def _ms(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * 1000


@pytest.fixture
def clock():
    return FakeClock(_ms(2026, 11, 30, 23, 55))


@pytest.fixture
def ledger(clock):
    ledger = Ledger(FakeJournal(), clock, sleep=lambda _: None)
    ledger.apply(enrol("join", clock()))
    yield ledger
    check_history(ledger.history(MEMBER))


@pytest.fixture
def hold(ledger, clock):
    """80 points whose month ends in five minutes, held for fifteen."""
    ledger.apply(earn("a", clock(), 80, expiry_month=month_number(clock())))
    ledger.apply(earn("b", clock(), 10))
    held = ledger.apply(reserve("h", clock(), 80, ttl_ms=15 * MINUTE_MS)).entry
    clock.advance(ms=10 * MINUTE_MS)
    return held


def _expired(entry):
    return [(lot.issuer, lot.quantity) for lot in entry.lots_to(Place.BREAKAGE)]


def test_what_a_capture_leaves_of_a_hold_over_the_end_of_its_month_expires(ledger, clock, hold):
    entry = ledger.apply(capture("c", clock(), 50, hold_seq=hold.seq)).entry
    assert _expired(entry) == [("alpha", 30)]
    assert entry.account.points_active == 10


def test_a_hold_that_is_voided_after_the_end_of_its_month_expires(ledger, clock, hold):
    entry = ledger.apply(void("v", clock(), hold_seq=hold.seq)).entry
    assert _expired(entry) == [("alpha", 80)]
    assert entry.account.points_active == 10


def test_held_points_may_be_captured_after_the_end_of_their_month(ledger, clock, hold):
    entry = ledger.apply(capture("c", clock(), hold_seq=hold.seq)).entry
    assert entry.points == 80
    assert _expired(entry) == []


def test_a_purchase_that_arrives_after_its_points_month_grants_them_expired(ledger, clock):
    clock.now_ms = _ms(2027, 3, 1, 12)
    bought_ms = _ms(2027, 1, 31, 12)
    late = earn("late", bought_ms, 50, expiry_month=month_number(bought_ms) + 1)
    entry = ledger.apply(late).entry
    assert entry.lots_from(Place.ISSUER) == (Lot("alpha", late.expiry_month, 50),)
    assert _expired(entry) == [("alpha", 50)]
    assert entry.account.points_active == 0


def test_an_adjustment_into_a_month_that_is_over_grants_nothing(ledger, clock):
    entry = ledger.apply(adjust("x", clock(), 20, expiry_month=month_number(clock()) - 1)).entry
    assert _expired(entry) == [("alpha", 20)]
    assert entry.account.points_active == 0
