"""One admin alone is never two people: nobody has a credential that signs in but the person whose it is."""

from dataclasses import replace

import pytest

from partners.access.model import ApiKey, StoredKey
from partners.operators.model import Role
from tests.unit.chalicelib.credentials import WHY, confirm, issued_to, replaced
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World

APPROVER = frozenset({Role.APPROVER})


@pytest.fixture
def grace(world: World) -> str:
    """Brought in by ann, who alone would like to be two people."""
    body = {"operator_id": "grace", "name": "Grace", "roles": ["approver"], **WHY}
    assert world.post("/v1/operators", body, world.operator).status_code == 201
    return "grace"


def signs_in(world: World, text: str) -> bool:
    reply = world.post("/v1/operator-tokens", {}, text)
    assert reply.status_code in (201, 403)
    return reply.status_code == 201


def refuses(world: World, text: str) -> bool:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        world.post("/v1/operator-tokens", {}, text)
    return True


def test_what_the_issuer_has_seen_never_signs_in(world: World, grace: str) -> None:
    seen = issued_to(world, grace, world.operator)
    waiting = problem(world.post("/v1/operator-tokens", {}, seen["credential"]), 403, "credential_waits")
    assert "POST /v1/operator-credentials" in waiting["detail"]
    problem(confirm(world, seen, "ann"), 403, "second_person_needed")
    # Not even if the second admin stands for it: what is confirmed is what the owner has in its place.
    problem(confirm(world, seen), 409, "credential_not_replaced")
    own = replaced(world, seen)
    assert (own["replaces"], own["waits"], own["issued_by"]) == (seen["key_id"], True, "ann")
    assert refuses(world, seen["credential"])
    problem(world.post("/v1/operator-tokens", {}, own["credential"]), 403, "credential_waits")
    problem(confirm(world, own, "ann"), 403, "second_person_needed")
    assert confirm(world, own).json_body["waits"] is False
    assert confirm(world, own, "dora").json_body["confirmed_by"] == "carl"
    assert signs_in(world, own["credential"])
    assert refuses(world, seen["credential"])


def test_an_issuer_who_is_faster_than_the_owner_has_nothing_that_is_confirmed(world: World, grace: str) -> None:
    seen = issued_to(world, grace, world.operator)
    anns = replaced(world, seen)
    # Grace is refused, and so tells nobody an id; handed what ann has now, she takes that from her as well.
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        world.post("/v1/operator-credentials", b"", seen["credential"])
    graces = replaced(world, anns)
    assert confirm(world, graces).status_code == 200
    assert signs_in(world, graces["credential"])
    assert refuses(world, anns["credential"])


def test_a_confirmed_credential_is_replaced_by_its_owner_and_signs_in_at_once(world: World, grace: str) -> None:
    own = replaced(world, issued_to(world, grace, world.operator))
    confirm(world, own)
    world.clock.advance(ms=1)
    token = world.post("/v1/operator-tokens", {}, own["credential"]).json_body["token"]
    assert world.get("/v1/partners", token).status_code == 200
    world.clock.advance(ms=1)
    next_one = replaced(world, own)
    assert next_one["waits"] is False
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        world.get("/v1/partners", token)
    world.clock.advance(ms=1)
    assert signs_in(world, next_one["credential"])
    shown = {
        one["key_id"]: one
        for one in world.get("/v1/operators/grace/credentials", world.operator).json_body["credentials"]
    }
    assert shown[own["key_id"]]["replaced_by"] == next_one["key_id"]


def test_an_issuer_ends_nobodys_tokens_by_replacing_what_waits(world: World, grace: str) -> None:
    own = replaced(world, issued_to(world, grace, world.operator))
    confirm(world, own)
    token = world.post("/v1/operator-tokens", {}, own["credential"]).json_body["token"]
    world.clock.advance(ms=1)
    assert replaced(world, issued_to(world, grace, world.operator))["waits"]
    assert world.get("/v1/partners", token).status_code == 200


def test_of_two_who_replace_a_credential_at_once_one_has_it(
    world: World, grace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = issued_to(world, grace, world.operator)
    kept, others = world.access._keys.add, []

    def late(stored: StoredKey) -> None:
        if not others and stored.key.replaces is not None:
            monkeypatch.setattr(world.access._keys, "add", kept)
            others.append(world.operators.replace_credential(seen["key_id"]))
        kept(stored)

    monkeypatch.setattr(world.access._keys, "add", late)
    problem(world.post("/v1/operator-credentials", b"", seen["credential"]), 401, "unauthorized")
    usable = [key for key in world.operators.credentials(grace) if key.usable_at(world.clock())]
    assert [key.key_id for key in usable] == [others[0].key.key_id]


def test_what_was_confirmed_when_the_issuer_had_seen_it_waits_for_its_owner(world: World, grace: str) -> None:
    """Rows of before: confirmed, and never replaced."""
    issued = world.operators.issue_credential(grace, by="ann")
    world.access.confirm(issued.key, "carl")
    problem(world.post("/v1/operator-tokens", {}, issued.text), 403, "credential_waits")
    own = world.operators.replace_credential(issued.key.key_id)
    assert own.key.waits
    assert confirm(world, {"operator_id": grace, "key_id": own.key.key_id}).status_code == 200
    assert signs_in(world, own.text)


def test_a_credential_that_waits_asks_for_nothing_else(world: World, grace: str) -> None:
    seen = issued_to(world, grace, world.operator)
    problem(world.get("/v1/partners", seen["credential"]), 403, "scope_missing")
    assert world.post("/v1/operators/grace/disable", WHY, world.operator).status_code == 200
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        world.post("/v1/operator-credentials", b"", seen["credential"])


def test_the_trail_tells_who_replaced_a_credential_and_no_text_of_it(world: World, grace: str) -> None:
    seen = issued_to(world, grace, world.operator)
    own = replaced(world, seen)
    records = [one for one in world.trail_book.all() if one.act.action == "replace_credential"]
    assert [one.act.by for one in records] == ["grace", "grace"]
    assert own["credential"] not in repr(records)
    assert seen["credential"] not in repr(records)


def test_the_successor_ends_when_its_predecessor_would_have(world: World) -> None:
    ends_at_ms = world.clock() + 5_000
    issued = world.operators.issue_credential("ann", expires_at_ms=ends_at_ms)
    assert world.operators.replace_credential(issued.key.key_id).key.expires_at_ms == ends_at_ms


def test_one_admin_makes_no_viewer_an_approver(world: World) -> None:
    world.operators.add("temp", "Temp", frozenset({Role.VIEWER, Role.SETTLER}))
    asked = {"roles": ["approver", "settler"], **WHY}
    for _ in range(2):
        waiting = world.post("/v1/operators/temp/roles", asked, world.operator).json_body
        assert (waiting["roles"], waiting["asked_roles"], waiting["asked_by"]) == (
            ["settler"],
            ["approver", "settler"],
            "ann",
        )
    carl = world.operator_token("carl")
    agreed = world.post("/v1/operators/temp/roles", asked, carl).json_body
    assert (agreed["roles"], agreed["asked_roles"], agreed["asked_by"]) == (["approver", "settler"], None, None)
    # Asked again, of either, it is a success that changes nothing.
    assert world.post("/v1/operators/temp/roles", asked, world.operator).json_body == agreed


def test_what_is_taken_counts_at_once_and_withdraws_what_was_asked(world: World) -> None:
    world.operators.add("temp", "Temp", frozenset({Role.SETTLER}))
    world.operators.set_roles("ann", "temp", frozenset({Role.ADMIN}))
    assert world.operators.get("temp").roles == {Role.VIEWER}
    world.operators.set_roles("carl", "temp", frozenset({Role.VIEWER}))
    world.operators.set_roles("carl", "temp", frozenset({Role.ADMIN}))
    assert (world.operators.get("temp").roles, world.operators.get("temp").asked_by) == ({Role.VIEWER}, "carl")


def test_another_wish_is_nobodys_consent(world: World) -> None:
    world.operators.add("temp", "Temp", APPROVER)
    world.operators.set_roles("ann", "temp", frozenset({Role.ADMIN}))
    changed = world.operators.set_roles("carl", "temp", frozenset({Role.ADMIN, Role.SETTLER}))
    assert (changed.asked_by, changed.roles) == ("carl", {Role.VIEWER})


def test_a_credential_of_the_accounts_rights_or_ones_own_waits_for_nobody() -> None:
    key = ApiKey("k", "network", frozenset({"sign-in"}), True, 0, operator_id="ann")  # type: ignore[arg-type]
    assert not key.waits
    assert not replace(key, issued_by="ann").waits
    assert replace(key, issued_by="bob", confirmed_by="carl").waits
