"""Around every request: one log line, and a problem document for whatever goes wrong."""

import time
from collections.abc import Callable

from chalice.app import Blueprint, ChaliceUnhandledError, Request, Response

from chalicelib.errors import MethodNotAllowedError
from chalicelib.problems import InternalError, expected, problem_response
from partners.access.limits import Tier, rate_limit_policy
from shared.kernel.errors import TesseraError
from shared.kernel.logs import logger

blueprint = Blueprint(__name__)

NO_ID = "00000000-0000-0000-0000-000000000000"


@blueprint.middleware("http")
def answer(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Answer a request. What is logged never includes a card number, contact, body or key."""
    started = time.perf_counter_ns()
    unexpected: BaseException | None = None
    code: str | None = None
    request_id = request_id_of(request)
    try:
        response = _no_framework_errors(request, get_response(request), request_id)
    except ChaliceUnhandledError as unhandled:
        error = expected(unhandled.__cause__)
        code = error.code
        if isinstance(error, InternalError):
            unexpected = unhandled.__cause__
        response = problem_response(error, request_id)
    response.headers["Request-Id"] = request_id
    tier = (request.context.get("authorizer") or {}).get("usage_tier")
    if tier is not None:
        response.headers["RateLimit-Policy"] = rate_limit_policy(Tier(tier))
    _log(request, response.status_code, code, started, request_id, unexpected)
    return response


def request_id_of(request: Request) -> str:
    """The gateway's id of the request, or the Lambda invocation's if the gateway gave none."""
    return str(request.context.get("requestId") or getattr(request.lambda_context, "aws_request_id", NO_ID))


def _no_framework_errors(request: Request, response: Response, request_id: str) -> Response:
    """Chalice reports its own errors as a dict; handlers always answer with text."""
    if not isinstance(response.body, dict):
        return response
    error: TesseraError = MethodNotAllowedError(request.method) if response.status_code == 405 else InternalError()
    problem = problem_response(error, request_id)
    problem.headers.update(response.headers)
    return problem


def _log(
    request: Request,
    status: int,
    code: str | None,
    started_ns: int,
    request_id: str,
    unexpected: BaseException | None,
) -> None:
    facts = {
        "method": request.method,
        "route": request.path,
        "status": status,
        "code": code,
        "duration_ms": round((time.perf_counter_ns() - started_ns) / 1e6, 2),
        "partner_id": (request.context.get("authorizer") or {}).get("partner_id"),
        "request_id": request_id,
    }
    if unexpected is None:
        logger().info("request", extra=facts)
    else:
        logger().error("request failed", extra=facts, exc_info=unexpected)
