"""Why enrolling or reading a card fails. No error carries a contact."""

from shared.kernel.errors import ConflictError, InvalidRequestError, UnavailableError


class InvalidCardNumberError(InvalidRequestError):
    code = "invalid_card_number"
    title = "This is not a card number of this network"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The card number does not read: {reason}. Scan or type it again.")


class InvalidContactError(InvalidRequestError):
    code = "invalid_contact"
    title = "This is neither an e-mail address nor a phone number"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} Give an e-mail address, or a phone number in international form such as +14155550123."
        )


class AlreadyEnrolledError(ConflictError):
    code = "already_enrolled"
    title = "This customer is already a member"

    def __init__(self) -> None:
        super().__init__(
            "A member with this e-mail address or phone number exists. Ask the customer for the card they have."
        )


class EnrolmentBusyError(UnavailableError):
    code = "enrolment_busy"
    title = "The enrolment could not be completed"

    def __init__(self, attempts: int) -> None:
        super().__init__(
            "Other writes were in the way, or the member numbers tried were taken. Nothing was written: send the same "
            "request again, and if that fails too, use another Idempotency-Key.",
            attempts=attempts,
        )


class EnrolmentLostError(Exception):
    """Nothing was written: the contact, the member number or both are taken, or another write was in the way."""
