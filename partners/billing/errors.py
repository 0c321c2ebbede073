"""Why a bill can't be made."""

from shared.kernel.errors import InvalidRequestError, UnprocessableError


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
