"""What a partner's month costs, and how it is invoiced."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.reconciliation import Reconciliation

if TYPE_CHECKING:
    from partners.billing.contact_service import BillingContacts
    from partners.billing.desk import Desk
    from partners.billing.invoice_payment_service import InvoicePayments
    from partners.billing.invoice_payment_store import InvoicePaymentStore
    from partners.billing.invoice_service import Invoices
    from partners.billing.invoice_store import InvoiceStore
    from partners.billing.invoicing import Invoicing
    from partners.billing.metering import Metering
    from partners.billing.payment_service import Payments
    from partners.billing.service import Billing
    from partners.billing.stripe_store import StripeStore
    from partners.billing.turn_store import TurnStore
    from partners.billing.webhooks import Webhooks


class BillingOfMonths(Reconciliation):
    @cached_property
    def billing(self) -> "Billing":
        from partners.billing.service import Billing

        return Billing(self.contracts, self.pages, self._clock)

    @cached_property
    def invoices(self) -> "Invoices":
        from partners.billing.invoice_service import Invoices

        return Invoices(self._own_invoices, self._stripe_book, self.billing, self.contracts, self._clock)

    @cached_property
    def metering(self) -> "Metering":
        from partners.billing.metering import Metering
        from partners.billing.outbox_store import OutboxStore

        outbox = OutboxStore(self._dynamodb, self.settings.billing_table)
        return Metering(outbox, self.stripe, self.pages, self._clock)

    @cached_property
    def invoicing(self) -> "Invoicing":
        from partners.billing.invoicing import Invoicing

        return Invoicing(
            self._stripe_book,
            self.stripe,
            self.metering,
            self.billing,
            self.contracts,
            self.billing_contacts,
            self._own_invoices,
            self._clock,
        )

    @cached_property
    def invoice_payments(self) -> "InvoicePayments":
        from partners.billing.invoice_payment_service import InvoicePayments

        return InvoicePayments(self._payments_of_invoices, self.invoices, self._clock, self.payments.follow)

    @cached_property
    def _payments_of_invoices(self) -> "InvoicePaymentStore":
        from partners.billing.invoice_payment_store import InvoicePaymentStore

        return InvoicePaymentStore(self._dynamodb, self.settings.partners_table)

    @cached_property
    def _own_invoices(self) -> "InvoiceStore":
        from partners.billing.invoice_store import InvoiceStore

        return InvoiceStore(self._dynamodb, self.settings.partners_table)

    @cached_property
    def metering_turn(self) -> "TurnStore":
        from partners.billing.turn_store import TurnStore

        return TurnStore(self._dynamodb, self.settings.billing_table)

    @cached_property
    def billing_contacts(self) -> "BillingContacts":
        from partners.billing.contact_service import BillingContacts
        from partners.billing.contact_store import ContactStore

        book = ContactStore(self._dynamodb, self.settings.billing_table)
        return BillingContacts(book, self.contracts, self._clock)

    @cached_property
    def payments(self) -> "Payments":
        from partners.billing.payment_service import Payments
        from partners.billing.payment_store import PaymentStore

        book = PaymentStore(self._dynamodb, self.settings.billing_table)
        return Payments(
            book,
            lambda name: [*self._heard_of_stripe.invoices(name), *self.invoice_payments.records(name)],
            self._clock,
        )

    @cached_property
    def webhooks(self) -> "Webhooks":
        from partners.billing.webhooks import Webhooks

        return Webhooks(
            self._heard_of_stripe,
            self.stripe,
            self.metering,
            self.payments,
            self.stripe_legs,
            self.invoicing.accounts,
            lambda: self._stripe_key("webhook_secret"),
            self._clock,
            live=self.settings.key_mode == "live",
        )

    @cached_property
    def billing_desk(self) -> "Desk":
        from partners.billing.decision_store import DecisionStore
        from partners.billing.desk import Desk

        decisions = DecisionStore(self._dynamodb, self.settings.billing_table)
        return Desk(
            self._stripe_book,
            decisions,
            self.invoicing,
            self.metering,
            self.payments,
            self.webhooks,
            self.metering_turn,
            self._clock,
        )

    @cached_property
    def _stripe_book(self) -> "StripeStore":
        from partners.billing.stripe_store import StripeStore

        return StripeStore(self._dynamodb, self.settings.billing_table)
