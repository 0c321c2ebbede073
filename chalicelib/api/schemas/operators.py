"""What is said of operators, their credentials and tokens."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import Body, Instant, Moment, Name, Params, ReplyBody
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.listing import PageParams
from partners.operators.model import (
    DEFAULT_TOKEN_SECONDS,
    LONGEST_TOKEN_SECONDS,
    OPERATOR_ID,
    SHORTEST_TOKEN_SECONDS,
)

OperatorId = Annotated[
    str, Field(pattern=f"^{OPERATOR_ID.pattern}$", description="The operator's id.", examples=["ann"])
]
KeyId = Annotated[str, Field(pattern="^[0-9a-z]{1,40}$", description="The id, the part after tso_live_ or tsk_live_.")]
RoleName = Literal["viewer", "settler", "approver", "admin"]
Roles = Annotated[
    list[RoleName],
    Field(min_length=1, max_length=4, description="What the operator may do; see docs/operators.md."),
]
Reason = Annotated[
    str,
    Field(min_length=1, max_length=200, description="Why; it is kept in the audit trail.", examples=["Joined Oct 1"]),
]


class OperatorParams(Params):
    """Which operator."""

    operator_id: OperatorId


class CredentialParams(Params):
    """Which credential of which operator."""

    operator_id: OperatorId
    key_id: KeyId


class TokenParams(Params):
    """Which token."""

    token_id: KeyId


class OperatorBody(Body):
    """A new operator."""

    operator_id: OperatorId
    name: Name
    roles: Roles
    reason: Reason


class RolesBody(Body):
    """All the roles that an operator has from now on."""

    roles: Roles
    reason: Reason


class RightsReasonBody(Body):
    """Why."""

    reason: Reason


class OperatorReply(ReplyBody):
    """An operator."""

    operator_id: OperatorId
    name: Name
    roles: Roles
    created_at: Instant
    disabled_at: Instant | None
    asked_roles: Roles | None = Field(description="What the roles are to be once a second admin asks for the same.")
    asked_by: OperatorId | None = Field(description="Who asked for them first.")


class OperatorsReply(ReplyBody):
    """A page of operators, by id."""

    operators: list[OperatorReply]
    next_cursor: NextCursor


class CredentialBody(Body):
    """A new credential of an operator."""

    expires_at: Moment | None = Field(default=None, description="Never, if left out.")
    reason: Reason


class CredentialReply(ReplyBody):
    """What is known of a credential. Its text is not."""

    key_id: KeyId
    operator_id: OperatorId
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None
    issued_by: OperatorId | None = Field(description="null: who has the rights of the AWS account.")
    confirmed_by: OperatorId | None
    waits: bool = Field(
        description="Whether it signs nobody in: its owner has not replaced it, or no second admin has confirmed it."
    )
    replaces: KeyId | None = Field(description="The credential that its owner has replaced by this one.")
    replaced_by: KeyId | None = Field(description="The credential by which its owner has replaced it.")


class CredentialsReply(ReplyBody):
    """A page of an operator's credentials, in the order they were issued."""

    credentials: list[CredentialReply]
    next_cursor: NextCursor


class CredentialsParams(PageParams):
    """A page of an operator's credentials."""

    operator_id: OperatorId


class IssuedCredentialReply(CredentialReply):
    """A new credential. `credential` is shown this once and stored nowhere."""

    credential: Annotated[str, Field(examples=["tsk_live_..."])]


class TokenBody(Body):
    """How long a token lives."""

    ttl_seconds: Annotated[
        int, Field(ge=SHORTEST_TOKEN_SECONDS, le=LONGEST_TOKEN_SECONDS, description="An hour, if left out.")
    ] = DEFAULT_TOKEN_SECONDS


class TokenReply(ReplyBody):
    """What is known of a token. Its text is not."""

    token_id: KeyId
    operator_id: OperatorId
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None


class OpenedTokenReply(TokenReply):
    """A new token. `token` is shown this once and stored nowhere."""

    token: Annotated[str, Field(examples=["tso_live_..."])]
    roles: Roles
