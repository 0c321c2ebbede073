"""Billing a partner's month from its contract and its pages."""

from collections import Counter
from dataclasses import dataclass, replace

from partners.billing.errors import MonthNotBegunError
from partners.billing.estimate import Estimate, Projection, SpendAlert, projected_usage, spend_alert
from partners.billing.model import Bill, BillLine, LineKind, Month, month_of
from partners.billing.periods import begin_of, in_trial, terms_of_month
from partners.billing.price import price
from partners.billing.usage import Usage, days_of_locations
from partners.contracts.errors import NoTermsInForceError
from partners.contracts.model import Terms
from partners.contracts.plan import Plan
from partners.contracts.service import Contracts
from partners.visits.service import Pages
from shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class _Counted:
    """A partner's month as counted at `now_ms`, before any price."""

    month: Month
    now_ms: int
    terms: Terms
    since_ms: int
    usage: Usage
    late_visits: int


class Billing:
    """Use cases of billing. Every method may raise StoreUnavailableError, InvalidMonthError, MonthNotBegunError,
    UnknownPartnerError and NoTermsInForceError.

    A month (`YYYY-MM`) has its location-days, and the visits recorded on its UTC days. Its plan is the one in force
    when it begins, so its price is known before; in a partner's first month the first to come into force.
    """

    def __init__(self, contracts: Contracts, pages: Pages, clock: Clock) -> None:
        self._contracts = contracts
        self._pages = pages
        self._clock = clock

    def bill(self, partner_id: str, month: str) -> Bill:
        """The partner's bill of `month`, counted now from contract and pages."""
        counted = self._count(partner_id, month)
        return _bill(counted, counted.terms.plan, counted.terms.version)

    def visits_cents(self, partner_id: str, bill: Bill, visits: int) -> int:
        """What the lines of visits of `bill` came to, were there `visits` of them; of a plan that pools them."""
        terms = terms_of_month(partner_id, self._contracts.terms(partner_id), month_of(bill.month))
        usage = replace(bill.usage, visits={"all": visits})
        return sum(line.amount_cents for line in price(terms.plan, usage) if line.kind is LineKind.VISITS)

    def billed_again(self, invoiced: Bill) -> Bill:
        """A bill by the location-days of now: closings may have been dated back. Its visits stay; no page is read."""
        partner_id, month = invoiced.partner_id, month_of(invoiced.month)
        versions = self._contracts.terms(partner_id)
        since_ms = begin_of(versions)
        days = days_of_locations(self._contracts.locations(partner_id), month.first_day, month.last_day, since_ms)
        usage = Usage(month.days, days, invoiced.usage.visits)
        terms = terms_of_month(partner_id, versions, month)
        counted = _Counted(month, self._clock(), terms, since_ms, usage, invoiced.late_visits)
        return _bill(counted, terms.plan, terms.version)

    def posted_by_hand(self, partner_id: str) -> dict[str, int]:
        """How many lines of the partner were posted by hand, by month: what such months come to may grow at any age."""
        return self._pages.posted_by_hand(partner_id)

    def estimate(self, partner_id: str, month: str) -> Estimate:
        """The bill of `month`, and while it is not over what it is expected to come to."""
        counted = self._count(partner_id, month)
        return _estimate(counted, counted.terms.plan, counted.terms.version)

    def spend_alert(self, partner_id: str, month: str) -> SpendAlert | None:
        """How the month stands to its plan's alert; None if it has none, or no terms. Pages are read only if it has."""
        try:
            terms = terms_of_month(partner_id, self._contracts.terms(partner_id), month_of(month))
        except NoTermsInForceError:
            return None
        return None if terms.plan.spend_alert_cents is None else self.estimate(partner_id, month).alert

    def what_if(
        self, partner_id: str, month: str, plan: Plan, invoiced: Bill | None = None
    ) -> tuple[Estimate, Estimate]:
        """The estimate of `month` by its own plan, and what it were by `plan`, from one count: that of `invoiced`,
        if the month's bill is frozen, else of now."""
        counted = self._count(partner_id, month)
        if invoiced is not None:
            counted = replace(counted, usage=invoiced.usage, late_visits=invoiced.late_visits)
            return Estimate(invoiced, None, None), _estimate(counted, plan, None)
        return _estimate(counted, counted.terms.plan, counted.terms.version), _estimate(counted, plan, None)

    def _count(self, partner_id: str, name: str) -> _Counted:
        month = month_of(name)
        now_ms = self._clock()
        if now_ms < month.begins_at_ms:
            raise MonthNotBegunError(name)
        versions = self._contracts.terms(partner_id)
        terms = terms_of_month(partner_id, versions, month)
        since_ms = begin_of(versions)
        locations = self._contracts.locations(partner_id)
        visits: Counter[str] = Counter()
        late_visits = 0
        for visit in self._pages.visits(partner_id, month.first_day, month.last_day):
            visits[visit.location] += 1
            late_visits += visit.occurred_at_ms < month.begins_at_ms
        days = days_of_locations(locations, month.first_day, month.last_day, since_ms)
        return _Counted(month, now_ms, terms, since_ms, Usage(month.days, days, dict(visits)), late_visits)


def _lines(counted: _Counted, plan: Plan, usage: Usage) -> tuple[BillLine, ...]:
    return price(plan, usage, in_trial=in_trial(plan, counted.since_ms, counted.month))


def _bill(counted: _Counted, plan: Plan, terms_version: int | None) -> Bill:
    lines = _lines(counted, plan, counted.usage)
    return Bill(
        partner_id=counted.terms.partner_id,
        month=counted.month.name,
        currency=counted.terms.currency,
        terms_version=terms_version,
        usage=counted.usage,
        late_visits=counted.late_visits,
        lines=lines,
        total_cents=sum(line.amount_cents for line in lines),
        month_over=counted.now_ms >= counted.month.ends_at_ms,
    )


def _estimate(counted: _Counted, plan: Plan, terms_version: int | None) -> Estimate:
    bill = _bill(counted, plan, terms_version)
    projected = projected_usage(counted.usage, counted.month, counted.since_ms, counted.now_ms)
    projection = None
    if projected is not None:
        total_cents = sum(line.amount_cents for line in _lines(counted, plan, projected))
        projection = Projection(projected.total_visits, total_cents)
    return Estimate(bill, projection, spend_alert(plan.spend_alert_cents, bill, projection))
