"""A partner's states through the API, and what its tills may do in them."""

from typing import Any

import pytest

from partners.access.model import Scope
from partners.contracts.life import PartnerState, StateChange
from shared.kernel.clock import to_rfc3339
from shared.ledger.limits import CLOCK_SKEW_MS
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_terms_routes import TERMS
from tests.unit.chalicelib.world import NOW, World, purchase


def move(world: World, state: str, partner: str = "alpha") -> Any:
    return world.post(f"/v1/partners/{partner}/state", {"state": state, "reason": "unpaid"}, world.operator)


def at(card: str, receipt: str, **more: object) -> dict[str, object]:
    return {"card_number": card, "location_id": "s1", "receipt": receipt, "occurred_at": NOW, **more}


def test_a_partner_is_shown_with_what_it_may_do_and_how_it_came_to_that(world: World) -> None:
    body = {"partner_id": "harvest", "name": "Harvest Foods", "currency": "USD"}
    world.post("/v1/partners", body, world.operator)
    world.clock.advance(days=1)
    assert move(world, "verified", "harvest").json_body["state"] == "verified"
    by = "ann"
    assert world.get("/v1/partners/harvest", world.operator).json_body == {
        **body,
        "created_at": "2026-11-15T12:00:00.000Z",
        "state": "verified",
        "may": [],
        "may_get": [
            *("adjustment", "case", "connection", "key", "location", "payment", "terms", "upload_link"),
            "webhook_endpoint",
        ],
        "changes": [
            {"state": "invited", "by": by, "at": "2026-11-15T12:00:00.000Z", "reason": "Invited"},
            {"state": "verified", "by": by, "at": "2026-11-16T12:00:00.000Z", "reason": "unpaid"},
        ],
    }
    problem(move(world, "active", "harvest"), 409, "partner_without_terms")
    problem(move(world, "suspended", "harvest"), 409, "state_change_refused")
    problem(move(world, "bankrupt", "harvest"), 400, "invalid_field")
    problem(move(world, "verified", "nobody"), 404, "unknown_partner")


@pytest.fixture
def trade(world: World, card: str) -> dict[str, str]:
    """What alpha did before it was suspended."""
    bought = world.post("/v1/purchases", purchase(card), idempotency_key="p1").json_body
    spent = world.post("/v1/redemptions", at(card, "x", points=20), idempotency_key="x1").json_body
    held = world.post("/v1/holds", at(card, "h", points=20, ttl_seconds=600), idempotency_key="h1").json_body
    assert move(world, "suspended").status_code == 200
    world.clock.advance(ms=60_000)
    return {"bought": bought["entry_id"], "spent": spent["entry_id"], "held": held["entry_id"]}


def test_a_suspended_partner_neither_grants_nor_honours(world: World, card: str, trade: dict[str, str]) -> None:
    refused = [
        ("/v1/members", {"contact": "new@example.com", "location_id": "s1", "occurred_at": NOW}),
        ("/v1/purchases", purchase(card, receipt="r2")),
        ("/v1/purchases/quote", purchase(card, receipt="r2")),
        ("/v1/redemptions", at(card, "y", points=20)),
        ("/v1/holds", at(card, "z", points=20, ttl_seconds=600)),
        (f"/v1/holds/{trade['held']}/capture", {**at(card, "c", points=20), "card_number": None}),
    ]
    for path, body in refused:
        sent = {name: value for name, value in body.items() if value is not None}
        found = problem(world.post(path, sent, idempotency_key=f"late-{path}"), 403, "partner_not_active")
        assert found["state"] == "suspended"


def test_a_suspended_partner_still_takes_back_and_reads(world: World, card: str, trade: dict[str, str]) -> None:
    here = {"location_id": "s1", "occurred_at": NOW}
    returned = {**here, "receipt": "back", "total": {"amount_cents": 500, "currency": "USD"}}
    done = [
        world.post(f"/v1/purchases/{trade['bought']}/returns", returned, idempotency_key="b1"),
        world.post(f"/v1/redemptions/{trade['spent']}/cancellations", {**here, "receipt": "b2"}, idempotency_key="b2"),
        world.post(f"/v1/holds/{trade['held']}/void", {**here, "receipt": "b3"}, idempotency_key="b3"),
    ]
    assert [reply.status_code for reply in done] == [201, 201, 201], [reply.body for reply in done]
    assert world.get(f"/v1/cards/{card}").status_code == 200
    assert world.get("/v1/bill?month=2026-11").status_code == 200


def test_a_suspended_partners_points_stay_spendable_elsewhere(world: World, card: str, trade: dict[str, str]) -> None:
    body = {**at(card, "b", points=40), "location_id": "b1"}
    assert world.post("/v1/redemptions", body, world.beta, idempotency_key="b1").status_code == 201


def test_a_retry_of_what_was_accepted_gets_its_first_answer(world: World, card: str, trade: dict[str, str]) -> None:
    again = world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    assert (again.status_code, again.json_body["entry_id"]) == (201, trade["bought"])
    spent = world.post("/v1/redemptions", at(card, "x", points=20), idempotency_key="x1")
    assert (spent.status_code, spent.json_body["entry_id"]) == (201, trade["spent"])


def test_who_is_active_again_trades_again(world: World, card: str, trade: dict[str, str]) -> None:
    move(world, "active")
    world.clock.advance(ms=60_000)
    assert world.post("/v1/purchases", purchase(card, receipt="r2"), idempotency_key="p2").status_code == 201


NEW = {
    "key": ("/v1/partners/harvest/keys", {"scopes": ["reports"]}),
    "own key": ("/v1/keys", {"scopes": ["reports"]}),
    "location": ("/v1/partners/harvest/locations", {"location_id": "h2", "name": "Two", "time_zone": "UTC"}),
    "terms": ("/v1/partners/harvest/terms", {**TERMS, "effective_from": "2027-03-01T00:00:00Z"}),
    "webhook endpoint": ("/v1/webhook-endpoints", {"url": "https://h.example/2", "event_types": ["points.earned"]}),
    "connection": (
        "/v1/connectors",
        {"kind": "square", "account": "MLC0FFEE12345", "card_source": {"place": "reference_id"}},
    ),
    "upload link": ("/v1/connectors/{folder}/uploads", {"name": "late.csv"}),
}
OF_THE_PARTNER = {"own key", "webhook endpoint", "connection", "upload link"}
REFUSED = {"invited": set(), "verified": set(), "active": set(), "suspended": {"location", "connection"}}


class Harvest:
    """A partner with one of each, brought into any state."""

    def __init__(self, world: World) -> None:
        self.world = world
        body = {"partner_id": "harvest", "name": "Harvest Foods", "currency": "USD"}
        assert world.post("/v1/partners", body, world.operator).status_code == 201
        self.key = world.access.issue_key("harvest", frozenset({Scope.ADMIN})).text
        proposed = world.post("/v1/partners/harvest/terms", TERMS, world.operator).json_body
        self.proposal = f"/v1/partners/harvest/terms/proposals/{proposed['proposal']}"
        asked = {"url": "https://h.example/1", "event_types": ["points.earned"]}
        self.folder = world.post("/v1/connectors", {"kind": "file"}, self.key).json_body["connection_id"]
        self.endpoint = world.post("/v1/webhook-endpoints", asked, self.key).json_body["endpoint_id"]

    def become(self, *states: str) -> None:
        for state in states:
            assert self.world.lives.move("ann", "harvest", PartnerState(state), "as agreed").state == state

    def ask(self, what: str) -> Any:
        path, body = NEW[what]
        return self.world.post(
            path.format(folder=self.folder), body, self.key if what in OF_THE_PARTNER else self.world.operator
        )


@pytest.mark.parametrize("state", list(REFUSED))
def test_who_is_set_up_or_trades_gets_new_things_and_who_is_suspended_does_not_grow(world: World, state: str) -> None:
    harvest = Harvest(world)
    approved = world.post(f"{harvest.proposal}/approve", {"reason": "agreed"}, world.second_operator)
    assert approved.status_code == 200, approved.body
    order = ["verified", "active", "suspended"]
    harvest.become(*order[: order.index(state) + 1] if state in order else [])
    for what in NEW:
        reply = harvest.ask(what)
        if what in REFUSED[state]:
            found = problem(reply, 409, "not_in_this_state")
            assert (found["partner_id"], found["state"]) == ("harvest", state)
        else:
            assert reply.status_code == 201, (what, reply.body)


def test_a_closed_partner_gets_nothing_new_and_ends_what_it_has(world: World) -> None:
    harvest = Harvest(world)
    first = {"location_id": "h1", "name": "One", "time_zone": "UTC"}
    assert world.post("/v1/partners/harvest/locations", first, world.operator).status_code == 201
    world.contracts.close_location("harvest", "h1")
    harvest.become("closed")
    for what in NEW:
        problem(harvest.ask(what), 409, "not_in_this_state")
    approved = world.post(f"{harvest.proposal}/approve", {"reason": "agreed"}, world.second_operator)
    problem(approved, 409, "not_in_this_state")
    at = f"/v1/webhook-endpoints/{harvest.endpoint}"
    problem(world.post(at, {"enabled": True}, harvest.key), 409, "not_in_this_state")
    shown = world.get(at, harvest.key).json_body
    assert (shown["enabled"], shown["disabled_because"]) == (False, "partner_closed")
    problem(world.post(f"{at}/pings", {}, harvest.key), 409, "webhook_endpoint_disabled")
    ends = [
        (f"{harvest.proposal}/decline", {"reason": "closed"}, world.operator),
        ("/v1/partners/harvest/locations/h1/close", {}, world.operator),
        ("/v1/partners/harvest/locations", first, world.operator),
        (f"{at}/delete", {}, harvest.key),
    ]
    assert {world.post(path, body, key).status_code for path, body, key in ends} <= {200, 201}
    own = world.get("/v1/keys", harvest.key).json_body["keys"][0]["key_id"]
    assert world.post(f"/v1/keys/{own}/rotate", {"overlap_seconds": 0}, harvest.key).status_code == 201


def test_late_purchases_of_a_suspended_partner_are_imported_and_of_a_closed_one_not(world: World, card: str) -> None:
    outcomes = []
    world.clock.advance(ms=60_000)
    for number, state in enumerate((PartnerState.SUSPENDED, PartnerState.CLOSED)):
        change = StateChange(
            partner_id="alpha", number=number + 1, state=state, by="ann", at_ms=world.clock(), reason="unpaid"
        )
        assert world.contract_book.move(change)
        world.clock.advance(ms=60_000)
        lines = [{"idempotency_key": f"k{at}", **purchase(card, receipt=f"late-{at}")} for at in range(number + 1)]
        reply = world.post("/v1/partners/alpha/imports", {"purchases": lines}, world.operator)
        assert reply.status_code == 200, reply.body
        outcomes.append([(one.get("problem") or {}).get("code") for one in reply.json_body["outcomes"]])
    assert outcomes == [[None], [None, "partner_not_active"]]


def test_a_line_of_the_import_that_occurred_during_a_suspension_is_refused(world: World, card: str) -> None:
    world.clock.advance(ms=60_000)
    change = StateChange(
        partner_id="alpha", number=1, state=PartnerState.SUSPENDED, by="ann", at_ms=world.clock(), reason="unpaid"
    )
    assert world.contract_book.move(change)
    world.clock.advance(ms=60_000)
    then = {"idempotency_key": "k", **purchase(card, occurred_at="2026-11-15T12:01:00Z")}
    reply = world.post("/v1/partners/alpha/imports", {"purchases": [then]}, world.operator)
    (outcome,) = reply.json_body["outcomes"]
    told = outcome["problem"]
    assert (told["code"], told["suspended_from"]) == ("partner_was_suspended", "2026-11-15T12:01:00.000Z")


def test_what_a_till_kept_until_the_suspension_was_over_is_refused(world: World, card: str) -> None:
    move(world, "suspended")
    world.clock.advance(days=1)
    move(world, "active")
    world.clock.advance(ms=60_000)
    now_ms = world.clock()
    ends_ms = now_ms - 60_000
    during = purchase(card, receipt="kept", occurred_at=to_rfc3339(ends_ms - CLOCK_SKEW_MS - 1))
    told = problem(world.post("/v1/purchases", during, idempotency_key="kept"), 422, "partner_was_suspended")
    assert told["suspended_until"] == to_rfc3339(ends_ms)
    problem(world.post("/v1/purchases/quote", during), 422, "partner_was_suspended")
    batch = world.post("/v1/purchases/batch", {"purchases": [{"idempotency_key": "kept", **during}]})
    assert batch.json_body["outcomes"][0]["problem"]["code"] == "partner_was_suspended"
    slow_clock = purchase(card, receipt="since", occurred_at=to_rfc3339(ends_ms - CLOCK_SKEW_MS))
    assert world.post("/v1/purchases", slow_clock, idempotency_key="since").status_code == 201


def test_a_customer_is_looked_up_by_who_trades_or_takes_back_alone(world: World, card: str) -> None:
    found = {}
    for number, state in enumerate(PartnerState, 1):
        assert world.contract_book.move(
            StateChange(partner_id="alpha", number=number, state=state, by="ann", at_ms=world.clock(), reason="why")
        )
        world.clock.advance(ms=60_000)
        reply = world.get(f"/v1/cards/{card}")
        found[state.value] = reply.status_code
        if reply.status_code != 200:
            assert problem(reply, 403, "partner_not_active")["act"] == "look_up"
    assert found == {"invited": 403, "verified": 403, "active": 200, "suspended": 200, "closed": 403}
