"""One decorator per HTTP operation: it validates, authorises, replies, and documents, all from one place."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chalice.app import Blueprint, Chalice, ChaliceUnhandledError, MultiDict, Request, Response
from pydantic import BaseModel

from chalicelib.api.schemas.fields import Body, NoBody, NoParams, Params, WhyBody
from chalicelib.auth import NOBODY, Caller, as_of_now, authorize, caller
from chalicelib.deprecations import DEPRECATIONS, Deprecation
from chalicelib.errors import NotAcceptableError
from chalicelib.middleware import request_id_of
from chalicelib.operator_roles import roles_for
from chalicelib.parsing import bounded, parse_body, parse_idempotency_key, parse_params
from chalicelib.problems import Headers
from partners.access.model import Scope
from shared.kernel.errors import TesseraError

ParamsT = TypeVar("ParamsT", bound=Params)
BodyT = TypeVar("BodyT", bound=Body)


JSON, PDF, CSV = "application/json", "application/pdf", "text/csv; charset=utf-8"

IN_THE_TRAIL = frozenset({Scope.OPERATOR, Scope.ADMIN, Scope.SIGN_IN})
CHANGES_NOTHING = frozenset({"try_partner_plan"})
READS_IN_THE_TRAIL = frozenset({"get_partner_unmapped_event"})
"""Show what may tell who a partner's customers are, so who has looked is kept as well."""


@dataclass(frozen=True, slots=True)
class Call(Generic[ParamsT, BodyT]):
    """A validated request. `caller` comes from the API key; `idempotency_key` is empty where none is asked.

    `request_id` names this very request in problem documents. A webhook brings its `raw_body` as it was sent, and
    the `signature` that the handler must verify; and those `headers` that it asks for, empty where none came.
    """

    caller: Caller
    params: ParamsT
    body: BodyT
    idempotency_key: str
    request_id: str
    raw_body: bytes = b""
    signature: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """A handler's answer: a model, text that is already made, or a PDF document.

    What is everybody's may be kept by whoever asked for `public_for_seconds`; anything else by nobody.
    """

    body: BaseModel | str | bytes
    replayed: bool = False
    public_for_seconds: int = 0

    @property
    def content(self) -> str | bytes:
        """The body as it is sent."""
        return self.body if isinstance(self.body, str | bytes) else self.body.model_dump_json()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is promised about one method of one path."""

    method: str
    path: str
    tag: str
    operation_id: str
    summary: str
    description: str
    scope: Scope | None
    params: type[Params]
    body: type[Body]
    reply: type[BaseModel] | None
    status: int
    idempotent: bool
    errors: tuple[type[TesseraError], ...]
    signature_header: str | None = None
    headers: tuple[str, ...] = ()
    media_type: str = JSON
    before: Callable[[Call[Any, Any]], BaseModel | None] | None = None

    @property
    def body_needed(self) -> bool:
        """Whether a request without a body says too little."""
        fields = self.body.model_fields.values()
        return not issubclass(self.body, WhyBody) or any(field.is_required() for field in fields)

    @property
    def deprecation(self) -> Deprecation | None:
        return DEPRECATIONS.get(self.operation_id)


OPERATION = "operation"
"""The attribute by which a handler, and the view function of its route, tell their operation."""

Handler = Callable[[Call[ParamsT, BodyT]], Reply]


class Resource:
    """The operations on one resource, and the Chalice Blueprint that routes to them."""

    def __init__(self, tag: str, module: str) -> None:
        self.blueprint = Blueprint(module)
        self._tag = tag

    def get(
        self,
        path: str,
        *,
        scope: Scope | None,
        params: type[ParamsT],
        reply: type[BaseModel] | None,
        errors: tuple[type[TesseraError], ...] = (),
    ) -> Callable[[Handler[ParamsT, NoBody]], Handler[ParamsT, NoBody]]:
        """Register a reading operation. `reply` None means free-form JSON."""
        return self._operation("GET", path, scope, params, NoBody, reply, 200, False, errors)

    def pdf(
        self,
        path: str,
        *,
        scope: Scope,
        params: type[ParamsT],
        errors: tuple[type[TesseraError], ...] = (),
    ) -> Callable[[Handler[ParamsT, NoBody]], Handler[ParamsT, NoBody]]:
        """Register an operation that answers a PDF document to those who accept one."""
        refusals = (*errors, NotAcceptableError)
        return self._operation("GET", path, scope, params, NoBody, None, 200, False, refusals, media_type=PDF)

    def csv(
        self,
        path: str,
        *,
        scope: Scope,
        params: type[ParamsT],
        errors: tuple[type[TesseraError], ...] = (),
    ) -> Callable[[Handler[ParamsT, NoBody]], Handler[ParamsT, NoBody]]:
        """Register an operation that answers a table as CSV."""
        return self._operation("GET", path, scope, params, NoBody, None, 200, False, errors, media_type=CSV)

    def post(
        self,
        path: str,
        *,
        scope: Scope,
        body: type[BodyT],
        params: type[ParamsT],
        reply: type[BaseModel],
        status: int = 201,
        idempotent: bool = False,
        errors: tuple[type[TesseraError], ...] = (),
        before: Callable[[Call[ParamsT, BodyT]], BaseModel | None] | None = None,
    ) -> Callable[[Handler[ParamsT, BodyT]], Handler[ParamsT, BodyT]]:
        """Register a writing operation; `idempotent` demands an Idempotency-Key.

        `before` tells the audit trail how that stands which the handler is about to change.
        """
        return self._operation("POST", path, scope, params, body, reply, status, idempotent, errors, before=before)

    def webhook(
        self,
        path: str,
        *,
        signature_header: str,
        params: type[ParamsT],
        reply: type[BaseModel],
        errors: tuple[type[TesseraError], ...],
        headers: tuple[str, ...] = (),
    ) -> Callable[[Handler[ParamsT, NoBody]], Handler[ParamsT, NoBody]]:
        """Register an operation for a caller that has no key and signs what it sends instead."""
        return self._operation(
            "POST",
            path,
            None,
            params,
            NoBody,
            reply,
            200,
            False,
            errors,
            signature_header=signature_header,
            headers=headers,
        )

    def _operation(
        self,
        method: str,
        path: str,
        scope: Scope | None,
        params: type[ParamsT],
        body: type[BodyT],
        reply: type[BaseModel] | None,
        status: int,
        idempotent: bool,
        errors: tuple[type[TesseraError], ...],
        *,
        signature_header: str | None = None,
        headers: tuple[str, ...] = (),
        media_type: str = JSON,
        before: Callable[[Call[ParamsT, BodyT]], BaseModel | None] | None = None,
    ) -> Callable[[Handler[ParamsT, BodyT]], Handler[ParamsT, BodyT]]:
        def register(handler: Handler[ParamsT, BodyT]) -> Handler[ParamsT, BodyT]:
            summary, _, description = (handler.__doc__ or "").partition("\n")
            operation = Operation(
                method=method,
                path=path,
                tag=self._tag,
                operation_id=handler.__name__,
                summary=summary.strip().rstrip("."),
                description="\n".join(line.strip() for line in description.strip().splitlines()),
                scope=scope,
                params=params,
                body=body,
                reply=reply,
                status=status,
                idempotent=idempotent,
                errors=errors,
                signature_header=signature_header,
                headers=headers,
                media_type=media_type,
                before=before,
            )
            setattr(handler, OPERATION, operation)
            authorizer = None if scope is None else authorize
            view = _view(self.blueprint, operation, handler)
            self.blueprint.route(path, methods=[method], authorizer=authorizer, content_types=["*/*"])(view)
            return handler

        return register


def _view(blueprint: Blueprint, operation: Operation, handler: Handler[Any, Any]) -> Callable[..., Response]:
    @functools.wraps(handler)
    def view(**path_params: str) -> Response:
        try:
            call = _call(blueprint.current_request, operation, path_params)
            return _response(operation, carried_out(operation, call, handler))
        except Exception as error:
            # Chalice answers any other exception itself; this one reaches our middleware.
            raise ChaliceUnhandledError from error

    return view


def carried_out(operation: Operation, call: Call[Any, Any], handler: Handler[Any, Any]) -> Reply:
    """The handler's reply; what an operator or a partner's admin changes is in the audit trail as well.

    The gateway remembers a key that was revoked for a minute, in which it could make keys and tokens that outlive it.
    So whoever changes something is asked for again: before anything is written, and once the trail has its first
    record, for which there may be a queue.
    """
    changes = operation.method != "GET" and operation.operation_id not in CHANGES_NOTHING
    belongs = changes or operation.operation_id in READS_IN_THE_TRAIL
    if not belongs or operation.scope not in IN_THE_TRAIL:
        return handler(call)
    from chalicelib.trail import kept

    def check_caller() -> None:
        who = as_of_now(call.caller)
        if operation.scope is Scope.OPERATOR:
            who.require_role(roles_for(operation.method, operation.operation_id))

    check_caller()
    return kept(operation, call, handler, check_caller)


def operation_of(handler: Handler[Any, Any]) -> Operation:
    """The operation that a handler was registered for."""
    found: Operation = getattr(handler, OPERATION)
    return found


def operations_of(app: Chalice) -> list[Operation]:
    """The operation behind every route of a Chalice app, in the order of registration."""
    return [getattr(route.view_function, OPERATION) for methods in app.routes.values() for route in methods.values()]


def _call(request: Request, operation: Operation, path_params: dict[str, str]) -> Call[Any, Any]:
    who = NOBODY
    if operation.scope is not None:
        who = caller(request.context)
        who.require_address(request.context["identity"]["sourceIp"])
        who.require(operation.scope)
        if operation.scope is Scope.OPERATOR:
            who.require_role(roles_for(operation.method, operation.operation_id))
    if operation.media_type == PDF and _first_accepted(request) != PDF:
        raise NotAcceptableError(PDF)
    query = {} if request.query_params is None else _lists(request.query_params)
    params = (
        NoParams() if operation.params is NoParams and not query else parse_params(path_params, query, operation.params)
    )
    key = parse_idempotency_key(request.headers.get("idempotency-key")) if operation.idempotent else ""
    request_id = request_id_of(request)
    if operation.signature_header is not None:
        signature = request.headers.get(operation.signature_header) or ""
        headers = {name: request.headers.get(name) or "" for name in operation.headers}
        return Call(who, params, NoBody(), key, request_id, bounded(_raw(request)), signature, headers)
    if operation.body is NoBody:
        return Call(who, params, NoBody(), key, request_id)
    raw = _raw(request)
    if not operation.body_needed and not raw:
        return Call(who, params, operation.body(), key, request_id)
    body = parse_body(raw, request.headers.get("content-type"), operation.body)
    return Call(who, params, body, key, request_id)


def _raw(request: Request) -> bytes:
    """The body as it was sent: Chalice has taken off the gateway's base64."""
    raw = request.raw_body
    return raw.encode() if isinstance(raw, str) else bytes(raw)


def _first_accepted(request: Request) -> str:
    """The gateway looks at no other, and sends what it does not take for binary as text."""
    accepted: str = request.headers.get("accept", "")
    return accepted.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0].strip().lower()


def _lists(multi_dict: MultiDict) -> dict[str, list[str]]:
    return {name: multi_dict.getlist(name) for name in multi_dict}


def _response(operation: Operation, reply: Reply) -> Response:
    kept = f"public, max-age={reply.public_for_seconds}" if reply.public_for_seconds else "no-store"
    headers: Headers = {"Content-Type": operation.media_type, "Cache-Control": kept}
    if reply.replayed:
        headers["Idempotency-Replayed"] = "true"
    if operation.deprecation is not None:
        headers.update(operation.deprecation.headers())
    return Response(body=reply.content, headers=headers, status_code=operation.status)
