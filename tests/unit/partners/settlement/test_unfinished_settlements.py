"""The runs of the schedule read the settlements that something is left to do about, and find each that there is."""

import pytest
import stripe

from partners.settlement.payments.legs import LegState
from partners.settlement.payments.model import Stage
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import StoreUnavailableError
from tests.unit.partners.settlement.stripe_legs_world import LegsWorld


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda self, retries: 0)
    return LegsWorld()


def unfinished(world):
    return [one.settlement_id for one in PaymentStore(world.dynamodb, "settlement").unfinished()]


def settle(world):
    world.collect()
    world.fund()
    world.payments.pay(7, "USD", "bob")
    world.top_up(10_000)
    world.work()
    return world.bank_says("gamma", LegState.SUCCEEDED)


def test_a_settlement_that_has_ended_is_read_no_more_until_it_changes(world):
    assert settle(world).stage is Stage.SETTLED
    assert unfinished(world) == ["7-USD"]
    world.work()
    assert unfinished(world) == []
    reads = []
    world.payments._payments.get = lambda *_: reads.append(1)
    assert (world.payments.work(), reads) == (0, [])


def test_what_comes_back_long_after_is_followed_up_by_the_schedule_if_the_call_dies(world):
    settle(world)
    world.work()
    world.funding.failures = 1
    with pytest.raises(StoreUnavailableError):
        world.payments.tell(7, "USD", [BankWord(world.leg("gamma").key, LegState.RETURNED, "B-2")], "ann")
    assert unfinished(world) == ["7-USD"]
    assert world.payments.work() == 1
    assert world.window.carried["7-USD:gamma:out:1:returned"].amount_cents == 400
    assert world.payments.work() == 0
    assert unfinished(world) == []


def test_what_is_recorded_as_paid_elsewhere_is_looked_after_at_stripe_for_a_week_though_all_has_ended(world):
    world.collect()
    for party in ("alpha", "omega"):
        world.bank_says(party, LegState.SUCCEEDED)
    world.payments.pay(7, "USD", "bob")
    world.top_up(10_000)
    world.work()
    assert world.bank_says("gamma", LegState.SUCCEEDED).stage is Stage.SETTLED
    world.work()
    assert unfinished(world) == ["7-USD"]
    for invoice in world.invoices("alpha", "open"):
        world.v1.invoices.void_invoice(invoice["id"])
    world.work()
    world.clock.advance(ms=8 * DAY_MS)
    world.work()
    assert unfinished(world) == []


def test_settlements_of_before_are_worked_on(world):
    settle(world)
    rows = world.dynamodb.tables["settlement"]
    for key in [key for key in rows if key[0] in ("SETTLEMENTS-OPEN", "SETTLEMENTS-UNFINISHED")]:
        del rows[key]
    world.funding.recorded.clear()
    world.window.carried.clear()
    assert unfinished(world) == ["7-USD"]
    world.work()
    assert unfinished(world) == []
