"""API keys: a partner's admin manages the partner's own, the network's operator any partner's."""

from chalicelib.api import key_shape
from chalicelib.api.schemas.fields import NoBody, NoParams, WhyBody
from chalicelib.api.schemas.keys import (
    IssuedKeyReply,
    KeyBody,
    KeyParams,
    KeyReply,
    KeysParams,
    KeysReply,
    PartnerKeyParams,
    PartnerKeysParams,
    RotatedKeyReply,
    RotationBody,
)
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.errors import (
    EndedKeyError,
    InvalidKeyRequestError,
    RotationOpenError,
    TooManyKeysError,
    UnknownKeyError,
)
from partners.access.model import Scope
from partners.contracts.errors import NotInThisStateError, UnknownPartnerError

resource = Resource("keys", __name__)

ROTATION = (UnknownKeyError, EndedKeyError, RotationOpenError, InvalidKeyRequestError)


@resource.post(
    "/v1/keys",
    scope=Scope.ADMIN,
    params=NoParams,
    body=KeyBody,
    reply=IssuedKeyReply,
    errors=(InvalidKeyRequestError, NotInThisStateError, TooManyKeysError),
)
def issue_key(call: Call[NoParams, KeyBody]) -> Reply:
    """Issue an API key of your own.

    Every request makes a new key. Its text is in this reply and nowhere else.
    """
    return Reply(key_shape.issued(call.caller.partner_id, call.body))


@resource.get("/v1/keys", scope=Scope.ADMIN, params=KeysParams, reply=KeysReply, errors=(InvalidCursorError,))
def list_keys(call: Call[KeysParams, NoBody]) -> Reply:
    """List your API keys, in the order they were issued."""
    return Reply(key_shape.listed(call.caller.partner_id, ("keys",), call.params))


@resource.get("/v1/keys/{key_id}", scope=Scope.ADMIN, params=KeyParams, reply=KeyReply, errors=(UnknownKeyError,))
def get_key(call: Call[KeyParams, NoBody]) -> Reply:
    """Look at one of your API keys: what it may do, until when, and when it was last used."""
    return Reply(key_shape.key_out(bootstrap.services().access.key_of(call.caller.partner_id, call.params.key_id)))


@resource.post(
    "/v1/keys/{key_id}/rotate",
    scope=Scope.ADMIN,
    params=KeyParams,
    before=lambda call: _as_it_is(call.caller.partner_id, call.params.key_id),
    body=RotationBody,
    reply=RotatedKeyReply,
    errors=ROTATION,
)
def rotate_key(call: Call[KeyParams, RotationBody]) -> Reply:
    """Issue a new API key in the place of one of yours.

    The new key has the same scopes and networks; the old one goes on for `overlap_seconds`, and ends by itself. Two
    keys of a rotation are in use at most. If this reply is lost, revoke the new key and rotate again.
    """
    return _rotated(call.caller.partner_id, call.params.key_id, call.body)


@resource.post(
    "/v1/keys/{key_id}/revoke",
    scope=Scope.ADMIN,
    params=KeyParams,
    before=lambda call: _as_it_is(call.caller.partner_id, call.params.key_id),
    body=WhyBody,
    reply=KeyReply,
    status=200,
    errors=(UnknownKeyError,),
)
def revoke_key(call: Call[KeyParams, WhyBody]) -> Reply:
    """End one of your API keys for good.

    The gateway remembers a key that was used for up to a minute; from then on it is refused. Again is
    a success and keeps the first time.
    """
    return _revoked(call.caller.partner_id, call.params.key_id)


@resource.post(
    "/v1/partners/{partner_id}/keys",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=KeyBody,
    reply=IssuedKeyReply,
    errors=(UnknownPartnerError, InvalidKeyRequestError, NotInThisStateError, TooManyKeysError),
)
def issue_partner_key(call: Call[PartnerParams, KeyBody]) -> Reply:
    """Issue an API key to a partner.

    A live deployment issues live keys, one for tests test keys; neither accepts the other's. Every request
    makes a new key. Its text is in this reply and nowhere else.
    """
    return Reply(key_shape.issued(call.params.partner_id, call.body))


@resource.get(
    "/v1/partners/{partner_id}/keys",
    scope=Scope.OPERATOR,
    params=PartnerKeysParams,
    reply=KeysReply,
    errors=(UnknownPartnerError, InvalidCursorError),
)
def list_partner_keys(call: Call[PartnerKeysParams, NoBody]) -> Reply:
    """List the API keys of a partner, in the order they were issued."""
    return Reply(key_shape.listed(_partner(call.params.partner_id), ("partner keys",), call.params))


@resource.post(
    "/v1/partners/{partner_id}/keys/{key_id}/rotate",
    scope=Scope.OPERATOR,
    params=PartnerKeyParams,
    before=lambda call: _as_it_is(_partner(call.params.partner_id), call.params.key_id),
    body=RotationBody,
    reply=RotatedKeyReply,
    errors=(UnknownPartnerError, *ROTATION),
)
def rotate_partner_key(call: Call[PartnerKeyParams, RotationBody]) -> Reply:
    """Issue a new API key in the place of one of a partner's.

    As the partner's admin can by itself.
    """
    return _rotated(_partner(call.params.partner_id), call.params.key_id, call.body)


@resource.post(
    "/v1/partners/{partner_id}/keys/{key_id}/revoke",
    scope=Scope.OPERATOR,
    params=PartnerKeyParams,
    before=lambda call: _as_it_is(_partner(call.params.partner_id), call.params.key_id),
    body=WhyBody,
    reply=KeyReply,
    status=200,
    errors=(UnknownPartnerError, UnknownKeyError),
)
def revoke_partner_key(call: Call[PartnerKeyParams, WhyBody]) -> Reply:
    """End an API key of a partner for good.

    The gateway remembers a key that was used for up to a minute; from then on it is refused. Again is
    a success and keeps the first time.
    """
    return _revoked(_partner(call.params.partner_id), call.params.key_id)


def _rotated(partner_id: str, key_id: str, body: RotationBody) -> Reply:
    return Reply(key_shape.rotated(partner_id, key_id, body))


def _revoked(partner_id: str, key_id: str) -> Reply:
    return Reply(key_shape.key_out(bootstrap.services().access.revoke(partner_id, key_id)))


def _as_it_is(partner_id: str, key_id: str) -> KeyReply:
    return key_shape.key_out(bootstrap.services().access.key_of(partner_id, key_id))


def _partner(partner_id: str) -> str:
    """The partner's id if there is such a partner: credentials of the network's operators are no partner's keys."""
    return bootstrap.services().contracts.partner(partner_id).partner_id
