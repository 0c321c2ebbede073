"""Why a till's request is refused before the ledger sees it."""

from collections.abc import Sequence

from shared.kernel.clock import to_rfc3339
from shared.kernel.errors import InvalidRequestError, NotFoundError, UnprocessableError


class InvalidIdempotencyKeyError(InvalidRequestError):
    code = "idempotency_key_invalid"
    title = "The Idempotency-Key is not valid"

    def __init__(self, longest: int) -> None:
        super().__init__(f"Idempotency-Key must be 1 to {longest} visible ASCII characters, such as a UUID.")


class InvalidReceiptError(InvalidRequestError):
    """Answered over HTTP as an invalid field; what comes in by other ways is refused with this."""

    code = "invalid_receipt"
    title = "The receipt's number is not valid"

    def __init__(self, longest: int) -> None:
        super().__init__(f"A receipt's number is 1 to {longest} printable ASCII characters, no space at either end.")


class KeyNotUniqueError(UnprocessableError):
    code = "idempotency_key_not_unique"
    title = "Two lines have one idempotency key and differ"

    def __init__(self, idempotency_key: str) -> None:
        super().__init__(
            "It was not recorded. Give each purchase a key of its own, the one under which it was sent before.",
            idempotency_key=idempotency_key,
        )


class CurrencyMismatchError(UnprocessableError):
    code = "currency_mismatch"
    title = "This is not the currency of your contract"

    def __init__(self, currency: str, contract_currency: str) -> None:
        super().__init__(
            f"The amount is in {currency}, your contract is in {contract_currency}.",
            currency=currency,
            contract_currency=contract_currency,
        )


class LocationNotOpenError(UnprocessableError):
    code = "location_not_open"
    title = "This location was not open yet"

    def __init__(self, location_id: str, opened_at_ms: int) -> None:
        super().__init__(
            f"This location trades from {to_rfc3339(opened_at_ms)} on.",
            location_id=location_id,
            opens_at=to_rfc3339(opened_at_ms),
        )


class LocationClosedError(UnprocessableError):
    code = "location_closed"
    title = "This location has closed"

    def __init__(self, location_id: str, closed_at_ms: int) -> None:
        super().__init__(
            f"This location closed at {to_rfc3339(closed_at_ms)}.",
            location_id=location_id,
            closed_at=to_rfc3339(closed_at_ms),
        )


class UnknownEntryError(NotFoundError):
    code = "unknown_entry"
    title = "You have no such entry"

    def __init__(self, entry_id: str) -> None:
        super().__init__("None of your entries has this id.", entry_id=entry_id)


class ReceiptNotRecordedError(NotFoundError):
    code = "receipt_not_recorded"
    title = "No purchase on this receipt is recorded"

    def __init__(self, location_id: str, receipt: str) -> None:
        super().__init__(
            "No purchase of yours with this receipt, location and card is recorded. Once it is, try again.",
            original_location_id=location_id,
            original_receipt=receipt,
        )


class ReceiptAmbiguousError(UnprocessableError):
    code = "receipt_ambiguous"
    title = "Several purchases have this receipt"

    def __init__(self, entry_ids: Sequence[str]) -> None:
        super().__init__(
            f"Several purchases of this card have this receipt: {', '.join(entry_ids)}. Return the one that is meant "
            "by its entry, POST /v1/purchases/{purchase_id}/returns.",
            entry_ids=" ".join(entry_ids),
        )


class HouseholdCardNeededError(UnprocessableError):
    code = "household_card_needed"
    title = "Points of a household go along only with its card"

    def __init__(self, points: int) -> None:
        super().__init__(
            f"To take {points} points along, show the household's card too. Without it, leave with 0 points.",
            points=points,
        )


class CancelledUnitMismatchError(UnprocessableError):
    code = "cancelled_unit_mismatch"
    title = "This redemption took something else"

    def __init__(self, entry_id: str, took: str) -> None:
        super().__init__(
            f"This redemption took {took}: give `{took}` to say how much of it to give back, or nothing for all.",
            entry_id=entry_id,
        )
