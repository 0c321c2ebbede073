"""What we keep about a partner's billing through Stripe. Pure."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from partners.billing.stripe_prices import plan_key, rated_by_stripe
from partners.contracts.model import Terms
from shared.kernel.clock import to_rfc3339

HOUR_MS = 3_600_000
SETTLED_AFTER_MS = 2 * HOUR_MS
"""A month is closed so long after its end: posting is minutes behind at most, or an alarm has gone off."""


class Parting(StrEnum):
    """Of a partner that leaves at once: `asked` while it is still told what it used; `told` when Stripe counts all of
    that. From then on nothing more is told, the subscription is cancelled and the month is closed.
    """

    ASKED = "asked"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class StripeAccount:
    """A partner as a customer of Stripe, invoiced there from `first_month` (`YYYY-MM`) to `last_month` (None: on and
    on), both included. Its subscription bills whole months from `billed_from` on.

    `plan` is the key of the prices subscribed to, `location_count` what Stripe was last told, as of `counted_day`.
    A subscription that `ends_after` a month is not renewed. All months up to `closed_through` are done with.
    `contact_version` says which of the partner's billing contacts Stripe knows (0: none). With a `parting` the last
    month is closed before it is over. `collected_after` is when (epoch seconds) the last subscription ended after which
    Stripe was told to go on collecting.
    """

    partner_id: str
    customer_id: str
    first_month: str
    closed_through: str
    last_month: str | None = None
    subscription_id: str | None = None
    location_item_id: str | None = None
    visit_price_id: str | None = None
    plan: str | None = None
    billed_from: str | None = None
    ends_after: str | None = None
    location_count: int = 0
    counted_day: str = ""
    contact_version: int = 0
    parting: Parting | None = None
    collected_after: int = 0
    version: int = 1

    def invoiced_in(self, month: str) -> bool:
        """Whether the month's invoice is Stripe's."""
        return self.first_month <= month and (self.last_month is None or month <= self.last_month)

    @property
    def has_left(self) -> bool:
        """Whether the last month that is Stripe's is closed, and with it the subscription has ended."""
        return self.last_month is not None and self.closed_through >= self.last_month

    def subscribed_in(self, month: str) -> bool:
        """Whether the subscription bills this month; if not, our own items do."""
        if self.subscription_id is None or self.billed_from is None or month < self.billed_from:
            return False
        return self.ends_after is None or month <= self.ends_after

    def parted_in(self, month: str) -> bool:
        """Whether the partner has left in this month, so that nothing more of it is told to Stripe."""
        return self.parting is Parting.TOLD and month == self.last_month

    @property
    def subscription_over(self) -> bool:
        """Whether there is room for another: none was made, or all it bills is closed."""
        return self.subscription_id is None or (self.ends_after is not None and self.ends_after <= self.closed_through)


class Invoicer(StrEnum):
    """Who invoices a partner's month: the operator itself, or Stripe for it. Never both."""

    OPERATOR = "operator"
    STRIPE = "stripe"


class ClosingState(StrEnum):
    """Of a month that is over: `open` while it settles, `held` on a difference, then `finalised`."""

    OPEN = "open"
    HELD = "held"
    FINALISED = "finalised"


@dataclass(frozen=True, slots=True)
class Closing:
    """How the invoice of a partner's month stands.

    `billed_cents` is what has been invoiced of it, later items included. `troubles` say why it is held, or what
    is wrong with what was finalised. `owed_cents` is the amount of an item being added for what became known later (0:
    none); `written_off_cents` is what a person decided that our bill may differ by. A month of which the `invoicer` is
    the operator was invoiced before the partner came to Stripe; what becomes known of it since is billed there.
    `by_hand` is how many of its lines were posted by hand when it was last looked at.
    """

    partner_id: str
    month: str
    state: ClosingState = ClosingState.OPEN
    invoice_id: str | None = None
    billed_cents: int = 0
    owed_cents: int = 0
    written_off_cents: int = 0
    troubles: tuple[str, ...] = ()
    checked_day: str = ""
    invoicer: Invoicer = Invoicer.STRIPE
    by_hand: int = 0
    version: int = 0

    @property
    def unfinished(self) -> bool:
        """Whether something of the month is to be invoiced yet, or a person is to look at it."""
        return self.state is not ClosingState.FINALISED or self.owed_cents != 0 or bool(self.troubles)


@dataclass(frozen=True, slots=True)
class HourDifference:
    """One hour (since 1970) of which Stripe counts something else than the pages."""

    hour: int
    counted: int
    at_stripe: int

    def in_words(self) -> str:
        return f"{hour_text(self.hour)}: {self.counted} visits here, {self.at_stripe} at Stripe"


def hour_text(hour: int) -> str:
    """An hour (since 1970) by its beginning, `2026-12-11T12:00:00.000Z`."""
    return to_rfc3339(hour * HOUR_MS)


def hour_differences(counted: Counter[int], at_stripe: dict[int, int]) -> list[HourDifference]:
    """Every hour that differs, in order."""
    hours = sorted(counted.keys() | at_stripe.keys())
    found = [HourDifference(hour, counted.get(hour, 0), at_stripe.get(hour, 0)) for hour in hours]
    return [one for one in found if one.counted != one.at_stripe]


def subscription_plan(terms: Terms) -> str | None:
    """The key of the prices that a subscription under these terms has; None if we rate the plan ourselves."""
    return plan_key(terms.plan, terms.currency) if rated_by_stripe(terms.plan) else None
