"""Which errors an operation can answer, and how the OpenAPI document shows them."""

from typing import Any

from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.errors import (
    AddressNotAllowedError,
    BadRequestError,
    BodyTooLargeError,
    FractionalCentsError,
    IdempotencyKeyMissingError,
    InvalidFieldError,
    MalformedJsonError,
    MissingFieldError,
    NegativeAmountError,
    NoAnswerInTimeError,
    RefusedByGatewayError,
    RoleMissingError,
    ScopeMissingError,
    TooManyRequestsError,
    UnauthorizedError,
    UnknownFieldError,
    UnsupportedMediaTypeError,
    UsagePlanNotReadyError,
)
from chalicelib.operations import Operation
from chalicelib.operator_roles import roles_for
from chalicelib.problems import CONTENT_TYPE, TYPE_BASE, InternalError, status_of
from partners.access.model import Scope
from partners.operators.model import Role
from partners.till.errors import InvalidIdempotencyKeyError
from shared.kernel.errors import StoreUnavailableError, TesseraError, UnavailableError

REQUEST_ID = {"$ref": "#/components/headers/Request-Id"}
RATE_LIMIT_POLICY = {"$ref": "#/components/headers/RateLimit-Policy"}
"""A header of every answer."""

Errors = list[type[TesseraError]]

BY_THE_GATEWAY: Errors = [BadRequestError, TooManyRequestsError, NoAnswerInTimeError]
"""What API Gateway may answer in place of any operation; infra/gateway_errors.py has it do so in our form."""


def errors_of(operation: Operation) -> Errors:
    """Every error the operation may answer, by status and then as listed; each once."""
    errors: Errors = [UnknownFieldError, InvalidFieldError]
    if operation.params is not NoParams:
        errors.append(MissingFieldError)
    if operation.body is not NoBody:
        errors += [MalformedJsonError, MissingFieldError, BodyTooLargeError, UnsupportedMediaTypeError]
        if "_cents" in str(operation.body.model_json_schema()):
            errors += [NegativeAmountError, FractionalCentsError]
    if operation.signature_header is not None:
        errors.append(BodyTooLargeError)
    if operation.idempotent:
        errors += [IdempotencyKeyMissingError, InvalidIdempotencyKeyError]
    if operation.scope is not None:
        errors += [
            UnauthorizedError,
            AddressNotAllowedError,
            ScopeMissingError,
            RefusedByGatewayError,
            StoreUnavailableError,
            UsagePlanNotReadyError,
        ]
    if operation.scope is Scope.OPERATOR and Role.VIEWER not in roles_for(operation.method, operation.operation_id):
        errors.append(RoleMissingError)
    errors += [*operation.errors, InternalError, *BY_THE_GATEWAY]
    return sorted(dict.fromkeys(errors), key=status_of)


def error_responses(operation: Operation) -> dict[str, Any]:
    """The operation's error responses by status, with an example for each code."""
    return {
        str(status): {"$ref": f"#/components/responses/{errors[0].code}"} if len(errors) == 1 else _response(errors)
        for status, errors in _by_status(operation).items()
    }


def shared_responses(operations: list[Operation]) -> dict[str, Any]:
    """The responses that operations refer to: those of a code that is alone under its status."""
    alone: Errors = []
    for operation in operations:
        alone += [errors[0] for errors in _by_status(operation).values() if len(errors) == 1]
    return {error.code: _response([error]) for error in sorted(set(alone), key=lambda error: error.code)}


def error_examples(operations: list[Operation]) -> dict[str, Any]:
    """One example problem document for each code, by code."""
    return {code: {"summary": error.title, "value": _example(error)} for code, error in _by_code(operations).items()}


def _by_status(operation: Operation) -> dict[int, Errors]:
    by_status: dict[int, Errors] = {}
    for error in errors_of(operation):
        by_status.setdefault(status_of(error), []).append(error)
    return by_status


def _by_code(operations: list[Operation]) -> dict[str, type[TesseraError]]:
    errors = {error.code: error for operation in operations for error in errors_of(operation)}
    return dict(sorted(errors.items()))


def _response(errors: Errors) -> dict[str, Any]:
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"code": {"enum": [error.code for error in errors]}}},
        ]
    }
    examples = {error.code: {"$ref": f"#/components/examples/{error.code}"} for error in errors}
    described = "; ".join(f"`{error.code}`: {error.title}" for error in errors)
    headers = {"Request-Id": REQUEST_ID, "RateLimit-Policy": RATE_LIMIT_POLICY}
    if any(issubclass(error, UnavailableError | TooManyRequestsError) for error in errors):
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    if TooManyRequestsError in errors:
        headers["RateLimit"] = {"$ref": "#/components/headers/RateLimit"}
    content = {CONTENT_TYPE: {"schema": schema, "examples": examples}}
    return {"description": described, "headers": headers, "content": content}


def _example(error: type[TesseraError]) -> dict[str, Any]:
    return {
        "type": TYPE_BASE + error.code,
        "title": error.title,
        "status": status_of(error),
        "detail": f"{error.title}.",
        "code": error.code,
        "instance": "urn:uuid:0b6f2c1e-8f0e-4e57-9d7c-2f6a0a4f3f11",
    }
