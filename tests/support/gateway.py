"""API Gateway in one process: the app with its authorizer as a WSGI application, thousands of requests a second.

What the gateway answers by itself comes from the same table as the template's.
"""

import base64
import json
import uuid
from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

from chalice.app import Chalice
from chalice.local import LambdaContext, RouteMatcher

from chalicelib import auth
from infra.gateway_errors import GATEWAY_ERRORS

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

CONTEXT = LambdaContext("api", 256)
ARN = "arn:aws:execute-api:us-east-1:123456789012:api1234567/api/"


@cache
def _template(response_type: str) -> tuple[int, str]:
    (error,) = [error for error in GATEWAY_ERRORS if response_type in error.response_types]
    return error.status, error.body_template()


class Gateway:
    """Serves `app` as API Gateway does: routes, asks the authorizer, hands a proxy event over."""

    def __init__(self, app: Chalice) -> None:
        self._app = app
        self._routes = RouteMatcher(list(app.routes))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body = self._answer(environ)
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [body]

    def _answer(self, environ: Environ) -> tuple[int, list[tuple[str, str]], bytes]:
        method, uri = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        path, _, query = uri.partition("?")
        try:
            found = self._routes.match_route(path)
        except ValueError:
            return self._by_itself("MISSING_AUTHENTICATION_TOKEN")
        if method not in self._app.routes[found.route]:
            return self._by_itself("MISSING_AUTHENTICATION_TOKEN")
        headers = _headers(environ)
        context: dict[str, Any] = {
            "requestId": str(uuid.uuid4()),
            "httpMethod": method,
            "resourcePath": found.route,
            "path": path,
            "identity": {"sourceIp": "127.0.0.1"},
        }
        if self._app.routes[found.route][method].authorizer:
            token = {"type": "TOKEN", "authorizationToken": headers.get("authorization", ""), "methodArn": ARN}
            try:
                context["authorizer"] = auth.authorize({**token, "methodArn": f"{ARN}{method}{path}"}, {})["context"]
            except Exception as refused:
                if str(refused) != "Unauthorized":
                    raise
                return self._by_itself("UNAUTHORIZED")
        event = {
            "requestContext": context,
            "headers": headers,
            "pathParameters": {name: unquote(text) for name, text in found.captured.items()},
            "multiValueQueryStringParameters": parse_qs(query, keep_blank_values=True) or None,
            "stageVariables": None,
            "body": environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
            "isBase64Encoded": False,
        }
        return _reply(self._app(event, CONTEXT))

    def _by_itself(self, response_type: str) -> tuple[int, list[tuple[str, str]], bytes]:
        status, template = _template(response_type)
        body = template.replace("$context.requestId", str(uuid.uuid4()))
        return status, [("Content-Type", "application/problem+json")], body.encode()


def _headers(environ: Environ) -> dict[str, str]:
    named = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}
    named |= {name: name[5:].replace("_", "-").lower() for name in environ if name.startswith("HTTP_")}
    return {header: environ[name] for name, header in named.items() if environ.get(name)}


def _reply(answer: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = [(name, str(value)) for name, value in answer["headers"].items()]
    headers += [(name, str(one)) for name, values in answer["multiValueHeaders"].items() for one in values]
    body = answer["body"]
    if answer.get("isBase64Encoded"):
        return answer["statusCode"], headers, base64.b64decode(body)
    return answer["statusCode"], headers, body.encode() if isinstance(body, str) else json.dumps(body).encode()
