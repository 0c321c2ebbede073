"""A billing plan between JSON and the contract."""

from chalicelib.api.schemas.plans import BandBody, PlanBody
from partners.contracts.plan import Band, BandScope, Plan, PlanMode


def plan_of(body: PlanBody) -> Plan:
    """Raises InvalidPlanError."""
    return Plan(
        location_fee_cents=body.location_fee_cents,
        mode=PlanMode(body.mode),
        bands=tuple(Band(band.up_to, band.flat_fee_cents, band.visit_fee_micros) for band in body.bands),
        scope=BandScope(body.scope),
        included_visits=body.included_visits,
        minimum_cents=body.minimum_cents,
        trial_months=body.trial_months,
        trial_until=body.trial_until,
        spend_alert_cents=body.spend_alert_cents,
        spend_cap_cents=body.spend_cap_cents,
    )


def plan_out(plan: Plan) -> PlanBody:
    return PlanBody.model_construct(
        location_fee_cents=plan.location_fee_cents,
        mode=plan.mode.value,
        bands=[
            BandBody(up_to=band.up_to, flat_fee_cents=band.flat_fee_cents, visit_fee_micros=band.visit_fee_micros)
            for band in plan.bands
        ],
        scope=plan.scope.value,
        included_visits=plan.included_visits,
        minimum_cents=plan.minimum_cents,
        trial_months=plan.trial_months,
        trial_until=plan.trial_until,
        spend_alert_cents=plan.spend_alert_cents,
        spend_cap_cents=plan.spend_cap_cents,
    )
