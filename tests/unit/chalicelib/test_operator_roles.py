"""Operators sign in, and each may do what their roles say."""

import pytest

from app import app
from chalicelib.operations import operations_of
from chalicelib.operator_roles import EVERYONE, ROLES_OF_OPERATION, ROLES_OF_READING, roles_for
from partners.access.model import Scope
from partners.operators.model import Role
from tests.unit.chalicelib.credentials import confirm, replaced
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_parties import EVERY_ROUTE
from tests.unit.chalicelib.world import World

OPERATIONS = [operation for operation in operations_of(app) if operation.scope is Scope.OPERATOR]
WHY = {"reason": "she joined us"}


def test_someone_has_decided_whose_each_operation_is() -> None:
    writing = {operation.operation_id for operation in OPERATIONS if operation.method != "GET"}
    assert set(ROLES_OF_OPERATION) == writing
    reading = {operation.operation_id for operation in OPERATIONS if operation.method == "GET"}
    assert set(ROLES_OF_READING) <= reading


def test_what_nobody_has_decided_needs_an_admin() -> None:
    assert roles_for("POST", "invent_points") == {Role.ADMIN}


@pytest.mark.parametrize(("method", "path"), [route[:2] for route in EVERY_ROUTE if route[2] == "operator"])
def test_an_operator_without_the_role_is_refused_before_anything_is_read(world: World, method: str, path: str) -> None:
    def operation_of(template: str) -> bool:
        pairs = zip(template.split("/"), path.split("/"), strict=False)
        same_length = template.count("/") == path.count("/")
        return same_length and all(part.startswith("{") or part == given for part, given in pairs)

    found = next(one for one in OPERATIONS if one.method == method and operation_of(one.path))
    needed = roles_for(method, found.operation_id)
    token = world.operator_token("eve", frozenset(Role) - needed)
    reply = world.get(path, token) if method == "GET" else world.post(path, b"not json", token)
    if needed == EVERYONE:
        assert reply.json_body.get("code") not in ("role_missing", "scope_missing")
    else:
        assert set(problem(reply, 403, "role_missing")["roles"].split()) == needed


def test_a_credential_signs_in_and_does_nothing_else(world: World) -> None:
    credential = world.operators.issue_credential("ann").text
    problem(world.get("/v1/partners", credential), 403, "scope_missing")
    opened = world.post("/v1/operator-tokens", {"ttl_seconds": 600}, credential)
    assert opened.status_code == 201
    token = opened.json_body
    assert token["token"].startswith(f"tso_live_{token['token_id']}_")
    assert (token["operator_id"], token["expires_at"]) == ("ann", "2026-11-15T12:10:00.000Z")
    assert token["roles"] == ["admin", "approver", "settler", "viewer"]
    assert world.get("/v1/partners", token["token"]).status_code == 200
    problem(world.post("/v1/operator-tokens", {}, token["token"]), 403, "scope_missing")
    problem(world.post("/v1/operator-tokens", {"ttl_seconds": 43_201}, credential), 400, "invalid_field")


def test_a_token_that_was_ended_is_unauthorized(world: World) -> None:
    token = world.operators.open_token("ann", 600)
    ended = world.post(f"/v1/operator-tokens/{token.key.key_id}/revoke", b"", token.text)
    assert ended.json_body["revoked_at"] == "2026-11-15T12:00:00.000Z"
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        world.get("/v1/partners", token.text)


def test_operators_are_brought_in_changed_and_shut_out(world: World) -> None:
    body = {"operator_id": "bob", "name": "Bob Ray", "roles": ["settler"], **WHY}
    added = world.post("/v1/operators", body, world.operator)
    assert added.status_code == 201
    issued = world.post("/v1/operators/bob/credentials", WHY, world.operator).json_body
    own = replaced(world, issued)
    confirmed = confirm(world, own).json_body
    world.clock.advance(ms=1)
    token = world.post("/v1/operator-tokens", {}, own["credential"]).json_body["token"]
    problem(world.post("/v1/operators", body, token), 403, "role_missing")
    problem(world.post("/v1/operators/ann/disable", WHY, world.operator), 403, "own_rights")
    for admin in (world.operator, world.operator_token("carl")):
        changed = world.post("/v1/operators/bob/roles", {"roles": ["admin", "viewer"], **WHY}, admin)
    assert changed.json_body["roles"] == ["admin", "viewer"]
    assert world.post("/v1/operators", body | {"roles": ["admin", "viewer"]}, token).status_code == 201
    listed = world.get("/v1/operators/bob/credentials", token).json_body["credentials"]
    assert [one["key_id"] for one in listed if one["replaced_by"] is None] == [own["key_id"]]
    assert confirmed in listed
    assert (confirmed["issued_by"], confirmed["confirmed_by"], confirmed["waits"]) == ("ann", "carl", False)
    path = f"/v1/operators/bob/credentials/{own['key_id']}/revoke"
    assert world.post(path, WHY, world.operator).json_body["revoked_at"] is not None
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        world.get("/v1/partners", token)
    assert world.post("/v1/operators/bob/disable", WHY, world.operator).json_body["disabled_at"] is not None
    assert world.post("/v1/operators/bob/enable", WHY, world.operator).json_body["disabled_at"] is None
    operators = world.get("/v1/operators", world.operator).json_body["operators"]
    assert [one["operator_id"] for one in operators] == ["ann", "bob", "carl"]
