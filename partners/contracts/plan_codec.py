"""A plan as the JSON that is stored with its terms, and back. What is at its default is left out."""

from datetime import date
from typing import Any

from partners.contracts.plan import Band, BandScope, Plan, PlanMode

_WHOLE_NUMBERS = ("included_visits", "minimum_cents", "trial_months", "spend_alert_cents", "spend_cap_cents")


def plan_to_json(plan: Plan) -> dict[str, Any]:
    bands = [[band.up_to, band.flat_fee_cents, band.visit_fee_micros] for band in plan.bands]
    row = {"location_fee_cents": plan.location_fee_cents, "mode": plan.mode.value, "bands": bands}
    if plan.scope is not BandScope.POOLED:
        row["scope"] = plan.scope.value
    if plan.trial_until is not None:
        row["trial_until"] = plan.trial_until.isoformat()
    return row | {name: getattr(plan, name) for name in _WHOLE_NUMBERS if getattr(plan, name)}


def plan_from_json(row: dict[str, Any]) -> Plan:
    until = row.get("trial_until")
    return Plan(
        location_fee_cents=row["location_fee_cents"],
        mode=PlanMode(row["mode"]),
        bands=tuple(Band(*band) for band in row["bands"]),
        scope=BandScope(row.get("scope", BandScope.POOLED)),
        trial_until=None if until is None else date.fromisoformat(until),
        **{name: row[name] for name in _WHOLE_NUMBERS if name in row},
    )
