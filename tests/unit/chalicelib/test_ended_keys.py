"""What a key that has ended may still do while the gateway remembers it: nothing that outlives it."""

from typing import Any

import pytest

from chalicelib.api.keys import issue_key
from chalicelib.api.operators import open_operator_token, set_operator_roles
from chalicelib.api.schemas.fields import NoParams
from chalicelib.api.schemas.keys import KeyBody
from chalicelib.api.schemas.operators import OperatorParams, RolesBody, TokenBody
from chalicelib.auth import Caller
from chalicelib.errors import RoleMissingError, UnauthorizedError
from chalicelib.operations import Call, carried_out, operation_of
from partners.access.model import Scope
from partners.operators.model import Role
from tests.unit.chalicelib.world import World


def remembered(world: World, text: str) -> Caller:
    """The caller as the gateway remembers it from before."""
    key = world.access.resolve(text)
    roles = frozenset(world.operators.behind(key).roles) if key.operator_id else frozenset()
    return Caller(key.partner_id, key.key_id, frozenset(key.scopes), key.operator_id or "", roles)


def ask(handler: Any, who: Caller, params: Any, body: Any) -> Any:
    return carried_out(operation_of(handler), Call(who, params, body, "", "request"), handler)


def test_a_revoked_credential_opens_no_token(world: World) -> None:
    issued = world.operators.issue_credential("ann")
    who = remembered(world, issued.text)
    assert ask(open_operator_token, who, NoParams(), TokenBody()).body.token
    world.operators.revoke_credential("ann", issued.key.key_id)
    with pytest.raises(UnauthorizedError):
        ask(open_operator_token, who, NoParams(), TokenBody())


def test_a_revoked_admin_key_makes_no_key(world: World) -> None:
    issued = world.access.issue_key("alpha", frozenset({Scope.ADMIN}))
    who, body = remembered(world, issued.text), KeyBody.model_validate({"scopes": ["earn"]})
    assert ask(issue_key, who, NoParams(), body).body.api_key
    world.access.revoke("alpha", issued.key.key_id)
    with pytest.raises(UnauthorizedError):
        ask(issue_key, who, NoParams(), body)
    assert [one.action for one in (record.act for record in world.trail_book.all())] == ["issue_key"] * 2


def test_a_role_that_was_taken_gives_nobody_another(world: World) -> None:
    who = remembered(world, world.operator_token("bob", frozenset({Role.ADMIN})))
    body = RolesBody.model_validate({"roles": ["admin"], "reason": "needed"})
    world.operators.set_roles("ann", "bob", frozenset({Role.VIEWER}))
    with pytest.raises(RoleMissingError):
        ask(set_operator_roles, who, OperatorParams(operator_id="ann"), body)
