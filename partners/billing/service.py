"""Billing a partner's month from its contract and its pages."""

from collections import Counter

from partners.billing.errors import MonthNotBegunError
from partners.billing.model import Bill, month_of
from partners.billing.periods import begin_of, in_trial, terms_of_month
from partners.billing.price import price
from partners.billing.usage import Usage, days_of_locations
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
        """The partner's bill of `month` (`YYYY-MM`): its location-days, and the visits recorded on its UTC days.

        The plan is the one in force when the month begins, so its price is known before; in a partner's
        first month the first to come into force. Raises InvalidMonthError, MonthNotBegunError,
        UnknownPartnerError, NoTermsInForceError.
        """
        billed = month_of(month)
        now_ms = self._clock()
        if now_ms < billed.begins_at_ms:
            raise MonthNotBegunError(month)
        versions = self._contracts.terms(partner_id)
        terms = terms_of_month(partner_id, versions, billed)
        since_ms = begin_of(versions)
        locations = self._contracts.locations(partner_id)
        visits: Counter[str] = Counter()
        late_visits = 0
        for visit in self._pages.visits(partner_id, billed.first_day, billed.last_day):
            visits[visit.location] += 1
            late_visits += visit.occurred_at_ms < billed.begins_at_ms
        days = days_of_locations(locations, billed.first_day, billed.last_day, since_ms)
        usage = Usage(billed.days, days, visits)
        lines = price(terms.plan, usage, in_trial=in_trial(terms.plan, since_ms, billed))
        return Bill(
            partner_id=partner_id,
            month=month,
            currency=terms.currency,
            terms_version=terms.version,
            usage=usage,
            late_visits=late_visits,
            lines=lines,
            total_cents=sum(line.amount_cents for line in lines),
            month_over=now_ms >= billed.ends_at_ms,
        )
