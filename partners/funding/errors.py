"""Why a payment is refused."""

from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError, UnprocessableError


class InvalidPaymentError(InvalidRequestError):
    code = "invalid_payment"
    title = "The payment contradicts itself"


class PaymentCurrencyError(UnprocessableError):
    code = "payment_currency"
    title = "This is not the currency of the partner's books"

    def __init__(self, currency: str, partner_currency: str) -> None:
        super().__init__(
            f"The payment is in {currency}, the partner's books are in {partner_currency}.",
            currency=currency,
            partner_currency=partner_currency,
        )


class PaymentKeyReusedError(UnprocessableError):
    code = "payment_key_reused"
    title = "This Idempotency-Key recorded another payment"

    def __init__(self, payment_id: str) -> None:
        super().__init__("Nothing was recorded. Give another payment a key of its own.", payment_id=payment_id)


class UnknownPaymentError(NotFoundError):
    code = "unknown_payment"
    title = "No operator has recorded such a payment of this partner"

    def __init__(self, partner_id: str, payment_id: str) -> None:
        super().__init__(
            "The partner's funding lists what was recorded, and by whom.",
            partner_id=partner_id,
            payment_id=payment_id,
        )


class PaymentDecidedError(ConflictError):
    """What was declined is confirmed, or what counts is declined."""

    code = "payment_decided"
    title = "This payment does not wait for anybody"

    def __init__(self, payment_id: str, declined: bool) -> None:
        do = "Record it anew if it came." if declined else "Record another with the opposite sign to put it right."
        super().__init__(f"It {'was declined' if declined else 'counts'}. {do}", payment_id=payment_id)


class DepositTooSmallError(ConflictError):
    """More was to be given back of a deposit than is held; settlements have taken the rest, or it is collateral, or no
    second person has confirmed yet that it came.
    """

    code = "deposit_too_small"
    title = "So much is not held of this partner"

    def __init__(self, partner_id: str, held_cents: int, free_cents: int, waiting_cents: int) -> None:
        if waiting_cents:
            first = "confirm what waits"
        elif free_cents < held_cents:
            first = "agree on less collateral"
        else:
            first = "record what a settlement took of it as reversed"
        super().__init__(
            f"No more than {free_cents} cents can leave the deposit, unless you {first} first.",
            partner_id=partner_id,
            held_cents=held_cents,
        )


class CollateralNotPaidInError(ConflictError):
    """Two people were to agree that more of a deposit is collateral than is held, or on a default that takes more."""

    code = "collateral_not_paid_in"
    title = "So much is not held of this partner"

    def __init__(self, partner_id: str, held_cents: int) -> None:
        super().__init__(
            f"{held_cents} cents of what it paid in are held and wait for nobody. Record or confirm what came first. "
            "A guarantee is agreed on as `guarantee_cents`; a default takes it once it is called and recorded.",
            partner_id=partner_id,
            held_cents=held_cents,
        )
