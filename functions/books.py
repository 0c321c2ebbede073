"""Lambda on a schedule: closes the books of months that are over, and says what contradicts them."""

from collections.abc import Mapping
from typing import Any, Protocol

from partners import bootstrap
from partners.books.work import Run
from shared.kernel.logs import logger

SEGMENTS = 16

SPARE_MS = 120_000
"""Left for the last step of a piece of work and its save, and for the pages of a month."""


class Context(Protocol):
    """What is needed of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Go on with the first month that is over and whose books are not closed.

    `event` may have `segments`, and `as_of`, which is for tests, see `bootstrap.services_for`. Returns the month, None
    if all are closed, whether it is closed now, and how many contradictions were found then. Each is logged as an
    error once, by who closes the month; how the books stand is logged by every call, and alarms read it there. Raises
    InvalidRunRequestError, StoreUnavailableError.
    """
    books = bootstrap.services_for(event).books
    run = books.due(segments=int(event.get("segments", SEGMENTS)))
    if run is not None:
        run = books.work(run, for_ms=context.get_remaining_time_in_millis() - SPARE_MS)
        if run.digest is not None:
            _log_closed(run)
    seconds = books.unfinished_for_ms() // 1_000
    logger().info("books stand", extra={"unfinished_for_seconds": seconds})
    if run is None:
        return {"month": None, "complete": True}
    if run.digest is None:
        return {"month": run.run_id, "complete": False}
    return {"month": run.run_id, "complete": True, "contradictions": len(run.contradictions)}


def _log_closed(run: Run) -> None:
    for words in run.contradictions:
        logger().error("books contradicted", extra={"month": run.run_id, "contradiction": words})
    logger().info("books closed", extra={"month": run.run_id, "contradictions": len(run.contradictions)})
