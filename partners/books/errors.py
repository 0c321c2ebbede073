"""Why books can't be made or shown."""

from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError


class MonthNotOverError(ConflictError):
    """A month is counted when nothing of it can come any more, one after the other."""

    code = "month_not_over"
    title = "The books of this month can't be closed yet"

    def __init__(self, month: str) -> None:
        super().__init__("Books are closed month by month, an hour after the month's end at the earliest.", month=month)


class UnknownBooksError(NotFoundError):
    code = "unknown_books"
    title = "There are no books of this month"

    def __init__(self, month: str) -> None:
        super().__init__("The books of this month have not been closed.", month=month)


class DayToComeError(InvalidRequestError):
    code = "day_to_come"
    title = "This day has not begun"

    def __init__(self, day: str) -> None:
        super().__init__("What will be owed is not known. Give today (UTC) or an earlier day.", day=day)
