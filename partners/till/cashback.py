"""Spending cashback at a till: cents of the partner's own currency, taken off a receipt."""

from partners.contracts.life import Act
from partners.till.errors import CurrencyMismatchError
from partners.till.model import CashbackRedeemed, CashbackRequest
from partners.till.requests import (
    TillContracts,
    cashback_balance,
    command_fields,
    may,
    money_of,
    once_permitted,
    open_location,
    rates_of,
    request_of,
)
from shared.kernel.clock import Clock
from shared.ledger.commands import Spend
from shared.ledger.service import Ledger
from shared.members.service import Members


class CashbackTill:
    """The use case of spending cashback. It may raise StoreUnavailableError; nothing is half-done."""

    def __init__(self, contracts: TillContracts, members: Members, ledger: Ledger, clock: Clock) -> None:
        self._contracts = contracts
        self._members = members
        self._ledger = ledger
        self._clock = clock

    def redeem(self, partner_id: str, idempotency_key: str, request: CashbackRequest) -> CashbackRedeemed:
        """Take cashback, whoever granted it, oldest first, once.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError,
        UnknownLocationError, LocationNotOpenError, LocationClosedError, NoTermsInForceError,
        CurrencyMismatchError, InsufficientCashbackError, IdempotencyKeyReusedError, OccurredTooLongAgoError,
        OccurredInFutureError, AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        card = self._members.card(request.card_number)
        fields = command_fields(
            "redeem cashback",
            partner_id,
            idempotency_key,
            request,
            card,
            cents=request.cashback.amount_cents,
            currency=request.cashback.currency,
        )

        def permitted() -> Spend:
            open_location(self._contracts, partner_id, request, self._clock())
            may(self._contracts, partner_id, Act.HONOUR)
            terms = self._contracts.terms_at(partner_id, self._clock())
            if request.cashback.currency != terms.currency:
                raise CurrencyMismatchError(request.cashback.currency, terms.currency)
            return Spend(
                **fields,
                currency=terms.currency,
                cashback_cents=request.cashback.amount_cents,
                rates=rates_of(terms),
            )

        applied = once_permitted(lambda: self._ledger.recall(request_of(fields)), permitted, self._ledger.apply)
        entry = applied.entry
        return CashbackRedeemed(
            entry=entry,
            replayed=applied.replayed,
            cashback=money_of(entry, entry.cashback_cents),
            cashback_balance=cashback_balance(entry),
        )
