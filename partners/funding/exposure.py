"""From totals to a standing: what was granted less what was honoured and paid, against the limit. Pure."""

from collections.abc import Sequence

from partners.contracts.model import WHOLE_BPS
from partners.contracts.payment import Funding, FundingKind
from partners.contracts.standing import FundingStanding
from partners.funding.model import Payment, waiting_cents
from partners.settlement.positions import positions
from partners.visits.model import DayTotals, Totals
from shared.kernel.money import MICROS_PER_CENT

MARGIN_BPS = 500
"""The part of the limit at which a partner is stopped ahead of it: what it may still grant until its tills know."""
ALERT_BPS = 8_000
"""The part of the limit from which people are told."""


def owed_micros(partner_id: str, totals: Totals) -> int:
    """What the partner owes for `totals` of its pages: its position with the opposite sign, see `positions`."""
    found = positions([DayTotals(partner_id, "", totals)])
    return -sum(one.net_micros for currency in found for one in currency.positions if one.party == partner_id)


def standing(funding: Funding, owed: int, payments: Sequence[Payment], as_of_ms: int) -> FundingStanding:
    """How a partner stands that owes `owed` micros for all it ever granted and honoured, before its `payments`.

    A postpaid partner uses its cap by what it owes now, a prepaid one what it was ahead after its last payment that
    tops it up by what it is no longer ahead. What waits for a second person is paid, but no part of what it may use.
    """
    exposure_cents = -((sum(one.amount_micros for one in payments) - owed) // MICROS_PER_CENT)
    if not funding.limited:
        return FundingStanding(
            as_of_ms=as_of_ms, stopped=False, exposure_cents=exposure_cents, limit_cents=None, used_cents=0
        )
    waits_cents = waiting_cents(payments)
    if funding.kind is FundingKind.PREPAID:
        paid_ahead_cents = next((one.paid_ahead_cents for one in reversed(payments) if one.tops_up), 0)
        limit_cents = max(0, paid_ahead_cents - waits_cents)
        headroom_cents = -exposure_cents - waits_cents
    else:
        limit_cents = funding.net_debit_cap_cents or 0
        headroom_cents = limit_cents - exposure_cents - waits_cents
    return FundingStanding(
        as_of_ms=as_of_ms,
        stopped=headroom_cents <= margin_cents(limit_cents),
        exposure_cents=exposure_cents,
        limit_cents=limit_cents,
        used_cents=max(0, limit_cents - headroom_cents),
    )


def margin_cents(limit_cents: int) -> int:
    """How far below the limit a partner is stopped."""
    return -(-limit_cents * MARGIN_BPS // WHOLE_BPS)


def near_limit(found: FundingStanding) -> bool:
    """Whether so much of the limit is used that people should know."""
    return found.limit_cents is not None and found.used_cents * WHOLE_BPS >= found.limit_cents * ALERT_BPS
