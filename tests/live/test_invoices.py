"""What the double promises of customers, invoices, their items, credit notes and idempotency keys, asked of both."""

from typing import Any

import pytest
from stripe import IdempotencyError, InvalidRequestError

from partners.billing.contact_errors import BillingEmailRefusedError
from partners.billing.stripe_errors import StripeRefusedError
from partners.billing.stripe_items import MOST_ITEMS, Item
from tests.live.conftest import Stripe


def open_invoice(stripe: Stripe, customer: str, amount_cents: int) -> str:
    """A finalised invoice of one item."""
    since_s, key = stripe.now_s - 3_600, f"v1:line:{stripe.partner()}:0"
    invoice = stripe.gateway.ensure_invoice(customer, "USD", "2026-11", since_s).invoice_id
    period = (stripe.now_s - 60, stripe.now_s)
    for _ in range(2):
        stripe.gateway.ensure_item(customer, Item(key, amount_cents, "x"), "USD", period, on=invoice)
    assert [line.amount_cents for line in stripe.gateway.lines(invoice)] == [amount_cents]
    for _ in range(2):
        stripe.gateway.finalise(invoice)
    return invoice


def test_no_invoice_is_sent_to_a_customer_without_an_address(stripe: Stripe) -> None:
    customer = stripe.customer()
    with pytest.raises(StripeRefusedError, match="Missing email"):
        stripe.gateway.ensure_invoice(customer, "USD", "2026-11", stripe.now_s - 3_600)
    with pytest.raises(BillingEmailRefusedError):
        stripe.gateway.set_email(customer, "nobody")
    stripe.gateway.set_email(customer, "bills@example.com")
    invoice = stripe.gateway.ensure_invoice(customer, "USD", "2026-11", stripe.now_s - 3_600)
    assert (invoice.status, invoice.auto_advance) == ("draft", False)


def test_an_address_is_changed_as_often_as_one_likes(stripe: Stripe) -> None:
    customer = stripe.recipient()
    for address in ("new@example.com", "new@example.com", "bills@example.com"):
        stripe.gateway.set_email(customer, address)
        assert stripe.v1.customers.retrieve(customer).email == address


def test_a_key_gets_the_first_answer_again_and_takes_no_other_parameters(stripe: Stripe) -> None:
    options: Any = {"idempotency_key": f"v1:test:{stripe.partner()}"}
    first = stripe.v1.customers.create({"name": "One"}, options)
    again = stripe.v1.customers.create({"name": "One"}, options)
    assert again.id == first.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    with pytest.raises(IdempotencyError) as refused:
        stripe.v1.customers.create({"name": "Two"}, options)
    assert refused.value.http_status == 400


def test_a_customer_is_made_once_for_each_partner(stripe: Stripe) -> None:
    name = stripe.partner()
    assert stripe.gateway.create_customer(name, "A test") == stripe.gateway.create_customer(name, "A test")


def test_items_make_an_invoice_that_is_finalised_once(stripe: Stripe) -> None:
    customer = stripe.recipient()
    invoice = open_invoice(stripe, customer, 700)
    (found,) = stripe.gateway.invoices(customer, stripe.now_s - 3_600)
    assert (found.invoice_id, found.status, found.total_cents) == (invoice, "open", 700)
    assert not stripe.gateway.is_draft(invoice)
    period = (stripe.now_s - 60, stripe.now_s)
    with pytest.raises(StripeRefusedError):
        stripe.gateway.ensure_item(customer, Item(f"v1:{stripe.partner()}", 1, "x"), "USD", period, on=invoice)


def test_an_item_without_an_invoice_waits_for_the_next_one(stripe: Stripe) -> None:
    customer = stripe.recipient()
    assert not stripe.gateway.has_pending_item(customer)
    for amount, key in ((700, "a"), (-200, "b")):
        name = f"v1:late:{customer}:{key}"
        for _ in range(2):
            item, period = Item(name, amount, "x"), (stripe.now_s - 60, stripe.now_s)
            stripe.gateway.ensure_item(customer, item, "USD", period, since_s=stripe.now_s - 3_600)
    assert stripe.gateway.has_pending_item(customer)
    invoice = stripe.gateway.ensure_invoice(customer, "USD", "2026-11", stripe.now_s - 3_600)
    assert sorted(line.amount_cents for line in stripe.gateway.lines(invoice.invoice_id)) == [-200, 700]
    assert not stripe.gateway.has_pending_item(customer)


def test_an_invoice_takes_no_more_items_than_its_most(stripe: Stripe) -> None:
    customer = stripe.recipient()
    invoice = stripe.gateway.ensure_invoice(customer, "USD", "2026-11", stripe.now_s - 3_600).invoice_id
    for _ in range(MOST_ITEMS):
        stripe.v1.invoice_items.create({"customer": customer, "amount": 1, "currency": "usd", "invoice": invoice})
    with pytest.raises(InvalidRequestError):
        stripe.v1.invoice_items.create({"customer": customer, "amount": 1, "currency": "usd", "invoice": invoice})
    assert len(stripe.gateway.item_keys(customer, invoice)) == MOST_ITEMS
    assert len(stripe.gateway.lines(invoice)) == MOST_ITEMS


def test_a_credit_note_is_given_once_lowers_what_is_due_and_exceeds_nothing(stripe: Stripe) -> None:
    invoice = open_invoice(stripe, stripe.recipient(), 700)
    key = f"v1:credit:{stripe.partner()}"
    note = stripe.gateway.credit(invoice, 200, "a test", key)
    assert stripe.gateway.credit(invoice, 200, "a test", key) == note
    assert stripe.v1.invoices.retrieve(invoice).amount_remaining == 500
    with pytest.raises(StripeRefusedError):
        stripe.gateway.credit(invoice, 501, "a test", f"{key}:2")


def test_a_paid_invoice_is_credited_to_the_balance(stripe: Stripe) -> None:
    invoice = open_invoice(stripe, stripe.recipient(), 700)
    stripe.v1.invoices.pay(invoice, {"paid_out_of_band": True})
    assert stripe.gateway.credit(invoice, 200, "a test", f"v1:credit:{stripe.partner()}")
    assert stripe.v1.invoices.retrieve(invoice).post_payment_credit_notes_amount == 200


def test_a_parameter_that_stripe_does_not_have_is_refused(stripe: Stripe) -> None:
    with pytest.raises(InvalidRequestError, match="colour"):
        stripe.v1.customers.create({"colour": "red"})
