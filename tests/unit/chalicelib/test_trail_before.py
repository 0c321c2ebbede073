"""The trail tells how what was changed stood before."""

from typing import Any

from tests.unit.chalicelib.test_terms_routes import TERMS
from tests.unit.chalicelib.world import World

DAYS = "from=2026-11-15&to=2026-11-15"
WHY = {"reason": "as agreed"}


def changed(world: World, path: str, body: object, key: str, status: int = 200) -> tuple[Any, Any]:
    """What the trail tells of before and after the change that a request makes."""
    reply = world.post(path, body, key)
    assert reply.status_code == status, reply.body
    records = world.get(f"/v1/audit-trail?{DAYS}&limit=200", world.operator).json_body["records"]
    done = [one for one in records if one["phase"] == "done"][-1]
    return done["before"], done["after"]


def test_a_decision_about_terms_has_the_open_proposal(world: World) -> None:
    path = "/v1/partners/alpha/terms"
    for number, (word, end) in enumerate((("approve", "approved"), ("decline", "rejected")), 1):
        begin = f"2027-0{number}-01T00:00:00Z"
        proposed = world.post(path, {**TERMS, "effective_from": begin}, world.operator)
        assert proposed.status_code == 201, proposed.body
        at = f"{path}/proposals/{proposed.json_body['proposal']}/{word}"
        before, after = changed(world, at, WHY, world.second_operator)
        assert (before["state"], after["state"]) == ("proposed", end)


def test_a_change_of_state_has_the_state_before(world: World) -> None:
    body = {"state": "suspended", **WHY}
    before, after = changed(world, "/v1/partners/alpha/state", body, world.operator)
    assert (before["state"], after["state"]) == ("active", "suspended")


def test_a_rotated_key_has_what_it_could_do_and_until_when(world: World) -> None:
    issued = world.post("/v1/keys", {"scopes": ["earn"]}).json_body
    for at in ("/v1/keys", "/v1/partners/alpha/keys"):
        key = issued["key_id"]
        who = world.alpha if at == "/v1/keys" else world.operator
        before, after = changed(world, f"{at}/{key}/rotate", {"overlap_seconds": 0}, who, 201)
        assert (before["key_id"], before["expires_at"], before["replaced_by"]) == (key, None, None)
        assert (after["replaces"], after["api_key"]) == (key, "withheld")
        world.clock.advance(ms=1_000)
        issued = after


def test_a_webhook_endpoint_has_what_it_was(world: World) -> None:
    asked = {"url": "https://shop.example/hooks", "event_types": ["points.earned"]}
    at = f"/v1/webhook-endpoints/{world.post('/v1/webhook-endpoints', asked).json_body['endpoint_id']}"
    before, after = changed(world, at, {"enabled": False}, world.alpha)
    assert (before["enabled"], after["enabled"]) == (True, False)
    before, after = changed(world, f"{at}/secret", {}, world.alpha, 201)
    assert before["second_secret_until"] is None
    assert after["second_secret_until"] is not None
    before, _ = changed(world, f"{at}/delete", {}, world.alpha)
    assert before["event_types"] == ["points.earned"]
