"""Undoing at the till: goods come back, a redemption is called off. History stays; these are new entries."""

from collections.abc import Callable

from partners.contracts.life import Act
from partners.till.errors import CancelledUnitMismatchError, CurrencyMismatchError, UnknownEntryError
from partners.till.model import Cancelled, CancelRequest, Returned, ReturnRequest
from partners.till.requests import (
    CommandFields,
    TillContracts,
    cashback_balance,
    command_fields,
    may,
    money_of,
    once_permitted,
    open_location,
    read_entry_id,
    request_of,
)
from shared.kernel.clock import Clock
from shared.kernel.money import Money
from shared.ledger.commands import Cancel, Command, Return
from shared.ledger.errors import BrokenJournalError
from shared.ledger.lots import of_unit, total
from shared.ledger.model import POINTS, Applied, Entry, Op, Place
from shared.ledger.service import Ledger
from shared.program.cashback import cashback_cents_for
from shared.program.earning import EarnRule, propose_points


class Returns:
    """The use cases of undoing. All may raise StoreUnavailableError; nothing is half-done."""

    def __init__(self, contracts: TillContracts, ledger: Ledger, clock: Clock) -> None:
        self._contracts = contracts
        self._ledger = ledger
        self._clock = clock

    def return_goods(self, partner_id: str, idempotency_key: str, request: ReturnRequest) -> Returned:
        """Take back what the returned part of your purchase earned, by the rule it earned by.

        Any number of partial returns takes exactly what one return of their sum would. Points come from
        this purchase's pending points, then its own lot, then your newest lots at this member; what was
        spent already becomes the member's debt to you, which your next points repay.

        Raises UnknownEntryError, UnknownLocationError, LocationNotOpenError, LocationClosedError,
        CurrencyMismatchError, NotAPurchaseError, ReturnExceedsPurchaseError, IdempotencyKeyReusedError,
        OccurredTooLongAgoError, OccurredInFutureError, AccountClosedError, AccountFullError, AccountFullTodayError,
        AccountBusyError.
        """
        return self._return(partner_id, idempotency_key, request, imported=False)

    def import_return(self, partner_id: str, idempotency_key: str, request: ReturnRequest) -> Returned:
        """Take back what `return_goods` would have taken in time, once, for a return of any age; for the operator.

        It is the same request, and compared with the member's whole history, so this is not for a till's path.
        Raises what `return_goods` raises but for OccurredTooLongAgoError; LocationNotOpenError or
        LocationClosedError if the location was not open when it happened.
        """
        return self._return(partner_id, idempotency_key, request, imported=True)

    def _return(self, partner_id: str, idempotency_key: str, request: ReturnRequest, *, imported: bool) -> Returned:
        purchase, head = self._own_entry(partner_id, request.purchase_id)
        fields = command_fields(
            "return",
            partner_id,
            idempotency_key,
            request,
            purchase.member,
            purchase=purchase.entry_id,
            cents=request.amount_cents,
            currency=request.currency,
        )

        def permitted() -> Return:
            open_location(self._contracts, partner_id, request, request.occurred_at_ms if imported else self._clock())
            may(self._contracts, partner_id, Act.UNDO)
            if request.currency not in (None, purchase.currency):
                raise CurrencyMismatchError(request.currency or "", purchase.currency or "")
            return Return(
                **fields,
                purchase=purchase,
                amount_cents=request.amount_cents,
                points_for=points_earned_by(purchase),
                cashback_for=cashback_earned_by(purchase),
                imported=imported,
            )

        applied = self._once(fields, permitted, head, any_age=imported)
        entry = applied.entry
        owed = total(of_unit(entry.lots_from(Place.DEBT), POINTS))
        cashback_owed = total(of_unit(entry.lots_from(Place.DEBT), purchase.currency or ""))
        return Returned(
            entry=entry,
            replayed=applied.replayed,
            total=money_of(entry, entry.amount_cents),
            points_taken_back=entry.points - owed,
            points_owed=owed,
            points_balance=entry.account.points_active,
            cashback_taken_back=money_of(entry, (entry.cashback_cents or 0) - cashback_owed),
            cashback_owed=money_of(entry, cashback_owed),
            cashback_balance=cashback_balance(entry),
        )

    def cancel_redemption(self, partner_id: str, idempotency_key: str, request: CancelRequest) -> Cancelled:
        """Give points or cashback of your redemption back to the lots they came from.

        What has expired since stays expired. Of a part, what was taken last comes back first.

        Raises UnknownEntryError, UnknownLocationError, LocationNotOpenError, LocationClosedError,
        NotARedemptionError, CancelledUnitMismatchError, CurrencyMismatchError, CancelExceedsRedemptionError,
        IdempotencyKeyReusedError, OccurredTooLongAgoError, OccurredInFutureError, AccountClosedError,
        AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        redemption, head = self._own_entry(partner_id, request.redemption_id)
        fields = command_fields(
            "cancel",
            partner_id,
            idempotency_key,
            request,
            redemption.member,
            redemption=redemption.entry_id,
            points=request.points,
            cashback=request.cashback.amount_cents if request.cashback else None,
            currency=request.cashback.currency if request.cashback else None,
        )

        def permitted() -> Cancel:
            open_location(self._contracts, partner_id, request, self._clock())
            may(self._contracts, partner_id, Act.UNDO)
            return Cancel(**fields, redemption=redemption, quantity=_quantity(redemption, request))

        applied = self._once(fields, permitted, head)
        return _cancelled(applied.entry, applied.replayed)

    def _once(
        self, fields: CommandFields, permitted: Callable[[], Command], head: Entry | None, *, any_age: bool = False
    ) -> Applied:
        return once_permitted(
            lambda: self._ledger.recall(request_of(fields), any_age=any_age),
            permitted,
            lambda command: self._ledger.apply(command, head=head),
        )

    def _own_entry(self, partner_id: str, entry_id: str) -> tuple[Entry, Entry | None]:
        """The entry, and its member's last one if it was read with it."""
        member, seq = read_entry_id(entry_id)
        entry, head = self._ledger.entry_and_head(member, seq)
        if entry is None or entry.partner != partner_id:
            raise UnknownEntryError(entry_id)
        return entry, head


def points_earned_by(purchase: Entry) -> Callable[[int], int]:
    """What cents earn by the rule of a purchase; asking raises BrokenJournalError if it says none."""

    def points_for(cents: int) -> int:
        if purchase.rates is None or purchase.currency is None:
            raise BrokenJournalError(f"{purchase.entry_id} says no rates")
        rule = EarnRule(purchase.rates.earn_points, purchase.rates.earn_per_cents)
        return propose_points(rule, Money(cents, purchase.currency)).points

    return points_for


def cashback_earned_by(purchase: Entry) -> Callable[[int], int]:
    """What cents earn in cents of cashback by the rule of a purchase."""
    rates = purchase.rates
    return lambda cents: cashback_cents_for(rates.cashback_bps, cents) if rates else 0


def _quantity(redemption: Entry, request: CancelRequest) -> int | None:
    """How much of the redemption's own unit is asked for."""
    if redemption.op is Op.SPEND and request.points is not None:
        raise CancelledUnitMismatchError(redemption.entry_id, "cashback")
    if redemption.op in (Op.REDEEM, Op.CAPTURE) and request.cashback is not None:
        raise CancelledUnitMismatchError(redemption.entry_id, "points")
    if request.cashback is None:
        return request.points
    if request.cashback.currency != redemption.currency:
        raise CurrencyMismatchError(request.cashback.currency, redemption.currency or "")
    return request.cashback.amount_cents


def _cancelled(entry: Entry, replayed: bool) -> Cancelled:
    given_back = [move for move in entry.moves if move.source is Place.ACCEPTOR]
    lapsed = total(tuple(move.lot for move in given_back if move.target is Place.BREAKAGE))
    points_lapsed, cents_lapsed = (lapsed, 0) if entry.cashback_cents is None else (0, lapsed)
    return Cancelled(
        entry=entry,
        replayed=replayed,
        points_restored=entry.points - points_lapsed,
        points_lapsed=points_lapsed,
        points_balance=entry.account.points_active,
        value=money_of(entry, entry.value_cents),
        cashback_restored=money_of(entry, (entry.cashback_cents or 0) - cents_lapsed),
        cashback_lapsed=money_of(entry, cents_lapsed),
        cashback_balance=cashback_balance(entry),
    )
