"""Legs of settlements at Stripe: collected by invoices, paid by transfers, named by events."""

from typing import Any

from partners.billing.collection_gateway import CollectionGateway
from partners.billing.stripe_connection import metadata_of
from partners.billing.stripe_errors import StripeRefusedError
from partners.billing.transfer_gateway import TransferGateway
from partners.settlement.payments.errors import StripeLegError
from partners.settlement.payments.legs import Direction
from partners.settlement.payments.stripe_legs import LEG, Errand, Told

TAKING_BACK = ("charge.refunded", "charge.dispute.")


class LegGateway(CollectionGateway, TransferGateway):
    def carry(self, errand: Errand) -> Told:
        """Bring a leg as far as it gets, or see what became of it.

        Raises StripeUnavailableError, after which the same errand may be run again, and StripeLegError.
        """
        try:
            return self.collect(errand) if errand.leg.direction is Direction.IN else self.transfer(errand)
        except StripeRefusedError as error:
            raise StripeLegError(f"{error.detail} ({error.data.get('code')})") from error

    def leg_of(self, event: dict[str, Any]) -> str | None:
        """The key of the leg that an event is about, if it is about one.

        Raises StripeUnavailableError, StripeRefusedError.
        """
        thing = event.get("data", {}).get("object", {})
        if thing.get("object") in ("invoice", "transfer"):
            return (thing.get("metadata") or {}).get(LEG)
        if not str(event["type"]).startswith(TAKING_BACK) or not thing.get("payment_intent"):
            return None
        with self.calling():
            named: Any = {"payment": {"type": "payment_intent", "payment_intent": thing["payment_intent"]}}
            for payment in self.client.v1.invoice_payments.list(named).data:
                return metadata_of(self.client.v1.invoices.retrieve(str(payment.invoice))).get(LEG)
        return None
