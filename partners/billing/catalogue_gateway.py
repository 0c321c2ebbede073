"""What is sold through Stripe: the meter of visits, and the prices of plans."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from partners.billing.stripe_connection import PAGE, StripeConnection
from partners.billing.stripe_prices import plan_key, visit_price
from partners.contracts.plan import Plan

if TYPE_CHECKING:
    from stripe.params import PriceCreateParams, ProductCreateParams
    from stripe.params.billing import MeterCreateParams

METER = "tessera_visits"
LOCATIONS_KEY, VISITS_KEY = "v1:locations:", "v1:visits:"
"""What lookup keys of prices begin with; the plan's key follows."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Ids of a plan's meter and prices at Stripe."""

    meter_id: str
    location_price_id: str
    visit_price_id: str


class CatalogueGateway(StripeConnection):
    def ensure_catalogue(self, plan: Plan, currency: str) -> Catalogue:
        """The meter and prices of a plan, created unless they are there."""
        meter = self.ensure_meter()
        key = plan_key(plan, currency)
        product = self._ensure_product()
        recurring_month: Literal["month"] = "month"
        location: PriceCreateParams = {
            "currency": currency.lower(),
            "product": product,
            "unit_amount": plan.location_fee_cents,
            "recurring": {"interval": recurring_month, "usage_type": "licensed"},
            "nickname": "Locations",
        }
        rated = visit_price(plan)
        visits: PriceCreateParams = {
            "currency": currency.lower(),
            "product": product,
            "billing_scheme": "tiered",
            "tiers_mode": "graduated" if rated.tiers_mode == "graduated" else "volume",
            "tiers": [
                {
                    "up_to": "inf" if tier.up_to is None else tier.up_to,
                    "unit_amount_decimal": cast(Any, tier.unit_cents),
                    "flat_amount": tier.flat_cents,
                }
                for tier in rated.tiers
            ],
            "recurring": {"interval": recurring_month, "usage_type": "metered", "meter": meter},
            "nickname": "Loyalty visits",
        }
        return Catalogue(
            meter,
            self._ensure_price(f"{LOCATIONS_KEY}{key}", location),
            self._ensure_price(f"{VISITS_KEY}{key}", visits),
        )

    def ensure_meter(self) -> str:
        """The id of the meter of visits."""

        def look() -> str | None:
            meters = self.client.v1.billing.meters.list({"status": "active", "limit": PAGE})
            return next((one.id for one in meters.auto_paging_iter() if one.event_name == METER), None)

        meters = self.client_without_retries.v1.billing.meters
        wanted: MeterCreateParams = {
            "event_name": METER,
            "display_name": "Loyalty visits",
            "default_aggregation": {"formula": "sum"},
        }
        return self.create_once(f"v1:meter:{METER}", look, lambda options: meters.create(wanted, options).id)

    def _ensure_product(self) -> str:
        import stripe

        def look() -> str | None:
            try:
                return self.client.v1.products.retrieve("tessera_visits").id
            except stripe.InvalidRequestError as error:
                if error.code != "resource_missing":
                    raise
            return None

        products = self.client_without_retries.v1.products
        wanted: ProductCreateParams = {"id": "tessera_visits", "name": "Loyalty visits and locations"}
        return self.create_once("v1:product:tessera_visits", look, lambda options: products.create(wanted, options).id)

    def _ensure_price(self, lookup_key: str, price: "PriceCreateParams") -> str:
        wanted: PriceCreateParams = {**price, "lookup_key": lookup_key}

        def look() -> str | None:
            found = self.client.v1.prices.list({"lookup_keys": [lookup_key], "active": True}).data
            return next((one.id for one in found), None)

        prices = self.client_without_retries.v1.prices
        return self.create_once(lookup_key, look, lambda options: prices.create(wanted, options).id)
