"""Lambda on a schedule: closes settlement windows, files their lines, issues statements, counts late cases."""

from collections.abc import Mapping
from typing import Any, Protocol

from partners import bootstrap
from partners.settlement.window import DRAIN_MS, Schedule
from shared.kernel.logs import logger

BY_HAND = "by_hand"
SPARE_MS = 120_000
"""Left for the partner under way: its pages of a month."""
SPARE_TO_FILE_MS = 300_000
"""Left for the lines under way on their way to the lake: a million, or a partner's day if it has more."""


class Context(Protocol):
    """What is needed of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Begin to close what the `schedule` says, close what has waited for `drain_seconds`, file lines, issue statements.

    `schedule` is `daily`, `weekly`, `monthly` or `by_hand`, which begins nothing. `as_of` is for tests, see
    `bootstrap.services_for`. Returns the window worked on and its state. How long a window has been closing, and how
    long statements have been missing, is logged by every call that has done all its work, and how many cases are past
    their due date, and how many payments a person has to look at; alarms read it there. Raises ValueError for another
    schedule, StoreUnavailableError.
    """
    services = bootstrap.services_for(event)
    windows = services.windows
    drain_ms = int(event.get("drain_seconds", DRAIN_MS // 1_000)) * 1_000
    schedule = str(event.get("schedule", BY_HAND))
    due = None if schedule == BY_HAND else windows.close_due(Schedule(schedule))

    def time_left() -> bool:
        return context.get_remaining_time_in_millis() > SPARE_MS

    def time_to_file() -> bool:
        return context.get_remaining_time_in_millis() > SPARE_TO_FILE_MS

    services.settlement_payments.work()
    window = windows.work(drain_ms=drain_ms, time_left=time_left) or due
    services.filing.work(time_to_file)
    services.issuing.work(time_left)
    waits = {"statements_wait_seconds": services.issuing.waiting_for_ms() // 1_000}
    logger().info("payments stand", extra={"troubles": services.settlement_payments.troubles()})
    mended = services.cases.compare_marks()
    logger().info("cases stand", extra={"overdue": services.cases.overdue_count(), "marks_mended": mended})
    if window is None:
        logger().info("settlement stands", extra={"closing_for_seconds": 0, **waits})
        return {}
    stands = {"window": window.number, "state": window.state.value}
    seconds = windows.closing_for_ms(window) // 1_000
    logger().info("settlement stands", extra={**stands, "closing_for_seconds": seconds, **waits})
    return stands
