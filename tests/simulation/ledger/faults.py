"""A client between the product and DynamoDB that numbers every call and lets one of them go wrong."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import FrameType
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from infra.paths import ROOT
from shared.kernel.aws import items_of_all_pages, transacted, unmet_conditions
from tests.fakes.dynamodb import DynamoDBMethods
from tests.support.workers import DiedError

PRODUCT = tuple(f"{ROOT}/{room}/" for room in ("shared", "partners", "chalicelib", "functions"))


class Fault(StrEnum):
    """What can happen at one call."""

    DIE_BEFORE = "the server dies before it"
    DIE_AFTER = "the server dies after it"
    THROTTLED = "throttled: nothing done"
    LOST_REQUEST = "time-out: nothing done"
    LOST_REPLY = "time-out: done all the same"
    SDK_RETRY = "reply lost, the SDK sends it again"
    CONFLICT = "another transaction is in flight: nothing done"
    IN_PROGRESS = "reply lost, the SDK's retries find the transaction still in progress"
    STALE = "the newest entry does not show yet"


READ = (Fault.DIE_BEFORE, Fault.DIE_AFTER, Fault.THROTTLED, Fault.LOST_REQUEST)
WRITE = (*READ, Fault.LOST_REPLY, Fault.SDK_RETRY)
TRANSACTION = (*WRITE, Fault.IN_PROGRESS)
IN_TRANSACTIONS = ("ledger", "members", "partners")
"""Tables of which some item may be part of another's transaction; its other writes then meet a conflict."""
DIFFERENT = frozenset({Fault.CONFLICT, Fault.LOST_REQUEST, Fault.LOST_REPLY, Fault.SDK_RETRY, Fault.STALE})
"""One of each effect on the store: among several faults in one request the others would tell nothing new."""

FAULTS_OF_CALL = {
    "GetItem": READ,
    "Query": READ,
    "Scan": READ,
    "TransactGetItems": (*READ, Fault.CONFLICT),
    "PutItem": WRITE,
    "TransactWriteItems": TRANSACTION,
    "UpdateItem": WRITE,
}


@dataclass(frozen=True, order=True)
class Point:
    """One call as an operation makes it: which, on which table, how, and where in the product."""

    operation: str
    call: str
    table: str
    place: str

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Raises KeyError for a kind of call that the harness has no faults for."""
        name, _, strength = self.call.partition(" ")
        faults = FAULTS_OF_CALL[name]
        if faults in (WRITE, TRANSACTION) and self.table.startswith(IN_TRANSACTIONS):
            faults = (*faults, Fault.CONFLICT)
        return (*faults, Fault.STALE) if strength == "eventual" else faults

    def __str__(self) -> str:
        return f"{self.operation} | {self.call} {self.table} | {self.place}"


class FaultyClient(DynamoDBMethods):
    """Calls `inner`, and at call number k does what the plan says for k.

    `points` lists the calls since `begin`. `tables` names each table as reports shall call it.
    """

    _request_signer = None

    def __init__(self, inner: Any, tables: Mapping[str, str]) -> None:
        self.inner = inner
        self.meta = inner.meta
        self.exceptions = inner.exceptions
        self._tables = tables
        self.begin("", {})

    def begin(
        self, operation: str, plan: Mapping[int, Fault], before_call: Callable[[int], None] = lambda _: None
    ) -> None:
        """Number calls from 0 again; `before_call` is what else happens just before call k."""
        self.operation = operation
        self.plan = plan
        self.before_call = before_call
        self.points: list[Point] = []

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        point = Point(self.operation, _call(operation_name, api_params), self._table(api_params), _place())
        number = len(self.points)
        self.points.append(point)
        self.before_call(number)
        fault = self.plan.get(number)
        if fault is None:
            return self._really(operation_name, api_params)
        assert fault in point.faults, f"{fault} cannot happen at {point}"
        return self._suffer(fault, operation_name, api_params)

    def _suffer(self, fault: Fault, name: str, params: dict[str, Any]) -> dict[str, Any]:
        if fault is Fault.STALE:
            return self._stale(name, params)
        if fault is Fault.DIE_BEFORE:
            raise DiedError
        if fault is Fault.THROTTLED:
            code = "ProvisionedThroughputExceededException"
            raise ClientError(_error(code), name)
        if fault is Fault.CONFLICT:
            raise self._conflict(name, params)
        if fault is Fault.LOST_REQUEST:
            raise ReadTimeoutError(endpoint_url="injected")
        answer = self._really(name, params)
        if fault is Fault.IN_PROGRESS:
            raise ClientError(_error("TransactionInProgressException"), name)
        if fault is Fault.DIE_AFTER:
            raise DiedError
        if fault is Fault.LOST_REPLY:
            raise ReadTimeoutError(endpoint_url="injected")
        return self._really(name, params) if fault is Fault.SDK_RETRY else answer

    def _conflict(self, name: str, params: dict[str, Any]) -> ClientError:
        """As DynamoDB tells a write of an item that somebody's transaction is about to write."""
        if not name.startswith("Transact"):
            conflict: ClientError = self.exceptions.TransactionConflictException(
                _error("TransactionConflictException"), name
            )
            return conflict
        reasons = [{"Code": "None"} for _ in params["TransactItems"]]
        reasons[-1] = {"Code": "TransactionConflict"}
        error = {**_error("TransactionCanceledException"), "CancellationReasons": reasons}
        cancelled: ClientError = self.exceptions.TransactionCanceledException(error, name)
        return cancelled

    def _really(self, name: str, params: dict[str, Any]) -> dict[str, Any]:
        # A copy: botocore adds a token to a transaction, by which the second would be known as the first.
        answer: dict[str, Any] = self.inner._make_api_call(name, dict(params))
        return answer

    def _stale(self, name: str, params: dict[str, Any]) -> dict[str, Any]:
        """An eventual read from a replica that has not got the partition's newest item, or each partition's."""
        if name == "Scan":
            answer = self._really(name, params)
            last = {item["pk"]["S"]: item["sk"]["S"] for item in answer["Items"]}
            older = [item for item in answer["Items"] if item["sk"]["S"] != last[item["pk"]["S"]]]
            return {**answer, "Items": older}
        pk = params["Key"]["pk"] if name == "GetItem" else params["ExpressionAttributeValues"][":pk"]
        newest = self.inner.query(
            TableName=params["TableName"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": pk},
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=True,
        )["Items"]
        if not newest:
            return self._really(name, params)
        if name == "GetItem":
            return {} if params["Key"]["sk"] == newest[0]["sk"] else self._really(name, params)
        limit = params.get("Limit", 1_000)
        answer = self._really(name, {**params, "Limit": limit + 1})
        older = [item for item in answer["Items"] if item["sk"] != newest[0]["sk"]][:limit]
        return {"Items": older, "Count": len(older), "ScannedCount": len(older)}

    def _table(self, params: dict[str, Any]) -> str:
        actions = [next(iter(action.values())) for action in params.get("TransactItems", [])] or [params]
        return "+".join(dict.fromkeys(self._tables[action["TableName"]] for action in actions))


def _error(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": "injected"}, "ResponseMetadata": {}}


def _call(name: str, params: dict[str, Any]) -> str:
    if name not in ("GetItem", "Query", "Scan"):
        return name
    return f"{name} {'strong' if params.get('ConsistentRead') else 'eventual'}"


_FOR_OTHERS = (items_of_all_pages.__code__, transacted.__code__, unmet_conditions.__code__)


def _place() -> str:
    """The innermost function of the product that the call comes from; behind what calls for others, who asks for it."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(PRODUCT) and frame.f_code not in _FOR_OTHERS:
            function = frame.f_code.co_qualname.partition(".<locals>")[0]
            return f"{path.removeprefix(f'{ROOT}/')}: {function}"
        frame = frame.f_back
    raise AssertionError("a call that the product did not make")
