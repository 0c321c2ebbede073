"""Who buys through Stripe: customers and their subscriptions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from partners.billing.catalogue_gateway import LOCATIONS_KEY, VISITS_KEY, Catalogue
from partners.billing.contact_errors import BillingEmailRefusedError
from partners.billing.invoice import DAYS_UNTIL_DUE
from partners.billing.stripe_connection import PAGE, StripeConnection, definitely_refused
from partners.billing.stripe_errors import StripeRefusedError
from partners.billing.subscription import SubscriptionView

if TYPE_CHECKING:
    from stripe import Subscription, SubscriptionItem
    from stripe.params import SubscriptionCreateParams, SubscriptionItemUpdateParams, SubscriptionUpdateParams


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Ids of a subscription and its item of locations."""

    subscription_id: str
    location_item_id: str


class SubscriptionGateway(StripeConnection):
    def create_customer(self, partner_id: str, name: str) -> str:
        """The customer of a partner, still without an address; its id must be kept, for nothing is looked for here.

        What may change is not given here: the same key with other parameters would be refused.
        """
        return self.create_once(
            f"v1:customer:{partner_id}",
            lambda: None,
            lambda options: (
                self.client_without_retries.v1.customers.create(
                    {"name": name, "metadata": {"partner": partner_id}}, options
                ).id
            ),
        )

    def set_email(self, customer_id: str, email: str | None) -> None:
        """Have the customer's invoices sent there; None takes the address away, but not off invoices that are final.

        Raises BillingEmailRefusedError, which does not repeat it.
        """
        try:
            with self.calling():
                self.client.v1.customers.update(customer_id, {"email": email or ""})
        except StripeRefusedError as error:
            if not definitely_refused(error):
                raise
            raise BillingEmailRefusedError(customer_id, str(error.data.get("code"))) from None

    def subscriptions(self, customer_id: str) -> list[SubscriptionView]:
        """All of the customer to prices of ours, newest first, those that have ended too."""
        with self.calling():
            found = self.client.v1.subscriptions.list({"customer": customer_id, "status": "all", "limit": PAGE})
            views = [_view(one) for one in found.auto_paging_iter()]
        return [one for one in views if one is not None]

    def ensure_subscription(
        self, customer_id: str, catalogue: Catalogue, location_count: int, begins_at: int
    ) -> Subscribed:
        """A subscription that bills from `begins_at` (epoch seconds) on, and nothing before."""
        wanted: SubscriptionCreateParams = {
            "customer": customer_id,
            "items": [
                {"price": catalogue.location_price_id, "quantity": location_count},
                {"price": catalogue.visit_price_id},
            ],
            "billing_cycle_anchor": begins_at,
            "proration_behavior": "none",
            "collection_method": "send_invoice",
            "days_until_due": DAYS_UNTIL_DUE,
        }

        def look() -> "Subscription | None":
            running = self.client.v1.subscriptions.list({"customer": customer_id, "price": catalogue.visit_price_id})
            return next(iter(running.data), None)

        subscription = self.create_once(
            f"v1:subscription:{customer_id}:{catalogue.visit_price_id}:{begins_at}",
            look,
            lambda options: self.client_without_retries.v1.subscriptions.create(wanted, options),
        )
        items = subscription["items"]["data"]
        location_item = next(item for item in items if item["price"]["id"] == catalogue.location_price_id)
        return Subscribed(subscription.id, location_item["id"])

    def set_location_count(self, item_id: str, count: int, from_s: int | None, key: str) -> None:
        """Bill `count` locations from `from_s` (epoch seconds, within the running period) on; None: from the next."""
        wanted: SubscriptionItemUpdateParams = {"quantity": count, "proration_behavior": "none"}
        if from_s is not None:
            wanted |= {"proration_behavior": "create_prorations", "proration_date": from_s}

        def look() -> "SubscriptionItem | None":
            item = self.client.v1.subscription_items.retrieve(item_id)
            return item if item.quantity == count else None

        items = self.client_without_retries.v1.subscription_items
        self.create_once(key, look, lambda options: items.update(item_id, wanted, options))

    def end_at(self, subscription_id: str, ends_at: int) -> None:
        """Bill the period that ends then (epoch seconds, ahead), and no further one: whenever Stripe hears of it.

        One that has ended stays so. Raises StripeRefusedError if the moment has passed at Stripe.
        """
        with self.calling():
            known = self.client.v1.subscriptions.retrieve(subscription_id)
            if known.status != "canceled" and known.cancel_at != ends_at:
                wanted: SubscriptionUpdateParams = {"cancel_at": ends_at, "proration_behavior": "none"}
                self.client.v1.subscriptions.update(subscription_id, wanted)

    def cancel(self, subscription_id: str, *, invoice: bool = False) -> int:
        """End a subscription now; one that has ended stays so. When it ended, in epoch seconds.

        With `invoice` Stripe bills at once what it counts of the running period, and changes of locations that wait
        for an invoice; without, never. Nothing of what was paid ahead is given back: what locations are charged is
        told by their number.
        """
        with self.calling():
            known = self.client.v1.subscriptions.retrieve(subscription_id)
            if known.status != "canceled":
                subscriptions = self.client_without_retries.v1.subscriptions
                known = subscriptions.cancel(subscription_id, {"invoice_now": invoice, "prorate": False})
            return known.ended_at or 0


def _view(subscription: "Subscription") -> SubscriptionView | None:
    """None if it is to other prices than ours."""
    items = {str(item["price"]["lookup_key"]): item for item in subscription["items"]["data"]}
    location_key = next((key for key in items if key.startswith(LOCATIONS_KEY)), None)
    visits_key = next((key for key in items if key.startswith(VISITS_KEY)), None)
    if location_key is None or visits_key is None:
        return None
    ended = subscription.status in ("canceled", "incomplete_expired")
    return SubscriptionView(
        subscription_id=subscription.id,
        ended=ended,
        begins_at=subscription.billing_cycle_anchor,
        ends_at=subscription.ended_at if ended else subscription.cancel_at,
        location_item_id=items[location_key]["id"],
        visit_price_id=items[visits_key]["price"]["id"],
        plan=location_key.removeprefix(LOCATIONS_KEY),
    )
