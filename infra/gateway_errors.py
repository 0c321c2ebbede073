"""What API Gateway answers by itself, before any of our code runs, as RFC 9457 problem documents."""

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import (
    BadRequestError,
    NoAnswerInTimeError,
    RefusedByGatewayError,
    TooManyRequestsError,
    UnauthorizedError,
    UsagePlanNotReadyError,
)
from chalicelib.problems import CONTENT_TYPE, TYPE_BASE, InternalError, status_of
from partners.access.limits import LIMIT_NAME
from shared.kernel.errors import TesseraError

EXTENSION = "x-amazon-apigateway-gateway-responses"
"""The key under which an OpenAPI document for API Gateway carries these answers."""


WAIT = {
    429: {
        "gatewayresponse.header.Retry-After": "1",
        "gatewayresponse.header.RateLimit": f'"{LIMIT_NAME}";r=0;t=1',
    },
    503: {"gatewayresponse.header.Retry-After": "1"},
}
"""What a refusal says of when to come again; of too many requests, that nothing is left and in a second there is."""


@dataclass(frozen=True, slots=True)
class GatewayError:
    """The answer to one or more of the gateway's response types."""

    response_types: tuple[str, ...]
    status: int
    code: str
    title: str
    detail: str

    def body_template(self) -> str:
        """A JSON document in which the gateway fills in `$context.requestId`."""
        return json.dumps(
            {
                "type": TYPE_BASE + self.code,
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
                "instance": "urn:uuid:$context.requestId",
            },
            separators=(",", ":"),
        )


def _ours(response_types: tuple[str, ...], error: TesseraError) -> GatewayError:
    """One that the API's own code names, so that both say the same of it."""
    return GatewayError(response_types, status_of(type(error)), error.code, error.title, error.detail)


GATEWAY_ERRORS = (
    _ours(("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX"), BadRequestError()),
    _ours(("UNAUTHORIZED", "INVALID_SIGNATURE", "EXPIRED_TOKEN"), UnauthorizedError()),
    # Its own key, which the authorizer named: the caller's was found good before.
    _ours(("INVALID_API_KEY",), UsagePlanNotReadyError()),
    _ours(("ACCESS_DENIED", "WAF_FILTERED"), RefusedByGatewayError()),
    # An unknown path is what API Gateway calls a missing authentication token.
    GatewayError(
        ("RESOURCE_NOT_FOUND", "MISSING_AUTHENTICATION_TOKEN"),
        404,
        "unknown_route",
        "There is nothing here",
        "No such path and method; /v1/openapi.json lists what there is.",
    ),
    GatewayError(
        ("REQUEST_TOO_LARGE",), 413, "body_too_large", "The body is too large", "A request may have 10 MB at most."
    ),
    GatewayError(
        ("UNSUPPORTED_MEDIA_TYPE",),
        415,
        "unsupported_media_type",
        "The body is not JSON",
        "Send the body as Content-Type: application/json.",
    ),
    _ours(("THROTTLED", "QUOTA_EXCEEDED"), TooManyRequestsError()),
    _ours(
        (
            "INTEGRATION_FAILURE",
            "API_CONFIGURATION_ERROR",
            "AUTHORIZER_CONFIGURATION_ERROR",
            "AUTHORIZER_FAILURE",
            "DEFAULT_5XX",
        ),
        InternalError(),
    ),
    _ours(("INTEGRATION_TIMEOUT",), NoAnswerInTimeError()),
)


def gateway_responses() -> dict[str, Any]:
    """The OpenAPI extension's value: every response type with its status, headers and body."""
    return {
        response_type: {
            "statusCode": str(error.status),
            "responseParameters": {
                "gatewayresponse.header.Content-Type": f"'{CONTENT_TYPE}'",
                "gatewayresponse.header.Cache-Control": "'no-store'",
                "gatewayresponse.header.Request-Id": "context.requestId",
                **{name: f"'{value}'" for name, value in WAIT.get(error.status, {}).items()},
            },
            "responseTemplates": {"application/json": error.body_template()},
        }
        for error in GATEWAY_ERRORS
        for response_type in error.response_types
    }
