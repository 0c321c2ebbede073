"""An API key in JSON, and a request for one."""

from typing import Any

from chalicelib.api.schemas.keys import (
    IssuedKeyReply,
    KeyBody,
    KeyReply,
    KeysParams,
    KeysReply,
    RotatedKeyReply,
    RotationBody,
)
from chalicelib.auth import NO_USAGE_PLAN
from chalicelib.listing import page_of
from partners import bootstrap
from partners.access.errors import UsagePlanConflictError
from partners.access.model import ApiKey, Scope
from shared.kernel.clock import to_rfc3339
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.logs import logger


def issued(partner_id: str, body: KeyBody) -> IssuedKeyReply:
    """Issue a key of the partner as asked for."""
    new = bootstrap.services().access.issue_key(
        partner_id,
        frozenset(Scope(scope) for scope in body.scopes),
        expires_at_ms=body.expires_at,
        allowed_networks=tuple(sorted(set(body.allowed_networks))),
    )
    _bring_under_its_plan(partner_id)
    return IssuedKeyReply(api_key=new.text, **_facts(new.key))


def rotated(partner_id: str, key_id: str, body: RotationBody) -> RotatedKeyReply:
    """Rotate a key of the partner as asked for."""
    new, old = bootstrap.services().access.rotate(partner_id, key_id, body.overlap_seconds, body.expires_at)
    _bring_under_its_plan(partner_id)
    return RotatedKeyReply(api_key=new.text, predecessor=key_out(old), **_facts(new.key))


def _bring_under_its_plan(partner_id: str) -> None:
    try:
        bootstrap.services().usage_plans.cover(partner_id)
    except (StoreUnavailableError, UsagePlanConflictError) as error:
        # The key's text is shown this once; without a plan it works under the limit that all partners share.
        # An alarm reads this.
        logger().error(NO_USAGE_PLAN, extra={"partner_id": partner_id, "reason": error.code})


def listed(partner_id: str, binding: tuple[str, ...], params: KeysParams) -> KeysReply:
    """A page of the partner's keys, of those in use or of those that have ended if asked for."""
    access = bootstrap.services().access
    keys = access.keys(partner_id, active=None if params.state is None else params.state == "active")
    page, next_cursor = page_of(keys, issued_at, (*binding, partner_id, params.state or ""), params)
    return KeysReply(keys=[key_out(key) for key in page], next_cursor=next_cursor)


def key_out(key: ApiKey) -> KeyReply:
    return KeyReply(**_facts(key))


def issued_at(key: ApiKey) -> str:
    """The place of a key in a listing, in the order of issue."""
    return f"{key.created_at_ms:013d}{key.key_id}"


def _facts(key: ApiKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "partner_id": key.partner_id,
        "scopes": sorted(scope.value for scope in key.scopes),
        "live": key.live,
        "allowed_networks": list(key.allowed_networks),
        "created_at": to_rfc3339(key.created_at_ms),
        "expires_at": _instant(key.expires_at_ms),
        "revoked_at": _instant(key.revoked_at_ms),
        "last_used_at": _instant(key.last_used_at_ms),
        "replaces": key.replaces,
        "replaced_by": key.replaced_by,
    }


def _instant(epoch_ms: int | None) -> str | None:
    return None if epoch_ms is None else to_rfc3339(epoch_ms)
