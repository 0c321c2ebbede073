"""Why an operator's decision on an account is refused before the ledger sees it."""

from partners.till.forms import LONGEST_REASON
from shared.kernel.errors import InvalidRequestError


class InvalidReasonError(InvalidRequestError):
    code = "invalid_reason"
    title = "The reason is not valid"

    def __init__(self) -> None:
        super().__init__(f"Give a reason of 1 to {LONGEST_REASON} printable characters.")
