"""One payment and the states it goes through. Pure; its history is only ever added to."""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum

from partners.settlement.payments.errors import LegStateError

LONGEST_END_TO_END_ID = 35


class Direction(StrEnum):
    """`in`: collected from a debtor. `out`: paid to a creditor."""

    IN = "in"
    OUT = "out"


class LegState(StrEnum):
    """`returned` came back from the bank after it had succeeded, `reversed` was taken back by the network."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"
    REVERSED = "reversed"


FOLLOWING = {
    LegState.PLANNED: frozenset({LegState.SUBMITTED}),
    LegState.SUBMITTED: frozenset({LegState.PENDING, LegState.SUCCEEDED, LegState.FAILED}),
    LegState.PENDING: frozenset({LegState.SUCCEEDED, LegState.FAILED}),
    LegState.SUCCEEDED: frozenset({LegState.RETURNED, LegState.REVERSED}),
    LegState.FAILED: frozenset[LegState](),
    LegState.RETURNED: frozenset[LegState](),
    LegState.REVERSED: frozenset[LegState](),
}
IN_FLIGHT = frozenset({LegState.SUBMITTED, LegState.PENDING})
CAME_BACK = frozenset({LegState.RETURNED, LegState.REVERSED})
CAME_TO_NOTHING = CAME_BACK | {LegState.FAILED}


@dataclass(frozen=True, slots=True)
class LegStep:
    """That a leg came into a state: when, by whom (an operator, or what told of it), and the bank's reference."""

    state: LegState
    at_ms: int
    by: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """`amount_cents` that a party pays or is paid; another try is another leg, of the next `attempt`.

    What is paid to members is a leg each: `payout` is the journal entry by which their cashback left them.
    """

    settlement: str
    party: str
    direction: Direction
    attempt: int
    amount_cents: int
    history: tuple[LegStep, ...]
    payout: str = ""

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
        hashed = hashlib.sha256(key.encode()).hexdigest()[:LONGEST_END_TO_END_ID]
        return key if len(key) <= LONGEST_END_TO_END_ID else hashed

    @property
    def state(self) -> LegState:
        return self.history[-1].state

    def moved(self, step: LegStep) -> "Leg":
        """The leg in its next state; itself if it is in that state. Raises LegStateError."""
        if step.state is self.state:
            return self
        if step.state not in FOLLOWING[self.state]:
            raise LegStateError(self.key, self.state.value, step.state.value)
        return replace(self, history=(*self.history, step))


def planned(
    settlement: str,
    party: str,
    direction: Direction,
    attempt: int,
    amount_cents: int,
    at_ms: int,
    by: str,
    payout: str = "",
) -> Leg:
    history = (LegStep(LegState.PLANNED, at_ms, by),)
    return Leg(settlement, party, direction, attempt, amount_cents, history, payout)


def again(leg: Leg, at_ms: int, by: str) -> Leg:
    """Another attempt of a leg."""
    history = (LegStep(LegState.PLANNED, at_ms, by),)
    return replace(leg, attempt=leg.attempt + 1, history=history)
