"""Two operators' tokens and one partner ready to trade, made through the product's own services."""

from dataclasses import dataclass

from infra.bringing_in import bring_in
from infra.operator_key import operator_token
from partners.access.model import Scope
from partners.bootstrap import Services
from partners.contracts.model import NewTerms
from partners.contracts.plan import Band, Plan, PlanMode
from partners.till.model import EnrolRequest
from shared.kernel.clock import DAY_MS, system_clock

PARTNER_ID = "corner"
LOCATION_ID = "store-1"
OPERATORS = ("ann", "bob")
SCOPES = frozenset({Scope.EARN, Scope.REDEEM, Scope.MEMBERS, Scope.REPORTS, Scope.ADMIN})
"""All that a partner's key can have: the guide goes from the till to webhooks and keys."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a newcomer needs to try the API."""

    operator_token: str
    second_operator_token: str
    partner_key: str
    card_number: str


def create_example(services: Services) -> Example:
    """Opens partner `corner` with one store, terms and a member. Works once on an empty deployment."""
    now_ms = system_clock()
    begin_ms = now_ms - DAY_MS
    contracts, access = services.contracts, services.access
    first, second = [operator_token(services, one) for one in OPERATORS]
    terms = NewTerms(
        effective_from_ms=begin_ms,
        earn_points=1,
        earn_per_cents=100,
        issue_price_micros=10_000,
        redeem_price_micros=9_000,
        expiry_months=24,
        plan=Plan(4_900, PlanMode.GRADUATED, (Band(500), Band(None, visit_fee_micros=50_000))),
    )
    bring_in(services, PARTNER_ID, "Corner Grocery", "USD", terms, OPERATORS)
    contracts.open_location(PARTNER_ID, LOCATION_ID, "Corner Grocery, Main Street", "America/New_York", begin_ms)
    partner = access.issue_key(PARTNER_ID, SCOPES)
    enrolled = services.till.enrol(
        PARTNER_ID, "example-enrolment", EnrolRequest("ada@example.com", LOCATION_ID, None, now_ms)
    )
    return Example(first, second, partner.text, enrolled.card_number)
