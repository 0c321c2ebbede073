"""Proposing, approving and rejecting adjustments; an approved one becomes exactly one journal entry."""

from typing import Protocol

from partners.adjustments.errors import AdjustmentDecidedError, UnknownAdjustmentError
from partners.adjustments.model import Adjustment, AdjustmentState
from partners.contracts.model import NETWORK, NO_PLACE
from partners.contracts.service import Contracts
from partners.contracts.two_people import check_second_person
from partners.till.requests import key_hash
from shared.kernel.clock import Clock, month_number
from shared.kernel.ids import digest
from shared.ledger.commands import Adjust
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

    def apply(self, adjustment_id: str, decided_by: str, entry: Entry) -> None: ...

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
        self, operator: str, idempotency_key: str, card_number: str, issuer: str, points: int, reason: str
    ) -> Adjustment:
        """Propose to grant or take points; within ONE_PERSON_LIMIT_POINTS it is applied at once.

        Granted points expire by the issuer's terms of today. The same request again gives the same
        adjustment, whatever has become of card and issuer since, and completes what an outage left half-way. Raises
        InvalidCardNumberError, UnknownCardError, AccountClosedError, UnknownPartnerError, NoTermsInForceError,
        InvalidAdjustmentError, IdempotencyKeyReusedError, InsufficientPointsError, AccountFullError,
        AccountFullTodayError, AccountBusyError; OccurredTooLongAgoError a month after the proposal.
        """
        member = self._members.card(card_number).member
        return self.propose_for_member(operator, idempotency_key, member, issuer, points, reason)

    def propose_for_member(
        self, operator: str, idempotency_key: str, member: str, issuer: str, points: int, reason: str
    ) -> Adjustment:
        """As `propose`, for whoever is behind an entry. Raises likewise, but for what is about cards."""
        adjustment_id = adjustment_id_of(idempotency_key)
        known = self._book.get(adjustment_id)
        if known is None:
            proposed = self._proposed(adjustment_id, operator, member, issuer, points, reason)
            known = proposed if self._book.add(proposed) else self.get(adjustment_id)
        if not known.was_asked_for_by(operator, member, issuer, points, reason):
            raise IdempotencyKeyReusedError(known.entry_id or adjustment_id)
        if known.needs_two or known.state in (AdjustmentState.APPLIED, AdjustmentState.REJECTED):
            return known
        try:
            return self._apply(known, operator)
        except AdjustmentDecidedError:
            return self.get(adjustment_id)

    def approve(self, operator: str, adjustment_id: str) -> Adjustment:
        """Approve another operator's proposal and apply it; again completes what an outage left half-way.

        Raises UnknownAdjustmentError, SecondPersonNeededError, AdjustmentDecidedError (rejected),
        InsufficientPointsError, AccountClosedError, AccountFullError, AccountFullTodayError, AccountBusyError;
        OccurredTooLongAgoError a month after the proposal. What the ledger refuses stays a proposal.
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

    def _proposed(
        self, adjustment_id: str, operator: str, member: str, issuer: str, points: int, reason: str
    ) -> Adjustment:
        """A new proposal, on an account that is open and for an issuer that is under contract."""
        self._contracts.partner(issuer)
        self._ledger.account(member)
        now_ms = self._clock()
        return Adjustment(
            adjustment_id=adjustment_id,
            member=member,
            issuer=issuer,
            points=points,
            expiry_month=month_number(now_ms) + self._contracts.terms_at(issuer, now_ms).expiry_months,
            reason=reason,
            proposed_by=operator,
            proposed_at_ms=now_ms,
        )

    def _apply(self, adjustment: Adjustment, operator: str) -> Adjustment:
        """Write the entry and that it is applied together: so what is rejected has no entry, whoever dies when."""
        adjustment_id = adjustment.adjustment_id

        def commit(entry: Entry) -> None:
            try:
                self._book.apply(adjustment_id, operator, entry)
            except LostRaceError:
                self._refuse_if_rejected(adjustment_id)
                raise

        self._ledger.apply(_command(adjustment), commit=commit)
        return self.get(adjustment_id)

    def _refuse_if_rejected(self, adjustment_id: str) -> None:
        state = self.get(adjustment_id).state
        if state is AdjustmentState.REJECTED:
            raise AdjustmentDecidedError(adjustment_id, state)


def _command(adjustment: Adjustment) -> Adjust:
    return Adjust(
        member=adjustment.member,
        card_issue=None,
        partner=NETWORK,
        location=NO_PLACE,
        receipt=None,
        occurred_at_ms=adjustment.proposed_at_ms,
        key_hash=bytes.fromhex(adjustment.adjustment_id),
        body_hash=digest("adjustment", adjustment.adjustment_id, adjustment.issuer, str(adjustment.points))[:16],
        issuer=adjustment.issuer,
        points=adjustment.points,
        expiry_month=adjustment.expiry_month,
        reason=adjustment.reason,
    )
