"""Legs collected from debtors through Stripe: an invoice each, sent to the customer or charged to it."""

from typing import TYPE_CHECKING, Any

from partners.billing.stripe_connection import PAGE, StripeConnection, definitely_refused, metadata_of
from partners.billing.stripe_errors import StripeRefusedError
from partners.settlement.payments.errors import StripeLegError
from partners.settlement.payments.legs import IN_FLIGHT, Leg, LegState
from partners.settlement.payments.stripe_legs import LEG, Errand, Told
from shared.kernel.clock import DAY_MS

if TYPE_CHECKING:
    from stripe import Charge, Invoice
    from stripe.params import InvoiceCreateParams

DAYS_UNTIL_DUE = 7
OPEN_DISPUTES = frozenset({"needs_response", "under_review"})


class CollectionGateway(StripeConnection):
    def collect(self, errand: Errand) -> Told:
        """Bring an invoice as far as it gets. Raises StripeUnavailableError, StripeRefusedError, StripeLegError."""
        leg = errand.leg
        invoice = self._invoice_of(leg)
        if errand.off and leg.state in IN_FLIGHT and (invoice is None or invoice.status == "draft"):
            return self._drop(errand, invoice)
        if invoice is None:
            if errand.key is None:
                return Told()
            try:
                invoice = self._draft(errand, errand.key)
            except StripeRefusedError as error:
                if not definitely_refused(error):
                    raise
                return Told(LegState.FAILED, str(error.data.get("code")))
        if invoice.status == "draft":
            if errand.key is None:
                return Told()
            invoice = self._finalised(errand, errand.key, invoice)
        if (
            invoice.status == "open"
            and leg.means.charged
            and not invoice.attempt_count
            and errand.key
            and not errand.off
        ):
            return self._charged(errand, errand.key, invoice)
        return self._standing(errand, invoice)

    def _invoice_of(self, leg: Leg) -> "Invoice | None":
        invoices = self.client.v1.invoices
        with self.calling():
            if leg.reference.startswith("in_"):
                return invoices.retrieve(leg.reference)
            since_s = (leg.submitted_at_ms - DAY_MS) // 1_000
            wanted: Any = {"customer": leg.means.account, "created": {"gte": since_s}, "limit": PAGE}
            found = invoices.list(wanted).auto_paging_iter()
            return next((one for one in found if metadata_of(one).get(LEG) == leg.key), None)

    def _draft(self, errand: Errand, key: str) -> "Invoice":
        leg = errand.leg
        wanted: InvoiceCreateParams = {
            "customer": leg.means.account,
            "currency": errand.currency.lower(),
            # Nothing is collected but by our own word, nor what is meant for an invoice of visits.
            "auto_advance": False,
            "pending_invoice_items_behavior": "exclude",
            "description": f"Settlement {leg.settlement}",
            "metadata": {LEG: leg.key},
        }
        if leg.means.charged:
            wanted["collection_method"] = "charge_automatically"
        else:
            wanted |= {"collection_method": "send_invoice", "days_until_due": DAYS_UNTIL_DUE}
        with self.calling():
            return self.client.v1.invoices.create(wanted, {"idempotency_key": key})

    def _finalised(self, errand: Errand, key: str, draft: "Invoice") -> "Invoice":
        """Raises StripeLegError if it would be of another amount."""
        leg, v1 = errand.leg, self.client.v1
        with self.calling():
            if not v1.invoice_items.list({"invoice": str(draft.id)}).data:
                v1.invoice_items.create(
                    {
                        "customer": leg.means.account,
                        "invoice": str(draft.id),
                        "amount": leg.amount_cents,
                        "currency": errand.currency.lower(),
                        "description": f"Settlement {leg.settlement}",
                        "metadata": {LEG: leg.key},
                    },
                    {"idempotency_key": f"{key}:item"},
                )
            found = v1.invoices.retrieve(str(draft.id))
            if found.amount_due != leg.amount_cents:
                raise StripeLegError(f"{draft.id} would collect {found.amount_due} cents, not {leg.amount_cents}.")
            if found.status != "draft":
                return found
            return v1.invoices.finalize_invoice(str(draft.id), {"auto_advance": False})

    def _charged(self, errand: Errand, key: str, invoice: "Invoice") -> Told:
        """One attempt; if it fails, the invoice is voided, so that it can't be paid beside the next one."""
        try:
            with self.calling():
                invoice = self.client.v1.invoices.pay(
                    str(invoice.id), {"off_session": True}, {"idempotency_key": f"{key}:pay"}
                )
        except StripeRefusedError as error:
            if not definitely_refused(error):
                raise
            with self.calling():
                invoice = self.client.v1.invoices.retrieve(str(invoice.id))
            if invoice.status == "open" and not self._is_being_paid(invoice):
                return self._voided(errand, invoice, str(error.data.get("code")))
        return self._standing(errand, invoice)

    def _standing(self, errand: Errand, invoice: "Invoice") -> Told:
        """What has become of an invoice that is no draft."""
        name = str(invoice.id)
        if invoice.status == "void":
            return Told(LegState.FAILED, name)
        if invoice.status == "paid":
            return self._paid(errand.leg, invoice)
        if self._is_being_paid(invoice):
            return Told(LegState.PENDING, name)
        failed = errand.leg.means.charged and bool(invoice.attempt_count)
        if errand.leg.state in IN_FLIGHT and (failed or errand.off or invoice.status == "uncollectible"):
            return self._voided(errand, invoice, name)
        return Told(LegState.PENDING, name)

    def _drop(self, errand: Errand, draft: "Invoice | None") -> Told:
        """What is called off before it is finalised is deleted; where there is nothing, nothing must come any more."""
        if draft is not None:
            with self.calling():
                self.client.v1.invoices.delete(str(draft.id))
            return Told(LegState.FAILED, str(draft.id))
        return Told(LegState.FAILED, "recalled") if errand.surely else Told()

    def _voided(self, errand: Errand, invoice: "Invoice", reference: str) -> Told:
        """Failed once it is void, for then nobody can pay it. Whoever pays at the same time may come first."""
        try:
            with self.calling():
                self.client.v1.invoices.void_invoice(str(invoice.id))
        except StripeRefusedError as error:
            with self.calling():
                found = self.client.v1.invoices.retrieve(str(invoice.id))
            if found.status == "paid":
                return self._paid(errand.leg, found)
            if found.status != "void":
                raise StripeLegError(f"{invoice.id} can't be voided: {error.detail}") from error
        return Told(LegState.FAILED, reference)

    def _paid(self, leg: Leg, invoice: "Invoice") -> Told:
        name, taken, disputed, won = str(invoice.id), 0, False, False
        if invoice.amount_paid < leg.amount_cents:
            return Told(trouble=f"{name} is paid, but with {invoice.amount_paid} of {leg.amount_cents} cents of money")
        for charge in self._charges(name):
            taken += charge.amount_refunded
            if charge.disputed:
                with self.calling():
                    disputes = self.client.v1.disputes.list({"charge": charge.id, "limit": PAGE}).data
                taken += sum(one.amount for one in disputes if one.status == "lost")
                disputed = disputed or any(one.status in OPEN_DISPUTES for one in disputes)
                won = won or any(one.status == "won" for one in disputes)
        if taken >= leg.amount_cents:
            return Told(LegState.RETURNED, name)
        trouble = f"{taken} cents of {name} were given back, which is not all of it" if taken else ""
        if disputed:
            return Told(LegState.DISPUTED, name, trouble=trouble)
        return Told(LegState.SUCCEEDED, name, reinstated=won, trouble=trouble)

    def _charges(self, invoice_id: str) -> "list[Charge]":
        v1 = self.client.v1
        with self.calling():
            payments = v1.invoice_payments.list({"invoice": invoice_id, "status": "paid", "limit": PAGE}).data
            names = [one.payment.payment_intent for one in payments if one.payment.payment_intent]
            intents = [v1.payment_intents.retrieve(str(name)) for name in names]
            return [v1.charges.retrieve(str(one.latest_charge)) for one in intents if one.latest_charge]

    def _is_being_paid(self, invoice: "Invoice") -> bool:
        v1 = self.client.v1
        with self.calling():
            payments = v1.invoice_payments.list({"invoice": str(invoice.id), "status": "open", "limit": PAGE}).data
            names = [one.payment.payment_intent for one in payments if one.payment.payment_intent]
            return any(v1.payment_intents.retrieve(str(name)).status == "processing" for name in names)
