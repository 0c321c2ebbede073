"""Billing a partner's month from its contract and its pages."""

from partners.billing.errors import MonthNotBegunError
from partners.billing.model import Bill, Month, month_of
from partners.billing.price import price
from partners.contracts.errors import NoTermsInForceError
from partners.contracts.model import Terms, in_force
from partners.contracts.service import Contracts
from partners.visits.service import Pages
from shared.kernel.clock import Clock


class Billing:
    """Use cases of billing. Every method may raise StoreUnavailableError."""

    def __init__(self, contracts: Contracts, pages: Pages, clock: Clock) -> None:
        self._contracts = contracts
        self._pages = pages
        self._clock = clock

    def bill(self, partner_id: str, month: str) -> Bill:
        """The partner's bill of `month` (`YYYY-MM`, UTC): locations opened before its end, visits of its days.

        The plan is the one in force when the month begins, so its price is known before; in a partner's
        first month the first to come into force. Raises InvalidMonthError, MonthNotBegunError,
        UnknownPartnerError, NoTermsInForceError.
        """
        billed = month_of(month)
        now_ms = self._clock()
        if now_ms < billed.begins_at_ms:
            raise MonthNotBegunError(month)
        terms = self._terms(partner_id, billed)
        locations = self._contracts.locations(partner_id)
        location_count = sum(location.opened_at_ms < billed.ends_at_ms for location in locations)
        days = self._pages.day_totals(partner_id, billed.first_day, billed.last_day)
        visits = sum(day.totals.visits for day in days)
        lines = price(terms.plan, location_count, visits)
        return Bill(
            partner_id=partner_id,
            month=month,
            currency=terms.currency,
            terms_version=terms.version,
            location_count=location_count,
            visits=visits,
            lines=lines,
            total_cents=sum(line.amount_cents for line in lines),
            month_over=now_ms >= billed.ends_at_ms,
        )

    def _terms(self, partner_id: str, month: Month) -> Terms:
        versions = self._contracts.terms(partner_id)
        begun_before = in_force(versions, month.begins_at_ms)
        if begun_before is not None:
            return begun_before
        first_ms = min((terms.effective_from_ms for terms in versions), default=month.ends_at_ms)
        first = in_force(versions, first_ms) if first_ms < month.ends_at_ms else None
        if first is None:
            raise NoTermsInForceError(partner_id, month.ends_at_ms - 1)
        return first
