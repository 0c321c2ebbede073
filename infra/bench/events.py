"""A purchase as API Gateway hands it to the function."""

import json
from dataclasses import dataclass
from typing import Any

from infra.bench.partner import LOCATION, PARTNER
from infra.demo.retailers import CURRENCY
from shared.kernel.clock import system_clock, to_rfc3339


@dataclass(frozen=True)
class LambdaContext:
    """What the handler may look at."""

    aws_request_id: str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    function_name: str = "tessera-bench-APIHandler"
    function_version: str = "$LATEST"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:tessera-bench-APIHandler"
    memory_limit_in_mb: int = 512
    log_group_name: str = "bench"
    log_stream_name: str = "bench"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def purchase_event(card: str, receipt: str) -> dict[str, Any]:
    """POST /v1/purchases with what the authorizer found."""
    body = {
        "card_number": card,
        "location_id": LOCATION,
        "receipt": receipt,
        "occurred_at": to_rfc3339(system_clock()),
        "total": {"amount_cents": 4_210, "currency": CURRENCY},
    }
    headers = {
        "Accept": "*/*",
        "Authorization": "Bearer tsk_live_0000000000",
        "Content-Type": "application/json",
        "Host": "api.example",
        "Idempotency-Key": receipt,
        "User-Agent": "till/1.0",
        "X-Forwarded-For": "192.0.2.10",
        "X-Forwarded-Proto": "https",
    }
    return {
        "resource": "/v1/purchases",
        "path": "/v1/purchases",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "authorizer": {
                "partner_id": PARTNER,
                "key_id": "bench",
                "scopes": "earn members redeem",
                "principalId": "bench",
            },
            "httpMethod": "POST",
            "identity": {"sourceIp": "192.0.2.10", "userAgent": "till/1.0"},
            "path": "/api/v1/purchases",
            "requestId": "2f1d9a52-7b61-4a41-8e8d-93e8deadbeef",
            "resourcePath": "/v1/purchases",
            "stage": "api",
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
