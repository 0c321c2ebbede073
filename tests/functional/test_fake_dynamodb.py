"""The fake client answers as both engines do, request by request."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.tables import create_tables
from tests.fakes.dynamodb import FakeDynamoDB
from tests.support.clouds import DynamoEngine

FREE = {"ConditionExpression": "attribute_not_exists(pk)"}


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _put(pk: str, sk: str, **more: Any) -> dict[str, Any]:
    item = {**_key(pk, sk), "n": {"N": "42"}, "raw": {"B": b"\x00\xff"}, "list": {"L": [{"N": "7"}]}}
    return {"Item": {**item, **more.pop("attributes", {})}, **more}


def _query(pk: str, condition: str = "", bound: str = "", **more: Any) -> dict[str, Any]:
    values = {":pk": {"S": pk}, **({":bound": {"S": bound}} if bound else {})}
    return {"KeyConditionExpression": f"pk = :pk{condition}", "ExpressionAttributeValues": values, **more}


def _update(pk: str, sk: str, value: str, expected: str, **more: Any) -> dict[str, Any]:
    return {
        "Key": _key(pk, sk),
        "UpdateExpression": "SET #0 = :0, remark = :1",
        "ConditionExpression": "#0 = :2",
        "ExpressionAttributeNames": {"#0": "n"},
        "ExpressionAttributeValues": {":0": {"N": value}, ":1": {"S": "x"}, ":2": {"N": expected}},
        **more,
    }


def _unless(name: str, value: str) -> dict[str, Any]:
    condition = f"attribute_not_exists(pk) OR {name} <> :0"
    return {"ConditionExpression": condition, "ExpressionAttributeValues": {":0": {"N": value}}}


def _delete(pk: str, expected: str) -> dict[str, Any]:
    return {
        "Key": _key(pk, "x"),
        "ConditionExpression": "attribute_not_exists(pk) OR #0 = :0",
        "ExpressionAttributeNames": {"#0": "n"},
        "ExpressionAttributeValues": {":0": {"N": expected}},
    }


def _counted(pk: str, added: str, room: str) -> dict[str, Any]:
    return {
        "Key": _key(pk, "x"),
        "UpdateExpression": "ADD counted :added",
        "ConditionExpression": "attribute_not_exists(counted) OR counted <= :room",
        "ExpressionAttributeValues": {":added": {"N": added}, ":room": {"N": room}},
    }


def _updated_once(pk: str) -> dict[str, Any]:
    request = _update(pk, "x", "8", expected="7")
    return {**request, "ConditionExpression": "#0 = :2 AND attribute_not_exists(twice)"}


NUMBERS = [f"E#{number:08d}" for number in range(1, 8)]
SCRIPT: list[tuple[str, dict[str, Any]]] = [
    ("GetItem", {"Key": _key("a", NUMBERS[0])}),
    ("Query", _query("a")),
    *(("PutItem", _put("a", number, **FREE)) for number in NUMBERS),
    ("PutItem", _put("a", NUMBERS[2], **FREE, attributes={"n": {"N": "43"}})),
    ("GetItem", {"Key": _key("a", NUMBERS[2]), "ConsistentRead": True}),
    ("PutItem", _put("a", NUMBERS[2], attributes={"n": {"N": "44"}})),
    ("GetItem", {"Key": _key("a", NUMBERS[2]), "ConsistentRead": True}),
    (
        "PutItem",
        _put(
            "a",
            NUMBERS[3],
            ConditionExpression="attribute_not_exists (#0)",
            ExpressionAttributeNames={"#0": "pk"},
        ),
    ),
    ("PutItem", _put("a", NUMBERS[3], ConditionExpression="attribute_not_exists(n)")),
    ("PutItem", _put("a", NUMBERS[3], ConditionExpression="attribute_not_exists(never)")),
    ("PutItem", _put("a", NUMBERS[3], **_unless("n", "42"))),
    ("PutItem", _put("a", NUMBERS[3], **_unless("n", "41"))),
    ("PutItem", _put("a", NUMBERS[3], **_unless("never", "41"))),
    ("PutItem", _put("unless", "x", **_unless("n", "42"))),
    ("PutItem", _put("b", NUMBERS[0], **FREE)),
    ("UpdateItem", _update("b", NUMBERS[0], "1", expected="41")),
    ("UpdateItem", _update("b", NUMBERS[0], "1", expected="42")),
    ("UpdateItem", _update("b", NUMBERS[0], "2", expected="1", ReturnValues="ALL_NEW")),
    ("UpdateItem", _update("b", NUMBERS[1], "2", expected="1")),
    ("GetItem", {"Key": _key("b", NUMBERS[0]), "ConsistentRead": True}),
    ("Query", _query("a", ConsistentRead=True)),
    ("Query", _query("a", ScanIndexForward=False, Limit=1)),
    ("Query", _query("a", ScanIndexForward=False, Limit=3, ExclusiveStartKey=_key("a", NUMBERS[4]))),
    ("Query", _query("a", Limit=3, ExclusiveStartKey=_key("a", NUMBERS[2]))),
    ("Query", _query("a", Limit=100)),
    ("Query", _query("a", " AND sk < :bound", NUMBERS[3], ScanIndexForward=False, Limit=2)),
    ("Query", _query("a", " AND sk <= :bound", NUMBERS[3])),
    ("Query", _query("a", " AND sk > :bound", NUMBERS[3])),
    ("Query", _query("a", " AND sk >= :bound", NUMBERS[3])),
    ("Query", _query("a", " AND begins_with(sk, :bound)", "E#0000000")),
    ("Query", _query("a", " AND begins_with(sk, :bound)", "X#")),
    (
        "Query",
        {
            "KeyConditionExpression": "(#0 = :0 AND begins_with (#1, :1))",
            "ExpressionAttributeNames": {"#0": "pk", "#1": "sk"},
            "ExpressionAttributeValues": {":0": {"S": "a"}, ":1": {"S": "E#"}},
        },
    ),
    ("Query", _query("nobody")),
    ("PutItem", _put("big", "x", attributes={"raw": {"B": b"x" * (400 * 1024 - 100)}})),
    ("PutItem", _put("big", "x", attributes={"raw": {"B": b"x" * (400 * 1024 + 1)}})),
    ("UpdateItem", _update("big", "x", "1", expected="42", ReturnValues="NONE")),
]


def _transaction(*puts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "TransactWriteItems", {"TransactItems": [{"Put": put} for put in puts]}


TRANSACTIONS = [
    _transaction(_put("t1", "x", **FREE), _put("t2", "x", **FREE)),
    _transaction(_put("t3", "x", **FREE), _put("t2", "x", **FREE), _put("t4", "x", **FREE)),
    ("GetItem", {"Key": _key("t1", "x"), "ConsistentRead": True}),
    ("GetItem", {"Key": _key("t3", "x"), "ConsistentRead": True}),
    _transaction(_put("t1", "x", **FREE), _put("t2", "x", **FREE)),
    ("TransactGetItems", {"TransactItems": [{"Get": {"Key": _key(pk, "x")}} for pk in ("t1", "t3", "t2")]}),
    ("TransactWriteItems", {"TransactItems": [{"Put": _put("t5", "x", **FREE)}, {"Delete": _delete("t1", "41")}]}),
    ("TransactGetItems", {"TransactItems": [{"Get": {"Key": _key(pk, "x")}} for pk in ("t1", "t5")]}),
    ("TransactWriteItems", {"TransactItems": [{"Put": _put("t5", "x", **FREE)}, {"Delete": _delete("t1", "42")}]}),
    ("TransactWriteItems", {"TransactItems": [{"Delete": _delete("t1", "42")}, {"Delete": {"Key": _key("t2", "x")}}]}),
    ("TransactGetItems", {"TransactItems": [{"Get": {"Key": _key(pk, "x")}} for pk in ("t1", "t2", "t5")]}),
    (
        "TransactWriteItems",
        {"TransactItems": [{"Put": _put("t6", "x", **FREE)}, {"Update": _update("t5", "x", "7", "42")}]},
    ),
    (
        "TransactWriteItems",
        {"TransactItems": [{"Put": _put("t7", "x", **FREE)}, {"Update": _update("t5", "x", "8", "42")}]},
    ),
    ("TransactGetItems", {"TransactItems": [{"Get": {"Key": _key(pk, "x")}} for pk in ("t5", "t6", "t7")]}),
    *(
        ("TransactWriteItems", {"TransactItems": [{"Update": _counted("t8", added, room)}, {"Put": _put(pk, "x")}]})
        for pk, added, room in (("t9", "40", "0"), ("t10", "5", "39"), ("t11", "5", "40"), ("t12", "9", "100"))
    ),
    ("TransactWriteItems", {"TransactItems": [{"Update": _updated_once("t5")}]}),
    ("TransactWriteItems", {"TransactItems": [{"Update": _updated_once("t5")}]}),
    ("TransactGetItems", {"TransactItems": [{"Get": {"Key": _key(pk, "x")}} for pk in ("t5", "t8", "t10", "t12")]}),
]


@pytest.mark.parametrize("script", [SCRIPT, TRANSACTIONS], ids=["one item at a time", "transactions"])
def test_the_fake_answers_every_request_as_the_engine_does(dynamodb_engine: DynamoEngine, script: Any) -> None:
    fake = FakeDynamoDB()
    for number, (operation, request) in enumerate(script):
        named = _for(request, dynamodb_engine.members_table, f"fake-{len(script)}-")
        expected, given = _answer(dynamodb_engine.client, operation, named), _answer(fake, operation, named)
        assert given == expected, f"request {number}: {operation} {request}"


def test_the_fake_raises_what_the_store_catches_by_the_clients_own_names(dynamodb_engine: DynamoEngine) -> None:
    for client in (dynamodb_engine.client, FakeDynamoDB()):
        put = _for(_put("caught", "x", **FREE), dynamodb_engine.members_table, "fake-")
        client.put_item(**put)
        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            client.put_item(**put)
        with pytest.raises(client.exceptions.TransactionCanceledException):
            client.transact_write_items(TransactItems=[{"Put": put}])


def test_a_scan_in_segments_gives_every_item_once_and_a_partitions_items_together_in_order(
    dynamodb_engine: DynamoEngine,
) -> None:
    table = create_tables(dynamodb_engine.client, "scanned")["MembersTable"]
    keys = [(f"p{partition}", number) for partition in range(9) for number in NUMBERS]
    for client in (dynamodb_engine.client, FakeDynamoDB()):
        for pk, sk in sorted(keys, key=lambda key: key[::-1]):
            client.put_item(TableName=table, **_put(pk, sk))
        for segments, limit in ((1, {}), (4, {}), (1, {"Limit": 3}), (4, {"Limit": 3})):
            read = [_scanned(client, table, segment, segments, limit) for segment in range(segments)]
            assert sorted(key for of_segment in read for key in of_segment) == keys
            for of_segment in read:
                partitions = list(dict.fromkeys(pk for pk, _ in of_segment))
                assert of_segment == [(pk, number) for pk in partitions for number in NUMBERS]


def _scanned(client: Any, table: str, segment: int, segments: int, limit: dict[str, int]) -> list[tuple[str, str]]:
    request = {"TableName": table, "Segment": segment, "TotalSegments": segments, **limit}
    keys: list[tuple[str, str]] = []
    while True:
        answer = client.scan(**request)
        keys += [(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return keys
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def test_a_request_that_the_fake_does_not_know_is_no_guess() -> None:
    fake = FakeDynamoDB()
    with pytest.raises(AssertionError):
        fake.put_item(TableName="t", Item=_key("a", "b"), ConditionExpression="size(pk) > :n")
    with pytest.raises(AssertionError):
        fake.query(TableName="t", IndexName="by-day", **_query("a"))
    with pytest.raises(AttributeError):
        fake.delete_item(TableName="t")


def _for(request: dict[str, Any], table: str, prefix: str) -> dict[str, Any]:
    """The request with keys of this test's own."""
    if "TransactItems" in request:
        actions = [(name, part) for one in request["TransactItems"] for name, part in one.items()]
        return {"TransactItems": [{name: _for(part, table, prefix)} for name, part in actions]}
    named = {"TableName": table, **request}
    for name in ("Item", "Key", "ExclusiveStartKey"):
        if name in named:
            named[name] = {**named[name], "pk": {"S": prefix + named[name]["pk"]["S"]}}
    if "KeyConditionExpression" in named:
        first, *rest = named["ExpressionAttributeValues"].items()
        named["ExpressionAttributeValues"] = {first[0]: {"S": prefix + first[1]["S"]}, **dict(rest)}
    return named


def _answer(client: Any, operation: str, request: dict[str, Any]) -> object:
    try:
        answer = client._make_api_call(operation, dict(request))
    except ClientError as error:
        reasons = [reason["Code"] for reason in error.response.get("CancellationReasons", [])]
        return error.response["Error"]["Code"], reasons
    return {name: value for name, value in answer.items() if name not in ("ResponseMetadata", "ConsumedCapacity")}
