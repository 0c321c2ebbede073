"""The OpenAPI 3.1 document of an app, generated from its operations and the types that validate them."""

import json
from typing import Any

from chalice.app import Chalice
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.problem import Problem
from chalicelib.api.schemas.webhook_endpoints import SENT
from chalicelib.openapi_errors import RATE_LIMIT_POLICY, REQUEST_ID, error_examples, error_responses, shared_responses
from chalicelib.openapi_examples import example_of
from chalicelib.operations import CSV, PDF, Operation, operations_of
from chalicelib.operator_roles import roles_for
from chalicelib.repeatable import REPEATABLE
from partners.access.limits import LIMIT_NAME, Tier, rate_limit_policy
from partners.access.model import OF_THE_NETWORK, Scope
from partners.till.forms import IDEMPOTENCY_KEY as FORM_OF_KEY

DESCRIPTION = """\
One currency of points, issued and honoured by independent retailers.

Send `Authorization: Bearer tsk_...` and, where it is asked for, an `Idempotency-Key`. The same request
sent again under the same key has no second effect and gets the same answer, byte for byte. Errors are
problem documents (RFC 9457): programs read their `code`. Amounts are integers in minor units."""

SERVER = {
    "url": "https://{deployment}",
    "variables": {
        "deployment": {
            "default": "api.tessera.example",
            "description": "Host of the deployment, with its stage if it has one.",
        }
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each new request, the same for each retry of it: 1 to 64 visible ASCII characters.",
    "schema": {
        "type": "string",
        "pattern": f"^{FORM_OF_KEY.pattern}$",
        "examples": ["9f1c2c1e-55a8-4b0e-a6a0-2f4f6f1f7a01"],
    },
}
REPLAYED = {
    "description": "true if an earlier, identical request had the effect; the body is that request's.",
    "schema": {"type": "string", "const": "true"},
}


SIGNED = {
    "webhook-id": "The event's id, the same each time it is sent.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "One to five signatures `v1,<base 64>`, separated by spaces; one must be right.",
}
HEADERS: dict[str, Any] = {
    "Idempotency-Replayed": REPLAYED,
    "Request-Id": {
        "description": "Names this very request; tell it to support. Problem documents have it in `instance` as well.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait before sending it again.", "schema": {"type": "string"}},
    "RateLimit": {
        "description": "What is left of the requests of a policy (`r`) and the seconds until there are more (`t`).",
        "schema": {"type": "string", "examples": [f'"{LIMIT_NAME}";r=0;t=1']},
    },
    "RateLimit-Policy": {
        "description": "Your usage plan (`tier`): how many requests (`q`) in how many seconds (`w`), and how many "
        "at once after a pause (`burst`). Without this header only the limit that all partners share applies.",
        "schema": {"type": "string", "examples": [rate_limit_policy(Tier.STANDARD)]},
    },
}
DEPRECATED_HEADERS: dict[str, Any] = {
    "Deprecation": {
        "description": "Since when it is deprecated, seconds since 1970 after an @ (RFC 9745).",
        "required": True,
        "schema": {"type": "string"},
    },
    "Sunset": {
        "description": "When it ends at the earliest (RFC 8594).",
        "required": True,
        "schema": {"type": "string"},
    },
}


class _Untitled(GenerateJsonSchema):
    """Without the titles that would only repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def document(app: Chalice) -> dict[str, Any]:
    """The document of a Chalice app built from `chalicelib.operations.Resource`s."""
    operations = operations_of(app)
    schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tessera API",
            "version": "1",
            "summary": "A coalition rewards network",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [SERVER],
        "paths": paths,
        "webhooks": {name: {"post": _sent(name, model, schemas)} for name, model in SENT.items()},
        "components": {
            "schemas": schemas,
            "responses": shared_responses(operations),
            "examples": error_examples(operations),
            "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY},
            "headers": HEADERS,
            "securitySchemes": {
                "api_key": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "tsk_live_... or tsk_test_...",
                    "description": "An API key. Each operation names the scope that it needs.",
                },
                "operator_token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "tso_live_... or tso_test_...",
                    "description": "A token of an operator, who needs any one of the roles that the operation names.",
                },
            },
        },
    }


def document_text(app: Chalice) -> str:
    """The document as it is served and stored in docs/openapi.json."""
    return json.dumps(document(app), indent=2, ensure_ascii=False) + "\n"


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    models |= dict.fromkeys(((model, "serialization") for model in SENT.values()), None)
    for operation in operations:
        if operation.body is not NoBody:
            models[operation.body, "validation"] = None
        if operation.reply is not None:
            models[operation.reply, "serialization"] = None
    _, definitions = models_json_schema(
        list(models), ref_template="#/components/schemas/{model}", schema_generator=_Untitled
    )
    schemas: dict[str, Any] = definitions["$defs"]
    for schema in schemas.values():
        schema.pop("title", None)
    return dict(sorted(schemas.items()))


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": _security(operation),
        "parameters": _parameters(operation),
    }
    if operation.body is not NoBody:
        described["requestBody"] = {
            "required": operation.body_needed,
            "content": _json_content(operation.body, schemas),
        }
    if operation.signature_header is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    success = _success(operation, schemas)
    success["headers"] = success.get("headers", {}) | {"Request-Id": REQUEST_ID}
    if operation.scope is not None and operation.scope not in OF_THE_NETWORK:
        success["headers"] |= {"RateLimit-Policy": RATE_LIMIT_POLICY}
    if operation.operation_id in REPEATABLE:
        described["x-repeatable"] = True
    if operation.deprecation is not None:
        described["deprecated"] = True
        success["headers"] |= DEPRECATED_HEADERS
    described["responses"] = {str(operation.status): success} | error_responses(operation)
    return {name: value for name, value in described.items() if value or name == "security"}


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.scope is None:
        return []
    if operation.scope is Scope.OPERATOR:
        roles = roles_for(operation.method, operation.operation_id)
        return [{"operator_token": [operation.scope.value, *sorted(role.value for role in roles)]}]
    return [{"api_key": [operation.scope.value]}]


def _sent(event_type: str, model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    """What an endpoint of yours gets, following Standard Webhooks."""
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    schema = {"allOf": [reference, {"properties": {"type": {"const": event_type}}}]}
    example = example_of(reference, schemas) | {"type": event_type}
    return {
        "tags": ["events"],
        "summary": event_type,
        "description": (model.__doc__ or "").strip(),
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": about, "schema": {"type": "string"}}
            for name, about in SIGNED.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}},
        "responses": {
            "2XX": {"description": "It arrived."},
            "410": {"description": "The endpoint is gone: it is disabled."},
            "default": {"description": "It did not arrive and is sent again, for three days."},
        },
    }


def _success(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if operation.media_type == PDF:
        return {"description": "A PDF document.", "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
    if operation.media_type == CSV:
        return {"description": "A table (RFC 4180), UTF-8.", "content": {CSV: {"schema": {"type": "string"}}}}
    if operation.reply is None:
        return {"description": "A JSON document.", "content": {"application/json": {"schema": {"type": "object"}}}}
    response: dict[str, Any] = {
        "description": (operation.reply.__doc__ or "").strip(),
        "content": _json_content(operation.reply, schemas),
    }
    if operation.idempotent:
        response["headers"] = {"Idempotency-Replayed": {"$ref": "#/components/headers/Idempotency-Replayed"}}
    return response


def _json_content(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"application/json": {"schema": reference, "example": example_of(reference, schemas)}}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    schema = operation.params.model_json_schema(schema_generator=_Untitled)
    required = schema.get("required", [])
    parameters = [
        _parameter(operation, name, part, name in required) for name, part in schema.get("properties", {}).items()
    ]
    if operation.signature_header is not None:
        signed = {"type": "string"}
        about = "Proves who sent the body, and when."
        header = {"name": operation.signature_header, "in": "header", "required": True, "schema": signed}
        parameters.append({**header, "description": about})
        parameters += [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in operation.headers
        ]
    if operation.idempotent:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    return parameters


def _parameter(operation: Operation, name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    if "anyOf" in schema:
        # An optional parameter is left out, never null.
        schema = schema["anyOf"][0]
    description = schema.pop("description", "")
    place = "path" if f"{{{name}}}" in operation.path else "query"
    return {"name": name, "in": place, "required": required, "description": description, "schema": schema}
