"""What can be wrong with the lake."""

from shared.kernel.errors import ConflictError


class NotInLakeError(ConflictError):
    """The lines of a partner's window are not in the lake yet."""

    code = "lines_not_ready"
    title = "The lines of this window are not ready yet"

    def __init__(self, window: int) -> None:
        super().__init__(
            "The files of a window's lines are written within minutes of its closing. Try again later.", window=window
        )


class BrokenLakeError(Exception):
    """A file of the lake does not hold what its part says."""
