"""Enrol, quote, purchase, redeem, look up: the use cases of a partner's till.

Every call takes the caller's partner id first. It comes from the caller's API key, never from the
request, and limits what the call can name: locations are looked up among the partner's own.
"""

import json
from collections.abc import Mapping
from typing import Protocol

from partners.contracts.model import Location, Terms
from partners.till.errors import CurrencyMismatchError, InvalidIdempotencyKeyError, RedemptionTooSmallError
from partners.till.model import (
    CardView,
    Enrolled,
    EnrolRequest,
    Purchased,
    PurchaseRequest,
    Quote,
    Redeemed,
    RedeemRequest,
)
from shared.kernel.clock import Clock, last_day_of_month, month_number
from shared.kernel.ids import digest
from shared.kernel.money import Money
from shared.ledger.commands import Earn, Redeem
from shared.ledger.errors import BrokenJournalError, CardReplacedError
from shared.ledger.fingerprints import LATE_LIMIT_MS
from shared.ledger.lots import expire
from shared.ledger.model import Account, Entry, Rates
from shared.ledger.service import Ledger
from shared.members.card import Card
from shared.members.service import Enrolment, Members
from shared.program.earning import EarnRule, Proposal, propose_points, value_of_points

LONGEST_KEY = 64
HASH_BYTES = 16


class TillContracts(Protocol):
    """What the till asks of contracts; see `partners.contracts.service.Contracts`."""

    def location(self, partner_id: str, location_id: str) -> Location: ...

    def terms_at(self, partner_id: str, at_ms: int) -> Terms: ...


class Till:
    """The use cases of one partner's till. All may raise StoreUnavailableError; nothing is half-done."""

    def __init__(self, contracts: TillContracts, members: Members, ledger: Ledger, clock: Clock) -> None:
        self._contracts = contracts
        self._members = members
        self._ledger = ledger
        self._clock = clock

    def enrol(self, partner_id: str, idempotency_key: str, request: EnrolRequest) -> Enrolled:
        """Make the customer a member with a card.

        Raises UnknownLocationError and what `Members.enrol` raises.
        """
        self._contracts.location(partner_id, request.location_id)
        asked = {
            "contact": request.contact,
            "location": request.location_id,
            "receipt": request.receipt,
            "occurred_at": request.occurred_at_ms,
        }
        applied = self._members.enrol(
            Enrolment(
                contact=request.contact,
                partner=partner_id,
                location=request.location_id,
                receipt=request.receipt,
                occurred_at_ms=request.occurred_at_ms,
                key_hash=_key_hash(partner_id, idempotency_key),
                body=_canonical(asked),
            )
        )
        return Enrolled(self._members.card_number(applied.entry), applied.entry, applied.replayed)

    def quote(self, partner_id: str, request: PurchaseRequest) -> Quote:
        """What `purchase` would grant for the same request now; writes nothing.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, UnknownLocationError,
        NoTermsInForceError, CurrencyMismatchError.
        """
        card = self._members.card(request.card_number)
        self._contracts.location(partner_id, request.location_id)
        terms = self._terms(partner_id, request.occurred_at_ms)
        self._open_account(card)
        proposal = _proposal(terms, request)
        return Quote(proposal.points, proposal.explanation)

    def purchase(self, partner_id: str, idempotency_key: str, request: PurchaseRequest) -> Purchased:
        """Grant the points that the partner's terms give for a purchase, once.

        Raises what `quote` raises, ReceiptAlreadyRecordedError, IdempotencyKeyReusedError,
        OccurredTooLongAgoError, OccurredInFutureError, AccountBusyError.
        """
        card = self._members.card(request.card_number)
        self._contracts.location(partner_id, request.location_id)
        terms = self._terms(partner_id, request.occurred_at_ms)
        proposal = _proposal(terms, request)
        asked = {
            "amount": [request.amount_cents, request.currency],
            "location": request.location_id,
            "member": [card.member, card.issue],
            "occurred_at": request.occurred_at_ms,
            "op": "purchase",
            "receipt": request.receipt,
        }
        applied = self._ledger.apply(
            Earn(
                member=card.member,
                card_issue=card.issue,
                partner=partner_id,
                location=request.location_id,
                receipt=request.receipt,
                occurred_at_ms=request.occurred_at_ms,
                key_hash=_key_hash(partner_id, idempotency_key),
                body_hash=_body_hash(asked),
                currency=request.currency,
                amount_cents=request.amount_cents,
                points=proposal.points,
                expiry_month=month_number(request.occurred_at_ms) + terms.expiry_months,
                rates=_rates(terms),
            )
        )
        return _purchased(applied.entry, applied.replayed)

    def redeem(self, partner_id: str, idempotency_key: str, request: RedeemRequest) -> Redeemed:
        """Take points, whoever issued them, and say what the till gives for them, once.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, UnknownLocationError,
        NoTermsInForceError, RedemptionTooSmallError, InsufficientPointsError, IdempotencyKeyReusedError,
        OccurredTooLongAgoError, OccurredInFutureError, AccountBusyError.
        """
        card = self._members.card(request.card_number)
        self._contracts.location(partner_id, request.location_id)
        terms = self._terms(partner_id, request.occurred_at_ms)
        value = value_of_points(request.points, terms.redeem_price_micros, terms.currency)
        if value.amount_cents == 0:
            raise RedemptionTooSmallError(request.points)
        asked = {
            "location": request.location_id,
            "member": [card.member, card.issue],
            "occurred_at": request.occurred_at_ms,
            "op": "redeem",
            "points": request.points,
            "receipt": request.receipt,
        }
        applied = self._ledger.apply(
            Redeem(
                member=card.member,
                card_issue=card.issue,
                partner=partner_id,
                location=request.location_id,
                receipt=request.receipt,
                occurred_at_ms=request.occurred_at_ms,
                key_hash=_key_hash(partner_id, idempotency_key),
                body_hash=_body_hash(asked),
                currency=terms.currency,
                points=request.points,
                value_cents=value.amount_cents,
                rates=_rates(terms),
            )
        )
        entry = applied.entry
        given = Money(entry.value_cents or 0, entry.currency or terms.currency)
        return Redeemed(entry, applied.replayed, entry.account.points_active, given)

    def card(self, partner_id: str, card_number: str) -> CardView:
        """A member's points now. Every partner sees the same: the balance is shared, its origin is not.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError.
        """
        del partner_id  # the balance does not depend on who asks; the entries do
        card = self._members.card(card_number)
        _, valid = expire(self._open_account(card).lots, month_number(self._clock()))
        by_month: dict[int, int] = {}
        for lot in valid:
            by_month[lot.expiry_month] = by_month.get(lot.expiry_month, 0) + lot.points
        expiring = tuple((points, last_day_of_month(month)) for month, points in by_month.items())
        return CardView(card_number.replace(" ", ""), sum(by_month.values()), expiring)

    def card_entries(
        self, partner_id: str, card_number: str, before_seq: int | None, limit: int
    ) -> tuple[list[Entry], int | None]:
        """The partner's own entries on a card, newest first: (entries, where to go on or None at the end).

        Reads `limit` entries of the member and keeps the partner's, so a page may be short or empty
        before the end. Raises InvalidCardNumberError, UnknownCardError, CardReplacedError.
        """
        card = self._members.card(card_number)
        if before_seq is None:
            self._open_account(card)
        read = self._ledger.newest_first(card.member, before_seq=before_seq, limit=limit)
        own = [entry for entry in read if entry.partner == partner_id]
        go_on = read[-1].seq if read and read[-1].seq > 1 else None
        return own, go_on

    def _terms(self, partner_id: str, occurred_at_ms: int) -> Terms:
        """The terms in force when it happened; the ledger refuses what lies before its late limit."""
        return self._contracts.terms_at(partner_id, max(occurred_at_ms, self._clock() - LATE_LIMIT_MS))

    def _open_account(self, card: Card) -> Account:
        account = self._ledger.account(card.member)
        if account.card_issue != card.issue:
            raise CardReplacedError
        return account


def _proposal(terms: Terms, request: PurchaseRequest) -> Proposal:
    if request.currency != terms.currency:
        raise CurrencyMismatchError(request.currency, terms.currency)
    rule = EarnRule(terms.earn_points, terms.earn_per_cents)
    return propose_points(rule, Money(request.amount_cents, request.currency))


def _purchased(entry: Entry, replayed: bool) -> Purchased:
    """The answer as a function of the entry alone, so that a replay repeats the first one."""
    if entry.rates is None or entry.amount_cents is None or entry.currency is None:
        raise BrokenJournalError(f"{entry.entry_id} is no purchase")
    rule = EarnRule(entry.rates.earn_points, entry.rates.earn_per_cents)
    proposal = propose_points(rule, Money(entry.amount_cents, entry.currency))
    expires_on = last_day_of_month(entry.lots_moved[0].expiry_month) if entry.lots_moved else None
    return Purchased(entry, replayed, entry.account.points_active, proposal.explanation, expires_on)


def _rates(terms: Terms) -> Rates:
    return Rates(
        terms_version=terms.version,
        earn_points=terms.earn_points,
        earn_per_cents=terms.earn_per_cents,
        issue_price_micros=terms.issue_price_micros,
        redeem_price_micros=terms.redeem_price_micros,
    )


def _key_hash(partner_id: str, idempotency_key: str) -> bytes:
    printable = idempotency_key.isascii() and idempotency_key.isprintable() and " " not in idempotency_key
    if not (printable and 1 <= len(idempotency_key) <= LONGEST_KEY):
        raise InvalidIdempotencyKeyError(LONGEST_KEY)
    return digest("key", partner_id, idempotency_key)[:HASH_BYTES]


def _body_hash(asked: Mapping[str, object]) -> bytes:
    return digest("body", _canonical(asked).decode())[:HASH_BYTES]


def _canonical(asked: Mapping[str, object]) -> bytes:
    return json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()
