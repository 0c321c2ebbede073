"""A partner's admin manages the partner's own keys."""

import pytest

from partners.access.errors import InvalidKeyError
from partners.access.model import Scope
from shared.kernel.errors import StoreUnavailableError
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World


def issue(world: World, **body: object) -> dict[str, object]:
    reply = world.post("/v1/keys", {"scopes": ["earn"], **body})
    assert reply.status_code == 201, reply.body
    return dict(reply.json_body)


def test_an_admin_issues_looks_at_rotates_and_revokes(world: World) -> None:
    key = issue(world, expires_at="2027-01-01T00:00:00Z")
    shown = {name: value for name, value in key.items() if name != "api_key"}
    assert world.get(f"/v1/keys/{key['key_id']}").json_body == shown
    rotated = world.post(f"/v1/keys/{key['key_id']}/rotate", {"overlap_seconds": 60}).json_body
    assert rotated["predecessor"] == shown | {
        "expires_at": "2026-11-15T12:01:00.000Z",
        "replaced_by": rotated["key_id"],
    }
    problem(world.post(f"/v1/keys/{key['key_id']}/rotate", {}), 409, "rotation_open")
    revoked = world.post(f"/v1/keys/{rotated['key_id']}/revoke", b"").json_body
    assert revoked["revoked_at"] == "2026-11-15T12:00:00.000Z"
    with pytest.raises(InvalidKeyError):
        world.access.resolve(rotated["api_key"])
    problem(world.post(f"/v1/keys/{rotated['key_id']}/rotate", {}), 409, "key_ended")


def test_an_admin_reaches_no_other_partner_s_key_and_makes_no_operator(world: World) -> None:
    other = world.access.issue_key("beta", frozenset({Scope.EARN})).key.key_id
    credential = world.operators.issue_credential("ann").key.key_id
    for key_id in (other, credential):
        problem(world.get(f"/v1/keys/{key_id}"), 404, "unknown_key")
        problem(world.post(f"/v1/keys/{key_id}/rotate", {}), 404, "unknown_key")
        problem(world.post(f"/v1/keys/{key_id}/revoke", b""), 404, "unknown_key")
    problem(world.post("/v1/keys", {"scopes": ["operator"]}), 400, "invalid_field")
    assert {key["partner_id"] for key in world.get("/v1/keys").json_body["keys"]} == {"alpha"}


def test_keys_are_listed_page_by_page_and_by_state(world: World) -> None:
    made = [issue(world)["key_id"] for _ in range(5)]
    world.post(f"/v1/keys/{made[0]}/revoke", b"")
    seen, cursor = [], ""
    while True:
        page = world.get(f"/v1/keys?limit=2&state=active{cursor}").json_body
        seen += [key["key_id"] for key in page["keys"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert set(made[1:]) <= set(seen)
    assert [key["key_id"] for key in world.get("/v1/keys?state=ended").json_body["keys"]] == [made[0]]
    problem(world.get(f"/v1/keys?limit=2{cursor}"), 400, "invalid_cursor")
    listed = world.get("/v1/partners/alpha/keys?state=ended", world.operator).json_body["keys"]
    assert [key["key_id"] for key in listed] == [made[0]]


def test_a_key_is_good_from_its_networks_alone(world: World) -> None:
    """The gateway remembers what the authorizer said of a key whoever sends it, so each request is looked at."""
    here = issue(world, scopes=["members"], allowed_networks=["127.0.0.0/8"])
    elsewhere = issue(world, scopes=["members"], allowed_networks=["198.51.100.0/24", "2001:db8::/32"])
    problem(world.get("/v1/cards/9770000000000013", str(here["api_key"])), 400, "invalid_card_number")
    spoofed = {"x-forwarded-for": "198.51.100.7"}
    refused = world.get("/v1/cards/9770000000000013", str(elsewhere["api_key"]), **spoofed)
    assert problem(refused, 403, "address_not_allowed")["source_ip"] == "127.0.0.1"
    problem(
        world.post("/v1/keys", {"scopes": ["earn"], "allowed_networks": ["10.1.2.3/8"]}), 400, "invalid_key_request"
    )


def test_a_key_says_when_it_was_last_used(world: World) -> None:
    key = issue(world, scopes=["members"])
    assert key["last_used_at"] is None
    world.get("/v1/cards/9770000000000013", str(key["api_key"]))
    assert world.get(f"/v1/keys/{key['key_id']}").json_body["last_used_at"] == "2026-11-15T12:00:00.000Z"


def test_a_use_that_can_t_be_noted_refuses_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(_: object) -> None:
        raise StoreUnavailableError("ThrottlingException")

    monkeypatch.setattr(world.access, "note_use", unavailable)
    assert world.get("/v1/keys").status_code == 200
