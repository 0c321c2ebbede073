"""Runs of the audit on DynamoDB, table `audit`.

| item | pk | sk | holds |
| --- | --- | --- | --- |
| run | `RUNS` | `<run>` | when it began, cut-off, segments; in the end its verdict |
| task | `RUN#<run>` | `TASK#<task>` | how far it is, what it came to, who has it until when |
| tallies | `RUN#<run>#<month>` | `<task>#<version>#<piece>` | tallies that came with one save of a task |

Saving a task is conditional on its version, so of two workers on one task only one's work counts. Tallies
are written before the save that makes them count.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from partners.audit.codec import pack_part, pack_tallies, unpack_part, unpack_tallies
from partners.audit.errors import TaskTakenError
from partners.audit.model import Run, Tallies, Task, Verdict
from shared.kernel.aws import outage_as_unavailable
from shared.kernel.clock import DAY_MS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOTES_KEPT_DAYS = 35

_Item = dict[str, Any]


class AuditStore:
    """Runs in table `table`. Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add_run(self, run: Run) -> Run:
        """`run`, or the run of its name that was there before."""
        with outage_as_unavailable():
            try:
                self._client.put_item(
                    TableName=self._table, Item=_run_to_item(run), ConditionExpression="attribute_not_exists(pk)"
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return self._run(run.run_id)
        return run

    def newest_run(self, series: str) -> Run | None:
        """The last run whose name begins with `series`, in order of names."""
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :series)",
                ExpressionAttributeValues={":pk": {"S": "RUNS"}, ":series": {"S": series}},
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,
            )
        return _run_from_item(answer["Items"][0]) if answer["Items"] else None

    def conclude(self, run: Run, verdict: Verdict) -> Run:
        """The run with its verdict: this one, or the one that stood there before."""
        item = _run_to_item(replace(run, verdict=verdict))
        with outage_as_unavailable():
            try:
                self._client.put_item(
                    TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(verdict)"
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return self._run(run.run_id)
        return replace(run, verdict=verdict)

    def tasks(self, run: Run) -> dict[str, Task]:
        """The tasks of `run` that somebody began, by name."""
        items = self._query(f"RUN#{run.run_id}", "TASK#")
        return {task.name: task for task in map(_task_from_item, items)}

    def save(self, run: Run, task: Task, tallies: Tallies) -> None:
        """Write `task` in place of its version before, and the tallies that came with it. Raises TaskTakenError."""
        gone_after = {"N": str((run.begun_at_ms + NOTES_KEPT_DAYS * DAY_MS) // 1000)}
        for month, of_month in _by_month(tallies).items():
            for number, piece in enumerate(pack_tallies(of_month)):
                key = {"pk": {"S": f"RUN#{run.run_id}#{month}"}, "sk": {"S": f"{_brought(task)}#{number:04d}"}}
                with outage_as_unavailable():
                    self._client.put_item(
                        TableName=self._table, Item={**key, "tallies": {"B": piece}, "gone_after": gone_after}
                    )
        request: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if task.version > 1:
            request = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(task.version - 1)}},
            }
        item = {**_task_to_item(run, task), "gone_after": gone_after}
        with outage_as_unavailable():
            try:
                self._client.put_item(TableName=self._table, Item=item, **request)
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise TaskTakenError(task.name) from error

    def tallies(self, run: Run, month: str, tasks: Collection[Task]) -> Iterator[Tallies]:
        """All tallies of a month that count, in pieces."""
        counting = {_brought(replace(task, version=version)) for task in tasks for version in task.tallied}
        for item in self._query(f"RUN#{run.run_id}#{month}", ""):
            if item["sk"]["S"].rpartition("#")[0] in counting:
                yield unpack_tallies(item["tallies"]["B"])

    def _run(self, run_id: str) -> Run:
        with outage_as_unavailable():
            answer = self._client.get_item(
                TableName=self._table, Key={"pk": {"S": "RUNS"}, "sk": {"S": run_id}}, ConsistentRead=True
            )
        return _run_from_item(answer["Item"])

    def _query(self, pk: str, begin: str) -> Iterator[_Item]:
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if begin:
            condition += " AND begins_with(sk, :begin)"
            values[":begin"] = {"S": begin}
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }
        while True:
            with outage_as_unavailable():
                answer = self._client.query(**request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _brought(task: Task) -> str:
    return f"{task.name}#{task.version:08d}"


def _by_month(tallies: Tallies) -> dict[str, Tallies]:
    months: defaultdict[str, dict[tuple[str, str], Any]] = defaultdict(dict)
    for (partner, day), tally in tallies.items():
        months[day[:7]][partner, day] = tally
    return dict(months)


def _run_to_item(run: Run) -> _Item:
    item: _Item = {
        "pk": {"S": "RUNS"},
        "sk": {"S": run.run_id},
        "begun": {"N": str(run.begun_at_ms)},
        "settled": {"N": str(run.settled_before_ms)},
        "segments": {"N": str(run.segments)},
        "layout": {"S": run.layout},
    }
    if run.verdict is not None:
        item["ended"] = {"N": str(run.verdict.ended_at_ms)}
        item["verdict"] = {"B": pack_part(run.verdict.total)}
    return item


def _run_from_item(item: _Item) -> Run:
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


def _task_to_item(run: Run, task: Task) -> _Item:
    item: _Item = {
        "pk": {"S": f"RUN#{run.run_id}"},
        "sk": {"S": f"TASK#{task.name}"},
        "version": {"N": str(task.version)},
        "leased": {"N": str(task.leased_until_ms)},
        "done": {"BOOL": task.done},
        "part": {"B": pack_part(task.part)},
        "tallied": {"L": [{"N": str(version)} for version in task.tallied]},
        "months": {"L": [{"S": month} for month in sorted(task.months)]},
    }
    if task.cursor is not None:
        item["cursor"] = {"S": task.cursor}
    return item


def _task_from_item(item: _Item) -> Task:
    return Task(
        name=item["sk"]["S"].removeprefix("TASK#"),
        version=int(item["version"]["N"]),
        leased_until_ms=int(item["leased"]["N"]),
        cursor=item["cursor"]["S"] if "cursor" in item else None,
        done=item["done"]["BOOL"],
        part=unpack_part(item["part"]["B"]),
        tallied=tuple(int(version["N"]) for version in item["tallied"]["L"]),
        months=frozenset(month["S"] for month in item["months"]["L"]),
    )
