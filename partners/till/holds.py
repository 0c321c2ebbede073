"""Redeeming in two steps: reserve while the customer decides, then capture or void."""

from itertools import takewhile

from partners.contracts.life import Act
from partners.till.model import EndHoldRequest, Held, HoldEnded, ReserveRequest
from partners.till.requests import (
    TillContracts,
    command_fields,
    may,
    money_of,
    once_permitted,
    open_location,
    rates_of,
    read_entry_id,
    redeemable_value,
    request_of,
)
from shared.kernel.clock import Clock
from shared.ledger.commands import Capture, Reserve, Void
from shared.ledger.errors import HoldNotOpenError, UnknownCardError
from shared.ledger.lots import total
from shared.ledger.model import Applied, Entry, Place
from shared.ledger.service import Ledger
from shared.members.service import Members


class Holds:
    """The use cases of holds. All may raise StoreUnavailableError; nothing is half-done."""

    def __init__(self, contracts: TillContracts, members: Members, ledger: Ledger, clock: Clock) -> None:
        self._contracts = contracts
        self._members = members
        self._ledger = ledger
        self._clock = clock

    def reserve(self, partner_id: str, idempotency_key: str, request: ReserveRequest) -> Held:
        """Set points aside: nobody else can spend them until they are captured, voided or time runs out.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError,
        UnknownLocationError, LocationNotOpenError, LocationClosedError, NoTermsInForceError,
        RedemptionTooSmallError, InsufficientPointsError, IdempotencyKeyReusedError, OccurredTooLongAgoError,
        OccurredInFutureError, AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        card = self._members.card(request.card_number)
        fields = command_fields(
            "reserve", partner_id, idempotency_key, request, card, points=request.points, ttl=request.ttl_seconds
        )

        def permitted() -> Reserve:
            open_location(self._contracts, partner_id, request, self._clock())
            may(self._contracts, partner_id, Act.HONOUR)
            terms = self._contracts.terms_at(partner_id, self._clock())
            value = redeemable_value(terms, request.points)
            return Reserve(
                **fields,
                currency=terms.currency,
                points=request.points,
                value_cents=value.amount_cents,
                ttl_ms=request.ttl_seconds * 1000,
                rates=rates_of(terms),
            )

        applied = once_permitted(lambda: self._ledger.recall(request_of(fields)), permitted, self._ledger.apply)
        entry = applied.entry
        hold = next(hold for hold in entry.account.holds if hold.seq == entry.seq)
        return Held(
            entry=entry,
            replayed=applied.replayed,
            hold_id=entry.entry_id,
            expires_at_ms=hold.deadline_ms,
            points_balance=entry.account.points_active,
            value=money_of(entry, entry.value_cents),
        )

    def capture(self, partner_id: str, idempotency_key: str, request: EndHoldRequest) -> HoldEnded:
        """Redeem all or part of a hold at the price promised when it was made; the rest becomes active.

        Raises UnknownEntryError, UnknownLocationError, LocationNotOpenError, LocationClosedError,
        HoldNotOpenError, InsufficientPointsError, RedemptionTooSmallError, IdempotencyKeyReusedError,
        OccurredTooLongAgoError, OccurredInFutureError, AccountClosedError, AccountFullError, AccountFullTodayError,
        AccountBusyError.
        """
        member, seq = read_entry_id(request.hold_id)
        fields = command_fields(
            "capture", partner_id, idempotency_key, request, member, hold=request.hold_id, points=request.points
        )
        applied = self._end(partner_id, request, Capture(**fields, hold_seq=seq, points=request.points))
        entry = applied.entry
        return HoldEnded(
            entry=entry,
            replayed=applied.replayed,
            points_released=_released_by_capture(entry),
            points_balance=entry.account.points_active,
            value=money_of(entry, entry.value_cents),
        )

    def void(self, partner_id: str, idempotency_key: str, request: EndHoldRequest) -> HoldEnded:
        """Give up a hold: all its points become active again.

        Raises UnknownEntryError, UnknownLocationError, LocationNotOpenError, LocationClosedError,
        HoldNotOpenError, IdempotencyKeyReusedError, OccurredTooLongAgoError, OccurredInFutureError,
        AccountClosedError, AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        member, seq = read_entry_id(request.hold_id)
        fields = command_fields("void", partner_id, idempotency_key, request, member, hold=request.hold_id)
        applied = self._end(partner_id, request, Void(**fields, hold_seq=seq))
        entry = applied.entry
        return HoldEnded(
            entry=entry,
            replayed=applied.replayed,
            points_released=entry.points - _lapsed(entry),
            points_balance=entry.account.points_active,
            value=money_of(entry, 0),
        )

    def _end(self, partner_id: str, request: EndHoldRequest, command: Capture | Void) -> Applied:
        """A hold of nobody and another partner's look the same, so ids can't be tried out."""

        def permitted() -> Capture | Void:
            open_location(self._contracts, partner_id, request, self._clock())
            may(self._contracts, partner_id, Act.HONOUR if isinstance(command, Capture) else Act.UNDO)
            return command

        try:
            return once_permitted(lambda: self._ledger.recall(command), permitted, self._ledger.apply)
        except UnknownCardError:
            raise HoldNotOpenError(request.hold_id) from None


def _released_by_capture(entry: Entry) -> int:
    """What follows the captured points: what stands before them, time alone has done."""
    last = max(place for place, move in enumerate(entry.moves) if move.target is Place.ACCEPTOR)
    rest = tuple(move.lot for move in entry.moves[last + 1 :] if move.source is Place.HELD)
    return total(rest) - _lapsed(entry)


def _lapsed(entry: Entry) -> int:
    """Released points whose month was over while they were held: they leave with the entry's last moves."""
    last_moves = takewhile(lambda move: move.target is Place.BREAKAGE, reversed(entry.moves))
    return total(tuple(move.lot for move in last_moves))
