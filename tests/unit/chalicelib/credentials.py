"""What admins and owners do with an operator's credential, as requests."""

from typing import Any

from chalice.test import HTTPResponse

from tests.unit.chalicelib.world import World

WHY = {"reason": "joins the back office"}


def issued_to(world: World, operator_id: str, by: str) -> dict[str, Any]:
    """What the admin whose token `by` is gets to see."""
    reply = world.post(f"/v1/operators/{operator_id}/credentials", WHY, by)
    assert reply.status_code == 201
    found: dict[str, Any] = reply.json_body
    return found


def replaced(world: World, issued: dict[str, Any]) -> dict[str, Any]:
    """What the first who replaces it gets to see."""
    reply = world.post("/v1/operator-credentials", b"", issued["credential"])
    assert reply.status_code == 201
    found: dict[str, Any] = reply.json_body
    return found


def confirm(world: World, issued: dict[str, Any], by: str = "carl") -> HTTPResponse:
    path = f"/v1/operators/{issued['operator_id']}/credentials/{issued['key_id']}/confirm"
    return world.post(path, WHY, world.operator_token(by) if by != "ann" else world.operator)
