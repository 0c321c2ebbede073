"""Merging two accounts of one customer, undoing that, and closing an account for good."""

from collections import Counter
from collections.abc import Iterable

from partners.accounts.model import Closed, CloseRequest, Merged, MergeRequest, Unmerged
from partners.contracts.model import NETWORK
from partners.till.requests import PairFields, body_hash, key_hash
from shared.kernel.clock import DAY_MS, Clock
from shared.kernel.money import Money
from shared.ledger.commands import Close, Merge, Unmerge
from shared.ledger.lots import of_unit, total
from shared.ledger.model import POINTS, Entry, Lot, Place
from shared.ledger.pairs import UNMERGE_DAYS
from shared.ledger.service import Ledger
from shared.members.service import Members


class Accounts:
    """Use cases of accounts as a whole. `operator` is the id of the operator's key.

    It stands where a partner's entries have their location, so the journal says who decided. All may raise
    StoreUnavailableError; nothing is half-done.
    """

    def __init__(self, members: Members, ledger: Ledger, clock: Clock) -> None:
        self._members = members
        self._ledger = ledger
        self._clock = clock

    def merge(self, operator: str, idempotency_key: str, request: MergeRequest) -> Merged:
        """Bring two accounts of one customer together: both cards use the second one from now on.

        Raises InvalidCardNumberError, UnknownCardError, AccountClosedError, SameAccountError,
        AccountLinkedError, HouseholdFullError, HoldsOpenError, IdempotencyKeyReusedError,
        AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        applied = self._ledger.apply_pair(Merge(**self._pair("merge", operator, idempotency_key, request)))
        entry = applied.entry
        return Merged(
            entry=entry,
            replayed=applied.replayed,
            points=entry.points,
            points_balance=self._ledger.counterpart(entry).account.points_active,
            reversible_until_ms=entry.recorded_at_ms + UNMERGE_DAYS * DAY_MS,
        )

    def unmerge(self, operator: str, idempotency_key: str, request: MergeRequest) -> Unmerged:
        """Undo a merge within UNMERGE_DAYS, while nothing that it brought has been used.

        Raises InvalidCardNumberError, UnknownCardError, AccountClosedError, SameAccountError, NotLinkedError,
        UnmergeTooLateError, MergedPointsUsedError, IdempotencyKeyReusedError, AccountFullError, AccountFullTodayError,
        AccountBusyError.
        """
        applied = self._ledger.apply_pair(Unmerge(**self._pair("unmerge", operator, idempotency_key, request)))
        account = applied.entry.account
        return Unmerged(applied.entry, applied.replayed, account.points_active, account.points_pending)

    def close(self, operator: str, idempotency_key: str, request: CloseRequest) -> Closed:
        """End an account, and erase the personal data of its member and of those merged into it, in one step.

        The journal stays, without a name to it; the customer may enrol again. What the account owes is
        written off.

        Raises InvalidCardNumberError, UnknownCardError, AccountClosedError, AccountLinkedError,
        HouseholdNotEmptyError, HoldsOpenError, AccountNotEmptyError, IdempotencyKeyReusedError,
        AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        member = self._members.card(request.card_number).member
        asked = {"op": "close", "member": member, "forfeit": request.forfeit, "reason": request.reason}
        command = Close(
            member=member,
            card_issue=None,
            partner=NETWORK,
            location=operator,
            receipt=None,
            occurred_at_ms=self._clock(),
            key_hash=key_hash(NETWORK, idempotency_key),
            body_hash=body_hash(asked),
            reason=request.reason,
            forfeit=request.forfeit,
        )
        applied = self._ledger.apply(command, commit=self._members.close)
        return _closed(applied.entry, applied.replayed)

    def _pair(self, op: str, operator: str, idempotency_key: str, request: MergeRequest) -> PairFields:
        member = self._members.card(request.card_number).member
        other = self._members.card(request.into_card_number).member
        return PairFields(
            member=member,
            card_issue=None,
            other=other,
            other_card_issue=None,
            partner=NETWORK,
            location=operator,
            receipt=None,
            occurred_at_ms=self._clock(),
            key_hash=key_hash(NETWORK, idempotency_key),
            body_hash=body_hash({"op": op, "member": member, "other": other, "reason": request.reason}),
            reason=request.reason,
        )


def _closed(entry: Entry, replayed: bool) -> Closed:
    return Closed(
        entry=entry,
        replayed=replayed,
        points_forfeited=entry.points,
        cashback_forfeited=_by_currency(lot for lot in entry.lots_expired if not entry.had_run_out(lot)),
        points_written_off=total(of_unit(entry.lots_to(Place.DEBT), POINTS)),
        cashback_written_off=_by_currency(entry.lots_to(Place.DEBT)),
    )


def _by_currency(lots: Iterable[Lot]) -> tuple[Money, ...]:
    cashback: Counter[str] = Counter()
    for lot in lots:
        if lot.unit != POINTS:
            cashback[lot.unit] += lot.quantity
    return tuple(Money(cents, currency) for currency, cents in sorted(cashback.items()))
