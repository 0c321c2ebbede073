"""The network's operators: their roles, their credentials, and the tokens they work with."""

from typing import TYPE_CHECKING, Any, cast

from chalicelib.api.key_shape import issued_at
from chalicelib.api.schemas.fields import NoBody, NoParams, WhyBody
from chalicelib.api.schemas.operators import (
    CredentialBody,
    CredentialParams,
    CredentialReply,
    CredentialsParams,
    CredentialsReply,
    IssuedCredentialReply,
    OpenedTokenReply,
    OperatorBody,
    OperatorParams,
    OperatorReply,
    OperatorsReply,
    RightsReasonBody,
    RolesBody,
    TokenBody,
    TokenParams,
    TokenReply,
)
from chalicelib.errors import InvalidCursorError, UnauthorizedError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.errors import InvalidKeyError, InvalidKeyRequestError, UnknownKeyError
from partners.access.model import Scope
from partners.contracts.errors import SecondPersonNeededError
from partners.contracts.model import NETWORK
from partners.operators.errors import (
    CredentialNotReplacedError,
    CredentialWaitsError,
    InvalidOperatorError,
    OperatorDisabledError,
    OperatorExistsError,
    OwnRightsError,
    TooManyCredentialsError,
    UnknownOperatorError,
)
from partners.operators.model import Role
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.access.model import ApiKey
    from partners.operators.model import Operator

resource = Resource("operators", __name__)


@resource.post(
    "/v1/operator-tokens",
    scope=Scope.SIGN_IN,
    params=NoParams,
    body=TokenBody,
    reply=OpenedTokenReply,
    errors=(OperatorDisabledError, CredentialWaitsError),
)
def open_operator_token(call: Call[NoParams, TokenBody]) -> Reply:
    """Sign in: get a token for your credential.

    Every other request of an operator is sent with such a token, which lives an hour, or up to twelve if you ask for
    it, and never longer than the credential. Its text is in this reply and nowhere else.
    """
    operators = bootstrap.services().operators
    who = call.caller
    try:
        opened = operators.open_token(who.operator_id, call.body.ttl_seconds, credential_id=who.key_id)
    except InvalidKeyError:
        raise UnauthorizedError from None
    roles = _roles(operators.get(who.operator_id))
    return Reply(OpenedTokenReply(token=opened.text, roles=roles, **_token(opened.key)))


@resource.post(
    "/v1/operator-tokens/{token_id}/revoke",
    scope=Scope.OPERATOR,
    params=TokenParams,
    before=lambda call: TokenReply(**_token(_key(call.params.token_id))),
    body=WhyBody,
    reply=TokenReply,
    status=200,
    errors=(UnknownKeyError, UnknownOperatorError),
)
def end_operator_token(call: Call[TokenParams, WhyBody]) -> Reply:
    """Sign out: end a token, your own, or as an admin anyone's.

    The gateway remembers a token that was used for up to a minute. Again is a success and keeps the first time.
    """
    ended = bootstrap.services().operators.end_token(call.caller.operator_id, call.params.token_id)
    return Reply(TokenReply(**_token(ended)))


@resource.post(
    "/v1/operators",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=OperatorBody,
    reply=OperatorReply,
    errors=(InvalidOperatorError, OperatorExistsError),
)
def add_operator(call: Call[NoParams, OperatorBody]) -> Reply:
    """Bring an operator in.

    The same request again is a success and changes nothing.
    """
    body = call.body
    return Reply(_shape(bootstrap.services().operators.add(body.operator_id, body.name, _role_set(body.roles))))


@resource.get(
    "/v1/operators", scope=Scope.OPERATOR, params=PageParams, reply=OperatorsReply, errors=(InvalidCursorError,)
)
def list_operators(call: Call[PageParams, NoBody]) -> Reply:
    """List all operators, by id, also those who are disabled."""
    operators = bootstrap.services().operators.all()
    page, next_cursor = page_of(operators, lambda one: one.operator_id, ("operators",), call.params)
    return Reply(OperatorsReply(operators=[_shape(one) for one in page], next_cursor=next_cursor))


@resource.post(
    "/v1/operators/{operator_id}/roles",
    scope=Scope.OPERATOR,
    params=OperatorParams,
    before=lambda call: _shape(bootstrap.services().operators.get(call.params.operator_id)),
    body=RolesBody,
    reply=OperatorReply,
    status=200,
    errors=(UnknownOperatorError, OwnRightsError),
)
def set_operator_roles(call: Call[OperatorParams, RolesBody]) -> Reply:
    """Give another operator these roles and no others.

    What they lose counts at once. What they gain, other than reading, counts once a second admin asks for the same;
    until then it stands in `asked_roles`. The gateway remembers the roles of a token that was used for up to a minute.
    """
    operators = bootstrap.services().operators
    changed = operators.set_roles(call.caller.operator_id, call.params.operator_id, _role_set(call.body.roles))
    return Reply(_shape(changed))


@resource.post(
    "/v1/operators/{operator_id}/disable",
    scope=Scope.OPERATOR,
    params=OperatorParams,
    before=lambda call: _shape(bootstrap.services().operators.get(call.params.operator_id)),
    body=RightsReasonBody,
    reply=OperatorReply,
    status=200,
    errors=(UnknownOperatorError, OwnRightsError),
)
def disable_operator(call: Call[OperatorParams, RightsReasonBody]) -> Reply:
    """Shut another operator out.

    No credential signs in and every token is void, within the minute for which the gateway remembers one. Again is a
    success and keeps the first time.
    """
    operators = bootstrap.services().operators
    return Reply(_shape(operators.disable(call.caller.operator_id, call.params.operator_id)))


@resource.post(
    "/v1/operators/{operator_id}/enable",
    scope=Scope.OPERATOR,
    params=OperatorParams,
    before=lambda call: _shape(bootstrap.services().operators.get(call.params.operator_id)),
    body=RightsReasonBody,
    reply=OperatorReply,
    status=200,
    errors=(UnknownOperatorError, OwnRightsError),
)
def enable_operator(call: Call[OperatorParams, RightsReasonBody]) -> Reply:
    """Let another operator in again, with the credentials that were not revoked."""
    operators = bootstrap.services().operators
    return Reply(_shape(operators.enable(call.caller.operator_id, call.params.operator_id)))


@resource.post(
    "/v1/operators/{operator_id}/credentials",
    scope=Scope.OPERATOR,
    params=OperatorParams,
    body=CredentialBody,
    reply=IssuedCredentialReply,
    errors=(UnknownOperatorError, OperatorDisabledError, TooManyCredentialsError, InvalidKeyRequestError),
)
def issue_credential(call: Call[OperatorParams, CredentialBody]) -> Reply:
    """Issue a credential to an operator.

    It is good for signing in and nothing else. Two may be in use, so that one can follow the other. Every request makes
    a new one. Its text is in this reply and nowhere else. You have seen it: one for somebody else signs nobody in.
    They replace it, and another admin confirms what they have then.
    """
    operators, by = bootstrap.services().operators, call.caller.operator_id
    issued = operators.issue_credential(call.params.operator_id, expires_at_ms=call.body.expires_at, by=by)
    return Reply(IssuedCredentialReply(credential=issued.text, **_credential(issued.key)))


@resource.post(
    "/v1/operator-credentials",
    scope=Scope.SIGN_IN,
    params=NoParams,
    before=lambda call: CredentialReply(**_credential(_key(call.caller.key_id))),
    body=WhyBody,
    reply=IssuedCredentialReply,
)
def replace_credential(call: Call[NoParams, WhyBody]) -> Reply:
    """Replace the credential that this request is sent with by one that nobody else has seen.

    The old one ends at once, and if it signed in, all your tokens with it; you sign in again. The new text is in this
    reply and nowhere else. If an admin issued the old one to you, tell another admin the new `key_id`, for them
    to confirm it. If you are refused with 401, someone has been faster: say so, and confirm nothing.
    """
    try:
        issued = bootstrap.services().operators.replace_credential(call.caller.key_id)
    except InvalidKeyError:
        raise UnauthorizedError from None
    return Reply(IssuedCredentialReply(credential=issued.text, **_credential(issued.key)))


@resource.get(
    "/v1/operators/{operator_id}/credentials",
    scope=Scope.OPERATOR,
    params=CredentialsParams,
    reply=CredentialsReply,
    errors=(UnknownOperatorError, InvalidCursorError),
)
def list_credentials(call: Call[CredentialsParams, NoBody]) -> Reply:
    """List all credentials of an operator, also those that have ended."""
    params = call.params
    found = bootstrap.services().operators.credentials(params.operator_id)
    page, next_cursor = page_of(found, issued_at, ("credentials", params.operator_id), params)
    shown = [CredentialReply(**_credential(key)) for key in page]
    return Reply(CredentialsReply(credentials=shown, next_cursor=next_cursor))


@resource.post(
    "/v1/operators/{operator_id}/credentials/{key_id}/confirm",
    scope=Scope.OPERATOR,
    params=CredentialParams,
    before=lambda call: CredentialReply(**_credential(_key(call.params.key_id))),
    body=RightsReasonBody,
    reply=CredentialReply,
    status=200,
    errors=(UnknownOperatorError, UnknownKeyError, SecondPersonNeededError, CredentialNotReplacedError),
)
def confirm_credential(call: Call[CredentialParams, RightsReasonBody]) -> Reply:
    """Confirm a credential that its owner has in the place of one that another admin issued, so that it signs in.

    Confirm the id that its owner, and nobody for them, has told you: it stands in the text that they alone have. Again
    is a success.
    """
    params, operators = call.params, bootstrap.services().operators
    confirmed = operators.confirm_credential(call.caller.operator_id, params.operator_id, params.key_id)
    return Reply(CredentialReply(**_credential(confirmed)))


@resource.post(
    "/v1/operators/{operator_id}/credentials/{key_id}/revoke",
    scope=Scope.OPERATOR,
    params=CredentialParams,
    before=lambda call: CredentialReply(**_credential(_key(call.params.key_id))),
    body=RightsReasonBody,
    reply=CredentialReply,
    status=200,
    errors=(UnknownOperatorError, UnknownKeyError),
)
def revoke_credential(call: Call[CredentialParams, RightsReasonBody]) -> Reply:
    """End a credential of an operator for good, and with it all tokens that the operator has.

    Again is a success and keeps the first time.
    """
    params = call.params
    revoked = bootstrap.services().operators.revoke_credential(params.operator_id, params.key_id)
    return Reply(CredentialReply(**_credential(revoked)))


def _key(key_id: str) -> "ApiKey":
    return bootstrap.services().access.key_of(NETWORK, key_id)


def _role_set(names: list[Any]) -> frozenset[Role]:
    return frozenset(Role(name) for name in names)


def _roles(operator: "Operator") -> list[Any]:
    return sorted(role.value for role in operator.roles)


def _shape(operator: "Operator") -> OperatorReply:
    return OperatorReply(
        operator_id=operator.operator_id,
        name=operator.name,
        roles=_roles(operator),
        created_at=to_rfc3339(operator.created_at_ms),
        disabled_at=_instant(operator.disabled_at_ms),
        asked_roles=None if operator.asked_roles is None else sorted(role.value for role in operator.asked_roles),
        asked_by=operator.asked_by,
    )


def _credential(key: "ApiKey") -> dict[str, Any]:
    people = {"issued_by": key.issued_by, "confirmed_by": key.confirmed_by}
    others = {"replaces": key.replaces, "replaced_by": key.replaced_by}
    return {"key_id": key.key_id, **people, "waits": key.waits, **others, **_times(key)}


def _token(key: "ApiKey") -> dict[str, Any]:
    return {"token_id": key.key_id, **_times(key)}


def _times(key: "ApiKey") -> dict[str, Any]:
    return {
        "operator_id": cast("str", key.operator_id),
        "created_at": to_rfc3339(key.created_at_ms),
        "expires_at": _instant(key.expires_at_ms),
        "revoked_at": _instant(key.revoked_at_ms),
    }


def _instant(epoch_ms: int | None) -> str | None:
    return None if epoch_ms is None else to_rfc3339(epoch_ms)
