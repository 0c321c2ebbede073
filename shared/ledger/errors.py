"""Why the ledger refuses."""

from shared.kernel.clock import to_rfc3339
from shared.kernel.errors import (
    ConflictError,
    NotFoundError,
    UnavailableError,
    UnprocessableError,
)


class UnknownCardError(NotFoundError):
    code = "unknown_card"
    title = "No member has this card"

    def __init__(self) -> None:
        super().__init__("No member has this card. Check the number, or enrol the customer first.")


class AccountExistsError(ConflictError):
    code = "account_exists"
    title = "This member number is taken"

    def __init__(self) -> None:
        super().__init__("Another enrolment opened this account.")


class CardReplacedError(ConflictError):
    code = "card_replaced"
    title = "This card is no longer valid"

    def __init__(self) -> None:
        super().__init__("This card is not the member's current card. Ask the customer for the new one.")


class IdempotencyKeyReusedError(UnprocessableError):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key belongs to another request"

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            "This Idempotency-Key was already used with a different request. Use a new key for a new request.",
            entry_id=entry_id,
        )


class ReceiptAlreadyRecordedError(ConflictError):
    code = "receipt_already_recorded"
    title = "This receipt has already earned"

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            "This receipt of this location was already recorded as a purchase of this member, under another "
            "Idempotency-Key. Nothing was added.",
            entry_id=entry_id,
        )


class InsufficientPointsError(UnprocessableError):
    code = "insufficient_points"
    title = "Not enough points"

    def __init__(self, points_requested: int, points_available: int) -> None:
        super().__init__(
            f"{points_requested} points were asked for, {points_available} are available.",
            points_requested=points_requested,
            points_available=points_available,
        )


class RedemptionTooSmallError(UnprocessableError):
    code = "redemption_too_small"
    title = "These points are worth less than a cent"

    def __init__(self, points: int) -> None:
        super().__init__(f"{points} points are worth less than one cent. Redeem more points at once.", points=points)


class HoldNotOpenError(ConflictError):
    code = "hold_not_open"
    title = "This hold is not open"

    def __init__(self, hold_id: str) -> None:
        super().__init__(
            "No open hold of yours has this id: it was captured, voided or released at its deadline. "
            "Reserve again if the customer still wants to redeem.",
            hold_id=hold_id,
        )


class NotAPurchaseError(UnprocessableError):
    code = "not_a_purchase"
    title = "This entry is no purchase of yours"

    def __init__(self, entry_id: str) -> None:
        super().__init__("Only a purchase that you recorded can be returned.", entry_id=entry_id)


class NotARedemptionError(UnprocessableError):
    code = "not_a_redemption"
    title = "This entry is no redemption of yours"

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            "Only a redemption of points or cashback, or a capture, that you made can be cancelled.", entry_id=entry_id
        )


class ReturnExceedsPurchaseError(UnprocessableError):
    code = "return_exceeds_purchase"
    title = "More is returned than was bought"

    def __init__(self, entry_id: str, amount_cents: int, left_cents: int) -> None:
        super().__init__(
            f"{amount_cents} cents were to be returned, {left_cents} of this purchase are left.",
            entry_id=entry_id,
            amount_cents=amount_cents,
            amount_left_cents=left_cents,
        )


class UndoExceedsAdjustmentError(UnprocessableError):
    code = "undo_exceeds_adjustment"
    title = "More is taken back than was granted"

    def __init__(self, entry_id: str, points: int, left: int) -> None:
        super().__init__(
            f"{points} points were to be taken back, {left} of this adjustment are left.",
            entry_id=entry_id,
            points=points,
            points_left=left,
        )


class PointsRunOutError(ConflictError):
    code = "points_run_out"
    title = "These points or this cashback have run out"

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            f"What {entry_id} granted has run out, and a share of it may have been paid for that.",
            entry_id=entry_id,
        )


class CancelExceedsRedemptionError(UnprocessableError):
    code = "cancel_exceeds_redemption"
    title = "More is cancelled than was redeemed"

    def __init__(self, entry_id: str, quantity: int, left: int, *, in_cents: bool) -> None:
        unit = "cents of cashback" if in_cents else "points"
        asked = {"cashback_cents": quantity, "cashback_cents_left": left}
        super().__init__(
            f"{quantity} {unit} were to be given back, {left} of this redemption are left.",
            entry_id=entry_id,
            **(asked if in_cents else {"points": quantity, "points_left": left}),
        )


_ASK_FOR_AN_IMPORT = (
    "Ask the network operator to import an older purchase: send it this one as it is, with its idempotency key."
)


class OccurredTooLongAgoError(UnprocessableError):
    code = "occurred_too_long_ago"
    title = "This happened too long ago"

    def __init__(self, occurred_at_ms: int, oldest_ms: int, *, is_purchase: bool) -> None:
        super().__init__(
            f"occurred_at may not be before {to_rfc3339(oldest_ms)}. "
            + (_ASK_FOR_AN_IMPORT if is_purchase else "Ask the network operator to put it right."),
            occurred_at=to_rfc3339(occurred_at_ms),
            oldest_accepted=to_rfc3339(oldest_ms),
        )


class OccurredInFutureError(UnprocessableError):
    code = "occurred_in_future"
    title = "This has not happened yet"

    def __init__(self, occurred_at_ms: int, newest_ms: int) -> None:
        super().__init__(
            f"occurred_at may not be after {to_rfc3339(newest_ms)}. Check the clock and time zone of the till.",
            occurred_at=to_rfc3339(occurred_at_ms),
            newest_accepted=to_rfc3339(newest_ms),
        )


class AccountFullTodayError(UnprocessableError):
    code = "account_full_today"
    title = "This account has had too many entries today"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"An account takes {limit} entries a day (UTC). Try again tomorrow, and check what is sending them.",
            limit=limit,
        )


class AccountFullError(UnprocessableError):
    code = "account_full"
    title = "This account can't keep more in mind"

    def __init__(self) -> None:
        super().__init__(
            "Too many purchases of this account are waiting for their points, too many holds are open, or too many "
            "entries were undone. No customer's account comes near: check what is sending them.",
        )


class NothingDueError(ConflictError):
    code = "nothing_due"
    title = "Time has nothing to do on this account"

    def __init__(self) -> None:
        super().__init__("No hold has timed out, and no points have matured or expired since the last entry.")


class AccountBusyError(UnavailableError):
    code = "account_busy"
    title = "The account is busy"

    def __init__(self, attempts: int) -> None:
        super().__init__(
            "Other requests changed this account at every attempt. Nothing was done by this one: send it again "
            "with the same Idempotency-Key.",
            attempts=attempts,
        )


class InsufficientCashbackError(UnprocessableError):
    code = "insufficient_cashback"
    title = "Not enough cashback"

    def __init__(self, cents_requested: int, cents_available: int, currency: str) -> None:
        super().__init__(
            f"{cents_requested} cents of cashback were asked for, {cents_available} are available in {currency}.",
            cashback_cents_requested=cents_requested,
            cashback_cents_available=cents_available,
            currency=currency,
        )


class PayoutBelowMinimumError(UnprocessableError):
    code = "payout_below_minimum"
    title = "Too little cashback to pay out"

    def __init__(self, cents_requested: int, minimum_cents: int, currency: str) -> None:
        super().__init__(
            f"Cashback is paid out from {minimum_cents} cents on. It can be spent at any partner's till.",
            cashback_cents_requested=cents_requested,
            minimum_cents=minimum_cents,
            currency=currency,
        )


class CashbackOwedError(ConflictError):
    code = "cashback_owed"
    title = "What is owed of cashback is not paid out"

    def __init__(self, cents_requested: int, cents_available: int, cents_owed: int, currency: str) -> None:
        payable = max(0, cents_available - cents_owed)
        super().__init__(
            f"Of {cents_available} cents in {currency} {payable} can be paid out: the member owes {cents_owed} for "
            f"returned goods, which later purchases repay. {cents_requested} were asked for.",
            cashback_cents_requested=cents_requested,
            cashback_cents_available=cents_available,
            cashback_cents_owed=cents_owed,
            currency=currency,
        )


class AccountClosedError(ConflictError):
    code = "account_closed"
    title = "This account is closed"

    def __init__(self) -> None:
        super().__init__("The member's account was closed. The customer may enrol again.")


class AccountNotEmptyError(ConflictError):
    code = "account_not_empty"
    title = "The account still holds something"

    def __init__(self, points: int, has_cashback: bool) -> None:
        super().__init__(
            f"The account holds {points} points{' and cashback' if has_cashback else ''}. Let the member spend or "
            "transfer them first, or ask again with forfeit: they are lost then.",
            points=points,
            has_cashback=has_cashback,
        )


class HoldsOpenError(ConflictError):
    code = "holds_open"
    title = "Points of this account are reserved"

    def __init__(self, card_digits: str) -> None:
        super().__init__(
            "A till has reserved points of this account. Capture or void the hold first, or wait for its deadline.",
            member=card_digits,
        )


class SameAccountError(UnprocessableError):
    code = "same_account"
    title = "Both cards use the same account"

    def __init__(self) -> None:
        super().__init__("Both cards use the same account. Give the cards of two accounts.")


class DebtOutstandingError(ConflictError):
    code = "debt_outstanding"
    title = "The giver owes points"

    def __init__(self, points_owed: int) -> None:
        super().__init__(
            f"The member owes {points_owed} points for returned goods and can't give any away before they are repaid.",
            points_owed=points_owed,
        )


class AccountLinkedError(ConflictError):
    code = "account_linked"
    title = "The account is linked with another one"

    def __init__(self, why: str) -> None:
        super().__init__(why)


class NotLinkedError(ConflictError):
    code = "not_linked"
    title = "The accounts are not linked that way"

    def __init__(self, why: str) -> None:
        super().__init__(why)


class HouseholdFullError(UnprocessableError):
    code = "household_full"
    title = "No more cards can use this account"

    def __init__(self, limit: int) -> None:
        super().__init__(f"Up to {limit} other members' cards can use one account.", limit=limit)


class HouseholdNotEmptyError(ConflictError):
    code = "household_not_empty"
    title = "Others use this account as their household's"

    def __init__(self, members: int) -> None:
        super().__init__(
            f"{members} other members use this account as their household's. They must leave it first.",
            members=members,
        )


class UnmergeTooLateError(ConflictError):
    code = "unmerge_too_late"
    title = "The merge can't be undone any more"

    def __init__(self, merged_at_ms: int, days: int) -> None:
        super().__init__(
            f"The accounts were merged on {to_rfc3339(merged_at_ms)}. A merge can be undone for {days} days.",
            merged_at=to_rfc3339(merged_at_ms),
            days=days,
        )


class MergedPointsUsedError(ConflictError):
    code = "merged_points_used"
    title = "What was merged has been used"

    def __init__(self) -> None:
        super().__init__(
            "Points or cashback that the merge brought were spent or taken back since, so it can't be undone. "
            "Transfer points instead."
        )


class LostRaceError(Exception):
    """Another entry took this sequence number first. Read again and decide again."""


class MalformedEntryError(Exception):
    """An item is not a journal entry that this version can read; the message says why."""


class BrokenJournalError(Exception):
    """A member's stored history contradicts itself; the message names the entry and the contradiction."""
