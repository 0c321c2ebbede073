"""Why a bill can't be made."""

from shared.kernel.clock import to_rfc3339
from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError, UnprocessableError


class InvalidMonthError(InvalidRequestError):
    code = "invalid_month"
    title = "This is not a month"

    def __init__(self, month: str) -> None:
        super().__init__("Give a month as YYYY-MM, such as 2026-11.", month=month[:80])


class MonthNotBegunError(UnprocessableError):
    code = "month_not_begun"
    title = "This month has not begun"

    def __init__(self, month: str) -> None:
        super().__init__("There is nothing to bill for a month to come.", month=month)


class InvoiceTooEarlyError(UnprocessableError):
    code = "invoice_too_early"
    title = "This month can't be invoiced yet"

    def __init__(self, month: str, earliest_ms: int) -> None:
        super().__init__(
            f"A month is invoiced a day after its end: from {to_rfc3339(earliest_ms)} on.",
            month=month,
            earliest=to_rfc3339(earliest_ms),
        )


class LaterInvoiceIssuedError(ConflictError):
    code = "later_invoice_issued"
    title = "A later month has been invoiced"

    def __init__(self, month: str, later: str) -> None:
        super().__init__(
            "Invoices are issued in the order of their months. Nothing was issued.", month=month, later=later
        )


class NothingToInvoiceError(UnprocessableError):
    code = "nothing_to_invoice"
    title = "Nothing is due for this month"

    def __init__(self, month: str) -> None:
        super().__init__("No location was open in it and no visit was recorded. It is done with.", month=month)


class UnknownInvoiceError(NotFoundError):
    code = "unknown_invoice"
    title = "There is no invoice of this month"

    def __init__(self, month: str) -> None:
        super().__init__("This month has not been invoiced.", month=month)


class InvoicedThroughStripeError(ConflictError):
    code = "invoiced_through_stripe"
    title = "This month is invoiced through Stripe"

    def __init__(self, month: str) -> None:
        super().__init__("A month has one invoice, and Stripe's is it. Nothing was issued.", month=month)


class InvoiceOverpaidError(UnprocessableError):
    code = "invoice_overpaid"
    title = "This is more than the invoice leaves open"

    def __init__(self, number: str, open_cents: int) -> None:
        super().__init__(
            "Nothing was recorded. Record what is open here, and the rest for the invoice that it is for.",
            invoice=number,
            open_cents=open_cents,
        )


class InvoicePaymentDayError(InvalidRequestError):
    code = "invoice_payment_day"
    title = "Nothing can have come in on this day"

    def __init__(self, day: str, earliest: str, latest: str) -> None:
        super().__init__(
            "Money comes in from the day on which the invoice is issued, and goes back from the day on which it came; "
            "neither is in the future.",
            day=day,
            earliest=earliest,
            latest=latest,
        )


class UnknownInvoicePaymentError(NotFoundError):
    code = "unknown_invoice_payment"
    title = "There is no such payment of this invoice"

    def __init__(self, payment_id: str) -> None:
        super().__init__("No payment of this id was recorded for this invoice.", payment_id=payment_id)


class InvoicePaymentReversedError(ConflictError):
    code = "invoice_payment_reversed"
    title = "This payment is reversed already"

    def __init__(self, payment_id: str) -> None:
        super().__init__("A payment comes back once, and whole.", payment_id=payment_id)
