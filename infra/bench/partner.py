"""The one partner of the benchmark, brought in through the product's services."""

from infra import bringing_in
from infra.demo.retailers import CURRENCY
from partners.access.model import Scope
from partners.bootstrap import Services
from partners.contracts.model import NewTerms
from partners.contracts.plan import Band, Plan, PlanMode
from shared.kernel.clock import DAY_MS, system_clock

PARTNER = "harvest"
LOCATION = "318"
TERMS = NewTerms(
    effective_from_ms=system_clock() - 40 * DAY_MS,
    earn_points=5,
    earn_per_cents=100,
    issue_price_micros=6_250,
    redeem_price_micros=5_000,
    expiry_months=24,
    plan=Plan(2_900, PlanMode.GRADUATED, (Band(None, 0, 50_000),)),
)


def bring_in(services: Services) -> str:
    """Create the partner with a store and terms; an API key of it."""
    bringing_in.bring_in(services, PARTNER, "Harvest Foods", CURRENCY, TERMS, ("bench-1", "bench-2"))
    services.contracts.open_location(PARTNER, LOCATION, "Harvest Foods, store 318", "America/New_York")
    return services.access.issue_key(PARTNER, frozenset({Scope.EARN, Scope.MEMBERS, Scope.REDEEM})).text
