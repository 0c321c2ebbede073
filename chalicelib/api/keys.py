"""API keys: issued and revoked by the network operator."""

from typing import TypedDict

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.operator import IssuedKeyReply, KeyBody, KeyReply, PartnerKeyParams, PartnerParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.errors import InvalidKeyRequestError, UnknownKeyError
from partners.access.model import ApiKey, Scope
from partners.contracts.errors import UnknownPartnerError
from shared.kernel.clock import to_rfc3339

resource = Resource("keys", __name__)


@resource.post(
    "/v1/partners/{partner_id}/keys",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=KeyBody,
    reply=IssuedKeyReply,
    errors=(UnknownPartnerError, InvalidKeyRequestError),
)
def issue_partner_key(call: Call[PartnerParams, KeyBody]) -> Reply:
    """Issue an API key to a partner.

    A live deployment issues live keys, one for tests test keys; neither accepts the other's. Every request
    makes a new key. Its text is in this reply and nowhere else.
    """
    body = call.body
    issued = bootstrap.services().access.issue_key(
        call.params.partner_id,
        frozenset(Scope(scope) for scope in body.scopes),
        expires_at_ms=body.expires_at,
    )
    return Reply(IssuedKeyReply(api_key=issued.text, **_facts(issued.key)))


@resource.post(
    "/v1/partners/{partner_id}/keys/{key_id}/revoke",
    scope=Scope.OPERATOR,
    params=PartnerKeyParams,
    body=NoBody,
    reply=KeyReply,
    status=200,
    errors=(UnknownPartnerError, UnknownKeyError),
)
def revoke_partner_key(call: Call[PartnerKeyParams, NoBody]) -> Reply:
    """End an API key for good.

    The gateway remembers a key that was used for up to a minute; from then on it is refused. Again is
    a success and keeps the first time.
    """
    bootstrap.services().contracts.partner(call.params.partner_id)
    return Reply(KeyReply(**_facts(bootstrap.services().access.revoke(call.params.partner_id, call.params.key_id))))


class _Facts(TypedDict):
    key_id: str
    partner_id: str
    scopes: list[str]
    live: bool
    created_at: str
    expires_at: str | None
    revoked_at: str | None


def _facts(key: ApiKey) -> _Facts:
    return {
        "key_id": key.key_id,
        "partner_id": key.partner_id,
        "scopes": sorted(scope.value for scope in key.scopes),
        "live": key.live,
        "created_at": to_rfc3339(key.created_at_ms),
        "expires_at": None if key.expires_at_ms is None else to_rfc3339(key.expires_at_ms),
        "revoked_at": None if key.revoked_at_ms is None else to_rfc3339(key.revoked_at_ms),
    }
