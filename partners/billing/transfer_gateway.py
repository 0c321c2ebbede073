"""Legs paid to creditors through Stripe: a Connect transfer each, from the network's balance to a partner's account."""

from typing import TYPE_CHECKING, Any

from partners.billing.stripe_connection import PAGE, StripeConnection, definitely_refused, metadata_of
from partners.billing.stripe_errors import StripeRefusedError
from partners.settlement.payments.errors import StripeLegError
from partners.settlement.payments.legs import Leg, LegState
from partners.settlement.payments.stripe_legs import LEG, Errand, Told

if TYPE_CHECKING:
    from stripe import Transfer


class TransferGateway(StripeConnection):
    def transfer(self, errand: Errand) -> Told:
        """Bring the money over, once enough of it is available. A transfer that is made has succeeded.

        Raises StripeUnavailableError, StripeRefusedError, StripeLegError.
        """
        leg = errand.leg
        found = self._transfer_of(leg)
        if found is not None:
            return _standing(leg, found)
        if errand.off:
            return Told(LegState.FAILED, "recalled") if errand.surely else Told()
        if errand.key is None or self._available_cents(errand.currency) < leg.amount_cents:
            return Told()
        wanted: Any = {
            "amount": leg.amount_cents,
            "currency": errand.currency.lower(),
            "destination": leg.means.account,
            "transfer_group": leg.key,
            "description": f"Settlement {leg.settlement}",
            "metadata": {LEG: leg.key},
        }
        try:
            with self.calling():
                return _standing(leg, self.client.v1.transfers.create(wanted, {"idempotency_key": errand.key}))
        except StripeRefusedError as error:
            if not definitely_refused(error):
                raise
            return Told(LegState.FAILED, str(error.data.get("code")))

    def _transfer_of(self, leg: Leg) -> "Transfer | None":
        with self.calling():
            found = self.client.v1.transfers.list({"transfer_group": leg.key, "limit": PAGE}).data
            return next((one for one in found if metadata_of(one).get(LEG) == leg.key), None)

    def _available_cents(self, currency: str) -> int:
        with self.calling():
            available = self.client.v1.balance.retrieve().available
            return sum(one.amount for one in available if one.currency == currency.lower())


def _standing(leg: Leg, transfer: "Transfer") -> Told:
    if (transfer.amount, str(transfer.destination)) != (leg.amount_cents, leg.means.account):
        raise StripeLegError(f"{transfer.id} is {transfer.amount} cents to {transfer.destination}.")
    if transfer.reversed:
        return Told(LegState.REVERSED, transfer.id)
    part = f"{transfer.amount_reversed} cents of {transfer.id} were reversed, which is not all of it"
    return Told(LegState.SUCCEEDED, transfer.id, trouble=part if transfer.amount_reversed else "")
