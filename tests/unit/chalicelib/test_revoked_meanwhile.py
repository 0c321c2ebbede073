"""A key that is revoked while its request waits for its turn in the audit trail makes nothing that outlives it."""

from collections.abc import Callable
from typing import Any

import pytest

from partners.trail.model import Act, Record
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World


@pytest.fixture
def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], Any]], None]:
    """Does something while an operation waits to begin."""
    begin = world.trail.begin

    def at(action: str, do: Callable[[], Any]) -> None:
        def crowded(act: Act, *, attempts: int) -> Record:
            if act.action == action:
                do()
                world.clock.advance(ms=5)
            return begin(act, attempts=attempts)

        monkeypatch.setattr(world.trail, "begin", crowded)

    return at


def test_no_key_is_made_by_an_admin_key(world: World, meanwhile: Callable[..., None]) -> None:
    admin = world.post("/v1/keys", {"scopes": ["admin"]}).json_body
    meanwhile("issue_key", lambda: world.access.revoke("alpha", admin["key_id"]))
    before = len(world.access.keys("alpha"))
    problem(world.post("/v1/keys", {"scopes": ["admin"]}, admin["api_key"]), 401, "unauthorized")
    assert len(world.access.keys("alpha")) == before
    assert [record.outcome for record in world.trail_book.all()][-1] == "unauthorized"


def test_no_token_is_opened_for_a_credential(world: World, meanwhile: Callable[..., None]) -> None:
    credential = world.operators.issue_credential("ann")
    meanwhile("open_operator_token", lambda: world.operators.revoke_credential("ann", credential.key.key_id))
    problem(world.post("/v1/operator-tokens", {"ttl_seconds": 600}, credential.text), 401, "unauthorized")


def test_a_role_that_was_taken_changes_nothing(world: World, meanwhile: Callable[..., None]) -> None:
    assert world.second_operator
    meanwhile("disable_operator", lambda: world.operators.disable("bob", "ann"))
    problem(world.post("/v1/operators/bob/disable", {"reason": "left us"}, world.operator), 401, "unauthorized")
    assert world.operators.get("bob").disabled_at_ms is None


def test_a_token_that_is_minted_as_its_credential_ends_is_void(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    credential = world.operators.issue_credential("ann")
    issue, minted = world.access.issue_token, []

    def late(operator_id: str, expires_at_ms: int) -> Any:
        world.operators.revoke_credential("ann", credential.key.key_id)
        world.clock.advance(ms=5)
        minted.append(issue(operator_id, expires_at_ms))
        return minted[0]

    monkeypatch.setattr(world.access, "issue_token", late)
    problem(world.post("/v1/operator-tokens", {"ttl_seconds": 600}, credential.text), 401, "unauthorized")
    assert world.access.key_of("network", minted[0].key.key_id).revoked_at_ms is not None
