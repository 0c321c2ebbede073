"""Why a payout is refused, beside what the ledger refuses."""

from shared.kernel.errors import ConflictError, NotFoundError, UnprocessableError


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


class MemberAccountNeededError(UnprocessableError):
    """Payouts in this currency go by bank file, which must go where whoever asked for it said."""

    code = "member_account_needed"
    title = "Say which bank account it goes to"

    def __init__(self, currency: str) -> None:
        super().__init__(
            f"Payouts in {currency} go by bank file. Give `member_account_fingerprint`, which "
            "`tessera settlement fingerprint` prints.",
            currency=currency,
        )


class UnknownPayoutRequestError(NotFoundError):
    code = "unknown_payout_request"
    title = "There is no such request for a payout"

    def __init__(self, request_id: str) -> None:
        super().__init__("No request for a payout has this id.", request_id=request_id)


class PayoutRequestDecidedError(ConflictError):
    code = "payout_request_decided"
    title = "This request for a payout has been decided"

    def __init__(self, request_id: str, state: str) -> None:
        super().__init__(f"This request is {state}.", request_id=request_id, state=state)
