"""Who is calling: the gateway's authorizer resolves an API key, handlers read what it found."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib.errors import AddressNotAllowedError, RoleMissingError, ScopeMissingError, UnauthorizedError
from partners import bootstrap
from partners.access.errors import InvalidKeyError
from partners.access.model import ApiKey, Scope, good_from
from partners.operators.model import Role
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.logs import logger

if TYPE_CHECKING:
    from partners.access.service import Access

blueprint = Blueprint(__name__)

CACHE_SECONDS = 60
"""So long an ended key may go on; docs/keys.md says what a shorter time would cost."""
NO_USAGE_PLAN = "a key has no usage plan"
BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """The partner behind a request's API key, the key's id, and what the key may do.

    For the network it is an operator, who has roles.
    """

    partner_id: str
    key_id: str
    scopes: frozenset[str]
    operator_id: str = ""
    roles: frozenset[str] = frozenset()
    allowed_networks: tuple[str, ...] = ()

    @property
    def acting_as(self) -> str:
        """Who answers for what the request does, the operator or else the key; two people are two of these."""
        return self.operator_id or self.key_id

    def require_address(self, source_ip: str) -> None:
        """`source_ip` as the gateway saw it, not as a header says. Raises AddressNotAllowedError."""
        if not good_from(self.allowed_networks, source_ip):
            raise AddressNotAllowedError(source_ip)

    def require(self, scope: Scope) -> None:
        """Raises ScopeMissingError."""
        if scope.value not in self.scopes:
            raise ScopeMissingError(scope.value)

    def require_role(self, roles: frozenset[Role]) -> None:
        """Any of `roles` will do, and of a viewer's rights everyone has them. Raises RoleMissingError."""
        if Role.VIEWER not in roles and not self.roles & roles:
            raise RoleMissingError(sorted(role.value for role in roles))


class CountedAuthResponse(AuthResponse):
    """An answer that also tells the gateway whose usage plan a request counts for."""

    def __init__(self, usage_key: str, principal_id: str, context: dict[str, str]) -> None:
        super().__init__(routes=["*"], principal_id=principal_id, context=context)
        self._usage_key = usage_key

    def to_dict(self, request: AuthRequest) -> dict[str, Any]:
        answer: dict[str, Any] = super().to_dict(request)
        return answer | {"usageIdentifierKey": self._usage_key} if self._usage_key else answer


NOBODY = Caller("", "", frozenset())


@blueprint.authorizer(ttl_seconds=CACHE_SECONDS)
def authorize(request: AuthRequest) -> AuthResponse:
    """Resolve `Authorization: Bearer tsk_...`.

    The policy allows every route and address, because the gateway reuses it for all paths until it expires; what
    the key may do is decided by its scopes, route by route. Raises Exception("Unauthorized"), the one
    message that the gateway turns into a 401.
    """
    started = time.perf_counter_ns()
    services = bootstrap.services()
    context = {}
    try:
        key = services.access.resolve(bearer_token(request.token))
        if key.operator_id is not None:
            # One that waits may ask to be replaced; what else it asks for looks at that.
            operator = services.operators.behind(key, may_wait=True)
            context = {"operator_id": operator.operator_id, "roles": " ".join(sorted(operator.roles))}
    except InvalidKeyError:
        _log(started, "unauthorized", None, None)
        raise Exception("Unauthorized") from None  # noqa: TRY002
    _note_use(services.access, key)
    _log(started, "authorized", key.partner_id, key.key_id)
    scopes = " ".join(sorted(scope.value for scope in key.scopes))
    if key.allowed_networks:
        context["allowed_networks"] = " ".join(key.allowed_networks)
    context |= {"partner_id": key.partner_id, "key_id": key.key_id, "scopes": scopes}
    shared = services.settings.shared_usage_key
    if shared and key.usage_tier is not None:
        context["usage_tier"] = key.usage_tier.value
    if shared and key.operator_id is None and key.usage_key is None:
        # An alarm reads this.
        logger().warning(NO_USAGE_PLAN, extra={"partner_id": key.partner_id, "key_id": key.key_id})
    # Without a plan of its own a key still works, under the limit of the whole stage; else the gateway refuses it.
    return CountedAuthResponse((key.usage_key or shared) if shared else "", key.key_id, context)


def bearer_token(header: str) -> str:
    """The key in an Authorization header. Raises InvalidKeyError if it has another form."""
    if not header[: len(BEARER)].lower() == BEARER:
        raise InvalidKeyError
    return header[len(BEARER) :].strip()


def caller(request_context: Mapping[str, Any]) -> Caller:
    """The caller that the authorizer put into API Gateway's request context."""
    found = request_context["authorizer"]
    return Caller(
        found["partner_id"],
        found["key_id"],
        frozenset(found["scopes"].split()),
        found.get("operator_id", ""),
        frozenset(found.get("roles", "").split()),
        tuple(found.get("allowed_networks", "").split()),
    )


def as_of_now(who: Caller) -> Caller:
    """The caller as its key stands now, not as the gateway remembers it: before it changes anything for long.

    Raises UnauthorizedError, the same for every cause.
    """
    services = bootstrap.services()
    try:
        key = services.access.good(who.key_id)
        operator = services.operators.behind(key, may_wait=True) if key.operator_id is not None else None
        roles = frozenset() if operator is None else operator.roles
    except InvalidKeyError:
        raise UnauthorizedError from None
    return replace(who, roles=frozenset(role.value for role in roles))


def _note_use(access: "Access", key: ApiKey) -> None:
    try:
        access.note_use(key)
    except StoreUnavailableError as error:
        # It is noted an hour later at the latest; the request has nothing to do with it.
        logger().warning("use of a key not noted", extra={"key_id": key.key_id, "reason": error.data["reason"]})


def _log(started_ns: int, outcome: str, partner_id: str | None, key_id: str | None) -> None:
    duration_ms = (time.perf_counter_ns() - started_ns) / 1e6
    facts = {"outcome": outcome, "partner_id": partner_id, "key_id": key_id}
    logger().info("authorize", extra=facts | {"duration_ms": round(duration_ms, 2)})
