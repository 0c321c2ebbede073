"""The double's money: payments of invoices and what becomes of them, the balance, transfers to connected accounts."""

from typing import Any

import pytest
import stripe

from tests.doubles.stripe import money
from tests.doubles.stripe.double import KEY, StripeDouble
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.clock import FakeClock


class Platform:
    """A customer that is invoiced, and a connected account that is paid."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.double = StripeDouble(self.clock)
        self.books = self.double.books
        self.v1 = stripe.StripeClient(KEY, http_client=DoubleClient(self.double), max_network_retries=0).v1
        self.customer = self.v1.customers.create({"name": "Alpha"}).id
        self.account = self.v1.accounts.create(
            {"type": "express", "capabilities": {"transfers": {"requested": True}}}
        ).id

    def invoice(self, cents: int = 700) -> str:
        made = self.v1.invoices.create({"customer": self.customer, "auto_advance": False})
        item = {"customer": self.customer, "amount": cents, "currency": "usd", "invoice": str(made.id)}
        self.v1.invoice_items.create(item)  # type: ignore[arg-type]
        return str(made.id)

    def pays(self, cents: int = 700) -> str:
        invoice = self.invoice(cents)
        self.v1.invoices.finalize_invoice(invoice)
        self.v1.invoices.pay(invoice)
        return invoice

    def charge_of(self, invoice: str) -> Any:
        [payment] = self.v1.invoice_payments.list({"invoice": invoice}).data
        intent = self.v1.payment_intents.retrieve(str(payment.payment.payment_intent))
        return self.v1.charges.retrieve(str(intent.latest_charge))

    def transfer(self, cents: int, **more: Any) -> Any:
        wanted: Any = {"amount": cents, "currency": "usd", "destination": self.account, **more}
        return self.v1.transfers.create(wanted)

    def available(self) -> int:
        return sum(one.amount for one in self.v1.balance.retrieve().available)

    def told(self) -> list[str]:
        return [one["type"] for one in self.books.happened]


@pytest.fixture
def platform() -> Platform:
    return Platform()


def test_a_paid_invoice_is_money_in_the_balance_once_it_is_available(platform: Platform) -> None:
    platform.books.funds_delay_s = 86_400
    charge = platform.charge_of(platform.pays(700))
    assert (charge.amount, charge.paid, platform.available()) == (700, True, 0)
    platform.clock.advance(days=1)
    assert platform.available() == 700


def test_a_bank_debit_is_under_way_for_days_and_may_fail_then(platform: Platform) -> None:
    platform.books.debit_days[platform.customer] = 4
    invoice = platform.pays()
    [payment] = platform.v1.invoice_payments.list({"invoice": invoice}).data
    assert platform.v1.payment_intents.retrieve(str(payment.payment.payment_intent)).status == "processing"
    with pytest.raises(stripe.InvalidRequestError, match="being paid"):
        platform.v1.invoices.void_invoice(invoice)
    platform.clock.advance(days=3)
    assert platform.v1.invoices.retrieve(invoice).status == "open"
    platform.clock.advance(days=1)
    assert platform.v1.invoices.retrieve(invoice).status == "paid"
    failing = platform.pays()
    platform.books.declining.add(platform.customer)
    platform.clock.advance(days=4)
    assert platform.v1.invoices.retrieve(failing).status == "open"
    assert platform.told()[-1] == "invoice.payment_failed"


def test_what_is_given_back_or_disputed_leaves_the_balance(platform: Platform) -> None:
    charge = platform.charge_of(platform.pays(700))
    platform.v1.refunds.create({"charge": charge.id, "amount": 200})
    assert (platform.v1.charges.retrieve(charge.id).refunded, platform.available()) == (False, 500)
    platform.v1.refunds.create({"payment_intent": str(charge.payment_intent)})
    assert (platform.v1.charges.retrieve(charge.id).refunded, platform.available()) == (True, 0)
    with pytest.raises(stripe.InvalidRequestError):
        platform.v1.refunds.create({"charge": charge.id})
    other = platform.charge_of(platform.pays(300))
    disputed = money.dispute(platform.books, platform.books.get("charge", other.id))
    assert platform.available() == 0
    [listed] = platform.v1.disputes.list({"payment_intent": str(other.payment_intent)}).data
    assert (listed.id, listed.status) == (disputed["id"], "needs_response")
    money.decide(platform.books, disputed, "won")
    assert platform.available() == 300
    assert {"charge.refunded", "charge.dispute.created", "charge.dispute.closed"} <= set(platform.told())


def test_a_transfer_needs_available_funds_and_an_account_that_takes_it(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.transfer(500)
    assert refused.value.code == "balance_insufficient"
    money.move(platform.books, "USD", 500)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.transfer(500, destination=platform.v1.accounts.create({"type": "express"}).id)
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.transfer(500, destination="acct_nobody")
    assert refused.value.code == "resource_missing"
    platform.transfer(500)
    assert platform.available() == 0


def test_a_transfer_is_listed_by_its_group_and_reversed_in_parts(platform: Platform) -> None:
    money.move(platform.books, "USD", 900)
    made = platform.transfer(500, transfer_group="g-1", metadata={"leg": "x"})
    platform.transfer(400, transfer_group="g-2")
    assert [one.id for one in platform.v1.transfers.list({"transfer_group": "g-1"}).data] == [made.id]
    platform.v1.transfers.reversals.create(made.id, {"amount": 100})
    platform.v1.transfers.reversals.create(made.id)
    [reversed_] = platform.v1.transfers.list({"transfer_group": "g-1"}).data
    assert (reversed_.amount_reversed, reversed_.reversed, platform.available()) == (500, True, 500)
    with pytest.raises(stripe.InvalidRequestError):
        platform.v1.transfers.reversals.create(made.id)
    assert platform.told().count("transfer.reversed") == 2


def test_a_draft_can_be_deleted_and_nothing_else(platform: Platform) -> None:
    draft, paid = platform.invoice(), platform.pays()
    platform.v1.invoices.delete(draft)
    with pytest.raises(stripe.InvalidRequestError, match="No such invoice"):
        platform.v1.invoices.retrieve(draft)
    assert platform.v1.invoice_items.list({"invoice": draft}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="only delete draft"):
        platform.v1.invoices.delete(paid)
