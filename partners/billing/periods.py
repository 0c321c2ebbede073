"""Which terms a month is billed by, and whether it is free. Pure."""

from collections.abc import Sequence

from partners.billing.model import Month
from partners.contracts.errors import NoTermsInForceError
from partners.contracts.model import Terms, in_force
from partners.contracts.plan import Plan
from shared.kernel.clock import month_number


def terms_of_month(partner_id: str, versions: Sequence[Terms], month: Month) -> Terms:
    """The terms in force when the month begins, or else the first to come into force in it.

    Raises NoTermsInForceError.
    """
    begun_before = in_force(list(versions), month.begins_at_ms)
    if begun_before is not None:
        return begun_before
    first = in_force(list(versions), begin_of(versions)) if versions else None
    if first is None or first.effective_from_ms >= month.ends_at_ms:
        raise NoTermsInForceError(partner_id, month.ends_at_ms - 1)
    return first


def begin_of(versions: Sequence[Terms]) -> int:
    """When the partner's first terms came into force, in epoch milliseconds; 0 without any."""
    return min((terms.effective_from_ms for terms in versions), default=0)


def in_trial(plan: Plan, since_ms: int, month: Month) -> bool:
    """Whether the month begins before the trial of a partner whose first terms began at `since_ms` ends.

    So a trial always ends with a month, and lasts its months at least.
    """
    if plan.trial_until is not None:
        return month.first_day < plan.trial_until
    if plan.trial_months == 0:
        return False
    whole_months = month_number(month.begins_at_ms) - month_number(since_ms)
    return whole_months < plan.trial_months or (whole_months == plan.trial_months and not _begins_a_month(since_ms))


def _begins_a_month(epoch_ms: int) -> bool:
    return month_number(epoch_ms - 1) < month_number(epoch_ms)
