"""As much of the low-level DynamoDB client as the product uses, in memory.

Held to the behaviour of the engines by `tests/functional/test_fake_dynamodb.py`. A request that the fake
does not know is an AssertionError, never a guess.
"""

import hashlib
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from infra.capacity import item_bytes

Item = dict[str, Any]

_METHODS = {
    "get_item": "GetItem",
    "put_item": "PutItem",
    "query": "Query",
    "scan": "Scan",
    "transact_get_items": "TransactGetItems",
    "transact_write_items": "TransactWriteItems",
    "update_item": "UpdateItem",
}
_KNOWN = {
    "GetItem": {"TableName", "Key", "ConsistentRead"},
    "PutItem": {"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"},
    "Query": {
        "TableName",
        "KeyConditionExpression",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "ScanIndexForward",
        "Limit",
        "ConsistentRead",
        "ExclusiveStartKey",
    },
    "Scan": {"TableName", "Segment", "TotalSegments", "Limit", "ConsistentRead", "ExclusiveStartKey"},
    "TransactGetItems": {"TransactItems"},
    "TransactWriteItems": {"TransactItems"},
    "UpdateItem": {
        "TableName",
        "Key",
        "UpdateExpression",
        "ConditionExpression",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "ReturnValues",
    },
}
HASH_BITS = 64
MOST_ITEM_BYTES = 400 * 1024
_IGNORED = {"ReturnConsumedCapacity", "ReturnItemCollectionMetrics"}
_PARTITION = re.compile(r"pk = (:\w+)(?: AND (.+))?")
_COMPARED = re.compile(r"sk (<|<=|>|>=|=) (:\w+)")
_BETWEEN = re.compile(r"sk BETWEEN (:\w+) AND (:\w+)")
_BEGINS = re.compile(r"begins_with ?\(sk, ?(:\w+)\)")
_FREE = re.compile(r"attribute_not_exists ?\((\w+)\)")
_SET = re.compile(r"(\w+) = (:\w+)")
_ADD = re.compile(r"ADD (\w+) (:\w+)")
_AT_MOST = re.compile(r"(\w+) <= (:\w+)")
_OTHER = re.compile(r"(\w+) <> (:\w+)")
_COMPARE = {
    "=": lambda sk, bound: sk == bound,
    "<": lambda sk, bound: sk < bound,
    "<=": lambda sk, bound: sk <= bound,
    ">": lambda sk, bound: sk > bound,
    ">=": lambda sk, bound: sk >= bound,
}


class ConditionalCheckFailedException(ClientError):  # noqa: N818  the SDK's name
    pass


class TransactionConflictException(ClientError):  # noqa: N818  the SDK's name
    pass


class TransactionCanceledException(ClientError):  # noqa: N818  the SDK's name
    pass


class DynamoDBMethods:
    """The client's methods, all of which go through `_make_api_call`, as botocore's do."""

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        return lambda **params: self._make_api_call(_METHODS[name], params)


class FakeDynamoDB(DynamoDBMethods):
    """Tables with the keys `pk` and `sk`, made by the first write. `tables` may be copied and put back."""

    _request_signer = None
    meta = SimpleNamespace(region_name="us-east-1")
    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailedException,
        TransactionCanceledException=TransactionCanceledException,
        TransactionConflictException=TransactionConflictException,
    )

    def __init__(self, tables: dict[str, dict[tuple[str, str], Item]] | None = None) -> None:
        self.tables = {name: dict(rows) for name, rows in (tables or {}).items()}

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        params = {name: value for name, value in api_params.items() if name not in _IGNORED}
        assert params.keys() <= _KNOWN[operation_name], f"{operation_name} with {params.keys()}"
        answer: dict[str, Any] = getattr(self, f"_{operation_name}")(params)
        return answer

    def _GetItem(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        item = self._rows(params).get(item_key(params["Key"]))
        return {} if item is None else {"Item": dict(item)}

    def _PutItem(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not self._holds(params):
            raise ConditionalCheckFailedException(told_as("ConditionalCheckFailedException"), "PutItem")
        self._store(params)
        return {}

    def _UpdateItem(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not self._holds(params):
            raise ConditionalCheckFailedException(told_as("ConditionalCheckFailedException"), "UpdateItem")
        return self._update(params)

    def _update(self, params: dict[str, Any]) -> dict[str, Any]:
        item = dict(self._rows(params).get(item_key(params["Key"]), params["Key"]))
        if added := _ADD.fullmatch(params["UpdateExpression"]):
            value = int(params["ExpressionAttributeValues"][added[2]]["N"])
            item[added[1]] = {"N": str(int(item.get(added[1], {"N": "0"})["N"]) + value)}
            self._rows(params)[item_key(item)] = item
            return {}
        changes = re.fullmatch(r"SET (.+)", _named(params, params["UpdateExpression"]))
        assert changes, f"an update that the fake does not know: {params['UpdateExpression']}"
        assert params.get("ReturnValues") in (None, "NONE", "ALL_NEW")
        for change in changes[1].split(", "):
            match = _SET.fullmatch(change)
            assert match, f"an update that the fake does not know: {change}"
            item[match[1]] = params["ExpressionAttributeValues"][match[2]]
        _check_size(item, "UpdateItem")
        self._rows(params)[item_key(item)] = item
        return {"Attributes": dict(item)} if params.get("ReturnValues") == "ALL_NEW" else {}

    def _TransactGetItems(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Responses": [self._GetItem(action["Get"]) for action in params["TransactItems"]]}

    def _TransactWriteItems(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        writes = [write for action in params["TransactItems"] for write in action.values()]
        held = [self._holds(write) for write in writes]
        if not all(held):
            reasons = [{"Code": "None" if fine else "ConditionalCheckFailed"} for fine in held]
            answer = {**told_as("TransactionCanceledException"), "CancellationReasons": reasons}
            raise TransactionCanceledException(answer, "TransactWriteItems")
        for action in params["TransactItems"]:
            self._do(action)
        return {}

    def _do(self, action: dict[str, Any]) -> None:
        if "ConditionCheck" in action:
            return
        if "Delete" in action:
            self._rows(action["Delete"]).pop(item_key(action["Delete"]["Key"]), None)
        elif "Update" in action:
            self._update(action["Update"])
        else:
            self._store(action["Put"])

    def _Query(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        forward = params.get("ScanIndexForward", True)
        partition, holds = _condition(params)
        rows = [(sk, item) for (pk, sk), item in self._rows(params).items() if pk == partition and holds(sk)]
        rows.sort(key=lambda row: row[0], reverse=not forward)
        if "ExclusiveStartKey" in params:
            start = params["ExclusiveStartKey"]["sk"]["S"]
            rows = [row for row in rows if (row[0] > start if forward else row[0] < start)]
        limit = params.get("Limit")
        read = [dict(item) for _, item in (rows if limit is None else rows[:limit])]
        answer: dict[str, Any] = {"Items": read, "Count": len(read), "ScannedCount": len(read)}
        if limit is not None and len(read) == limit:
            answer["LastEvaluatedKey"] = {name: read[-1][name] for name in ("pk", "sk")}
        return answer

    def _Scan(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        segment, segments = params["Segment"], params["TotalSegments"]
        rows = sorted((_hashed(pk), sk, item) for (pk, sk), item in self._rows(params).items())
        rows = [row for row in rows if row[0] * segments >> HASH_BITS == segment]
        if "ExclusiveStartKey" in params:
            start = params["ExclusiveStartKey"]
            rows = [row for row in rows if row[:2] > (_hashed(start["pk"]["S"]), start["sk"]["S"])]
        limit = params.get("Limit")
        read = [dict(item) for _, _, item in (rows if limit is None else rows[:limit])]
        answer: dict[str, Any] = {"Items": read, "Count": len(read), "ScannedCount": len(read)}
        if limit is not None and len(read) == limit:
            answer["LastEvaluatedKey"] = {name: read[-1][name] for name in ("pk", "sk")}
        return answer

    def _rows(self, params: dict[str, Any]) -> dict[tuple[str, str], Item]:
        return self.tables.setdefault(params["TableName"], {})

    def _store(self, put: dict[str, Any]) -> None:
        _check_size(put["Item"], "PutItem")
        self._rows(put)[item_key(put["Item"])] = dict(put["Item"])

    def _holds(self, write: dict[str, Any]) -> bool:
        condition = _named(write, write.get("ConditionExpression", ""))
        ways = [way.split(" AND ") for way in condition.split(" OR ")]
        return not condition or any(all(self._is_so(write, one) for one in way) for way in ways)

    def _is_so(self, write: dict[str, Any], condition: str) -> bool:
        standing = self._rows(write).get(item_key(write.get("Item") or write["Key"]))
        if free := _FREE.fullmatch(condition):
            return standing is None or free[1] not in standing
        if most := _AT_MOST.fullmatch(condition):
            bound = int(write["ExpressionAttributeValues"][most[2]]["N"])
            return standing is not None and most[1] in standing and int(standing[most[1]]["N"]) <= bound
        if other := _OTHER.fullmatch(condition):
            return standing is not None and standing.get(other[1]) != write["ExpressionAttributeValues"][other[2]]
        match = _SET.fullmatch(condition)
        assert match, f"a condition that the fake does not know: {condition}"
        expected = write["ExpressionAttributeValues"][match[2]]
        return bool(standing is not None and standing.get(match[1]) == expected)


class LastWriterWins(FakeDynamoDB):
    """A store without the promise that everything rests on, for tests of the tests."""

    def _holds(self, put: dict[str, Any]) -> bool:
        return True


def _check_size(item: Item, operation: str) -> None:
    if item_bytes(item) > MOST_ITEM_BYTES:
        raise ClientError(told_as("ValidationException"), operation)


def _hashed(pk: str) -> int:
    """Where a partition stands in the order of a scan."""
    return int.from_bytes(hashlib.sha256(pk.encode()).digest()[: HASH_BITS // 8])


def _condition(params: dict[str, Any]) -> tuple[str, Callable[[str], bool]]:
    """The partition that a query reads, and which of its sort keys."""
    expression = _named(params, params["KeyConditionExpression"])
    match = _PARTITION.fullmatch(expression.removeprefix("(").removesuffix(")") if expression[0] == "(" else expression)
    assert match, f"a key condition that the fake does not know: {expression}"
    values = params["ExpressionAttributeValues"]
    partition: str = values[match[1]]["S"]
    if match[2] is None:
        return partition, lambda sk: True
    if compared := _COMPARED.fullmatch(match[2]):
        compare, bound = _COMPARE[compared[1]], values[compared[2]]["S"]
        return partition, lambda sk: bool(compare(sk, bound))
    if between := _BETWEEN.fullmatch(match[2]):
        low, high = values[between[1]]["S"], values[between[2]]["S"]
        return partition, lambda sk: bool(low <= sk <= high)
    begins = _BEGINS.fullmatch(match[2])
    assert begins, f"a sort key condition that the fake does not know: {expression}"
    start: str = values[begins[1]]["S"]
    return partition, lambda sk: sk.startswith(start)


def _named(params: dict[str, Any], expression: str) -> str:
    for name, attribute in params.get("ExpressionAttributeNames", {}).items():
        expression = re.sub(rf"{re.escape(name)}\b", attribute, expression)
    return expression


def item_key(attributes: Item) -> tuple[str, str]:
    return attributes["pk"]["S"], attributes["sk"]["S"]


def told_as(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": "by the fake"}, "ResponseMetadata": {"HTTPHeaders": {}}}


class Written(DynamoDBMethods):
    """Passes calls on to `inner`, and names those that write."""

    _request_signer = None
    meta = FakeDynamoDB.meta
    exceptions = FakeDynamoDB.exceptions

    def __init__(self, inner: FakeDynamoDB) -> None:
        self._inner = inner
        self.operations: list[str] = []

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        if operation_name.startswith(("Put", "Update", "Delete", "TransactWrite")):
            self.operations.append(operation_name)
        return self._inner._make_api_call(operation_name, api_params)
