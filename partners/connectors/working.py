"""The work behind the door: what was told of a sale becomes ours, each part of it once, or waits in the queue."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from partners.connectors.commands import Commands
from partners.connectors.errors import EventBusyError
from partners.connectors.facts import (
    Fact,
    Reason,
    failed_since,
    not_ours,
    recorded,
    recorded_as,
    unmapped,
)
from partners.connectors.foreign import FailedRefund, Refund, TillFile, Told
from partners.connectors.intake import EventBook
from partners.connectors.mapping import (
    DISMISSED_ELSEWHERE,
    NOT_OURS,
    WAITS_FOR_SALE,
    plan_of,
    sale_of,
    sales,
    waits_for,
    without_failed,
)
from partners.connectors.model import Connection
from partners.connectors.words import Kind, State
from shared.kernel.clock import Clock

MOST_STEPS = 200
"""Of one sale in one go. A sale with more refunds than that goes on when it is put in line again."""


class WorkBook(EventBook, Protocol):
    """What the work needs of its store; see `partners.connectors.store.ConnectorStore`."""

    def connections(self, partner_id: str) -> list[Connection]: ...

    def group(self, connection_id: str, group: str) -> list[Fact]: ...


ReadFile = Callable[[Connection, Fact], Reason | None]
"""Works on a file of purchases and returns; the reason if some of it could not be recorded."""
ReadAnew = Callable[[Connection, Fact], Told]
"""What a fact's event tells as the connection's settings are now."""


class Work:
    """`live` says whether points are real here: then a vendor's test orders earn none."""

    def __init__(
        self,
        book: WorkBook,
        commands: Commands,
        files: ReadFile,
        told_anew: ReadAnew,
        clock: Clock,
        *,
        live: bool,
    ) -> None:
        self._book = book
        self._commands = commands
        self._files = files
        self._told_anew = told_anew
        self._clock = clock
        self._live = live

    def settle(self, connection_id: str, group: str) -> list[Fact]:
        """Work on all that was told of one sale, or on one file, until nothing of it is open; what changed.

        It may be called again at any time, by any number of workers at once, and end anywhere: each part has its
        effect once. Raises UnavailableError if that must be asked for again.
        """
        asked = self._book.connection(connection_id)
        done: list[Fact] = []
        if asked is None:
            return done
        connections = self._to_the_same_account(asked)
        for _ in range(MOST_STEPS):
            facts = [fact for one in connections for fact in self._book.group(one, group)]
            fact = next_open(facts)
            if fact is None:
                return done
            after = self._step(connections, fact, facts)
            if after is not None:
                done.append(after)
        raise EventBusyError

    def _to_the_same_account(self, asked: Connection) -> dict[str, Connection]:
        """The partner's connections to this shop or merchant by id: a later one may be told of a sale's refunds."""
        if asked.kind is Kind.FILE:
            return {asked.connection_id: asked}
        return {
            one.connection_id: one
            for one in self._book.connections(asked.partner_id)
            if (one.kind, one.account) == (asked.kind, asked.account)
        }

    def _step(self, connections: Mapping[str, Connection], fact: Fact, facts: Sequence[Fact]) -> Fact | None:
        """The fact as it was settled, or None if another worker changed it, or a twin of it, meanwhile."""
        connection = connections[fact.connection_id]
        known = {one.connection_id: one for one in facts if one.part == fact.part}
        # One that is disabled hears no more: what it has not told by now it never will.
        others = (one for one in connections.values() if one is not connection)
        twins = {
            one.connection_id: known.get(one.connection_id)
            for one in others
            if one.disabled_at_ms is None or one.connection_id in known
        }
        if isinstance(fact.told, TillFile):
            reason = self._files(connection, fact)
            after = recorded(fact, None) if reason is None else unmapped(fact, reason)
            return after if self._write(fact, after) else None
        if isinstance(fact.told, FailedRefund):
            return self._note_failure(fact, fact.told, facts)
        if fact.plan is None:
            fact = replace(fact, told=without_failed(fact.told, facts))
            twin = next((one for one in facts if one.part == fact.part and one.state is State.RECORDED), None)
            if twin is not None:
                after = recorded_as(fact, twin)
                return after if self._write(fact, after) else None
            if not fact.insisted and any(one.part == fact.part and one.state is State.DISMISSED for one in facts):
                after = unmapped(fact, DISMISSED_ELSEWHERE)
                return after if self._write(fact, after) else None
            if fact.read_anew:
                anew = without_failed(self._told_anew(connection, fact), facts)
                fact = replace(fact, told=anew, read_anew=False)
            plan = plan_of(connection, fact, facts, live=self._live)
            if isinstance(plan, Reason):
                after = not_ours(fact, plan) if plan in NOT_OURS else unmapped(fact, plan)
                return after if self._write(fact, after) else None
            # Two commands of one sale may differ, in their card too: of all connections to the shop one has it frozen.
            beside = twins
        else:
            plan, beside = fact.plan, {}
        any_age = any(one.any_age for one in (fact, *sales(facts)))
        return self._commands.carry_out(connection, fact, plan, beside, any_age=any_age)

    def _note_failure(self, fact: Fact, failure: FailedRefund, facts: Sequence[Fact]) -> Fact | None:
        """One refund that was recorded with what failed then waits; and when there is none left, the failure is noted.

        What is recorded later counts without it.
        """
        for refund in facts:
            changed = failed_since(refund, failure)
            if changed is not None:
                return changed if self._write(refund, changed) else None
        after = recorded(fact, None)
        return after if self._write(fact, after) else None

    def _write(self, before: Fact, after: Fact) -> bool:
        return self._book.change(before, after, self._clock())


def next_open(facts: Sequence[Fact]) -> Fact | None:
    """What to work on next: the sale first, for its refunds follow it; last what failed, which is held against them.

    Of those a command that is frozen, which may have been carried out: what another connection tells is the same.
    """
    for fact in sorted(sales(facts), key=lambda one: one.state is not State.PLANNED):
        if fact.is_open:
            return fact
    sale = sale_of(facts)
    for fact in sorted(facts, key=lambda one: (isinstance(one.told, FailedRefund), one.state is not State.PLANNED)):
        if fact.is_open or _moves_on(fact, sale):
            return fact
    return None


def _moves_on(fact: Fact, sale: Fact | None) -> bool:
    """Whether a refund that waits for its sale, or was let go with it, has something new to be said of it."""
    settled = fact.state in (State.UNMAPPED, State.NOT_OURS) and isinstance(fact.told, Refund)
    if not settled or fact.reason not in WAITS_FOR_SALE:
        return False
    recorded_by_now = sale is not None and sale.state is State.RECORDED
    return recorded_by_now or fact.reason != waits_for(sale)
