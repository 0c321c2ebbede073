"""The unpacked package answers under AWS's own Lambda runtime client."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.lambda_runtime import HandlerFailedError, LambdaRuntime

ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "TESSERA_STAGE": "packaged",
    "TESSERA_LEDGER_TABLE": "ledger",
    "TESSERA_MEMBERS_TABLE": "members",
    "TESSERA_PARTNERS_TABLE": "partners",
    "TESSERA_PAGES_TABLE": "pages",
    "TESSERA_AUDIT_TABLE": "audit",
    "TESSERA_SWEEPS_TABLE": "sweeps",
    "TESSERA_BOOKS_TABLE": "books",
    "TESSERA_BILLING_TABLE": "billing",
    "TESSERA_CONNECTORS_TABLE": "connectors",
    "TESSERA_CONNECTORS_QUEUE_URL": "http://127.0.0.1:9/line",
    "TESSERA_CONNECTOR_FILES_QUEUE_URL": "http://127.0.0.1:9/files",
    "TESSERA_CONNECTORS_BUCKET": "files",
    "TESSERA_CONNECTORS_KEY_ID": "key",
    "TESSERA_SETTLEMENT_TABLE": "settlement",
    "TESSERA_RECORDS_BUCKET": "records",
    "TESSERA_RECONCILIATION_QUEUE_URL": "http://127.0.0.1:9/comparisons",
    "TESSERA_STATEMENT_KEY_ID": "statements",
    "TESSERA_TRAIL_TABLE": "trail",
    "TESSERA_WEBHOOKS_TABLE": "webhooks",
    "TESSERA_WEBHOOK_QUEUE_URL": "http://127.0.0.1:9/wakes",
    "TESSERA_WEBHOOK_SECRET_ID": "webhooks",
    "TESSERA_STRIPE_SECRET_ID": "stripe",
    "TESSERA_POSTING_DEAD_LETTER_URL": "http://127.0.0.1:9/queue",
    "TESSERA_SECRET_ID": "secret",
    "TESSERA_STREAM_SOURCE": "aws",
}


def api_event(method: str, path: str) -> dict[str, Any]:
    """What API Gateway sends for a request without a body."""
    return {
        "httpMethod": method,
        "path": path,
        "resource": path,
        "headers": {"Accept": "application/json"},
        "multiValueHeaders": {"Accept": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": path,
            "requestId": "3f1c9a52-61b7-4b4c-9f6e-000000000001",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


Start = Callable[[str], LambdaRuntime]


@pytest.fixture
def start(unpacked: Path, template: dict[str, Any], tmp_path: Path) -> Start:
    """Starts one of the template's functions, by its logical id, with the handler that is written there."""

    def start_function(logical_id: str) -> LambdaRuntime:
        handler = template["Resources"][logical_id]["Properties"]["Handler"]
        return LambdaRuntime(unpacked, handler, ENVIRONMENT, tmp_path)

    return start_function


def test_the_api_answers_health(start: Start) -> None:
    with start("APIHandler") as runtime:
        first = runtime.invoke(api_event("GET", "/v1/health"))
        second = runtime.invoke(api_event("GET", "/v1/health"))
    assert first["statusCode"] == second["statusCode"] == 200


def test_the_api_describes_itself(start: Start) -> None:
    with start("APIHandler") as runtime:
        answer = runtime.invoke(api_event("GET", "/v1/openapi.json"))
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["openapi"].startswith("3.1")


def test_the_authorizer_refuses_a_malformed_key_without_asking_anyone(start: Start) -> None:
    event = {
        "type": "TOKEN",
        "authorizationToken": "Bearer nonsense",
        "methodArn": "arn:aws:execute-api:us-east-1:000000000000:api/stage/GET/v1/cards/1",
    }
    with (
        start("Authorize") as runtime,
        pytest.raises(HandlerFailedError, match='"errorMessage": "Unauthorized"'),
    ):
        runtime.invoke(event)


def test_posting_takes_an_empty_batch_of_a_closing_window(start: Start) -> None:
    event = {"Records": [], "shardId": "shardId-00000001", "isFinalInvokeForWindow": True, "state": {}}
    with start("PostingFunction") as runtime:
        assert runtime.invoke(event) == {"batchItemFailures": [], "state": {}}
