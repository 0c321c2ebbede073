"""What billing through Stripe keeps, on both engines: rows read back, and each write holds to what it read."""

import uuid
from dataclasses import replace

import pytest

from partners.billing.contact import BillingContact
from partners.billing.contact_store import ContactStore
from partners.billing.dunning import InvoiceRecord, PaymentState, Standing, Step
from partners.billing.invoice_service import Invoicers
from partners.billing.outbox import Intent, Message, Stage
from partners.billing.outbox_store import OutboxStore
from partners.billing.payment_store import PaymentStore
from partners.billing.stripe_model import Closing, ClosingState, Invoicer, StripeAccount
from partners.billing.stripe_store import StripeStore
from partners.billing.turn_store import TurnStore
from partners.billing.webhook_store import WebhookStore
from partners.billing.webhooks import SetAside
from tests.fakes.invoicers import FakeInvoicers
from tests.support.clouds import DynamoEngine

HOUR = 499_164  # 2026-12-11, 12 o'clock UTC


@pytest.fixture
def partner() -> str:
    return f"p{uuid.uuid4().hex[:12]}"


def test_a_message_is_added_once_and_changed_by_who_read_it_last(dynamodb_engine: DynamoEngine, partner: str) -> None:
    outbox = OutboxStore(dynamodb_engine.client, dynamodb_engine.billing_table)
    sealed = Message(Intent(partner, HOUR, 1, 5, "cus_1"))
    assert outbox.add(sealed)
    assert not outbox.add(replace(sealed, intent=replace(sealed.intent, quantity=6)))
    begun = replace(sealed, stage=Stage.SENDING, sends=1, first_sent_at_ms=7, last_sent_at_ms=8, reason="x", version=2)
    assert outbox.replace(sealed, begun)
    assert not outbox.replace(sealed, replace(begun, reason="y"))
    later = Message(Intent(partner, HOUR + 1, 1, 2, "cus_1"))
    assert outbox.add(later)
    assert outbox.get(sealed.intent) == begun
    assert outbox.of_month(partner, "2026-12") == [begun, later]
    assert outbox.of_month(partner, "2026-11") == []
    assert outbox.get(replace(sealed.intent, seq=9)) is None


def test_an_account_is_changed_by_who_read_it_last(dynamodb_engine: DynamoEngine, partner: str) -> None:
    book = StripeStore(dynamodb_engine.client, dynamodb_engine.billing_table)
    assert book.account(partner) is None
    account = StripeAccount(partner, "cus_1", "2026-12", "2026-11")
    assert book.put_account(None, account)
    assert not book.put_account(None, account)
    changes = {
        "subscription_id": "sub_1",
        "billed_from": "2026-12",
        "last_month": "2027-03",
        "location_count": 3,
        "contact_version": 2,
    }
    subscribed = replace(account, **changes, version=2)
    assert book.put_account(account, subscribed)
    assert not book.put_account(account, subscribed)
    assert book.account(partner) == subscribed
    assert subscribed in book.accounts()


class InvoicersContract:
    """A subclass gives the fixture `invoicers`."""

    def test_a_month_is_invoiced_by_who_claimed_it_first(self, invoicers: Invoicers, partner: str) -> None:
        for winner, other, month in [
            (Invoicer.OPERATOR, Invoicer.STRIPE, "2026-11"),
            (Invoicer.STRIPE, Invoicer.OPERATOR, "2026-12"),
        ]:
            claims = [invoicers.claim(partner, month, one) for one in (winner, other, winner, other)]
            assert claims == [winner] * 4
        assert invoicers.claim(f"{partner}x", "2026-11", Invoicer.STRIPE) is Invoicer.STRIPE


class TestStripeStoreClaims(InvoicersContract):
    @pytest.fixture
    def invoicers(self, dynamodb_engine: DynamoEngine) -> StripeStore:
        return StripeStore(dynamodb_engine.client, dynamodb_engine.billing_table)


class TestFakeInvoicersClaims(InvoicersContract):
    @pytest.fixture
    def invoicers(self) -> FakeInvoicers:
        return FakeInvoicers()


def test_a_closing_is_changed_by_who_read_it_last(dynamodb_engine: DynamoEngine, partner: str) -> None:
    book = StripeStore(dynamodb_engine.client, dynamodb_engine.billing_table)
    fresh = book.closing(partner, "2026-12")
    assert fresh == Closing(partner, "2026-12")
    held = replace(fresh, state=ClosingState.HELD, invoice_id="in_1", troubles=("a", "b"), version=1)
    assert book.put_closing(held)
    assert not book.put_closing(held)
    assert book.closing(partner, "2026-12") == held
    changes = {"troubles": (), "owed_cents": -7, "written_off_cents": -3, "invoicer": Invoicer.OPERATOR}
    taken_over = replace(held, **changes, version=2)
    assert book.put_closing(taken_over)
    assert book.closings(partner) == [taken_over]


def test_a_billing_contact_is_changed_by_who_read_it_last(dynamodb_engine: DynamoEngine, partner: str) -> None:
    book = ContactStore(dynamodb_engine.client, dynamodb_engine.billing_table)
    assert book.contact(partner) is None
    first = BillingContact(partner, "bills@harvest.example", 7)
    assert book.put(first)
    assert not book.put(replace(first, email="other@harvest.example"))
    second = replace(first, email="new@harvest.example", changed_at_ms=8, version=2)
    assert book.put(second)
    assert book.contact(partner) == second


def test_a_turn_is_one_holder_s_until_it_ends(dynamodb_engine: DynamoEngine, partner: str) -> None:
    turns = TurnStore(dynamodb_engine.client, dynamodb_engine.billing_table)
    one, two = f"{partner}-1", f"{partner}-2"
    assert turns.take(one, 10, 20)
    assert not turns.take(two, 19, 29)
    turns.end(two)
    assert not turns.take(two, 19, 29)
    assert turns.take(two, 20, 30)
    turns.end(one)
    assert not turns.take(one, 29, 39)
    turns.end(two)
    assert turns.take(one, 1, 2)
    turns.end(one)


def test_how_a_partner_pays_is_changed_by_who_read_it_last(dynamodb_engine: DynamoEngine, partner: str) -> None:
    book = PaymentStore(dynamodb_engine.client, dynamodb_engine.billing_table)
    assert book.state(partner) == PaymentState(partner)
    step = Step(7, Standing.OVERDUE, "in_1 is unpaid")
    overdue = PaymentState(partner, Standing.OVERDUE, 7, 700, (step,), version=1)
    assert book.put(overdue)
    assert not book.put(overdue)
    suspended = replace(overdue, standing=Standing.SUSPENDED_FOR_PAYMENT, version=2)
    assert book.put(suspended)
    assert book.state(partner) == suspended
    assert suspended in book.states()


def test_an_event_and_its_effect_are_written_together_or_not_at_all(
    dynamodb_engine: DynamoEngine, partner: str
) -> None:
    book = WebhookStore(dynamodb_engine.client, dynamodb_engine.billing_table)
    one, two = f"evt_{uuid.uuid4().hex}", f"evt_{uuid.uuid4().hex}"
    dates = {"failed_at": 5, "due_at": 7, "due_told_at": 6, "opened_at": 4, "ended_at": 8}
    first = InvoiceRecord("in_1", "open", 700, attempts=1, **dates, most_cents=900, version=1)
    assert book.hear(one, 1, partner, first)
    assert not book.hear(one, 1, partner, replace(first, version=2))
    assert not book.hear(two, 1, partner, first)
    assert (book.was_heard(one), book.was_heard(two)) == (True, False)
    assert book.invoice(partner, "in_1") == first
    paid = replace(first, status="paid", remaining_cents=0, due_at=9, version=2)
    assert book.hear(two, 1, partner, paid)
    assert book.invoices(partner) == [paid]
    book.mark(one, 2)
    book.set_bookmark(42)
    assert book.bookmark() == 42


def test_an_event_set_aside_waits_until_it_is_settled(dynamodb_engine: DynamoEngine) -> None:
    book = WebhookStore(dynamodb_engine.client, dynamodb_engine.billing_table)
    first = SetAside(f"evt_{uuid.uuid4().hex}", "invoice.paid", "Why not.", 5, 5)
    assert book.set_aside(first.event_id) is None
    book.put_set_aside(first)
    again = replace(first, tried_s=9, tries=2)
    book.put_set_aside(again)
    assert book.set_aside(first.event_id) == again
    assert again in book.all_set_aside()
    settled = replace(again, settled=True)
    book.put_set_aside(settled)
    assert book.set_aside(first.event_id) == settled
    assert first.event_id not in [one.event_id for one in book.all_set_aside()]
