"""What Stripe refuses while a month is closed stands in its row, can be decided upon, and stops no other work."""

from dataclasses import replace

import pytest

from partners.billing.decision import Asked, What
from partners.billing.stripe_errors import DecisionNotPossibleError, StripeRefusedError
from partners.billing.stripe_model import ClosingState
from partners.contracts.plan import BandScope
from tests.doubles.stripe import invoice_routes
from tests.fakes.contract_book import agree, new_terms
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, PLAN, StripeWorld, at, opened_world

DAY_MS = 24 * HOUR_MS
FULL = "An invoice has 3 items at most. (None)"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> StripeWorld:
    """November is rated here, and the fourth item of its invoice is refused: one by hand comes before our three."""
    monkeypatch.setattr(invoice_routes, "MOST_ITEMS", 3)
    world = StripeWorld(replace(PLAN, scope=BandScope.PER_LOCATION, minimum_cents=7_000))
    world.visit(5)
    world.invoicing.open_account(PARTNER)
    world.gateway.client.v1.invoice_items.create(
        {"customer": world.account.customer_id, "amount": 1, "currency": "usd", "metadata": {"key": "by hand"}}
    )
    world.clock.now_ms = at(2026, 12, 1, 3)
    return world


def test_a_refused_item_holds_the_month_with_stripes_reason_and_its_draft(world: StripeWorld) -> None:
    assert world.invoicing.work(world.account) == [FULL]
    closing = world.closing("2026-11")
    assert (closing.state, closing.troubles) == (ClosingState.HELD, (FULL,))
    assert world.double.books.get("invoice", str(closing.invoice_id))["status"] == "draft"


def test_once_its_cause_is_gone_the_month_is_finalised_by_itself(
    world: StripeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.work()
    monkeypatch.setattr(invoice_routes, "MOST_ITEMS", 250)
    (item,) = world.double.books.some("invoiceitem", metadata={"key": "by hand"})
    del world.double.books.things["invoiceitem"][item["id"]]
    assert world.invoicing.work(world.account) == []
    assert world.invoiced("2026-11") == world.billing.bill(PARTNER, "2026-11").total_cents == 7_000


@pytest.mark.parametrize("what", [What.RELEASE, What.WRITE_OFF])
def test_the_operator_decides_on_a_month_of_which_something_was_refused(
    world: StripeWorld, monkeypatch: pytest.MonkeyPatch, what: What
) -> None:
    world.work()
    world.desk.decide("op", "k1", Asked(what, PARTNER, "agreed", month="2026-11"))
    monkeypatch.setattr(invoice_routes, "MOST_ITEMS", 250)
    closing = world.closing("2026-11")
    assert (closing.state, closing.billed_cents) == (ClosingState.FINALISED, world.invoiced("2026-11"))
    world.go(at(2027, 1, 2), every_ms=DAY_MS)
    assert world.closing("2026-12").state is ClosingState.FINALISED
    lost_cents = 7_000 - world.invoiced("2026-11")
    assert lost_cents == (world.closing("2026-11").written_off_cents if what is What.WRITE_OFF else 0)


@pytest.mark.parametrize("what", [What.RELEASE, What.WRITE_OFF])
@pytest.mark.parametrize("seen", [False, True])
def test_the_operator_decides_on_a_month_whose_draft_was_deleted_at_stripe(
    world: StripeWorld, monkeypatch: pytest.MonkeyPatch, what: What, *, seen: bool
) -> None:
    world.work()
    monkeypatch.setattr(invoice_routes, "MOST_ITEMS", 250)
    world.gateway.client.v1.invoices.delete(str(world.closing("2026-11").invoice_id))
    if seen:
        assert "resource_missing" in world.work()[0]
    waiting = world.gateway.client.v1.invoice_items.create(
        {
            "customer": world.account.customer_id,
            "amount": 7_000,
            "currency": "usd",
            "metadata": {"key": f"v1:bill:{PARTNER}:2026-11:all"},
        }
    )
    asked = Asked(what, PARTNER, "agreed", month="2026-11")
    with pytest.raises(DecisionNotPossibleError, match="delete them there first"):
        world.desk.decide("op", "k1", asked)
    del world.double.books.things["invoiceitem"][waiting.id]
    for _ in range(2):
        world.desk.decide("op", "k1", asked)
    closing = world.closing("2026-11")
    assert (closing.state, closing.invoice_id, closing.billed_cents) == (ClosingState.FINALISED, None, 0)
    world.go(at(2027, 1, 2), every_ms=DAY_MS)
    assert world.closing("2026-12").state is ClosingState.FINALISED
    assert world.invoiced("2026-11") == (7_000 if what is What.RELEASE else 0)
    assert world.closing("2026-11").written_off_cents == (0 if what is What.RELEASE else 7_000)


def test_the_partners_other_work_goes_on_while_a_month_is_refused(world: StripeWorld) -> None:
    agree(world.contracts, PARTNER, new_terms(at(2027, 1, 1), plan=PLAN))
    assert world.invoicing.work(world.account) == [FULL]
    assert world.account.billed_from == "2027-01", "it is subscribed to what begins next month"


def test_an_invoice_that_stripe_does_not_finalise_is_held_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    world = opened_world()
    world.go(at(2027, 1, 1), every_ms=DAY_MS)
    (draft,) = world.double.books.some("invoice", status="draft")

    def refuse(invoice_id: str) -> None:
        raise StripeRefusedError("Taxes can't be worked out.", code=None)

    monkeypatch.setattr(world.gateway, "finalise", refuse)
    world.go(at(2027, 1, 1, 3))
    closing = world.closing()
    assert (closing.state, closing.invoice_id) == (ClosingState.HELD, draft["id"])
    assert closing.troubles == ("Taxes can't be worked out. (None)",)


def test_a_refused_late_item_keeps_no_month_from_being_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = opened_world()
    world.go(at(2026, 12, 30), every_ms=DAY_MS)
    world.visit(3, at(2026, 11, 30, 12))
    world.go(at(2027, 1, 1), every_ms=DAY_MS, work=lambda: None)

    def refuse(*_: object, **__: object) -> None:
        raise StripeRefusedError("No such customer.", code="resource_missing")

    monkeypatch.setattr(world.gateway, "ensure_item", refuse)
    world.go(at(2027, 1, 1, 3), work=lambda: None)
    assert world.invoicing.work(world.account) == ["No such customer. (resource_missing)"]
    assert world.closing("2026-12").state is ClosingState.FINALISED
