"""Proposing, approving and rejecting adjustments; an approved one becomes exactly one journal entry."""

from collections.abc import Callable
from typing import Protocol

from partners.adjustments.alone import Alone, BeyondOnePersonError
from partners.adjustments.commands import (
    adjustment_command,
    check_points_left,
    correction_command,
    is_case_grant,
    points_to_return,
    return_command,
    undoing_command,
)
from partners.adjustments.errors import AdjustmentDecidedError, UnknownAdjustmentError
from partners.adjustments.model import Adjustment, AdjustmentState, Asked
from partners.contracts.life import New
from partners.contracts.model import NETWORK
from partners.contracts.service import Contracts
from partners.contracts.two_people import check_second_person
from partners.till.errors import UnknownEntryError
from partners.till.requests import key_hash, rates_of, read_entry_id
from shared.kernel.clock import Clock, month_number, utc_day
from shared.ledger.commands import Command
from shared.ledger.errors import IdempotencyKeyReusedError, LostRaceError
from shared.ledger.model import Entry
from shared.ledger.service import Ledger
from shared.members.service import Members


def adjustment_id_of(idempotency_key: str) -> str:
    """The id of the adjustment that is proposed under this key. Raises InvalidIdempotencyKeyError."""
    return key_hash(NETWORK, idempotency_key).hex()


class AdjustmentBook(Protocol):
    """What adjustments need of their store; see `partners.adjustments.store.AdjustmentStore`."""

    def add(self, adjustment: Adjustment) -> bool: ...

    def get(self, adjustment_id: str) -> Adjustment | None: ...

    def all(self) -> list[Adjustment]: ...

    def apply(self, adjustment_id: str, decided_by: str, entry: Entry, alone: Alone | None = None) -> None: ...

    def wait(self, adjustment_id: str) -> None: ...

    def reject(self, adjustment_id: str, decided_by: str) -> bool: ...


class Adjustments:
    """Use cases of adjustments. `operator` is the id of the operator's key. All may raise StoreUnavailableError."""

    def __init__(
        self, book: AdjustmentBook, contracts: Contracts, members: Members, ledger: Ledger, clock: Clock
    ) -> None:
        self._book = book
        self._contracts = contracts
        self._members = members
        self._ledger = ledger
        self._clock = clock

    def propose(
        self,
        operator: str,
        idempotency_key: str,
        card_number: str,
        issuer: str,
        points: int,
        reason: str,
        beyond: Callable[[str], None] = lambda _: None,
    ) -> Adjustment:
        """Propose to grant or take points; within ONE_PERSON_LIMIT_POINTS of the day it is applied at once.

        Otherwise it waits for a second person, on later days as well; `beyond` gets its id first, and not again once it
        waits. Granted points expire by the issuer's terms of
        today. The same request again gives the same adjustment, whatever has become of card and issuer since, and
        completes what an outage left half-way. Raises InvalidCardNumberError, UnknownCardError, AccountClosedError,
        UnknownPartnerError, NotInThisStateError (the issuer is closed), NoTermsInForceError, InvalidAdjustmentError,
        IdempotencyKeyReusedError, InsufficientPointsError, AccountFullError, AccountFullTodayError,
        AccountBusyError; OccurredTooLongAgoError a month after the proposal.
        """
        asked = Asked(self._members.card(card_number).member, issuer, points, reason)
        return self.propose_as_asked(operator, idempotency_key, asked, beyond)

    def propose_as_asked(
        self, operator: str, idempotency_key: str, asked: Asked, beyond: Callable[[str], None] = lambda _: None
    ) -> Adjustment:
        """As `propose`, of whoever is behind an entry, and for a case, which always takes two people.

        Raises likewise, but for what is about cards; ReturnExceedsPurchaseError, UndoExceedsAdjustmentError,
        UnknownEntryError.
        """
        adjustment_id = adjustment_id_of(idempotency_key)
        known = self._book.get(adjustment_id)
        if known is None:
            proposed = self._proposed(adjustment_id, operator, asked)
            known = proposed if self._book.add(proposed) else self.get(adjustment_id)
        if not known.was_asked_for_by(operator, asked):
            raise IdempotencyKeyReusedError(known.entry_id or adjustment_id)
        if known.needs_two or known.state in (AdjustmentState.APPLIED, AdjustmentState.REJECTED):
            return known
        try:
            return self._apply(known, operator, alone=True)
        except BeyondOnePersonError:
            beyond(adjustment_id)
            self._book.wait(adjustment_id)
        except AdjustmentDecidedError:
            pass
        return self.get(adjustment_id)

    def check(self, operator: str, asked: Asked) -> None:
        """Raises what `propose_as_asked` would refuse to propose anew; nothing is written."""
        self._proposed("", operator, asked)

    def approve(self, operator: str, adjustment_id: str) -> Adjustment:
        """Approve another operator's proposal and apply it; again completes what an outage left half-way.

        Raises UnknownAdjustmentError, SecondPersonNeededError, AdjustmentDecidedError (rejected),
        NotInThisStateError (the issuer is closed), InvalidAdjustmentError, InsufficientPointsError,
        ReturnExceedsPurchaseError, UndoExceedsAdjustmentError, PointsRunOutError, HoldsOpenError,
        AccountClosedError, AccountFullError, AccountFullTodayError, AccountBusyError; OccurredTooLongAgoError a month
        after the proposal. What the ledger refuses stays a proposal.
        """
        adjustment = self.get(adjustment_id)
        check_second_person(adjustment.proposed_by, operator, adjustment_id)
        if adjustment.state is AdjustmentState.REJECTED:
            raise AdjustmentDecidedError(adjustment_id, adjustment.state)
        return adjustment if adjustment.state is AdjustmentState.APPLIED else self._apply(adjustment, operator)

    def reject(self, operator: str, adjustment_id: str) -> Adjustment:
        """Reject a proposal, one's own or another's. Again is a success.

        Raises UnknownAdjustmentError, AdjustmentDecidedError (applied).
        """
        adjustment = self.get(adjustment_id)
        if adjustment.state is AdjustmentState.PROPOSED:
            self._book.reject(adjustment_id, operator)
            adjustment = self.get(adjustment_id)
        if adjustment.state is not AdjustmentState.REJECTED:
            raise AdjustmentDecidedError(adjustment_id, adjustment.state)
        return adjustment

    def get(self, adjustment_id: str) -> Adjustment:
        """Raises UnknownAdjustmentError."""
        adjustment = self._book.get(adjustment_id)
        if adjustment is None:
            raise UnknownAdjustmentError(adjustment_id)
        return adjustment

    def all(self) -> list[Adjustment]:
        """All adjustments, newest first."""
        return sorted(self._book.all(), key=lambda one: (-one.proposed_at_ms, one.adjustment_id))

    def _proposed(self, adjustment_id: str, operator: str, asked: Asked) -> Adjustment:
        """A new proposal, on an account that is open and for an issuer that is not closed."""
        self._contracts.check_new(asked.issuer, New.ADJUSTMENT)
        account = self._ledger.account(asked.member)
        now_ms = self._clock()
        points = asked.points
        if asked.about is not None and asked.amount_cents is not None:
            points = -points_to_return(account, self._entry(asked.about), asked.amount_cents)
        elif asked.about is not None and points < 0:
            check_points_left(account, self._entry(asked.about), -points)
        return Adjustment(
            adjustment_id=adjustment_id,
            member=asked.member,
            issuer=asked.issuer,
            points=points,
            expiry_month=month_number(now_ms) + self._contracts.terms_at(asked.issuer, now_ms).expiry_months,
            reason=asked.reason,
            proposed_by=operator,
            proposed_at_ms=now_ms,
            case=asked.case,
            about=asked.about,
            amount_cents=asked.amount_cents,
        )

    def _entry(self, entry_id: str) -> Entry:
        entry = self._ledger.entry(*read_entry_id(entry_id))
        if entry is None:
            raise UnknownEntryError(entry_id)
        return entry

    def _command(self, adjustment: Adjustment) -> Command:
        if adjustment.case is None:
            return adjustment_command(adjustment)
        about = None if adjustment.about is None else self._entry(adjustment.about)
        if about is not None and adjustment.amount_cents is not None:
            return return_command(adjustment, about)
        if about is not None and adjustment.points < 0 and is_case_grant(about):
            return undoing_command(adjustment, about)
        if about is not None and about.rates is not None and about.currency is not None:
            return correction_command(adjustment, about.currency, about.rates, about)
        terms = self._contracts.terms_at(adjustment.issuer, adjustment.proposed_at_ms)
        return correction_command(adjustment, terms.currency, rates_of(terms))

    def _apply(self, adjustment: Adjustment, operator: str, *, alone: bool = False) -> Adjustment:
        """Write the entry and that it is applied together: so what is rejected has no entry, whoever dies when.

        And what one person does alone is counted with it, once. Raises BeyondOnePersonError if that is too much.
        """
        adjustment_id = adjustment.adjustment_id
        self._contracts.check_new(adjustment.issuer, New.ADJUSTMENT)

        def commit(entry: Entry) -> None:
            try:
                counted = Alone(operator, utc_day(self._clock()), abs(adjustment.points)) if alone else None
                self._book.apply(adjustment_id, operator, entry, counted)
            except LostRaceError:
                self._refuse_if_rejected(adjustment_id, alone=alone)
                raise

        self._ledger.apply(self._command(adjustment), commit=commit)
        return self.get(adjustment_id)

    def _refuse_if_rejected(self, adjustment_id: str, *, alone: bool) -> None:
        now = self.get(adjustment_id)
        if now.state is AdjustmentState.REJECTED:
            raise AdjustmentDecidedError(adjustment_id, now.state)
        if alone and now.beyond_one_person and now.state is AdjustmentState.PROPOSED:
            raise BeyondOnePersonError
