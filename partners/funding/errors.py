"""Why a payment is refused, or a partner is not closed."""

from shared.kernel.errors import ConflictError, InvalidRequestError, UnprocessableError


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


class PositionOpenError(ConflictError):
    code = "position_open"
    title = "The partner's position is open"

    def __init__(self, partner_id: str, owed_cents: int, currency: str) -> None:
        super().__init__(
            "Settle what the partner owes (a positive amount) or is owed (a negative one), and record the payment.",
            partner_id=partner_id,
            owed_cents=owed_cents,
            currency=currency,
        )
