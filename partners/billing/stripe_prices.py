"""A billing plan as prices at Stripe, if Stripe's arithmetic is the plan's. Pure."""

from dataclasses import asdict, dataclass

from partners.contracts.plan import Band, Plan, PlanMode
from shared.kernel.ids import base32, digest

BY_ITSELF = frozenset({"location_fee_cents", "mode", "bands", "spend_alert_cents"})
"""What of a plan Stripe can price: a fee a location, tiers of all visits together. An alert changes no price."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Visits up to number `up_to` (None: all further ones), in cents as Stripe writes them."""

    up_to: int | None
    unit_cents: str
    flat_cents: int


@dataclass(frozen=True, slots=True)
class VisitPrice:
    tiers_mode: str
    tiers: tuple[Tier, ...]


def rated_by_stripe(plan: Plan) -> bool:
    """Whether Stripe can price the plan. If anything else is set in it, our own `price` decides alone."""
    plain = type(plan)(location_fee_cents=plan.location_fee_cents, mode=plan.mode, bands=plan.bands)
    given, usual = asdict(plan), asdict(plain)
    return all(given[name] == usual[name] for name in given if name not in BY_ITSELF)


def visit_price(plan: Plan) -> VisitPrice:
    mode = "graduated" if plan.mode is PlanMode.GRADUATED else "volume"
    return VisitPrice(mode, tuple(_tier(band) for band in plan.bands))


def plan_key(plan: Plan, currency: str) -> str:
    """The same for the same prices, for ever: what their lookup keys at Stripe derive from."""
    price = visit_price(plan)
    tiers = ",".join(f"{tier.up_to}:{tier.unit_cents}:{tier.flat_cents}" for tier in price.tiers)
    return base32(digest(currency, str(plan.location_fee_cents), price.tiers_mode, tiers)[:10])


def _tier(band: Band) -> Tier:
    whole, rest = divmod(band.visit_fee_micros, 10_000)
    return Tier(band.up_to, f"{whole}.{rest:04d}".rstrip("0").rstrip("."), band.flat_fee_cents)
