"""Contracts of two partners, as the till asks for them."""

from partners.contracts.errors import (
    FundingExhaustedError,
    NoTermsInForceError,
    UnknownLocationError,
)
from partners.contracts.life import New, PartnerState, Since, check_new, check_not_suspended
from partners.contracts.model import Location, NewTerms, Terms, in_force
from partners.contracts.plan import Band, Plan, PlanMode

PLAN = Plan(location_fee_cents=1_000, mode=PlanMode.GRADUATED, bands=(Band(up_to=None, visit_fee_micros=20_000),))


def terms(partner_id: str, version: int = 1, **changes: int) -> Terms:
    agreed = {
        "effective_from_ms": 0,
        "earn_points": 5,
        "earn_per_cents": 100,
        "issue_price_micros": 6_000,
        "redeem_price_micros": 5_000,
        "expiry_months": 24,
        **changes,
    }
    NewTerms(plan=PLAN, **agreed)
    return Terms(partner_id=partner_id, version=version, currency="USD", plan=PLAN, **agreed)


class FakeTillContracts:
    def __init__(self) -> None:
        self.opened_at_ms = 0
        self.closed_at_ms: int | None = None
        self.exhausted: set[str] = set()
        self.states: dict[str, PartnerState] = {}
        self.lives: dict[str, list[Since]] = {}
        self.versions = {"alpha": [terms("alpha")], "beta": [terms("beta", earn_points=10)]}
        self.places = {("alpha", "s1"), ("alpha", "s2"), ("beta", "b1")}

    def location(self, partner_id: str, location_id: str) -> Location:
        if (partner_id, location_id) not in self.places:
            raise UnknownLocationError(location_id)
        return Location(partner_id, location_id, location_id, "UTC", self.opened_at_ms, self.closed_at_ms)

    def terms_at(self, partner_id: str, at_ms: int) -> Terms:
        found = in_force(self.versions[partner_id], at_ms)
        if found is None:
            raise NoTermsInForceError(partner_id, at_ms)
        return found

    def state(self, partner_id: str) -> PartnerState:
        return self.states.get(partner_id, PartnerState.ACTIVE)

    def check_not_suspended(self, partner_id: str, at_ms: int, skew_ms: int = 0) -> None:
        check_not_suspended(self.lives.get(partner_id, []), at_ms, skew_ms)

    def check_new(self, partner_id: str, new: New) -> None:
        check_new(partner_id, self.state(partner_id), new)

    def check_funding(self, partner_id: str) -> None:
        if partner_id in self.exhausted:
            raise FundingExhaustedError(0)
