"""Who is calling: the gateway's authorizer resolves an API key, handlers read what it found."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib.errors import ScopeMissingError
from partners import bootstrap
from partners.access.errors import InvalidKeyError
from partners.access.model import Scope
from shared.kernel.logs import logger

blueprint = Blueprint(__name__)

CACHE_SECONDS = 300
BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """The partner behind a request's API key, the key's id, and what the key may do."""

    partner_id: str
    key_id: str
    scopes: frozenset[str]

    @property
    def acting_as(self) -> str:
        """Who answers for what the request does; two people are two of these."""
        return self.key_id

    def require(self, scope: Scope) -> None:
        """Raises ScopeMissingError."""
        if scope.value not in self.scopes:
            raise ScopeMissingError(scope.value)


NOBODY = Caller("", "", frozenset())


@blueprint.authorizer(ttl_seconds=CACHE_SECONDS)
def authorize(request: AuthRequest) -> AuthResponse:
    """Resolve `Authorization: Bearer tsk_...`.

    The policy allows every route, because the gateway reuses it for all paths until it expires; what
    the key may do is decided by its scopes, route by route. Raises Exception("Unauthorized"), the one
    message that the gateway turns into a 401.
    """
    started = time.perf_counter_ns()
    try:
        key = bootstrap.services().access.resolve(bearer_token(request.token))
    except InvalidKeyError:
        _log(started, "unauthorized", None, None)
        raise Exception("Unauthorized") from None  # noqa: TRY002
    _log(started, "authorized", key.partner_id, key.key_id)
    scopes = " ".join(sorted(scope.value for scope in key.scopes))
    context = {"partner_id": key.partner_id, "key_id": key.key_id, "scopes": scopes}
    return AuthResponse(routes=["*"], principal_id=key.key_id, context=context)


def bearer_token(header: str) -> str:
    """The key in an Authorization header. Raises InvalidKeyError if it has another form."""
    if not header[: len(BEARER)].lower() == BEARER:
        raise InvalidKeyError
    return header[len(BEARER) :].strip()


def caller(request_context: Mapping[str, Any]) -> Caller:
    """The caller that the authorizer put into API Gateway's request context."""
    found = request_context["authorizer"]
    return Caller(found["partner_id"], found["key_id"], frozenset(found["scopes"].split()))


def _log(started_ns: int, outcome: str, partner_id: str | None, key_id: str | None) -> None:
    duration_ms = (time.perf_counter_ns() - started_ns) / 1e6
    facts = {"outcome": outcome, "partner_id": partner_id, "key_id": key_id}
    logger().info("authorize", extra=facts | {"duration_ms": round(duration_ms, 2)})
