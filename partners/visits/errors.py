"""Why posting or reading pages fails."""

from shared.kernel.errors import InvalidRequestError, UnavailableError


class InvalidRangeError(InvalidRequestError):
    code = "invalid_range"
    title = "The days asked for are not a valid range"


class RedriveTooEarlyError(UnavailableError):
    code = "redrive_too_early"
    title = "The record may still arrive by itself"

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            "The stream may still deliver this record or one before it. Try again when it is a day old.",
            entry_id=entry_id,
        )


class PageTakenError(Exception):
    """Another worker wrote this page first. Read the end of the chain again and go on from there."""


class MalformedEventError(Exception):
    """What called the posting function is not a stream event that it can process; the message says why."""


class BrokenPageError(Exception):
    """A stored page does not read, or its totals are not the recount of its lines."""
