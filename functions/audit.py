"""Lambda on a schedule: works on the day's audit until its time is over, and says what it came to."""

from collections.abc import Mapping
from typing import Any, Protocol

from partners import bootstrap
from partners.audit.model import Verdict
from partners.audit.verdict import in_words
from shared.kernel.logs import logger

SEGMENTS = 16
SETTLED_FOR_SECONDS = 3_600
"""Posting is minutes behind at most, or an alarm has gone off for three quarters of this."""

SPARE_MS = 60_000
"""Left for the last step of a piece of work and its save."""


class Context(Protocol):
    """What is needed of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Go on with the audit of the day, which this begins once a day, or with the run that `event` names.

    `event` may have `run`, `segments` and `settled_for_seconds`. Returns whether the run is complete, how
    many contradictions it found, and the verdict in words. The verdict is logged once, by who completes
    it; an alarm reads it there. Raises InvalidRunRequestError, StoreUnavailableError.
    """
    audit = bootstrap.services().audit
    segments = int(event.get("segments", SEGMENTS))
    settled_for_ms = int(event.get("settled_for_seconds", SETTLED_FOR_SECONDS)) * 1_000
    if "run" in event:
        run = audit.begin(str(event["run"]), segments=segments, settled_for_ms=settled_for_ms)
    else:
        run = audit.daily(segments=segments, settled_for_ms=settled_for_ms)
    verdict = audit.work(run, for_ms=context.get_remaining_time_in_millis() - SPARE_MS)
    if verdict is None:
        logger().info("audit goes on", extra={"run": run.run_id})
        return {"run": run.run_id, "complete": False}
    words = in_words(verdict)
    if run.verdict is None:
        _log(verdict, words)
    return {"run": run.run_id, "complete": True, "findings": verdict.total.findings_in_all, "verdict": words}


def _log(verdict: Verdict, words: str) -> None:
    total = verdict.total
    for finding in total.findings:
        found = {"check": finding.check.value, "subject": finding.subject, "contradiction": finding.contradiction}
        logger().error("audit finding", extra={"run": verdict.run_id, **found})
    counted = {
        "findings": total.findings_in_all,
        "members": total.members,
        "entries": total.entries,
        "partner_days": total.partner_days,
        "lines": total.lines,
    }
    logger().info("audit verdict", extra={"run": verdict.run_id, "words": words, **counted})
