"""Legs that are paid through Stripe: brought there, asked after, and called off. It may die at any call and go on.

That a leg is submitted is written before Stripe is asked, and Stripe is asked what it has of a leg before it is asked
to make anything. What became of a leg is read there; an event is no more than the reason to look.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from partners.settlement.payments import changes
from partners.settlement.payments.advances import Action
from partners.settlement.payments.errors import SettlementBusyError, StripeLegError, UnknownLegError
from partners.settlement.payments.legs import IN_FLIGHT, Leg, LegState
from partners.settlement.payments.model import ENDED, PaidSettlement
from shared.kernel.clock import DAY_MS, Clock
from shared.kernel.errors import UnavailableError

ATTEMPTS = 5
BY = "stripe"
PERIOD_MS = 3_600_000
QUIET_MS = 900_000
"""Nothing is made in the last quarter of a period: what was asked for in it is done, or not, when the next begins."""
LONG_MS = 7 * DAY_MS
"""Then somebody should look why a leg is not even sent: money at Stripe becomes available within days."""
PAID_ELSEWHERE = "it is recorded as paid elsewhere"
LEG = "settlement_leg"
"""In the metadata of whatever is made at Stripe for a leg: its key."""


@dataclass(frozen=True, slots=True)
class Told:
    """What Stripe knows of a leg: its state (None: nothing that counts yet), the name of what pays it there.

    `reinstated`: a dispute about it was won. `trouble` is what a person must look at.
    """

    state: LegState | None = None
    reference: str = ""
    reinstated: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """A leg in its currency, and what may be done about it now.

    `key` is the Idempotency-Key to make something by, None if nothing may be made. `off` if it has been called off, and
    `surely` if so long ago that nothing can still be on its way.
    """

    leg: Leg
    currency: str
    key: str | None
    off: bool = False
    surely: bool = False


class Carrier(Protocol):
    """Stripe; see `partners.billing.leg_gateway.LegGateway`.

    Raises UnavailableError (nothing is known of the outcome); `carry` StripeLegError too (a person must look).
    """

    def carry(self, errand: Errand) -> Told: ...

    def leg_of(self, event: dict[str, object]) -> str | None: ...


class PaymentBook(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def unfinished(self) -> list[PaidSettlement]: ...

    def get(self, window: int, currency: str) -> PaidSettlement | None: ...

    def replace(self, before: PaidSettlement, after: PaidSettlement, also: Sequence[Action] = ()) -> bool: ...


class Effect(StrEnum):
    """Of an event: it is about no leg, nothing of its leg was news, or what was is written."""

    NONE = "none"
    NO_NEWS = "no_news"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Carried:
    """How many legs were looked after, which troubles they have, and how many are left to the next call."""

    legs: int
    troubles: tuple[str, ...]
    postponed: int


class StripeLegs:
    """Every method may raise StoreUnavailableError. What follows from a leg elsewhere is `SettlementPayments`'s."""

    def __init__(self, payments: PaymentBook, stripe: Carrier, clock: Clock) -> None:
        self._payments = payments
        self._stripe = stripe
        self._clock = clock

    def work(self, time_left: Callable[[], bool] = lambda: True) -> Carried:
        """Bring all legs that are under way as far as they get, and ask after those that others wait for.

        What no `time_left` remains for is left to the next call, which begins with another one.
        """
        found = [(one, leg) for one in self._payments.unfinished() for leg in under_way(one, self._clock())]
        first = self._clock() // QUIET_MS % max(len(found), 1)
        postponed, troubles = 0, list[str]()
        for one, leg in found[first:] + found[:first]:
            if not time_left():
                postponed += 1
                continue
            try:
                troubles += self._carry_as_it_is_now(one, leg.key)
            except (UnavailableError, SettlementBusyError):
                postponed += 1
        return Carried(len(found), tuple(troubles), postponed)

    def hears_of(self, event: dict[str, object], also: Sequence[Action] = ()) -> Effect:
        """Look after the leg that an event of Stripe's is about. What is news is written with what is `also` to be.

        Raises what the carrier raises when it does not answer: then the event is to be heard again.
        """
        key = self._stripe.leg_of(event)
        settlement, _, _ = (key or "").partition(":")
        window, _, currency = settlement.partition("-")
        if key is None or not window.isdigit():
            return Effect.NONE
        one = self._payments.get(int(window), currency)
        if one is None:
            return Effect.NONE
        try:
            leg = one.leg(key)
        except UnknownLegError:
            return Effect.NONE
        if not leg.was_submitted:
            return Effect.NONE
        _, effect = self._carry(one, leg, also)
        return effect

    def _carry_as_it_is_now(self, one: PaidSettlement, key: str) -> list[str]:
        """A person may have said meanwhile that a leg was paid elsewhere: then nothing must be made for it any more."""
        now = self._payments.get(one.window, one.currency) or one
        leg = now.leg(key)
        return self._carry(now, leg)[0] if leg in under_way(now, self._clock()) else []

    def _carry(self, one: PaidSettlement, leg: Leg, also: Sequence[Action] = ()) -> tuple[list[str], Effect]:
        """The troubles of a leg, which are written down too. Raises UnavailableError, SettlementBusyError."""
        try:
            told = self._stripe.carry(self._errand(one, leg))
        except StripeLegError as error:
            told = Told(trouble=error.detail)
        waits = told.state is None and leg.state is LegState.SUBMITTED and not told.trouble
        if waits and self._clock() - leg.submitted_at_ms > LONG_MS:
            told = replace(told, trouble="it has waited for a week to be sent; is there money at Stripe?")
        trouble, effect = self._note(one, leg.key, told, also)
        return [f"{leg.key}: {trouble}"] if trouble else [], effect

    def _errand(self, one: PaidSettlement, leg: Leg) -> Errand:
        now_ms = self._clock()
        periods, since_ms = divmod(max(0, now_ms - leg.submitted_at_ms), PERIOD_MS)
        off = leg.recalled_at_ms is not None
        key = None
        if leg.state in IN_FLIGHT and since_ms < PERIOD_MS - QUIET_MS:
            # A new one for each period: for a day Stripe would give what failed once again to the same.
            key = f"{leg.key}:{periods}" if periods else leg.key
        surely = leg.recalled_at_ms is not None and now_ms - leg.recalled_at_ms >= PERIOD_MS
        return Errand(leg, one.currency, key, off, surely)

    def _note(self, one: PaidSettlement, key: str, told: Told, also: Sequence[Action]) -> tuple[str, Effect]:
        """Write what was told; the trouble with it, or that it can't be true. Raises SettlementBusyError."""
        before: PaidSettlement | None = one
        for _ in range(ATTEMPTS):
            if before is None:
                break
            trouble = _contradiction(before, before.leg(key), told) or told.trouble or _unseen(before, key)
            after = changes.troubled(before, key, trouble)
            if told.state is not None:
                after = changes.heard(
                    after, key, told.state, self._clock(), BY, told.reference, reinstated=told.reinstated
                )
            if after == before:
                return trouble, Effect.NO_NEWS
            if self._payments.replace(before, replace(after, version=before.version + 1), also):
                return trouble, Effect.WRITTEN
            before = self._payments.get(one.window, one.currency)
        raise SettlementBusyError(one.settlement_id)


def _contradiction(one: PaidSettlement, leg: Leg, told: Told) -> str:
    """What failed here must not be paid there, and what was paid elsewhere not there too."""
    if leg.state is LegState.FAILED and told.state not in (None, LegState.FAILED, *IN_FLIGHT):
        return f"Stripe says {told.state}, it is {leg.state} here"
    if not _paid_elsewhere(leg):
        return ""
    if told.state in IN_FLIGHT:
        return f"{PAID_ELSEWHERE}, and {told.reference} can still be paid: void it at Stripe"
    could_be_paid = any(found.leg == leg.key and found.text.startswith(PAID_ELSEWHERE) for found in one.troubles)
    if told.state is LegState.SUCCEEDED and could_be_paid:
        return f"{PAID_ELSEWHERE}, and {told.reference} was paid at Stripe too: refund one of them"
    return ""


def _unseen(one: PaidSettlement, key: str) -> str:
    """That a leg was paid late stands until a person has seen it: Stripe knows nothing of it."""
    return next((found.text for found in one.troubles if found.leg == key and key in one.late), "")


def _paid_elsewhere(leg: Leg) -> bool:
    """A person has said so, not Stripe."""
    return leg.state is LegState.SUCCEEDED and leg.history[-1].by != BY


def under_way(one: PaidSettlement, now_ms: int) -> Iterator[Leg]:
    """Legs under way at Stripe, disputed there or in trouble, and what succeeded as long as others wait for it.

    What a person says was paid elsewhere is looked after for a week at least: it may be paid at Stripe too.
    """
    wanted = IN_FLIGHT | {LegState.DISPUTED}
    states = wanted if one.stage in ENDED else wanted | {LegState.SUCCEEDED}
    troubled = {trouble.leg for trouble in one.troubles}
    for leg in one.legs:
        lately = _paid_elsewhere(leg) and now_ms - leg.history[-1].at_ms < LONG_MS
        if leg.means.through_stripe and leg.was_submitted and (leg.state in states or leg.key in troubled or lately):
            yield leg
