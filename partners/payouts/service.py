"""Paying cashback out, and taking that back when the bank returns the money.

The journal entry is the instruction and the network's obligation: the money itself moves elsewhere.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from partners.contracts.model import NETWORK
from partners.payouts.errors import PayoutReversedError, UnknownPayoutError
from partners.payouts.model import PaidOut
from partners.till.errors import UnknownEntryError
from partners.till.requests import body_hash, cashback_balance, key_hash, money_of, read_entry_id
from shared.kernel.clock import Clock
from shared.kernel.money import Money
from shared.ledger.commands import Cancel, Payout
from shared.ledger.errors import (
    AccountBusyError,
    AccountClosedError,
    AccountFullError,
    AccountFullTodayError,
    CancelExceedsRedemptionError,
)
from shared.ledger.model import Applied, Entry, Op
from shared.ledger.service import Ledger
from shared.members.service import Members

SETTLEMENT = "settlement"
"""Stands for the operator where a settlement gives cashback back."""


class Payouts:
    """Use cases of payouts. `minimum_cents` is the least to pay out, in every currency.

    `operator` is the id of the operator's key; it stands where a partner's entries have their location.
    All may raise StoreUnavailableError; nothing is half-done.
    """

    def __init__(self, members: Members, ledger: Ledger, clock: Clock, minimum_cents: int) -> None:
        self._members = members
        self._ledger = ledger
        self._clock = clock
        self._minimum_cents = minimum_cents

    def pay_out(self, operator: str, idempotency_key: str, card_number: str, cashback: Money) -> PaidOut:
        """Take cashback off a card to be paid out in money, oldest first, once.

        A closed account has what `reverse` brought back to it, and of that any amount may be paid out again.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, PayoutBelowMinimumError,
        InsufficientCashbackError, CashbackOwedError, IdempotencyKeyReusedError, AccountClosedError,
        AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        card = self._members.card(card_number)
        key = key_hash(NETWORK, idempotency_key)
        return self.pay(self.command(operator, key, card.member, card.issue, cashback))

    def command(self, operator: str, key: bytes, member: str, card_issue: int, cashback: Money) -> Payout:
        """What the ledger is asked for, under the hash of a key; happening now."""
        asked = {
            "op": "pay out",
            "member": member,
            "card_issue": card_issue,
            "cents": cashback.amount_cents,
            "currency": cashback.currency,
        }
        return Payout(
            **self._fields(operator, member, key, asked),
            card_issue=card_issue,
            currency=cashback.currency,
            cashback_cents=cashback.amount_cents,
            minimum_cents=self._minimum_cents,
        )

    def pay(self, command: Payout, commit: Callable[[Entry], None] | None = None) -> PaidOut:
        """As `pay_out`, of a card that is known. `commit` is as in `Ledger.apply`."""
        return _paid_out(self._ledger.apply(command, commit))

    def recall(self, command: Payout) -> PaidOut | None:
        """What this very request paid out before. Raises IdempotencyKeyReusedError."""
        done = self._ledger.recall(command)
        return None if done is None else _paid_out(done)

    def reverse(
        self, operator: str, idempotency_key: str, payout_id: str, commit: Callable[[Entry], None] | None = None
    ) -> PaidOut:
        """Give all cashback of a payout back to where it came from, once: nobody was paid it, or the bank has it back.

        After a merge that is the account which answers now. A closed account stays closed and gets it back all the
        same: it is the customer's, and the network owes it until it is paid out again.
        `commit` is as in `Ledger.apply`.

        Raises UnknownPayoutError, PayoutReversedError, IdempotencyKeyReusedError, AccountFullError,
        AccountFullTodayError, AccountBusyError.
        """
        payout = self.entry(payout_id)
        asked = {"op": "reverse payout", "payout": payout_id}
        command = Cancel(
            **self._fields(operator, payout.member, key_hash(NETWORK, idempotency_key), asked),
            card_issue=None,
            redemption=payout,
            quantity=None,
        )
        try:
            return _paid_out(self._ledger.apply(command, commit))
        except CancelExceedsRedemptionError:
            raise PayoutReversedError(payout_id) from None

    def is_reversed(self, payout_id: str) -> bool:
        """Whether the cashback of a payout was given back. Raises UnknownPayoutError."""
        self.entry(payout_id)
        return payout_id in self.reversed_among([payout_id])

    def reversed_among(self, payout_ids: Iterable[str]) -> set[str]:
        """Those whose cashback was given back, of entries that are known to be payouts: a read for each account.

        Raises UnknownPayoutError for an id that no entry can have.
        """
        by_member: defaultdict[str, list[int]] = defaultdict(list)
        for payout_id in payout_ids:
            member, seq = _read(payout_id)
            by_member[member].append(seq)
        return {f"{member}-{seq}" for member, seqs in by_member.items() for seq in self._reversed_of(member, seqs)}

    def _reversed_of(self, member: str, seqs: list[int]) -> list[int]:
        try:
            account = self._ledger.account(member, consistent=True)
        except AccountClosedError:
            # The state of a closed account is told to nobody; its history has it.
            reversed_ids = self._reversed_in_history(member)
            return [seq for seq in seqs if f"{member}-{seq}" in reversed_ids]
        return [seq for seq in seqs if account.undone_at(member, seq) > 0]

    def give_back(self, payout_id: str, idempotency_key: str) -> bool:
        """Reverse a payout that a settlement could not pay; False if that has to be tried again later.

        Where it was reversed before, there is nothing left to do. Raises UnknownPayoutError.
        """
        try:
            self.reverse(SETTLEMENT, idempotency_key, payout_id)
        except PayoutReversedError:
            return True
        except (AccountBusyError, AccountFullError, AccountFullTodayError):
            return False
        return True

    def taken_from(self, member: str) -> str:
        """The account that a payout of the member's card would be taken from now; its id will begin so."""
        return self._ledger.answers_for(member)

    def entry(self, payout_id: str) -> Entry:
        """The payout itself. Raises UnknownPayoutError."""
        payout = self._ledger.entry(*_read(payout_id))
        if payout is None or payout.op is not Op.PAYOUT:
            raise UnknownPayoutError(payout_id)
        return payout

    def _reversed_in_history(self, member: str) -> set[str | None]:
        """What was cancelled, payouts among it. Whoever answered for the account may have the reversal."""
        history = list(self._ledger.history(member))
        leaders = {entry.account.follows for entry in history if entry.account.follows}
        theirs = (entry for leader in sorted(leaders) for entry in self._ledger.history(leader))
        return {entry.refers_to for entry in (*history, *theirs) if entry.op is Op.CANCEL}

    def _fields(self, operator: str, member: str, key: bytes, asked: Mapping[str, object]) -> dict[str, Any]:
        """What both commands carry. They happen now."""
        return {
            "member": member,
            "partner": NETWORK,
            "location": operator,
            "receipt": None,
            "occurred_at_ms": self._clock(),
            "key_hash": key,
            "body_hash": body_hash(asked),
        }


def _read(payout_id: str) -> tuple[str, int]:
    try:
        return read_entry_id(payout_id)
    except UnknownEntryError:
        raise UnknownPayoutError(payout_id[:40]) from None


def _paid_out(applied: Applied) -> PaidOut:
    entry = applied.entry
    return PaidOut(entry, applied.replayed, money_of(entry, entry.cashback_cents), cashback_balance(entry))
