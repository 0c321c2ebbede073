"""Lambda on a schedule: sweeps idle accounts until its time is over, and says how the run stands."""

from collections.abc import Mapping
from typing import Any, Protocol

from partners import bootstrap
from partners.sweep.model import Run, in_words
from shared.kernel.logs import logger

SEGMENTS = 16
EVERY_DAYS = 1

SPARE_MS = 60_000
"""Left for the last step of a piece of work and its save."""


class Context(Protocol):
    """What is needed of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Go on with the newest sweep of the schedule, begin the next if it is time, or work on the run `event` names.

    `event` may have `every_days`, `run` and `segments`. Returns whether the run is complete, and then how many
    accounts got an entry and the outcome in words. The outcome is logged once, by who completes the run; how the
    run stands is logged by every call, and an alarm reads it there. Raises InvalidRunRequestError,
    StoreUnavailableError.
    """
    sweep = bootstrap.services().sweep
    segments = int(event.get("segments", SEGMENTS))
    if "run" in event:
        begun = sweep.begin(str(event["run"]), segments=segments)
    else:
        begun = sweep.scheduled(segments=segments, every_days=int(event.get("every_days", EVERY_DAYS)))
    run = sweep.work(begun, for_ms=context.get_remaining_time_in_millis() - SPARE_MS)
    if begun.outcome is None:
        _log_outcome(run)
    seconds = sweep.unfinished_for_ms(run) // 1_000
    logger().info("sweep stands", extra={"run": run.run_id, "unfinished_for_seconds": seconds})
    if run.outcome is None:
        return {"run": run.run_id, "complete": False}
    total = run.outcome.total
    return {"run": run.run_id, "complete": True, "accounts": total.accounts, "outcome": in_words(total)}


def _log_outcome(run: Run) -> None:
    if run.outcome is None:
        return
    total = run.outcome.total
    for left in total.left:
        logger().warning("sweep left an account", extra={"run": run.run_id, "member": left.member, "why": left.why})
    counted = {
        "members": total.members,
        "entries": total.entries,
        "accounts": total.accounts,
        "points_released": total.points_released,
        "points_matured": total.points_matured,
        "points_expired": total.points_expired,
        "left": total.left_in_all,
    }
    logger().info("sweep outcome", extra={"run": run.run_id, "words": in_words(total), **counted})
