"""Points between members: transfers, and households that use one account."""

from partners.contracts.life import Act
from partners.till.errors import HouseholdCardNeededError
from partners.till.model import Joined, JoinRequest, LeaveRequest, Left, Transferred, TransferRequest
from partners.till.requests import (
    DeskRequest,
    TillContracts,
    may,
    once_permitted,
    open_location,
    pair_fields,
    request_of,
)
from shared.kernel.clock import Clock
from shared.ledger.commands import Join, Leave, Transfer
from shared.ledger.errors import NotLinkedError, SameAccountError
from shared.ledger.model import Applied
from shared.ledger.service import Ledger
from shared.members.card import Card
from shared.members.service import Members


class Sharing:
    """What two customers ask for at a partner's desk. Both cards are shown, which is how both agree to it.

    Entries are made in both accounts; what is answered is the first card's own, because the id of an entry
    names a card. All may raise StoreUnavailableError; nothing is half-done.
    """

    def __init__(self, contracts: TillContracts, members: Members, ledger: Ledger, clock: Clock) -> None:
        self._contracts = contracts
        self._members = members
        self._ledger = ledger
        self._clock = clock

    def transfer(self, partner_id: str, idempotency_key: str, request: TransferRequest) -> Transferred:
        """Move active points to another member, those that expire first before the others.

        Issuers and expiry stay as they are. Where a card uses another one's account, that account gives or
        takes. Pending points and cashback stay.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError,
        UnknownLocationError, LocationNotOpenError, LocationClosedError, SameAccountError, DebtOutstandingError,
        InsufficientPointsError, IdempotencyKeyReusedError, OccurredTooLongAgoError, OccurredInFutureError,
        AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        giver, taker = self._members.card(request.card_number), self._members.card(request.to_card_number)
        fields = pair_fields("transfer", partner_id, idempotency_key, request, giver, taker, points=request.points)
        applied = self._once(partner_id, request, Transfer(**fields, points=request.points))
        return Transferred(applied.entry, applied.replayed, applied.entry.account.points_active)

    def join(self, partner_id: str, idempotency_key: str, request: JoinRequest) -> Joined:
        """Let a member's card use the account of another one's, which takes all that the member has and owes.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError,
        UnknownLocationError, LocationNotOpenError, LocationClosedError, SameAccountError, AccountLinkedError,
        HouseholdFullError, HoldsOpenError, IdempotencyKeyReusedError, OccurredTooLongAgoError,
        OccurredInFutureError, AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        card, household = self._members.card(request.card_number), self._members.card(request.household_card_number)
        fields = pair_fields("join", partner_id, idempotency_key, request, card, household)
        applied = self._once(partner_id, request, Join(**fields))
        there = self._ledger.counterpart(applied.entry)
        return Joined(
            entry=applied.entry,
            replayed=applied.replayed,
            points_brought=applied.entry.points,
            points_balance=there.account.points_active,
        )

    def leave(self, partner_id: str, idempotency_key: str, request: LeaveRequest) -> Left:
        """Let a member stand alone again, with the points that the household gives along.

        What its own purchases have pending goes with it, and unpaid debts that it brought; cashback stays.

        Raises InvalidCardNumberError, UnknownCardError, CardReplacedError, AccountClosedError,
        UnknownLocationError, LocationNotOpenError, LocationClosedError, NotLinkedError,
        HouseholdCardNeededError, DebtOutstandingError, InsufficientPointsError, IdempotencyKeyReusedError,
        OccurredTooLongAgoError, OccurredInFutureError, AccountFullError, AccountFullTodayError, AccountBusyError.
        """
        card, shown = self._members.card(request.card_number), request.household_card_number
        if shown is None and request.points:
            raise HouseholdCardNeededError(request.points)
        household = self._members.card(shown) if shown else None
        asked = pair_fields("leave", partner_id, idempotency_key, request, card, household, points=request.points)

        def permitted() -> Leave:
            open_location(self._contracts, partner_id, request, self._clock())
            may(self._contracts, partner_id, Act.UNDO)
            other = asked["other"] if household else self._household(card)
            return Leave(**(asked | {"other": other}), points=request.points)

        try:
            applied = once_permitted(lambda: self._ledger.recall(request_of(asked)), permitted, self._ledger.apply_pair)
        except SameAccountError:
            raise NotLinkedError("This card is in no household.") from None
        account = applied.entry.account
        return Left(applied.entry, applied.replayed, account.points_active, account.points_pending)

    def _once(self, partner_id: str, request: DeskRequest, command: Transfer | Join) -> Applied:
        def permitted() -> Transfer | Join:
            open_location(self._contracts, partner_id, request, self._clock())
            may(self._contracts, partner_id, Act.HONOUR)
            return command

        return once_permitted(lambda: self._ledger.recall(command), permitted, self._ledger.apply_pair)

    def _household(self, card: Card) -> str:
        """Whose account the card uses now: a refusal may follow from it, so no eventual read will do."""
        return self._ledger.account(card.member, card.issue, consistent=True).member
