"""Why a payout is refused, beside what the ledger refuses."""

from shared.kernel.errors import ConflictError, NotFoundError


class UnknownPayoutError(NotFoundError):
    code = "unknown_payout"
    title = "There is no such payout"

    def __init__(self, entry_id: str) -> None:
        super().__init__("No payout has this id.", entry_id=entry_id)


class PayoutReversedError(ConflictError):
    code = "payout_reversed"
    title = "This payout was reversed before"

    def __init__(self, entry_id: str) -> None:
        super().__init__("The cashback of this payout was given back already.", entry_id=entry_id)
