"""Enrol, quote, purchase, redeem, look up: the use cases of a partner's till.

What belongs to a partner is asked for with the caller's partner id first. It comes from the caller's API key,
never from the request, and limits what the call can name: locations are looked up among the partner's own.
"""

from collections.abc import Callable

from partners.contracts.life import Act
from partners.contracts.model import Terms, cashback_expiry_month
from partners.till.errors import CurrencyMismatchError
from partners.till.model import (
    CardView,
    CashbackView,
    Enrolled,
    EnrolRequest,
    Purchased,
    PurchaseRequest,
    Quote,
    Redeemed,
    RedeemRequest,
)
from partners.till.requests import (
    TillContracts,
    canonical,
    cashback_balance,
    check_in_time,
    check_receipt,
    command_fields,
    key_hash,
    late_limit_ms,
    may,
    may_grant,
    money_of,
    once_permitted,
    open_location,
    rates_of,
    read_entry_id,
    redeemable_value,
    request_of,
    terms_then,
)
from shared.kernel.clock import DAY_MS, Clock, last_day_of_month, month_number
from shared.kernel.money import Money
from shared.ledger.commands import Earn, Redeem
from shared.ledger.errors import BrokenJournalError
from shared.ledger.lots import of_unit
from shared.ledger.model import NEVER, POINTS, Account, Entry, Lot, Place, Rates
from shared.ledger.passing_time import pass_time
from shared.ledger.service import Ledger
from shared.members.card import Card
from shared.members.service import Enrolment, Members
from shared.program.cashback import cashback_cents_for, explain_cashback
from shared.program.earning import EarnRule, propose_points


class Till:
    """The use cases of one partner's till. All may raise StoreUnavailableError; nothing is half-done."""

    def __init__(self, contracts: TillContracts, members: Members, ledger: Ledger, clock: Clock) -> None:
        self._contracts = contracts
        self._members = members
        self._ledger = ledger
        self._clock = clock

    def enrol(self, partner_id: str, idempotency_key: str, request: EnrolRequest) -> Enrolled:
        """Make the customer a member with a card.

        Raises InvalidReceiptError, InvalidIdempotencyKeyError, UnknownLocationError, LocationNotOpenError,
        LocationClosedError and what `Members.enrol` raises.
        """
        check_receipt(request.receipt)
        asked = {
            "contact": request.contact,
            "location": request.location_id,
            "receipt": request.receipt,
            "occurred_at": request.occurred_at_ms,
        }
        enrolment = Enrolment(
            contact=request.contact,
            partner=partner_id,
            location=request.location_id,
            receipt=request.receipt,
            occurred_at_ms=request.occurred_at_ms,
            key_hash=key_hash(partner_id, idempotency_key),
            body=canonical(asked),
        )

        def check() -> None:
            open_location(self._contracts, partner_id, request, self._clock())
            may(self._contracts, partner_id, Act.ISSUE)

        applied = once_permitted(
            lambda: self._members.recall(enrolment), check, lambda _: self._members.enrol(enrolment)
        )
        return Enrolled(self._members.card_number(applied.entry), applied.entry, applied.replayed)

    def quote(self, partner_id: str, request: PurchaseRequest) -> Quote:
        """What `purchase` would grant for the same request now; writes nothing.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError,
        UnknownLocationError, LocationNotOpenError, LocationClosedError, NoTermsInForceError,
        CurrencyMismatchError, OccurredTooLongAgoError, OccurredInFutureError, PartnerNotActiveError,
        PartnerWasSuspendedError, FundingExhaustedError.
        """
        card = self._members.card(request.card_number)
        open_location(self._contracts, partner_id, request, self._clock())
        may_grant(self._contracts, partner_id, request.occurred_at_ms)
        terms = terms_then(self._contracts, partner_id, request.occurred_at_ms, self._clock())
        check_in_time(terms, request.occurred_at_ms, self._clock())
        self._open_account(card)
        return _proposed(rates_of(terms), _paid(terms, request))

    def purchase(self, partner_id: str, idempotency_key: str, request: PurchaseRequest) -> Purchased:
        """Grant the points and the cashback that the partner's terms give for a purchase, once.

        Raises what `quote` raises, ReceiptAlreadyRecordedError, IdempotencyKeyReusedError,
        AccountFullError, AccountFullTodayError, AccountBusyError.
        """

        def terms() -> Terms:
            open_location(self._contracts, partner_id, request, self._clock())
            may_grant(self._contracts, partner_id, request.occurred_at_ms)
            return terms_then(self._contracts, partner_id, request.occurred_at_ms, self._clock())

        return self._earn(partner_id, idempotency_key, request, terms)

    def import_purchase(
        self, partner_id: str, idempotency_key: str, request: PurchaseRequest, *, within_funding: bool = False
    ) -> Purchased:
        """Grant what `purchase` would have granted in time, once, for a purchase of any age; for the operator.

        It is the same request: what the partner has sent under this key is answered again and not recorded
        twice, whoever sends it first. That and the receipt are compared with the member's whole history, so
        this is not for a till's path. Raises what `purchase` raises but for OccurredTooLongAgoError;
        LocationNotOpenError or LocationClosedError if the location was not open when it happened,
        PartnerWasSuspendedError if the partner was suspended then; FundingExhaustedError only if `within_funding`.
        """

        def terms() -> Terms:
            open_location(self._contracts, partner_id, request, request.occurred_at_ms)
            may(self._contracts, partner_id, Act.IMPORT)
            self._contracts.check_not_suspended(partner_id, request.occurred_at_ms)
            if within_funding:
                self._contracts.check_funding(partner_id)
            return self._contracts.terms_at(partner_id, request.occurred_at_ms)

        return self._earn(partner_id, idempotency_key, request, terms, imported=True)

    def redeem(self, partner_id: str, idempotency_key: str, request: RedeemRequest) -> Redeemed:
        """Take points, whoever issued them, and say what the till gives for them, once.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError,
        UnknownLocationError, LocationNotOpenError, LocationClosedError, NoTermsInForceError,
        RedemptionTooSmallError, InsufficientPointsError, IdempotencyKeyReusedError, OccurredTooLongAgoError,
        OccurredInFutureError, AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        card = self._members.card(request.card_number)
        fields = command_fields("redeem", partner_id, idempotency_key, request, card, points=request.points)

        def permitted() -> Redeem:
            open_location(self._contracts, partner_id, request, self._clock())
            may(self._contracts, partner_id, Act.HONOUR)
            terms = self._contracts.terms_at(partner_id, self._clock())
            value = redeemable_value(terms, request.points)
            return Redeem(
                **fields,
                currency=terms.currency,
                points=request.points,
                value_cents=value.amount_cents,
                rates=rates_of(terms),
            )

        applied = once_permitted(lambda: self._ledger.recall(request_of(fields)), permitted, self._ledger.apply)
        entry = applied.entry
        return Redeemed(entry, applied.replayed, entry.account.points_active, money_of(entry, entry.value_cents))

    def card(self, partner_id: str, card_number: str) -> CardView:
        """A member's points and cashback now. Every partner sees the same: the balance is shared, its origin is not.

        Raises PartnerNotActiveError (who does not trade yet, or not any more, has no customers to look up),
        InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError.
        """
        may(self._contracts, partner_id, Act.LOOK_UP)
        card = self._members.card(card_number)
        account, _ = pass_time(self._open_account(card), self._clock())
        return CardView(
            card_number=card_number.replace(" ", ""),
            points_balance=account.points_active,
            points_pending=account.points_pending,
            points_held=account.points_held,
            points_owed=account.points_owed,
            expiring=_expiring(account.lots),
            cashback=tuple(_cashback(account, currency) for currency in account.currencies),
            shared_with=len(account.followers),
        )

    def card_entries(
        self, partner_id: str, card_number: str, before: str | None, limit: int
    ) -> tuple[list[Entry], str | None]:
        """The partner's own entries in the account that answers for a card, newest first.

        Those before entry `before` (None: the newest), and where to go on or None at the end. Reads `limit`
        entries of the account and keeps the partner's, so a page may be short or empty before the end. Raises
        InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError.
        """
        card = self._members.card(card_number)
        member, before_seq = (self._open_account(card).member, None) if before is None else read_entry_id(before)
        read = self._ledger.newest_first(member, before_seq=before_seq, limit=limit)
        own = [entry for entry in read if entry.partner == partner_id]
        go_on = read[-1].entry_id if read and read[-1].seq > 1 else None
        return own, go_on

    def _earn(
        self,
        partner_id: str,
        idempotency_key: str,
        request: PurchaseRequest,
        terms_in_force: Callable[[], Terms],
        *,
        imported: bool = False,
    ) -> Purchased:
        card = self._members.card(request.card_number)
        fields = command_fields(
            "purchase",
            partner_id,
            idempotency_key,
            request,
            card,
            cents=request.amount_cents,
            currency=request.currency,
        )

        def permitted() -> Earn:
            terms = terms_in_force()
            rates = rates_of(terms)
            proposed = _proposed(rates, _paid(terms, request))
            return Earn(
                **fields,
                currency=request.currency,
                amount_cents=request.amount_cents,
                points=proposed.points,
                expiry_month=month_number(request.occurred_at_ms) + terms.expiry_months,
                rates=rates,
                cashback_cents=proposed.cashback.amount_cents,
                cashback_expiry_month=cashback_expiry_month(terms, request.occurred_at_ms),
                matures_at_ms=request.occurred_at_ms + terms.waiting_days * DAY_MS if terms.waiting_days else None,
                late_limit_ms=late_limit_ms(terms),
                imported=imported,
            )

        applied = once_permitted(
            lambda: self._ledger.recall(request_of(fields), any_age=imported), permitted, self._ledger.apply
        )
        return _purchased(applied.entry, applied.replayed)

    def _open_account(self, card: Card) -> Account:
        return self._ledger.account(card.member, card.issue)


def _paid(terms: Terms, request: PurchaseRequest) -> Money:
    if request.currency != terms.currency:
        raise CurrencyMismatchError(request.currency, terms.currency)
    return Money(request.amount_cents, request.currency)


def _proposed(rates: Rates, paid: Money) -> Quote:
    proposal = propose_points(EarnRule(rates.earn_points, rates.earn_per_cents), paid)
    cashback_cents = cashback_cents_for(rates.cashback_bps, paid.amount_cents)
    explanation = (*proposal.explanation, *explain_cashback(rates.cashback_bps, paid))
    return Quote(proposal.points, Money(cashback_cents, paid.currency), explanation)


def _purchased(entry: Entry, replayed: bool) -> Purchased:
    """The answer as a function of the entry alone, so that a replay repeats the first one."""
    if entry.rates is None or entry.amount_cents is None or entry.currency is None:
        raise BrokenJournalError(f"{entry.entry_id} is no purchase")
    proposed = _proposed(entry.rates, Money(entry.amount_cents, entry.currency))
    pending = [one for one in entry.account.pending if (one.owner, one.purchase_seq) == (None, entry.seq)]
    granted = entry.lots_from(Place.ISSUER)
    return Purchased(
        entry=entry,
        replayed=replayed,
        points_balance=entry.account.points_active,
        cashback=money_of(entry, entry.cashback_cents or 0),
        cashback_balance=cashback_balance(entry),
        explanation=proposed.explanation,
        expires_on=_last_day(of_unit(granted, POINTS)),
        cashback_expires_on=_last_day(of_unit(granted, entry.currency)),
        pending_until_ms=pending[0].matures_at_ms if pending else None,
    )


def _last_day(granted: tuple[Lot, ...]) -> str | None:
    """On which what a purchase granted can be spent; None if that is nothing, or never expires."""
    return last_day_of_month(granted[0].expiry_month) if granted and granted[0].expiry_month != NEVER else None


def _expiring(lots: tuple[Lot, ...]) -> tuple[tuple[int, str], ...]:
    by_month: dict[int, int] = {}
    for lot in lots:
        if lot.expiry_month != NEVER:
            by_month[lot.expiry_month] = by_month.get(lot.expiry_month, 0) + lot.quantity
    return tuple((quantity, last_day_of_month(month)) for month, quantity in by_month.items())


def _cashback(account: Account, currency: str) -> CashbackView:
    return CashbackView(
        expiring=_expiring(of_unit(account.cash, currency)),
        balance=Money(account.cash_active(currency), currency),
        pending=Money(account.cash_pending(currency), currency),
        owed=Money(account.cash_owed(currency), currency),
    )
