"""What Stripe says of a subscription, and what our account of it becomes by that. Pure."""

from dataclasses import dataclass
from typing import Any

from partners.billing.model import Month, month_before, month_of, next_month
from partners.billing.stripe_model import Parting, StripeAccount
from shared.kernel.clock import utc_day

UNKNOWN = -1
"""No number of locations: what Stripe has is set again."""


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription of our prices at Stripe, to the `plan` of that key. Times in epoch seconds.

    Its whole months begin at `begins_at`; it has ended, or will by what is set there, at `ends_at` (None: goes on).
    """

    subscription_id: str
    ended: bool
    begins_at: int
    ends_at: int | None
    location_item_id: str
    visit_price_id: str
    plan: str

    @property
    def billed_from(self) -> str:
        """Its first whole month."""
        month = _month_at(self.begins_at)
        return month.name if month.begins_at_ms == self.begins_at * 1_000 else next_month(month).name

    @property
    def ends_after(self) -> str | None:
        """The last month it bills to its end."""
        return None if self.ends_at is None else month_before(_month_at(self.ends_at)).name


def _month_at(moment_s: int) -> Month:
    return month_of(utc_day(moment_s * 1_000)[:7])


def changes_by(account: StripeAccount, found: list[SubscriptionView]) -> dict[str, Any]:
    """What of the account is otherwise at Stripe.

    One that ended, or will, without our knowledge ends after its last whole month. One that is unknown, because its
    answer was lost, is taken as the account's own if there is none. Of who leaves at once it is ours to end.
    """
    live = [one for one in found if not one.ended]
    if account.subscription_over and live:
        taken = next((one for one in live if one.subscription_id != account.subscription_id), None)
        if taken is not None:
            return {
                "subscription_id": taken.subscription_id,
                "location_item_id": taken.location_item_id,
                "visit_price_id": taken.visit_price_id,
                "plan": taken.plan,
                "billed_from": taken.billed_from,
                "ends_after": taken.ends_after,
                "location_count": UNKNOWN,
                "counted_day": "",
            }
    known = next((one for one in found if one.subscription_id == account.subscription_id), None)
    if account.parting is Parting.TOLD:
        return {}
    ends_after = None if known is None else known.ends_after
    if ends_after is not None and (account.ends_after is None or ends_after < account.ends_after):
        return {"ends_after": ends_after}
    return {}
