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
