"""Runs of the audit on DynamoDB, table `audit`: what `partners.runs.store` keeps, and besides

| item | pk | sk | holds |
| --- | --- | --- | --- |
| tallies | `RUN#<run>#<month>` | `<task>#<version>#<piece>` | tallies that came with one save of a task |
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from partners.audit.codec import (
    pack_part,
    pack_share,
    pack_tallies,
    unpack_part,
    unpack_share,
    unpack_tallies,
)
from partners.audit.model import Run, Share, Tallies, Verdict
from partners.runs.model import Task
from partners.runs.store import Forms, Item, RunStore, gone_after
from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class AuditStore(RunStore[Run, Share]):
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        super().__init__(client, table, Forms(_run_to_item, _run_from_item, pack_share, unpack_share))

    def add_tallies(self, run: Run, task: Task[Share], tallies: Tallies) -> None:
        """Write what comes with this version of `task`. It counts once that is saved."""
        for month, of_month in _by_month(tallies).items():
            for number, piece in enumerate(pack_tallies(of_month)):
                key = {"pk": {"S": f"RUN#{run.run_id}#{month}"}, "sk": {"S": f"{_brought(task)}#{number:04d}"}}
                with outage_as_unavailable():
                    self._client.put_item(
                        TableName=self._table, Item={**key, "tallies": {"B": piece}, "gone_after": gone_after(run)}
                    )

    def tallies(self, run: Run, month: str, tasks: Collection[Task[Share]]) -> Iterator[Tallies]:
        """All tallies of a month that count, in pieces."""
        counting = {_brought(replace(task, version=version)) for task in tasks for version in task.result.tallied}
        for item in self._query(f"RUN#{run.run_id}#{month}", ""):
            if item["sk"]["S"].rpartition("#")[0] in counting:
                yield unpack_tallies(item["tallies"]["B"])


def _brought(task: Task[Share]) -> str:
    return f"{task.name}#{task.version:08d}"


def _by_month(tallies: Tallies) -> dict[str, Tallies]:
    months: defaultdict[str, dict[tuple[str, str], Any]] = defaultdict(dict)
    for (partner, day), tally in tallies.items():
        months[day[:7]][partner, day] = tally
    return dict(months)


def _run_to_item(run: Run) -> Item:
    item: Item = {
        "begun": {"N": str(run.begun_at_ms)},
        "settled": {"N": str(run.settled_before_ms)},
        "segments": {"N": str(run.segments)},
        "layout": {"S": run.layout},
    }
    if run.verdict is not None:
        item["ended"] = {"N": str(run.verdict.ended_at_ms)}
        item["verdict"] = {"B": pack_part(run.verdict.total)}
    return item


def _run_from_item(item: Item) -> Run:
    run = Run(
        run_id=item["sk"]["S"],
        begun_at_ms=int(item["begun"]["N"]),
        settled_before_ms=int(item["settled"]["N"]),
        segments=int(item["segments"]["N"]),
        layout=item["layout"]["S"],
    )
    if "verdict" not in item:
        return run
    return replace(run, verdict=Verdict(run.run_id, int(item["ended"]["N"]), unpack_part(item["verdict"]["B"])))
