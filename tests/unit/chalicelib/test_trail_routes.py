"""Every change by an operator or a partner's admin is in the trail, without secrets and personal data."""

from typing import Any

import pytest

from app import app
from chalicelib.operations import operations_of
from chalicelib.trail import scrubbed
from partners.access.model import Scope
from partners.trail.model import Act, Phase, Record
from partners.trail.service import ATTEMPTS_FOR_A_PARTNER
from shared.kernel.errors import StoreUnavailableError
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import NOW, World

DAYS = "from=2026-11-15&to=2026-11-15"
LEFT = {"reason": "left us"}


def records(
    world: World, query: str = "", key: str | None = None, path: str = "/v1/audit-trail"
) -> list[dict[str, object]]:
    reply = world.get(f"{path}?{DAYS}{query}", key or world.operator)
    assert reply.status_code == 200, reply.body
    found: list[dict[str, object]] = reply.json_body["records"]
    return found


def test_a_change_says_who_when_what_before_after_and_why(world: World) -> None:
    assert world.second_operator
    assert world.post("/v1/operators/bob/disable", LEFT, world.operator).status_code == 200
    begun, done = records(world)
    assert (begun["phase"], begun["by"], begun["action"]) == ("begun", "ann", "disable_operator")
    assert (begun["about"], begun["reason"], begun["asked"]) == ({"operator_id": "bob"}, "left us", LEFT)
    assert (done["phase"], done["of"], done["recorded_at"]) == ("done", begun["record_id"], "2026-11-15T12:00:00.000Z")
    before, after = done["before"], done["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (before["disabled_at"], after["disabled_at"]) == (None, "2026-11-15T12:00:00.000Z")
    checked = world.get("/v1/audit-trail/2026-11-15/check", world.operator).json_body
    assert checked == {"day": "2026-11-15", "records": 2, "first_broken": None}


def test_a_refusal_is_kept_with_its_code(world: World) -> None:
    problem(world.post("/v1/operators/ann/disable", LEFT, world.operator), 403, "own_rights")
    assert [(one["phase"], one["outcome"]) for one in records(world)] == [("begun", None), ("refused", "own_rights")]


def test_a_change_whose_answer_was_lost_is_not_called_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = world.post("/v1/keys", {"scopes": ["earn"]}).json_body
    revoke = world.key_ring.mark_revoked

    def lost(*asked: Any) -> None:
        revoke(*asked)
        raise StoreUnavailableError("ReadTimeoutError")

    monkeypatch.setattr(world.key_ring, "mark_revoked", lost)
    problem(world.post(f"/v1/keys/{issued['key_id']}/revoke", {}), 503, "store_unavailable")
    *_, begun, end = records(world)
    assert (begun["phase"], end["phase"], end["outcome"]) == ("begun", "unknown", "store_unavailable")
    assert isinstance(end["before"], dict)
    assert end["before"]["revoked_at"] is None


def test_nothing_is_done_if_its_beginning_can_t_be_recorded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(_: Act, *, attempts: int) -> None:
        raise StoreUnavailableError("ThrottlingException")

    assert world.second_operator
    monkeypatch.setattr(world.trail, "begin", unavailable)
    problem(world.post("/v1/operators/bob/disable", LEFT, world.operator), 503, "store_unavailable")
    assert world.operators.get("bob").disabled_at_ms is None


def test_a_change_whose_end_can_t_be_recorded_is_answered_and_its_beginning_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object) -> None:
        raise StoreUnavailableError("ThrottlingException")

    assert world.second_operator
    monkeypatch.setattr(world.trail, "end", unavailable)
    assert world.post("/v1/operators/bob/disable", LEFT, world.operator).status_code == 200
    assert [record.phase for record in world.trail_book.all()] == [Phase.BEGUN]


def test_a_partner_s_admin_sees_the_changes_of_its_own_keys_alone(world: World) -> None:
    issued = world.post("/v1/keys", {"scopes": ["earn"]}).json_body
    world.post("/v1/keys", {"scopes": ["earn"]}, world.beta)
    world.post("/v1/operators/bob/enable", LEFT, world.operator)
    mine = records(world, key=world.alpha, path="/v1/changes")
    assert {one["partner_id"] for one in mine} == {"alpha"}
    assert [one["phase"] for one in mine] == ["begun", "done"]
    assert {one["partner_id"] for one in records(world, "&partner_id=beta")} == {"beta"}
    assert {one["by"] for one in records(world, "&operator_id=ann")} == {"ann"}
    assert {one["action"] for one in records(world, "&action=issue_key")} == {"issue_key"}
    assert str(issued["key_id"]) in str(mine)


def test_records_come_in_pages_with_cursors_of_their_filters(world: World) -> None:
    for _ in range(3):
        world.post("/v1/keys", {"scopes": ["earn"]})
    page = world.get(f"/v1/changes?{DAYS}&limit=4").json_body
    rest = world.get(f"/v1/changes?{DAYS}&limit=4&cursor={page['next_cursor']}").json_body
    assert [len(one["records"]) for one in (page, rest)] == [4, 2]
    problem(world.get(f"/v1/changes?{DAYS}&action=x&cursor={page['next_cursor']}"), 400, "invalid_cursor")


def test_no_secret_and_nothing_of_a_customer_is_in_the_trail(world: World) -> None:
    card = world.enrol("ann@example.com")
    key = world.post("/v1/keys", {"scopes": ["earn"]}).json_body["api_key"]
    credential = world.post("/v1/operators/ann/credentials", LEFT, world.operator).json_body["credential"]
    token = world.post("/v1/operator-tokens", {}, credential).json_body["token"]
    adjustment = {"card_number": card, "issuer": "alpha", "points": 10, "reason": "receipt 4711 was missing"}
    world.post("/v1/adjustments", adjustment, token, idempotency_key="a1")
    line = {"idempotency_key": "i", "card_number": card, "location_id": "s1", "receipt": "secret-1", "occurred_at": NOW}
    total = {"amount_cents": 100, "currency": "USD"}
    world.post("/v1/partners/alpha/imports", {"purchases": [{**line, "total": total}]}, token)
    actions = {one["action"] for one in records(world)}
    assert actions >= {"issue_key", "issue_credential", "open_operator_token", "propose_adjustment", "import_purchases"}
    kept = "".join(world.trail_book.rows.values())
    for secret in (card, key, credential, token, "secret-1", "ann@example.com"):
        assert secret not in kept


def test_every_change_by_an_operator_or_an_admin_is_kept(world: World) -> None:
    """By construction: the one place through which every handler is called asks the operation's scope."""
    changing = [
        one
        for one in operations_of(app)
        if one.method != "GET" and one.scope in (Scope.OPERATOR, Scope.ADMIN, Scope.SIGN_IN)
    ]
    assert len(changing) > 20
    world.post("/v1/partners/alpha/bill/what-if", {}, world.operator)
    assert records(world) == []


def test_where_the_chain_is_crowded_a_partner_gives_way_before_anything_is_done_and_an_operator_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = world.trail_book.add

    def crowded(record: Record) -> bool:
        return next(taken, True) and real(record)

    monkeypatch.setattr(world.trail_book, "add", crowded)
    key = {"scopes": ["earn"]}
    taken = iter([False] * ATTEMPTS_FOR_A_PARTNER)
    problem(world.post("/v1/keys", key), 503, "store_unavailable")
    assert records(world) == []
    taken = iter([False] * ATTEMPTS_FOR_A_PARTNER)
    assert world.post("/v1/partners/alpha/keys", key, world.operator).status_code == 201


@pytest.mark.parametrize(
    "name",
    [
        *("card_number", "card_numbers", "to_card_number", "contact", "email", "phone", "receipt"),
        *("api_key", "credential", "token", "secret", "url", "headers", "body_base64"),
    ],
)
def test_a_secret_or_what_tells_of_a_customer_is_withheld_by_its_name(name: str) -> None:
    assert scrubbed({name: "told", "state": "told"}) == {name: "withheld", "state": "told"}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://shop.example/hooks/s3cret?key=s3cret", "https://shop.example/withheld"),
        ("https://ann:s3cret@shop.example:8443/", "https://shop.example/withheld"),
        ("https://[s3cret", "withheld"),
        ("s3cret", "withheld"),
        (None, None),
    ],
)
def test_of_a_url_it_is_told_whose_it_is(url: str | None, told: str | None) -> None:
    assert scrubbed({"url": url}) == {"url": told}


def test_who_led_a_webhook_elsewhere_and_from_where_to_where(world: World) -> None:
    hook = {"url": "https://shop.example/a", "event_types": ["points.earned"]}
    endpoint = world.post("/v1/webhook-endpoints", hook).json_body["endpoint_id"]
    world.post(f"/v1/webhook-endpoints/{endpoint}", {"url": "https://elsewhere.example/b"})
    begun, done = records(world)[-2:]
    assert begun["asked"]["url"] == done["after"]["url"] == "https://elsewhere.example/withheld"  # type: ignore[index]
    assert done["before"]["url"] == "https://shop.example/withheld"  # type: ignore[index]


def test_names_that_withhold_their_values() -> None:
    shown = scrubbed({"to_card_number": "1", "signing_secret": "2", "token_id": "3", "many": list(range(60)), "x": [1]})
    assert shown == {
        "to_card_number": "withheld",
        "signing_secret": "withheld",
        "token_id": "3",
        "many": "60 of them",
        "x": [1],
    }
