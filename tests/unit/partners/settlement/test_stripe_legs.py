"""Legs through Stripe: sent once, believed by what Stripe has, called off only where nobody can pay any more."""

import random
from typing import Any

import pytest
import stripe

from partners.settlement.payments.errors import (
    EvidenceNeededError,
    NoStripeAccountError,
    PaidThroughStripeError,
    SettlementStateError,
)
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.model import PaidSettlement, Stage
from partners.settlement.payments.payees import PayeeAccounts
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.stripe_legs import Effect, StripeLegs
from partners.settlement.payments.telling import BankWord
from shared.kernel.hearing import Heard
from tests.doubles.stripe import money
from tests.doubles.stripe.faults import Fault
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.collateral import default_by_two
from tests.fakes.dynamodb import Written
from tests.unit.partners.settlement.stripe_legs_world import LegsWorld


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> LegsWorld:
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda self, retries: 0)
    return LegsWorld()


@pytest.fixture
def collecting(world: LegsWorld) -> LegsWorld:
    world.collect()
    return world


@pytest.fixture
def paying(collecting: LegsWorld) -> LegsWorld:
    collecting.fund()
    collecting.payments.pay(7, "USD", "bob")
    collecting.top_up(10_000)
    collecting.work()
    return collecting


def hear(world: LegsWorld, kind: str) -> Heard:
    """The newest event of a kind."""
    return world.webhooks.hear([one for one in world.double.books.happened if one["type"] == kind][-1])


def failing(world: LegsWorld, path: str, fault: Fault) -> None:
    """Each POST there fails."""
    world.double.faults.choose = lambda method, where: fault if (method, where) == ("post", path) else None


def keys_used(world: LegsWorld) -> set[str]:
    return set(world.double.saved)


def test_one_settlement_is_paid_by_invoice_by_charge_by_transfer_and_by_the_bank(world: LegsWorld) -> None:
    world.collect()
    assert world.states() == {"alpha": "pending", "delta": "succeeded", "omega": "submitted"}
    [invoice] = world.invoices("alpha", "open")
    assert (invoice["collection_method"], world.leg("alpha").reference) == ("send_invoice", invoice["id"])
    world.customer_pays("alpha")
    world.connect(written := Written(world.dynamodb), DoubleClient(world.double))
    assert hear(world, "invoice.paid") is Heard.NEW
    assert written.operations == ["TransactWriteItems"], "the event and its effect are one write"
    assert world.leg("alpha").state is LegState.SUCCEEDED
    assert world.bank_says("omega", LegState.SUCCEEDED).stage is Stage.FUNDED
    world.payments.pay(7, "USD", "bob")
    world.work()
    assert (world.leg("beta").state, world.leg("gamma").state) == (LegState.SUCCEEDED, LegState.SUBMITTED)
    world.bank_says("gamma", LegState.SUCCEEDED)
    assert world.one.stage is Stage.SETTLED
    assert world.moved_cents() == {"alpha": -500, "delta": -900, "beta": 1_000}
    assert {"7-USD:alpha:in:1", "7-USD:delta:in:1", "7-USD:beta:out:1"} <= keys_used(world)


def test_a_partner_of_whom_no_account_is_known_stops_the_submission_before_anything_is_sent(world: LegsWorld) -> None:
    world.agree("delta", PayeeAccounts(charged=True))
    world.approve()
    with pytest.raises(NoStripeAccountError):
        world.payments.collect(7, "USD", "ann")
    assert (world.one.stage, world.one.legs) == (Stage.APPROVED, ())
    world.agree("delta", PayeeAccounts(world.customers["delta"], charged=True))
    world.has_stripe = False
    with pytest.raises(NoStripeAccountError):
        world.payments.collect(7, "USD", "ann")


def test_a_charge_that_fails_leaves_no_invoice_that_could_still_be_paid(world: LegsWorld) -> None:
    world.double.books.declining.add(world.customers["delta"])
    world.collect()
    assert world.leg("delta").state is LegState.FAILED
    assert [one["status"] for one in world.double.books.some("invoice", customer=world.customers["delta"])] == ["void"]
    world.double.books.declining.clear()
    world.payments.try_again(7, "USD", "delta", "ann")
    world.payments.collect(7, "USD", "ann")
    world.work()
    assert (world.leg("delta").key, world.leg("delta").state) == ("7-USD:delta:in:2", LegState.SUCCEEDED)
    assert world.moved_cents()["delta"] == -900


def test_a_bank_debit_is_pending_for_days_whatever_is_called_off(world: LegsWorld) -> None:
    world.double.books.debit_days[world.customers["delta"]] = 4
    world.collect()
    assert world.leg("delta").state is LegState.PENDING
    world.payments.recall(7, "USD", "delta")
    assert world.work().troubles == ()
    assert world.leg("delta").state is LegState.PENDING
    world.clock.advance(days=4)
    world.work()
    assert world.leg("delta").state is LegState.SUCCEEDED


def test_a_bank_debit_that_fails_after_days_is_voided(world: LegsWorld) -> None:
    world.double.books.debit_days[world.customers["delta"]] = 4
    world.collect()
    world.double.books.declining.add(world.customers["delta"])
    world.clock.advance(days=4)
    world.double.advance()
    assert hear(world, "invoice.payment_failed") is Heard.NEW
    assert world.leg("delta").state is LegState.FAILED
    assert world.invoices("delta", "void")


def test_an_unpaid_invoice_is_failed_only_when_it_was_recalled_and_void(collecting: LegsWorld) -> None:
    collecting.clock.advance(days=30)
    collecting.work()
    assert collecting.leg("alpha").state is LegState.PENDING
    collecting.payments.recall(7, "USD", "alpha")
    assert collecting.leg("alpha").state is LegState.PENDING
    collecting.work()
    assert collecting.leg("alpha").state is LegState.FAILED
    assert collecting.invoices("alpha", "void")
    assert default_by_two(collecting.payments, 7, "USD", "alpha", 0).missing_cents == 500


def test_an_invoice_that_is_paid_just_before_it_is_voided_is_paid(
    collecting: LegsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    collecting.payments.recall(7, "USD", "alpha")
    looked = collecting.gateway._is_being_paid

    def paid_meanwhile(invoice: Any) -> bool:
        found = looked(invoice)
        collecting.customer_pays("alpha")
        return found

    monkeypatch.setattr(collecting.gateway, "_is_being_paid", paid_meanwhile)
    collecting.work()
    assert collecting.leg("alpha").state is LegState.SUCCEEDED


def test_what_was_recalled_before_it_was_sent_fails_when_nothing_can_be_on_its_way(collecting: LegsWorld) -> None:
    collecting.fund()
    collecting.double.books.movements.clear()
    collecting.payments.pay(7, "USD", "bob")
    collecting.payments.recall(7, "USD", "beta")
    collecting.top_up(10_000)
    collecting.work()
    assert collecting.leg("beta").state is LegState.SUBMITTED
    collecting.clock.advance(ms=3_600_000)
    collecting.work()
    assert collecting.leg("beta").state is LegState.FAILED
    assert collecting.moved_cents()["beta"] == 0


def test_a_draft_that_is_called_off_is_deleted(world: LegsWorld) -> None:
    failing(world, "/v1/invoiceitems", Fault.TIME_OUT_BEFORE)
    assert world.collect().postponed == 2
    world.double.faults.choose = lambda method, path: None
    world.payments.recall(7, "USD", "alpha")
    world.work()
    assert world.leg("alpha").state is LegState.FAILED
    assert world.double.books.some("invoice", customer=world.customers["alpha"]) == []
    with pytest.raises(SettlementStateError):
        world.payments.recall(7, "USD", "omega")


def test_while_a_collection_is_disputed_nothing_is_paid_out(collecting: LegsWorld) -> None:
    collecting.fund()
    dispute = money.dispute(collecting.double.books, collecting.charge_of("alpha"))
    assert hear(collecting, "charge.dispute.created") is Heard.NEW
    assert (collecting.leg("alpha").state, collecting.one.stage) == (LegState.DISPUTED, Stage.COLLECTING)
    with pytest.raises(SettlementStateError):
        collecting.payments.pay(7, "USD", "bob")
    with pytest.raises(SettlementStateError):
        collecting.payments.abort(7, "USD", "ann")
    money.decide(collecting.double.books, dispute, "won")
    hear(collecting, "charge.dispute.closed")
    assert (collecting.leg("alpha").state, collecting.one.stage) == (LegState.SUCCEEDED, Stage.FUNDED)
    collecting.payments.work()
    paid = [one for one in collecting.funding.recorded.values() if one.reference == "7-USD:alpha:in:1"]
    assert [one.amount_micros for one in paid] == [5_000_000]


def test_a_dispute_that_is_lost_after_payout_is_owed_again(paying: LegsWorld) -> None:
    dispute = money.dispute(paying.double.books, paying.charge_of("delta"))
    money.decide(paying.double.books, dispute, "lost")
    for event in random.Random(1).sample(paying.double.books.happened * 2, 2 * len(paying.double.books.happened)):
        paying.webhooks.hear(event)
    paying.payments.work()
    assert paying.leg("delta").state is LegState.RETURNED
    assert {one.party: one.amount_cents for one in paying.window.carried.values()} == {"delta": -900}


def test_a_refund_is_a_return_if_it_is_whole_and_else_a_trouble(collecting: LegsWorld) -> None:
    charge = collecting.charge_of("delta")
    collecting.v1.refunds.create({"charge": charge["id"], "amount": 100})
    assert "100 cents" in collecting.work().troubles[0]
    assert collecting.leg("delta").state is LegState.SUCCEEDED
    collecting.v1.refunds.create({"charge": charge["id"]})
    hear(collecting, "charge.refunded")
    assert collecting.leg("delta").state is LegState.RETURNED


def test_a_reversed_transfer_is_owed_again(paying: LegsWorld) -> None:
    [transfer] = paying.double.books.some("transfer")
    paying.v1.transfers.reversals.create(transfer["id"], {"amount": 1})
    assert "1 cents" in paying.work().troubles[0]
    paying.v1.transfers.reversals.create(transfer["id"])
    assert hear(paying, "transfer.reversed") is Heard.NEW
    assert hear(paying, "transfer.reversed") is Heard.KNOWN
    assert paying.leg("beta").state is LegState.REVERSED
    paying.payments.work()
    assert {one.party: one.amount_cents for one in paying.window.carried.values()} == {"beta": 1_000}


def test_a_transfer_waits_until_money_is_available_and_is_told_of_after_a_week(collecting: LegsWorld) -> None:
    collecting.fund()
    collecting.double.books.movements.clear()
    collecting.payments.pay(7, "USD", "bob")
    assert collecting.work().troubles == ()
    collecting.clock.advance(days=7)
    assert "waited for a week" in collecting.work().troubles[0]
    collecting.top_up(999)
    collecting.work()
    assert collecting.leg("beta").state is LegState.SUBMITTED
    collecting.top_up(1)
    collecting.work()
    assert collecting.leg("beta").state is LegState.SUCCEEDED


def test_a_transfer_that_stripe_refuses_has_failed_and_can_be_tried_elsewhere(collecting: LegsWorld) -> None:
    collecting.fund()
    closed = collecting.v1.accounts.create({"type": "express"}).id
    collecting.agree("beta", PayeeAccounts(None, closed))
    collecting.top_up(10_000)
    collecting.payments.pay(7, "USD", "bob")
    collecting.work()
    failed = collecting.leg("beta")
    assert (failed.state, failed.reference) == (LegState.FAILED, "insufficient_capabilities_for_transfer")
    collecting.agree("beta", PayeeAccounts(None, collecting.account))
    collecting.payments.try_again(7, "USD", "beta", "ann")
    collecting.payments.pay(7, "USD", "bob")
    collecting.work()
    assert collecting.leg("beta").state is LegState.SUCCEEDED


def test_nobody_but_stripe_says_that_its_payment_failed(collecting: LegsWorld) -> None:
    for state in (LegState.FAILED, LegState.PENDING):
        with pytest.raises(PaidThroughStripeError):
            collecting.bank_says("alpha", state)
    with pytest.raises(EvidenceNeededError, match="whose answer moves it by itself"):
        collecting.payments.tell(7, "USD", [BankWord(collecting.leg("alpha").key, LegState.SUCCEEDED)], "ann")
    assert collecting.one.collected_cents == 900
    assert collecting.bank_says("alpha", LegState.SUCCEEDED).legs[0].state is LegState.SUCCEEDED


def test_what_a_person_says_is_paid_while_the_schedule_runs_is_not_made_at_stripe(collecting: LegsWorld) -> None:
    collecting.fund()
    collecting.payments.pay(7, "USD", "bob")
    collecting.top_up(10_000)
    tables: Any = collecting.dynamodb

    class ToldOnceAllAreRead(PaymentStore):
        def unfinished(self) -> list[PaidSettlement]:
            found = super().unfinished()
            collecting.bank_says("beta", LegState.SUCCEEDED)
            return found

    collecting.legs = StripeLegs(ToldOnceAllAreRead(tables, "settlement"), collecting.gateway, collecting.clock)
    collecting.work()
    assert (collecting.leg("beta").state, collecting.moved_cents()["beta"]) == (LegState.SUCCEEDED, 0)


def test_an_invoice_that_is_open_though_its_debtor_paid_elsewhere_is_a_trouble_until_it_is_void(
    collecting: LegsWorld,
) -> None:
    collecting.bank_says("alpha", LegState.SUCCEEDED)
    for _ in range(2):
        assert ["can still be paid" in trouble for trouble in collecting.work().troubles] == [True]
    [invoice] = collecting.invoices("alpha", "open")
    collecting.v1.invoices.void_invoice(invoice["id"])
    assert (collecting.work().troubles, collecting.one.troubles) == ((), ())
    assert collecting.leg("alpha").state is LegState.SUCCEEDED


def test_what_is_paid_at_stripe_though_it_was_paid_elsewhere_is_a_trouble_until_a_person_ends_it(
    collecting: LegsWorld,
) -> None:
    collecting.bank_says("alpha", LegState.SUCCEEDED)
    collecting.work()
    collecting.customer_pays("alpha")
    for _ in range(2):
        assert ["was paid at Stripe too" in trouble for trouble in collecting.work().troubles] == [True]
        collecting.bank_says("alpha", LegState.SUCCEEDED)
    collecting.sees("alpha")
    assert collecting.work().troubles == ()


def test_an_open_invoice_is_told_of_also_when_the_settlement_has_ended_meanwhile(collecting: LegsWorld) -> None:
    for party in ("alpha", "omega"):
        collecting.bank_says(party, LegState.SUCCEEDED)
    collecting.payments.pay(7, "USD", "bob")
    for party in ("beta", "gamma"):
        collecting.bank_says(party, LegState.SUCCEEDED)
    assert collecting.one.stage is Stage.SETTLED
    [trouble] = collecting.work().troubles
    assert trouble.startswith(collecting.leg("alpha").key)


def test_what_stripe_failed_at_once_is_tried_under_another_key_in_the_next_hour(world: LegsWorld) -> None:
    failing(world, "/v1/invoices", Fault.ERROR_BEFORE)
    assert world.collect().postponed == 2
    world.double.faults.choose = lambda method, path: None
    for _ in range(2):
        world.work()
        assert world.double.books.some("invoice") == [], "Stripe gives the same answer to the same key"
    world.work()
    assert world.states() == {"alpha": "pending", "delta": "succeeded", "omega": "submitted"}
    assert "7-USD:alpha:in:1:1" in keys_used(world)


def test_nothing_is_made_in_the_last_quarter_of_an_hour(world: LegsWorld) -> None:
    world.approve()
    world.payments.collect(7, "USD", "ann")
    world.clock.advance(ms=30 * 60_000)
    world.work()
    assert world.double.books.some("invoice") == []
    world.work()
    assert len(world.double.books.some("invoice")) == 2


def test_an_invoice_to_which_somebody_added_is_not_sent(world: LegsWorld) -> None:
    failing(world, "/v1/invoiceitems", Fault.TIME_OUT_AFTER)
    world.collect()
    world.double.faults.choose = lambda method, path: None
    [draft] = world.invoices("alpha", "draft")
    extra: Any = {"customer": draft["customer"], "invoice": draft["id"], "amount": 1, "currency": "usd"}
    world.v1.invoice_items.create(extra)
    assert "would collect 501 cents, not 500" in world.work().troubles[0]
    assert world.leg("alpha").state is LegState.SUBMITTED


def test_an_invoice_that_is_paid_with_anything_but_money_is_a_trouble(collecting: LegsWorld) -> None:
    [invoice] = collecting.invoices("alpha", "open")
    invoice |= {"status": "paid", "amount_paid": 499}
    assert "499 of 500 cents" in collecting.work().troubles[0]
    assert collecting.leg("alpha").state is LegState.PENDING


def test_events_of_others_are_not_settlements(collecting: LegsWorld) -> None:
    foreign = [{}, {"settlement_leg": "9-EUR:x:in:1"}, {"settlement_leg": "7-USD:x:in:1"}, {"settlement_leg": "x"}]
    strange: list[Any] = [
        *({"type": "invoice.paid", "data": {"object": {"object": "invoice", "metadata": one}}} for one in foreign),
        {"type": "transfer.created", "data": {"object": {"object": "transfer", "metadata": {}}}},
        {"type": "charge.refunded", "data": {"object": {"object": "charge", "payment_intent": "pi_other"}}},
        {"type": "charge.succeeded", "data": {"object": {"object": "charge", "payment_intent": "pi_other"}}},
        {"type": "v1.billing.meter.no_meter_found", "object": "v2.core.event"},
    ]
    assert {collecting.legs.hears_of(event) for event in strange} == {Effect.NONE}


def test_billing_does_not_take_an_invoice_of_a_settlement_for_its_own(collecting: LegsWorld) -> None:
    customer = collecting.customers["alpha"]
    assert collecting.gateway.invoices(customer, 0) == []
    made: Any = {"customer": customer, "metadata": {"month": "2026-11"}}
    collecting.v1.invoices.create(made)
    assert len(collecting.gateway.invoices(customer, 0)) == 1


def test_a_payment_whose_answer_was_lost_is_found_days_later(world: LegsWorld) -> None:
    """Stripe has forgotten the key by then."""
    failing(world, "/v1/invoices", Fault.TIME_OUT_AFTER)
    assert world.collect().postponed == 2
    world.double.faults.choose = lambda method, path: None
    world.clock.advance(days=2)
    world.work()
    assert len(world.double.books.some("invoice")) == 2
    world.fund()
    world.payments.pay(7, "USD", "bob")
    world.top_up(10_000)
    failing(world, "/v1/transfers", Fault.TIME_OUT_AFTER)
    assert world.work().postponed == 1
    world.double.faults.choose = lambda method, path: None
    world.clock.advance(days=2)
    world.work()
    assert world.leg("beta").state is LegState.SUCCEEDED
    assert world.moved_cents() == {"alpha": -500, "delta": -900, "beta": 1_000}


def test_of_two_processes_that_both_find_nothing_one_makes_the_payment(
    collecting: LegsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    collecting.fund()
    collecting.payments.pay(7, "USD", "bob")
    collecting.top_up(10_000)
    monkeypatch.setattr(collecting.gateway, "_transfer_of", lambda leg: None)
    errand = collecting.legs._errand(collecting.one, collecting.leg("beta"))
    first, second = (collecting.gateway.carry(errand) for _ in range(2))
    assert first == second
    assert collecting.moved_cents()["beta"] == 1_000


def test_what_there_is_no_time_for_is_left_to_the_next_call(world: LegsWorld) -> None:
    world.approve()
    world.payments.collect(7, "USD", "ann")
    left = iter([True, False])
    assert world.legs.work(lambda: next(left)).postponed == 1
    assert len(world.double.books.some("invoice")) == 1
    world.work()
    assert len(world.double.books.some("invoice")) == 2


def test_a_trouble_stands_until_it_is_over_or_a_person_says_what_became_of_the_leg(paying: LegsWorld) -> None:
    paying.bank_says("gamma", LegState.SUCCEEDED)
    assert paying.one.stage is Stage.SETTLED
    paying.v1.refunds.create({"charge": paying.charge_of("delta")["id"], "amount": 100})
    hear(paying, "charge.refunded")
    for _ in range(2):
        assert ["100 cents" in trouble for trouble in paying.work().troubles] == [True]
    assert [trouble.leg for trouble in paying.one.troubles] == ["7-USD:delta:in:1"]
    paying.bank_says("delta", LegState.SUCCEEDED)
    assert len(paying.one.troubles) == 1, "what is said once more changes nothing"
    paying.sees("delta")
    assert (paying.work().troubles, paying.one.troubles) == ((), ())
    paying.v1.refunds.create({"charge": paying.charge_of("alpha")["id"], "amount": 100})
    hear(paying, "charge.refunded")
    paying.v1.refunds.create({"charge": paying.charge_of("alpha")["id"]})
    assert paying.work().troubles == ()
    assert paying.leg("alpha").state is LegState.RETURNED


def test_what_is_paid_though_it_has_failed_is_a_trouble(collecting: LegsWorld) -> None:
    collecting.payments.recall(7, "USD", "alpha")
    collecting.work()
    [invoice] = collecting.invoices("alpha", "void")
    invoice |= {"status": "paid", "amount_paid": 500}
    collecting.legs.hears_of({"type": "invoice.paid", "data": {"object": invoice}})
    assert [trouble.text for trouble in collecting.one.troubles] == ["Stripe says succeeded, it is failed here"]


def invoice_of(key: str) -> dict[str, Any]:
    return {"object": "invoice", "metadata": {"settlement_leg": key}}


def test_what_is_less_than_stripe_charges_never_goes_there_and_is_decided_about_here(world: LegsWorld) -> None:
    """Stripe would add it to the customer's balance, and collect it with an invoice of visits."""
    world.window.owes("alpha", 49)
    world.approve()
    one = world.payments.collect(7, "USD", "ann")
    leg = world.leg("alpha")
    assert (leg.state, leg.reference, leg.was_submitted) == (LegState.FAILED, "below_stripe_minimum", False)
    assert world.leg("delta").state is LegState.SUBMITTED
    assert one.stage is Stage.COLLECTING
    again = world.payments.try_again(7, "USD", "alpha", "ann")
    again = world.payments.collect(7, "USD", "ann")
    assert [found.state for found in again.legs if found.party == "alpha"] == [LegState.FAILED] * 2
    assert world.legs.hears_of({"type": "invoice.paid", "data": {"object": invoice_of(leg.key)}}) is Effect.NONE
    world.work()
    assert world.double.books.some("invoice", customer=world.customers["alpha"]) == []
    world.bank_says("omega", LegState.SUCCEEDED)
    default_by_two(world.payments, 7, "USD", "alpha", 0)
    world.work()
    world.payments.pay(7, "USD", "bob")
    assert world.window.carried["7-USD:alpha:default"].amount_cents == -49


def test_what_is_paid_elsewhere_for_it_is_not_looked_for_at_stripe(world: LegsWorld) -> None:
    world.window.owes("alpha", 49)
    world.approve()
    world.payments.collect(7, "USD", "ann")
    world.bank_says("alpha", LegState.SUCCEEDED)
    assert world.work().troubles == ()
    assert world.leg("alpha").state is LegState.SUCCEEDED


def test_stripe_charges_half_a_dollar(world: LegsWorld) -> None:
    world.window.owes("alpha", 50)
    world.collect()
    assert world.leg("alpha").state is LegState.PENDING


def test_what_is_paid_elsewhere_after_it_had_failed_at_stripe_is_a_trouble_until_a_person_has_seen_it(
    collecting: LegsWorld,
) -> None:
    collecting.payments.recall(7, "USD", "alpha")
    collecting.work()
    default_by_two(collecting.payments, 7, "USD", "alpha", 0)
    collecting.bank_says("alpha", LegState.SUCCEEDED)
    for _ in range(2):
        assert ["paid late" in trouble for trouble in collecting.work().troubles] == [True]
    assert collecting.window.carried["7-USD:alpha:in:1:late"].amount_cents == 500
    collecting.bank_says("alpha", LegState.SUCCEEDED)
    assert len(collecting.work().troubles) == 1
    collecting.sees("alpha")
    assert collecting.work().troubles == ()
