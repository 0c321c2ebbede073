"""The life of a partner, and what it may do in each state of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from partners.contracts.errors import (
    NotInThisStateError,
    PartnerNotActiveError,
    PartnerWasSuspendedError,
    StateChangeRefusedError,
)
from partners.contracts.reasons import check_reason


class PartnerState(StrEnum):
    """INVITED: being set up. VERIFIED: papers are in order. ACTIVE: trades. SUSPENDED: only undoes and reads. CLOSED:
    is owed nothing and owes nothing, and reads what was."""

    INVITED = "invited"
    VERIFIED = "verified"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Act(StrEnum):
    """What a till does: looks up what a card holds, grants points or enrols, honours or moves them, or takes back what
    was done; and what the operator imports for it that happened earlier."""

    LOOK_UP = "look_up"
    ISSUE = "issue"
    HONOUR = "honour"
    UNDO = "undo"
    IMPORT = "import"


MAY: Mapping[PartnerState, frozenset[Act]] = {
    PartnerState.INVITED: frozenset(),
    PartnerState.VERIFIED: frozenset(),
    PartnerState.ACTIVE: frozenset(Act),
    PartnerState.SUSPENDED: frozenset({Act.LOOK_UP, Act.UNDO, Act.IMPORT}),
    PartnerState.CLOSED: frozenset(),
}


class New(StrEnum):
    """What a partner can be given, by itself or by the operator. ADJUSTMENT names it as issuer; PAYMENT is recorded by
    hand."""

    KEY = "key"
    TERMS = "terms"
    LOCATION = "location"
    WEBHOOK_ENDPOINT = "webhook_endpoint"
    CONNECTION = "connection"
    UPLOAD_LINK = "upload_link"
    CASE = "case"
    ADJUSTMENT = "adjustment"
    PAYMENT = "payment"


MAY_GET: Mapping[PartnerState, frozenset[New]] = {
    PartnerState.INVITED: frozenset(New),
    PartnerState.VERIFIED: frozenset(New),
    PartnerState.ACTIVE: frozenset(New),
    # It reads, takes goods back, and agrees on how to go on; but it does not grow.
    PartnerState.SUSPENDED: frozenset(
        {
            New.KEY,
            New.TERMS,
            New.WEBHOOK_ENDPOINT,
            New.UPLOAD_LINK,
            New.CASE,
            New.ADJUSTMENT,
            New.PAYMENT,
        }
    ),
    PartnerState.CLOSED: frozenset(),
}

IN_TOUCH = frozenset(PartnerState) - {PartnerState.CLOSED}
"""Partners in these states are told by webhooks of what happens at their tills, and heard through their connections."""

MOVES: Mapping[PartnerState, frozenset[PartnerState]] = {
    PartnerState.INVITED: frozenset({PartnerState.VERIFIED, PartnerState.CLOSED}),
    PartnerState.VERIFIED: frozenset({PartnerState.ACTIVE, PartnerState.CLOSED}),
    PartnerState.ACTIVE: frozenset({PartnerState.SUSPENDED}),
    PartnerState.SUSPENDED: frozenset({PartnerState.ACTIVE, PartnerState.CLOSED}),
    PartnerState.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """Change 1, 2, ... of a partner's state: by which operator, when and why. Raises InvalidReasonError."""

    partner_id: str
    number: int
    state: PartnerState
    by: str
    at_ms: int
    reason: str

    def __post_init__(self) -> None:
        check_reason(self.reason)


Since = tuple[int, PartnerState]
"""From which moment on a partner was in a state."""


def suspension_at(states: Sequence[Since], at_ms: int) -> tuple[int, int | None] | None:
    """When the suspension in force at a moment began, and ended if it has; None if there was none then.

    `states` stand in order.
    """
    for place, (since_ms, state) in enumerate(states):
        until_ms = states[place + 1][0] if place + 1 < len(states) else None
        if state is PartnerState.SUSPENDED and since_ms <= at_ms and (until_ms is None or at_ms < until_ms):
            return since_ms, until_ms
    return None


def check_not_suspended(states: Sequence[Since], at_ms: int, skew_ms: int = 0) -> None:
    """Raises PartnerWasSuspendedError if a suspension was in force at a moment and until `skew_ms` after it."""
    suspension = suspension_at(states, at_ms)
    if suspension is None:
        return
    _, until_ms = suspension
    if until_ms is None or at_ms + skew_ms < until_ms:
        raise PartnerWasSuspendedError(*suspension)


def check_move(partner_id: str, current: PartnerState, target: PartnerState) -> None:
    """Raises StateChangeRefusedError if there is no way from one state to the other."""
    if target not in MOVES[current]:
        raise StateChangeRefusedError(partner_id, current, target)


def check_act(state: PartnerState, act: Act) -> None:
    """Raises PartnerNotActiveError if a partner in this state may not do this."""
    if act not in MAY[state]:
        raise PartnerNotActiveError(state, act)


def check_new(partner_id: str, state: PartnerState, new: New) -> None:
    """Raises NotInThisStateError if a partner in this state gets no such thing."""
    if new not in MAY_GET[state]:
        raise NotInThisStateError(partner_id, state, new)
