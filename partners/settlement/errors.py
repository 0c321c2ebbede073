"""Errors of settlement."""

from shared.kernel.clock import to_rfc3339
from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError


class UnknownWindowError(NotFoundError):
    code = "unknown_window"
    title = "There is no such settlement window"

    def __init__(self, window: int) -> None:
        super().__init__("There is no settlement window of this number.", window=window)


class WindowStillClosingError(ConflictError):
    """One window is closed after the other."""

    code = "window_still_closing"
    title = "The window before this one is still closing"

    def __init__(self, window: int) -> None:
        super().__init__("The window before is waiting for entries on their way. Try again later.", window=window)


class WindowNotClosedError(ConflictError):
    code = "window_not_closed"
    title = "This settlement window is not closed yet"

    def __init__(self, window: int, state: str) -> None:
        super().__init__("A window has positions once it is closed.", window=window, state=state)


class InvalidWindowEndError(InvalidRequestError):
    """A window ends after it begins, and not in the future."""

    code = "invalid_window_end"
    title = "A window can't end then"

    def __init__(self, begins_at_ms: int, now_ms: int) -> None:
        super().__init__(
            "A window ends after it begins, and not in the future.",
            begins_at=to_rfc3339(begins_at_ms),
            now=to_rfc3339(now_ms),
        )
