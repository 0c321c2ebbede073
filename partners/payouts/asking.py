"""Asking for a payout: by one operator up to a limit, above it with a second one who approves.

The journal has who asked. Beside it stand who approved, and the fingerprint of the bank account that it goes to: that
is of a person, so it is apart, and gone after a while.
"""

from typing import Protocol

from partners.contracts.model import NETWORK
from partners.contracts.payment import PaymentMethod, usual_method
from partners.contracts.two_people import check_second_person
from partners.payouts.errors import (
    MemberAccountNeededError,
    PayoutRequestDecidedError,
    UnknownPayoutRequestError,
)
from partners.payouts.model import ONE_PERSON_LIMIT_CENTS, Asked, Origin, PayoutRequest, RequestState
from partners.payouts.service import Payouts
from partners.till.requests import key_hash
from shared.kernel.clock import Clock, utc_day
from shared.kernel.money import Money
from shared.ledger.commands import Payout
from shared.ledger.errors import IdempotencyKeyReusedError, LostRaceError
from shared.ledger.model import Entry
from shared.members.service import Members


class RequestBook(Protocol):
    """Where requests are kept; see `partners.payouts.request_store.PayoutRequestStore`."""

    def get(self, request_id: str) -> PayoutRequest | None: ...

    def add(self, request: PayoutRequest) -> bool: ...

    def newest(self, before: str | None, limit: int) -> list[PayoutRequest]: ...

    def alone_cents(self, operator: str, day: str, currency: str) -> int: ...

    def pay_alone(self, request: PayoutRequest, entry: Entry, day: str, before_cents: int) -> None: ...

    def apply(self, request: PayoutRequest, decided_by: str, entry: Entry) -> None: ...

    def note_applied(self, request: PayoutRequest, decided_by: str, entry: Entry) -> bool: ...

    def reject(self, request: PayoutRequest, decided_by: str) -> bool: ...

    def origin(self, entry_id: str) -> Origin | None: ...


class _TwoNeeded(Exception):  # noqa: N818  no error: what follows is a proposal
    """One person may not pay this out alone."""


class PayoutRequests:
    """Use cases of asking for payouts. `operator` is the id of an operator. All may raise StoreUnavailableError."""

    def __init__(self, book: RequestBook, payouts: Payouts, members: Members, clock: Clock) -> None:
        self._book = book
        self._payouts = payouts
        self._members = members
        self._clock = clock

    def ask(self, operator: str, idempotency_key: str, card_number: str, cashback: Money, account: str | None) -> Asked:
        """Pay cashback out to the account of a fingerprint, once; or propose it, if two are needed.

        Two are for more than ONE_PERSON_LIMIT_CENTS, and for what brings what the operator has paid out alone on this
        day in this currency above it. The same request again tells what has become of it.

        Raises MemberAccountNeededError, IdempotencyKeyReusedError, and what `Payouts.pay_out` raises.
        """
        card = self._members.card(card_number)
        key = key_hash(NETWORK, idempotency_key)
        asked = PayoutRequest(key.hex(), card.member, card.issue, cashback, account, operator, self._clock())
        known = self._known(asked)
        if known is not None:
            return known
        if account is None and usual_method(cashback.currency) is PaymentMethod.BANK_FILE:
            raise MemberAccountNeededError(cashback.currency)
        try:
            return self._paid_alone(asked)
        except _TwoNeeded:
            return self._known(asked) or self._proposed(asked)

    def approve(self, operator: str, request_id: str) -> Asked:
        """Have it paid out as another operator has asked. Again tells what was paid.

        Raises UnknownPayoutRequestError, SecondPersonNeededError, PayoutRequestDecidedError (rejected), and what
        `Payouts.pay_out` raises of card and account: then it waits still.
        """
        request = self.get(request_id)
        check_second_person(request.asked_by, operator, request_id)
        if request.state is RequestState.REJECTED:
            raise PayoutRequestDecidedError(request_id, request.state)
        if request.state is RequestState.PROPOSED:

            def commit(entry: Entry) -> None:
                try:
                    self._book.apply(request, operator, entry)
                except LostRaceError:
                    self._refuse_if_rejected(request_id)
                    raise

            done = self._payouts.pay(self._command(request), commit)
            if done.replayed and self.get(request_id).state is RequestState.PROPOSED:
                # It was paid by an earlier version, which kept no requests.
                self._book.note_applied(request, operator, done.entry)
        return self._whole(self.get(request_id))

    def reject(self, operator: str, request_id: str) -> Asked:
        """One's own request is taken back, another's refused. Again is a success.

        Raises UnknownPayoutRequestError, PayoutRequestDecidedError (applied).
        """
        request = self.get(request_id)
        if request.state is RequestState.PROPOSED:
            self._book.reject(request, operator)
            request = self.get(request_id)
        if request.state is not RequestState.REJECTED:
            raise PayoutRequestDecidedError(request_id, request.state)
        return Asked(request)

    def get(self, request_id: str) -> PayoutRequest:
        """Raises UnknownPayoutRequestError."""
        found = self._book.get(request_id)
        if found is None:
            raise UnknownPayoutRequestError(request_id)
        return found

    def whole(self, request_id: str) -> Asked:
        """With what was paid. Raises UnknownPayoutRequestError."""
        return self._whole(self.get(request_id))

    def taken_from(self, request: PayoutRequest) -> str:
        """The account that it is taken from: what its payout's id begins with, or would now."""
        if request.entry_id is not None:
            return request.entry_id.partition("-")[0]
        return self._payouts.taken_from(request.member)

    def newest(self, before: str | None, limit: int) -> tuple[list[PayoutRequest], str | None]:
        """Requests that needed two people, newest first, up to `limit` of those that come before a place; and the place
        from which to go on, if there are more.
        """
        found = self._book.newest(before, limit + 1)
        return found[:limit], found[limit - 1].place if len(found) > limit else None

    def origin(self, entry_id: str) -> tuple[Entry, Origin]:
        """A payout: who asked for it, who approved it, and where it goes. Raises UnknownPayoutError."""
        entry = self._payouts.entry(entry_id)
        return entry, self._origin(entry)

    def _origin(self, entry: Entry) -> Origin:
        return self._book.origin(entry.entry_id) or Origin(entry.location)

    def _known(self, asked: PayoutRequest) -> Asked | None:
        """What has become of a request before. Raises IdempotencyKeyReusedError, also if it was another member's."""
        request = self._book.get(asked.request_id)
        if request is not None and request.state is not RequestState.APPLIED:
            if not request.is_of(asked):
                raise IdempotencyKeyReusedError(asked.request_id)
            return Asked(request)
        done = self._payouts.recall(self._command(asked))
        if done is None:
            if request is not None:
                raise IdempotencyKeyReusedError(asked.request_id)
            return None
        known = self._told(done.entry, asked)
        if known.account != asked.account:
            raise IdempotencyKeyReusedError(done.entry.entry_id)
        return Asked(known, done)

    def _paid_alone(self, asked: PayoutRequest) -> Asked:
        cents, currency = asked.cashback.amount_cents, asked.cashback.currency

        def commit(entry: Entry) -> None:
            day = utc_day(entry.recorded_at_ms)
            before = self._book.alone_cents(asked.asked_by, day, currency)
            if before + cents > ONE_PERSON_LIMIT_CENTS or self._book.get(asked.request_id) is not None:
                raise _TwoNeeded
            self._book.pay_alone(asked, entry, day, before)

        done = self._payouts.pay(self._command(asked), commit)
        return Asked(self._told(done.entry, asked), done)

    def _proposed(self, asked: PayoutRequest) -> Asked:
        if self._book.add(asked):
            return Asked(asked)
        known = self._known(asked)
        if known is None:
            raise UnknownPayoutRequestError(asked.request_id)
        return known

    def _whole(self, request: PayoutRequest) -> Asked:
        if request.entry_id is None:
            return Asked(request)
        entry = self._payouts.entry(request.entry_id)
        return Asked(self._told(entry, request), self._payouts.recall(self._command(request)))

    def _told(self, entry: Entry, asked: PayoutRequest) -> PayoutRequest:
        """A request by what it became."""
        origin = self._origin(entry)
        return PayoutRequest(
            asked.request_id,
            asked.member,
            asked.card_issue,
            Money(entry.cashback_cents or 0, entry.currency or ""),
            origin.account,
            origin.asked_by,
            entry.recorded_at_ms,
            RequestState.APPLIED,
            origin.approved_by,
            entry.entry_id,
        )

    def _command(self, request: PayoutRequest) -> Payout:
        key = bytes.fromhex(request.request_id)
        return self._payouts.command(request.asked_by, key, request.member, request.card_issue, request.cashback)

    def _refuse_if_rejected(self, request_id: str) -> None:
        state = self.get(request_id).state
        if state is RequestState.REJECTED:
            raise PayoutRequestDecidedError(request_id, state)
