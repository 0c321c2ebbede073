"""Why the trail can't be listed as asked."""

from shared.kernel.errors import InvalidRequestError


class InvalidTrailRangeError(InvalidRequestError):
    code = "invalid_trail_range"
    title = "The period can't be listed"

    def __init__(self, most_days: int) -> None:
        super().__init__(f"Give a first day that is not after the last, {most_days} days at most.", most_days=most_days)
