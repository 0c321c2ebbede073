"""What two people agree on about how a partner or a currency settles: one operator proposes it, another approves. Pure
but for the loop that writes it.

It goes by the rules of terms: nothing counts before it is approved, and until then what was agreed before holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from partners.contracts.errors import ProposalDecidedError, UnknownProposalError
from partners.contracts.proposals import Decision, ProposalState
from partners.contracts.reasons import check_reason
from partners.contracts.two_people import check_second_person
from shared.kernel.clock import Clock

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Proposed(Generic[V]):
    """Proposal 1, 2, ... about a subject; it stays readable until the next one. `proposed_by` is an operator."""

    number: int
    value: V
    reason: str
    proposed_by: str
    proposed_at_ms: int
    state: ProposalState = ProposalState.PROPOSED
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Agreed(Generic[V]):
    """What holds for a partner, by its id, or a currency, and the latest proposal of something else.

    `version` counts the changes of both. `since` has all that was agreed on, with when, oldest first; rows of before it
    was noted have none.
    """

    subject: str
    value: V
    proposal: Proposed[V] | None = None
    version: int = 0
    since: tuple[tuple[int, V], ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a proposal waits for a second person."""
        return self.proposal is not None and self.proposal.state is ProposalState.PROPOSED

    @property
    def dated(self) -> tuple[tuple[int, V], ...]:
        """`since`, or of a row of before what holds, from the best date that is known: when it was approved, else when
        something else was proposed, else from the beginning.
        """
        if self.since or not self.version:
            return self.since
        last = self.proposal
        if last is None:
            return ((0, self.value),)
        approved = last.decision if last.state is ProposalState.APPROVED else None
        return ((last.proposed_at_ms if approved is None else approved.at_ms, self.value),)

    def at(self, at_ms: int, nothing: V) -> V:
        """What was agreed on at a moment; `nothing` before the first."""
        return next((value for since_ms, value in reversed(self.dated) if since_ms <= at_ms), nothing)


def proposed(one: Agreed[V], value: V, by: str, reason: str, at_ms: int) -> Agreed[V]:
    """With this proposal in place of any that waits. What holds already needs none; the same again changes nothing.

    Raises InvalidReasonError.
    """
    check_reason(reason)
    last = one.proposal
    if last is not None and one.waits and (last.value, last.reason, last.proposed_by) == (value, reason, by):
        return one
    if value == one.value and not one.waits:
        return one
    number = 1 if last is None else last.number + 1
    return replace(one, proposal=Proposed(number, value, reason, by, at_ms), since=one.dated)


def approved(one: Agreed[V], number: int, by: str, reason: str, at_ms: int) -> Agreed[V]:
    """What another operator proposed holds from now on. Again is a success.

    Raises InvalidReasonError, UnknownProposalError, SecondPersonNeededError, ProposalDecidedError.
    """
    check_reason(reason)
    last = _latest(one, number)
    check_second_person(last.proposed_by, by, str(number))
    if last.state is ProposalState.APPROVED:
        return one
    if last.state is not ProposalState.PROPOSED:
        raise ProposalDecidedError(number, last.state)
    decided = replace(last, state=ProposalState.APPROVED, decision=Decision(by=by, at_ms=at_ms, reason=reason))
    return replace(one, value=last.value, proposal=decided, since=(*one.dated, (at_ms, last.value)))


def declined(one: Agreed[V], number: int, by: str, reason: str, at_ms: int) -> Agreed[V]:
    """One's own proposal is withdrawn, another's rejected. Again is a success.

    Raises InvalidReasonError, UnknownProposalError, ProposalDecidedError (approved).
    """
    check_reason(reason)
    last = _latest(one, number)
    if last.state is ProposalState.APPROVED:
        raise ProposalDecidedError(number, last.state)
    if last.state is not ProposalState.PROPOSED:
        return one
    state = ProposalState.WITHDRAWN if last.proposed_by == by else ProposalState.REJECTED
    return replace(one, proposal=replace(last, state=state, decision=Decision(by=by, at_ms=at_ms, reason=reason)))


def _latest(one: Agreed[V], number: int) -> Proposed[V]:
    """Raises UnknownProposalError, and ProposalDecidedError if a later one has taken its place."""
    if one.proposal is None or not 1 <= number <= one.proposal.number:
        raise UnknownProposalError(number)
    if number < one.proposal.number:
        raise ProposalDecidedError(number, "followed by a later one")
    return one.proposal


class Book(Protocol[V]):
    """Where it is kept; see `partners.settlement.payments.agreed_store`."""

    def get(self, subject: str) -> Agreed[V]: ...

    def put(self, one: Agreed[V], also: Sequence[Mapping[str, Any]] = ()) -> bool: ...


class TwoPeople(Generic[V]):
    """Use cases of agreeing. Every method may raise StoreUnavailableError; `by` identifies the operator who acts.

    `known` raises for a subject that there is not.
    """

    def __init__(self, book: Book[V], known: Callable[[str], object], clock: Clock) -> None:
        self._book = book
        self._known = known
        self._clock = clock

    def of(self, subject: str) -> Agreed[V]:
        """Raises what `known` raises."""
        self._known(subject)
        return self._book.get(subject)

    def propose(self, by: str, subject: str, value: V, reason: str) -> Agreed[V]:
        """Raises what `known` raises, and what `proposed` raises."""
        return self.change(subject, lambda one: proposed(one, value, by, reason, self._clock()))

    def approve(self, by: str, subject: str, number: int, reason: str) -> Agreed[V]:
        """Raises what `known` raises, and what `approved` raises."""
        return self.change(subject, lambda one: approved(one, number, by, reason, self._clock()))

    def decline(self, by: str, subject: str, number: int, reason: str) -> Agreed[V]:
        """Raises what `known` raises, and what `declined` raises."""
        return self.change(subject, lambda one: declined(one, number, by, reason, self._clock()))

    def change(
        self,
        subject: str,
        made: Callable[[Agreed[V]], Agreed[V]],
        also: Callable[[Agreed[V]], Sequence[Mapping[str, Any]]] = lambda _: (),
    ) -> Agreed[V]:
        """Write what is made of the stored one, and what is `also` to be done with it, or nothing if it is the same.
        Whoever comes second reads it again.
        """
        while True:
            before = self.of(subject)
            after = made(before)
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            if self._book.put(after, also(after)):
                return after
