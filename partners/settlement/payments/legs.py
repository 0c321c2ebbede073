"""One payment and the states it goes through. Pure; its history is only ever added to."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from partners.contracts.payment import PaymentMethod, usual_method
from partners.settlement.payments.errors import LegStateError

LONGEST_END_TO_END_ID = 35
NO_REFERENCE = frozenset({"", "NONREF", "NOREF", "NOTPROVIDED"})
"""What banks write where they have no reference: the same for every payment, so it tells none from another."""
UNNAMED = "unnamed"


class Direction(StrEnum):
    """`in`: collected from a debtor. `out`: paid to a creditor. `deposit`: taken from what a debtor has paid in."""

    IN = "in"
    OUT = "out"
    DEPOSIT = "deposit"


class LegState(StrEnum):
    """`returned` came back from the bank after it had succeeded, `reversed` was taken back by the network. What is
    `disputed` was taken back too, until it is decided who keeps it.
    """

    PLANNED = "planned"
    SUBMITTED = "submitted"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    DISPUTED = "disputed"
    FAILED = "failed"
    RETURNED = "returned"
    REVERSED = "reversed"


FOLLOWING = {
    LegState.PLANNED: frozenset({LegState.SUBMITTED}),
    LegState.SUBMITTED: frozenset({LegState.PENDING, LegState.SUCCEEDED, LegState.FAILED}),
    LegState.PENDING: frozenset({LegState.SUCCEEDED, LegState.FAILED}),
    LegState.SUCCEEDED: frozenset({LegState.DISPUTED, LegState.RETURNED, LegState.REVERSED}),
    LegState.DISPUTED: frozenset({LegState.SUCCEEDED, LegState.RETURNED}),
    LegState.FAILED: frozenset[LegState](),
    LegState.RETURNED: frozenset[LegState](),
    LegState.REVERSED: frozenset[LegState](),
}
FOLLOWING_A_DEPOSIT = {LegState.SUCCEEDED: frozenset({LegState.REVERSED})}
"""What is taken from a deposit moves in our own books alone: it has succeeded at once, or an operator takes it back."""
IN_FLIGHT = frozenset({LegState.SUBMITTED, LegState.PENDING})
UNDECIDED = IN_FLIGHT | {LegState.DISPUTED}
CAME_BACK = frozenset({LegState.RETURNED, LegState.REVERSED})
CAME_TO_NOTHING = CAME_BACK | {LegState.FAILED}


@dataclass(frozen=True, slots=True)
class Means:
    """How a leg is paid, which is fixed when it is planned.

    Through Stripe: `account` is the debtor's customer or the creditor's connected account there. A debtor is `charged`
    by what it has left there for that, or is sent an invoice.
    """

    method: PaymentMethod = PaymentMethod.BANK_FILE
    account: str = ""
    charged: bool = False

    @property
    def through_stripe(self) -> bool:
        return self.method is PaymentMethod.STRIPE


BY_BANK = Means()


def usual_means(currency: str) -> Means:
    """How what is not paid through Stripe is paid in a currency."""
    return Means(usual_method(currency))


MeansOf = Callable[[str, Direction], Means]
"""How a party pays or is paid."""


@dataclass(frozen=True, slots=True)
class LegStep:
    """That a leg came into a state: when, by whom (an operator, or what told of it), and the bank's reference."""

    state: LegState
    at_ms: int
    by: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """That the bank booked money of a payment: it `arrived` where it was to go, or went back.

    `name` tells it from other bookings of that payment the same way, of one day: the bank's reference, or its day, or
    that it is UNNAMED. `on` is the bank's day, as `2026-11-23`; empty if it is not known.
    """

    arrived: bool
    name: str
    on: str = ""

    def is_same(self, other: "Booked") -> bool:
        """Whether both tell of one booking. One reference on two days is two: a bank may give it again."""
        same_day = self.on == other.on or not (self.on and other.on)
        return (self.arrived, self.name) == (other.arrived, other.name) and same_day


def is_reference(text: str) -> bool:
    """Whether it tells a payment, or a booking, from others."""
    return text.upper() not in NO_REFERENCE


@dataclass(frozen=True, slots=True)
class Leg:
    """`amount_cents` that a party pays or is paid; another try is another leg, of the next `attempt`.

    What is paid to members is a leg each: `payout` is the journal entry by which their cashback left them. A leg that
    was `recalled_at_ms` is not to be paid any more, if that can still be helped. `bookings` are those that the bank's
    statements have told of, whatever followed from them. What is taken from a deposit `rests_on` those who recorded
    that so many cents of it were paid in, more in all where it could be of each. `confirmed_by` are those who said the
    state that it is in once more. What the bank said and can't be is `contradicted`. By `put_back` one person wants it
    back in the deposit, which waits for another.
    """

    settlement: str
    party: str
    direction: Direction
    attempt: int
    amount_cents: int
    history: tuple[LegStep, ...]
    payout: str = ""
    means: Means = BY_BANK
    recalled_at_ms: int | None = None
    bookings: tuple[Booked, ...] = ()
    rests_on: tuple[tuple[str, int], ...] = ()
    confirmed_by: tuple[str, ...] = ()
    contradicted: tuple[LegStep, ...] = ()
    put_back: LegStep | None = None

    @property
    def payee(self) -> str:
        """Whose money it is, among all legs of the settlement: a party, or a member's payout."""
        return f"{self.party}:{self.payout}" if self.payout else self.party

    @property
    def key(self) -> str:
        """The idempotency key under which it is sent."""
        return f"{self.settlement}:{self.payee}:{self.direction}:{self.attempt}"

    @property
    def end_to_end_id(self) -> str:
        """The key as a bank takes it: 35 characters at most, so a longer one is its hash."""
        key = self.key
        if len(key) <= LONGEST_END_TO_END_ID:
            return key
        return hashlib.sha256(key.encode()).hexdigest()[:LONGEST_END_TO_END_ID]

    @property
    def state(self) -> LegState:
        return self.history[-1].state

    @property
    def is_inwards(self) -> bool:
        """Whether it brings the settlement money."""
        return self.direction is not Direction.OUT

    @property
    def following(self) -> frozenset[LegState]:
        """The states that can come next."""
        if self.direction is Direction.DEPOSIT:
            return FOLLOWING_A_DEPOSIT.get(self.state, frozenset())
        return FOLLOWING[self.state]

    def may_be(self, state: LegState) -> bool:
        """Whether it may be said to be in a state: its own, one that can come next, or that it succeeded after all."""
        late = self.state is LegState.FAILED and state is LegState.SUCCEEDED
        return state is self.state or state in self.following or late

    @property
    def was_submitted(self) -> bool:
        """Whether it ever went to where it is paid."""
        return any(step.state is LegState.SUBMITTED for step in self.history)

    @property
    def submitted_at_ms(self) -> int:
        """When it was first submitted. Raises ValueError if it was not yet."""
        submitted = [step.at_ms for step in self.history if step.state is LegState.SUBMITTED]
        if not submitted:
            raise ValueError(f"{self.key} was not submitted yet")
        return submitted[0]

    @property
    def reference(self) -> str:
        """What it is called where it is paid, as far as that is known."""
        return next((step.reference for step in reversed(self.history) if step.reference), "")

    @property
    def of_two(self) -> bool:
        """Whether two people said the state that it is in."""
        return len({self.history[-1].by, *self.confirmed_by}) > 1

    @property
    def moves(self) -> tuple[LegStep, ...]:
        """When money moved: as it succeeded first, and as it came back. A dispute that was won moved nothing."""
        succeeded = [step for step in self.history if step.state is LegState.SUCCEEDED][:1]
        return (*succeeded, *(step for step in self.history if step.state in CAME_BACK))

    def moved(self, step: LegStep) -> "Leg":
        """The leg in its next state; itself if it is in that state. Raises LegStateError."""
        if step.state is self.state:
            return self
        if step.state not in self.following:
            raise LegStateError(self.key, self.state.value, step.state.value)
        return self.with_step(step)

    def with_step(self, step: LegStep) -> "Leg":
        """The leg in a state that only its settlement can tell whether it may be in."""
        return replace(self, history=(*self.history, step), confirmed_by=())


def planned(
    settlement: str,
    party: str,
    direction: Direction,
    attempt: int,
    amount_cents: int,
    at_ms: int,
    by: str,
    *,
    payout: str = "",
    means: Means = BY_BANK,
) -> Leg:
    history = (LegStep(LegState.PLANNED, at_ms, by),)
    return Leg(settlement, party, direction, attempt, amount_cents, history, payout, means)


def taken_from_deposit(settlement: str, party: str, attempt: int, amount_cents: int, at_ms: int, by: str) -> Leg:
    """What is taken from a debtor's deposit, as it is."""
    history = (LegStep(LegState.SUCCEEDED, at_ms, by),)
    means = Means(PaymentMethod.BY_HAND)
    return Leg(settlement, party, Direction.DEPOSIT, attempt, amount_cents, history, means=means)


def again(leg: Leg, means: Means, at_ms: int, by: str) -> Leg:
    """Another attempt of a leg."""
    history = (LegStep(LegState.PLANNED, at_ms, by),)
    return replace(
        leg, attempt=leg.attempt + 1, history=history, means=means, recalled_at_ms=None, bookings=(), contradicted=()
    )


def way(state: LegState, to: LegState) -> tuple[LegState, ...] | None:
    """The states that a leg goes through from one to another, the last included; None if there is no way."""
    if state is to:
        return ()
    ways: list[tuple[LegState, ...]] = [(one,) for one in sorted(FOLLOWING[state])]
    for found in ways:
        if found[-1] is to:
            return found
        ways += [(*found, one) for one in sorted(FOLLOWING[found[-1]]) if one not in found and one is not state]
    return None
