"""The trail tells how what was changed stood before, and why it was changed."""

from typing import Any

import pytest

from app import app
from chalicelib.operations import CHANGES_NOTHING, IN_THE_TRAIL, Operation, operations_of
from partners.access.model import Scope
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_cashback_routes import money
from tests.unit.chalicelib.test_terms_routes import TERMS
from tests.unit.chalicelib.world import NOW, World, purchase

DAYS = "from=2026-11-15&to=2026-11-16"
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


MAKES = {
    "open_partner_case",
    *("create_partner", "record_payment", "propose_terms", "open_location", "issue_key", "issue_partner_key"),
    *("open_operator_token", "add_operator", "issue_credential", "calculate_settlements", "issue_invoice"),
    *("record_invoice_payment", "reverse_invoice_payment"),
    *("create_webhook_endpoint", "create_connection", "upload_till_file"),
}
"""What they answer was not there before."""
IN_THE_JOURNAL = {
    *("import_purchases", "propose_adjustment", "pay_out", "reverse_payout"),
    *("merge_accounts", "reverse_merge", "close_account"),
}
"""They add an entry to a member's account, whose entry before is what stood before."""
ASKS_FOR_WORK = {
    *("backfill_webhooks", "decide_event", "ping_webhook_endpoint", "replay_webhooks"),
    *("retry_unmapped_item", "retry_unmapped", "retry_partner_unmapped", "retry_partner_unmapped_item"),
}
OF_ORIGINALS = {"show_original_events", "erase_original_events"}
"""What is there names customers, so the trail counts it, in the answer."""
WITHOUT_A_REASON = {
    *("open_operator_token", "set_billing_contact", "import_purchases"),
    *("create_webhook_endpoint", "change_webhook_endpoint", "replay_webhooks"),
    *("create_connection", "change_connection", "add_connection_secret", "upload_till_file"),
    # The text of what they say is one.
    *("comment_on_partner_case", "take_up_case", "ask_about_case"),
}
"""What a partner's admin sets up, and what says itself what it is for."""

IN_TRAIL: list[Operation] = [
    one
    for one in operations_of(app)
    if one.method != "GET" and one.scope in IN_THE_TRAIL and one.operation_id not in CHANGES_NOTHING
]


@pytest.mark.parametrize("operation", IN_TRAIL, ids=lambda one: one.operation_id)
def test_every_change_tells_what_was_before_or_is_known_to_have_no_before(operation: Operation) -> None:
    known = [operation.operation_id in names for names in (MAKES, IN_THE_JOURNAL, ASKS_FOR_WORK, OF_ORIGINALS)]
    assert sum(known) == (operation.before is None), "a new operation says what it changes with `before`"
    assert ("reason" not in operation.body.model_fields) == (operation.operation_id in WITHOUT_A_REASON)


def test_what_has_no_body_takes_a_reason_all_the_same(world: World) -> None:
    key = world.access.issue_key("alpha", frozenset({Scope.EARN})).key.key_id
    path = f"/v1/partners/alpha/keys/{key}/revoke"
    before, after = changed(world, path, {"reason": "it stood in a public repository"}, world.operator)
    assert (before["revoked_at"], after["revoked_at"]) == (None, "2026-11-15T12:00:00.000Z")
    records = world.get(f"/v1/audit-trail?{DAYS}", world.operator).json_body["records"]
    assert [one["reason"] for one in records] == ["it stood in a public repository"] * 2
    assert world.post(path, b"", world.operator).status_code == 200
    problem(world.post(path, {"why": "x"}, world.operator), 400, "unknown_field")


def test_operators_rights_and_adjustments_have_what_they_were(world: World) -> None:
    assert world.second_operator
    card = world.enrol()
    credential = world.operators.issue_credential("bob").key.key_id
    before, after = changed(world, f"/v1/operators/bob/credentials/{credential}/revoke", WHY, world.operator)
    assert (before["revoked_at"], after["revoked_at"] is None) == (None, False)
    # All tokens of bob are void with it.
    world.clock.advance(ms=1)
    token = world.operators.open_token("bob", 600).key.key_id
    before, after = changed(world, f"/v1/operator-tokens/{token}/revoke", {}, world.operator)
    assert (before["revoked_at"], after["revoked_at"] is None) == (None, False)
    for number, (word, state) in enumerate((("approve", "applied"), ("reject", "rejected"))):
        asked = {"card_number": card, "issuer": "alpha", "points": 9_000, **WHY}
        made = world.post("/v1/adjustments", asked, world.operator, idempotency_key=f"a{number}").json_body
        at = f"/v1/adjustments/{made['adjustment_id']}/{word}"
        before, after = changed(world, at, WHY, world.second_operator)
        assert (before["state"], after["state"]) == ("proposed", state)
    before, after = changed(world, "/v1/operators/bob/roles", {"roles": ["approver"], **WHY}, world.operator)
    assert (len(before["roles"]), after["roles"]) == (4, ["approver"])
    before, after = changed(world, "/v1/partners/alpha/usage-plan", {"tier": "large", **WHY}, world.operator)
    assert (before["tier"], after["tier"]) == ("standard", "large")
    before, after = changed(world, "/v1/partners/alpha/locations/s2/close", WHY, world.operator)
    assert (before["closed_at"], after["closed_at"] is None) == (None, False)


def test_a_connection_has_what_it_was(world: World) -> None:
    asked = {"kind": "shopify", "account": "my-shop.myshopify.com", "locations": {}}
    asked["card_source"] = {"place": "customer_tag", "name": "card:"}
    at = f"/v1/connectors/{world.post('/v1/connectors', asked).json_body['connection_id']}"
    settings = {"card_source": asked["card_source"], "locations": {"88001": "s1"}}
    before, after = changed(world, f"{at}/settings", settings, world.alpha)
    assert (before["locations"], after["locations"]) == ({}, {"88001": "s1"})
    before, after = changed(world, f"{at}/secrets", {"secret": "whatever-the-shop-has"}, world.alpha, 201)
    assert (len(str(before["secrets"])) < len(str(after["secrets"]))) or after["secrets"] == "withheld"
    before, after = changed(world, f"{at}/disable", WHY, world.alpha)
    assert (before["disabled_at"], after["disabled_at"] is None) == (None, False)


def test_a_settlement_has_its_stage_and_payments_as_they_were(world: World, card: str) -> None:
    total = {"total": money(10_000)}
    assert world.post("/v1/purchases", purchase(card, **total), idempotency_key="p").status_code == 201
    spent = {"card_number": card, "location_id": "b1", "receipt": "x", "occurred_at": NOW, "points": 400}
    assert world.post("/v1/redemptions", spent, world.beta, idempotency_key="x").status_code == 201
    world.post_all_entries()
    window = world.windows.newest().number
    world.clock.advance(days=1)
    before, after = changed(world, f"/v1/windows/{window}/close", {}, world.operator)
    assert (before["state"], after["state"]) == ("open", "closing")
    world.windows.work(drain_ms=0)
    assert world.post(f"/v1/windows/{window}/settlements", {}, world.operator).status_code == 200
    at = f"/v1/windows/{window}/settlements/USD"
    owed, owned = f"{window}-USD:alpha:in:1", f"{window}-USD:beta:out:1"
    steps = [
        ("approve", {}, world.second_operator, "calculated", "approved"),
        ("collect", {}, world.operator, "approved", "collecting"),
        ("outcomes", {"outcomes": [{"leg": owed, "state": "failed"}]}, world.operator, "collecting", "collecting"),
        ("decisions", {"party": "alpha", "decision": "retry"}, world.operator, "collecting", "collecting"),
        ("collect", {}, world.operator, "collecting", "collecting"),
    ]
    for word, body, key, was, now in steps:
        before, after = changed(world, f"{at}/{word}", {**body, **WHY}, key)
        assert (before["stage"], after["stage"]) == (was, now), word
        assert before != after, word
    again = {"outcomes": [{"leg": owed.replace(":1", ":2"), "state": "succeeded"}]}
    before, after = changed(world, f"{at}/outcomes", again, world.operator)
    assert (before["stage"], after["stage"]) == ("collecting", "funded")
    before, after = changed(world, f"{at}/pay", {}, world.second_operator)
    assert ([leg["key"] for leg in before["legs"]], after["legs"][-1]["key"]) == ([owed, owed[:-1] + "2"], owned)
