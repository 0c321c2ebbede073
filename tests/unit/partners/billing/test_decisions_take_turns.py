"""What a person decides and what a run does never change a month side by side."""

from typing import Any

import pytest

from partners.billing.decision import Asked, What
from partners.billing.stripe_errors import ConcurrentRunError
from partners.billing.stripe_model import ClosingState
from tests.unit.partners.billing.stripe_world import EMAIL, HOUR_MS, PARTNER, StripeWorld, at
from tests.unit.partners.billing.test_billing_contact import forget_contact

WRITE_OFF = Asked(What.WRITE_OFF, PARTNER, "agreed", month="2026-11")


@pytest.fixture
def world() -> StripeWorld:
    """November is held, since there was no address to send its invoice to; now there is one."""
    world = StripeWorld(begins=at(2026, 11, 20, 12))
    world.invoicing.open_account(PARTNER)
    forget_contact(world)
    world.go(at(2026, 12, 1, 4), every_ms=24 * HOUR_MS)
    world.contacts.set_email(PARTNER, EMAIL)
    assert world.closing("2026-11").state is ClosingState.HELD
    return world


def test_a_decision_waits_for_the_run_that_is_at_work(world: StripeWorld) -> None:
    now_ms = world.clock()
    assert world.metering_turn.take("a run", now_ms, now_ms + 660_000)
    with pytest.raises(ConcurrentRunError):
        world.desk.decide("op", "k1", WRITE_OFF)
    assert world.closing("2026-11").state is ClosingState.HELD
    world.metering_turn.end("a run")
    decided, _ = world.desk.decide("op", "k1", WRITE_OFF)
    assert "written off" in (decided.outcome or "")
    world.work()
    assert world.invoiced("2026-11") == 0
    assert not world.double.books.some("invoice", status="open")


def test_a_run_waits_for_the_decision_that_is_at_work_and_not_for_one_that_is_done(
    world: StripeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_off, beside = world.invoicing.write_off, []

    def while_a_run_comes(*asked: Any) -> Any:
        beside.append(world.metering_turn.take("a run", world.clock(), world.clock() + 1))
        return write_off(*asked)

    monkeypatch.setattr(world.invoicing, "write_off", while_a_run_comes)
    world.desk.decide("op", "k1", WRITE_OFF)
    assert beside == [False]
    assert world.metering_turn.take("a run", world.clock(), world.clock() + 1)


def test_a_decision_that_is_refused_gives_its_turn_back(world: StripeWorld) -> None:
    with pytest.raises(Exception, match="Nothing of this month"):
        world.desk.decide("op", "k1", Asked(What.RELEASE, PARTNER, "agreed", month="2026-12"))
    assert world.metering_turn.take("a run", world.clock(), world.clock() + 1)
