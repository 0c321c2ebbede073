"""Runs of one kind on DynamoDB, in a table of their own.

| item | pk | sk | holds |
| --- | --- | --- | --- |
| run | `RUNS` | `<run>` | when it began, segments; in the end when it ended and what it came to |
| task | `RUN#<run>` | `TASK#<task>` | how far it is, what it came to, who has it until when |
| part | `RUN#<run>#<task>#<hash>` | part, 4 digits | what a task came to, where its item has no room for it |

Saving a task is conditional on its version, so of two workers on one task only one's work counts. Runs stay
for ever, tasks for a while.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from partners.runs.errors import TaskTakenError
from partners.runs.model import Task
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable
from shared.kernel.clock import DAY_MS
from shared.kernel.parts import Attribute

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TASKS_KEPT_DAYS = 35

Item = dict[str, Any]


class Run(Protocol):
    """What runs of every kind have."""

    @property
    def run_id(self) -> str: ...

    @property
    def begun_at_ms(self) -> int: ...


R = TypeVar("R", bound=Run)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Forms(Generic[R, T]):
    """How a run (without its key, with `ended` only once it is) and a task's result are written and read."""

    run_to_item: Callable[[R], Item]
    run_from_item: Callable[[Item], R]
    pack_result: Callable[[T], bytes]
    unpack_result: Callable[[bytes], T]


class RunStore(Generic[R, T]):
    """Runs in table `table`. Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str, forms: Forms[R, T]) -> None:
        self._client = client
        self._table = table
        self._forms = forms
        self._result = Attribute(client, table, "result")

    def add_run(self, run: R) -> R:
        """`run`, or the run of its name that was there before."""
        return self._put_run(run, "attribute_not_exists(pk)")

    def conclude(self, run: R) -> R:
        """`run`, which has ended: as given, or as it stood there ended before."""
        return self._put_run(run, "attribute_not_exists(ended)")

    def run(self, run_id: str) -> R | None:
        """The run of this name."""
        key = {"pk": {"S": "RUNS"}, "sk": {"S": run_id}}
        with outage_as_unavailable():
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return self._forms.run_from_item(answer["Item"]) if "Item" in answer else None

    def runs(self) -> list[R]:
        """All runs, in order of names."""
        return [self._forms.run_from_item(item) for item in self._query("RUNS", "")]

    def newest_run(self, series: str) -> R | None:
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
        return self._forms.run_from_item(answer["Items"][0]) if answer["Items"] else None

    def tasks(self, run: R) -> dict[str, Task[T]]:
        """The tasks of `run` that somebody began, by name."""
        items = self._query(f"RUN#{run.run_id}", "TASK#")
        return {task.name: task for task in map(self._task_from_item, items)}

    def save(self, run: R, task: Task[T]) -> None:
        """Write `task` in place of its version before. Raises TaskTakenError."""
        request: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if task.version > 1:
            request = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(task.version - 1)}},
            }
        with outage_as_unavailable():
            try:
                self._client.put_item(TableName=self._table, Item=self._task_to_item(run, task), **request)
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise TaskTakenError(task.name) from error

    def _put_run(self, run: R, condition: str) -> R:
        key = {"pk": {"S": "RUNS"}, "sk": {"S": run.run_id}}
        with outage_as_unavailable():
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item={**key, **self._forms.run_to_item(run)},
                    ConditionExpression=condition,
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
                return self._forms.run_from_item(answer["Item"])
        return run

    def _query(self, pk: str, begin: str) -> Iterator[Item]:
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
        yield from items_of_all_pages(self._client.query, request)

    def _task_to_item(self, run: R, task: Task[T]) -> Item:
        item: Item = {
            "pk": {"S": f"RUN#{run.run_id}"},
            "sk": {"S": f"TASK#{task.name}"},
            "version": {"N": str(task.version)},
            "leased": {"N": str(task.leased_until_ms)},
            "done": {"BOOL": task.done},
            "gone_after": gone_after(run),
        }
        item |= self._result.put(
            _parts_pk(item), self._forms.pack_result(task.result), {"gone_after": item["gone_after"]}
        )
        if task.cursor is not None:
            item["cursor"] = {"S": task.cursor}
        return item

    def _task_from_item(self, item: Item) -> Task[T]:
        return Task(
            name=item["sk"]["S"].removeprefix("TASK#"),
            result=self._forms.unpack_result(self._result.get(_parts_pk(item), item)),
            version=int(item["version"]["N"]),
            leased_until_ms=int(item["leased"]["N"]),
            cursor=item["cursor"]["S"] if "cursor" in item else None,
            done=item["done"]["BOOL"],
        )


def _parts_pk(item: Item) -> str:
    return f"{item['pk']['S']}#{item['sk']['S'].removeprefix('TASK#')}"


def gone_after(run: Run) -> Item:
    """The attribute by which DynamoDB removes notes of the work some time after the run."""
    return {"N": str((run.begun_at_ms + TASKS_KEPT_DAYS * DAY_MS) // 1000)}
