"""Every refusal has a code of its own, and nothing in it that is not for the caller."""

import pytest

from chalicelib.auth import NO_USAGE_PLAN
from shared.kernel.errors import StoreUnavailableError
from shared.members.card import Card, card_number
from tests.unit.chalicelib.replies import buy, problem
from tests.unit.chalicelib.world import NOW, World, purchase


@pytest.mark.parametrize("path", ["/v1/members", "/v1/purchases", "/v1/redemptions"])
def test_moving_value_needs_an_idempotency_key(world: World, path: str) -> None:
    problem(world.post(path, {}), 400, "idempotency_key_missing")
    problem(world.post(path, {}, idempotency_key=""), 400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ["two words", "k" * 65, "schlüssel", "tab\tkey"])
def test_a_malformed_idempotency_key_is_refused(world: World, card: str, key: str) -> None:
    problem(world.post("/v1/purchases", purchase(card), idempotency_key=key), 400, "idempotency_key_invalid")


def test_a_key_used_again_for_another_request_is_refused(world: World, card: str) -> None:
    first = buy(world, purchase(card)).json_body
    other = purchase(card, total={"amount_cents": 2_001, "currency": "USD"})
    assert problem(buy(world, other), 422, "idempotency_key_reused")["entry_id"] == first["entry_id"]


def test_a_receipt_earns_once(world: World, card: str) -> None:
    buy(world, purchase(card))
    again = world.post("/v1/purchases", purchase(card), idempotency_key="p2")
    problem(again, 409, "receipt_already_recorded")


def test_a_foreign_currency_is_refused(world: World, card: str) -> None:
    found = problem(buy(world, purchase(card, total={"amount_cents": 5, "currency": "EUR"})), 422, "currency_mismatch")
    assert (found["currency"], found["contract_currency"]) == ("EUR", "USD")


def test_an_unknown_card_and_a_wrong_card_number_differ(world: World, card: str) -> None:
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    problem(buy(world, purchase(wrong)), 400, "invalid_card_number")
    nobodys = card_number("9770", Card("0000000000", 1))
    problem(buy(world, purchase(nobodys)), 404, "unknown_card")
    problem(world.get(f"/v1/cards/{nobodys}"), 404, "unknown_card")
    problem(world.get("/v1/cards/977"), 400, "invalid_field")


def test_another_partners_location_is_unknown(world: World, card: str) -> None:
    mine = problem(buy(world, purchase(card, location_id="nowhere")), 404, "unknown_location")
    theirs = problem(buy(world, purchase(card, location_id="b1")), 404, "unknown_location")
    same = {name: value for name, value in mine.items() if name not in ("instance", "location_id")}
    assert same == {name: value for name, value in theirs.items() if name not in ("instance", "location_id")}


def test_points_that_are_not_there_cannot_be_redeemed(world: World, card: str) -> None:
    body = {"card_number": card, "location_id": "s1", "receipt": "r", "occurred_at": NOW, "points": 60}
    found = problem(world.post("/v1/redemptions", body, idempotency_key="x"), 422, "insufficient_points")
    assert (found["points_requested"], found["points_available"]) == (60, 0)


def test_too_old_and_too_new_are_refused(world: World, card: str) -> None:
    problem(buy(world, purchase(card, occurred_at="2026-10-01T00:00:00Z")), 422, "occurred_too_long_ago")
    problem(buy(world, purchase(card, occurred_at="2026-11-15T12:06:00Z")), 422, "occurred_in_future")


def test_a_contact_is_enrolled_once_and_never_repeated_in_an_error(world: World, card: str) -> None:
    body = {"contact": "ann@example.com", "location_id": "s1", "occurred_at": NOW}
    again = world.post("/v1/members", body, idempotency_key="other")
    problem(again, 409, "already_enrolled")
    assert b"ann" not in again.body
    bad = world.post("/v1/members", {**body, "contact": "ann@"}, idempotency_key="bad")
    problem(bad, 400, "invalid_contact")
    assert b"ann" not in bad.body


def test_an_unknown_method_is_a_problem_too(world: World) -> None:
    reply = world.client.http.delete("/v1/purchases", headers={})
    problem(reply, 405, "method_not_allowed")
    assert reply.headers["Allow"] == "POST"


def test_a_store_that_does_not_answer_is_a_503(world: World, card: str) -> None:
    class Down:
        def card(self, partner_id: str, card_number: str) -> None:
            raise StoreUnavailableError("throttled")

    world.till = Down()
    reply = world.get(f"/v1/cards/{card}")
    problem(reply, 503, "store_unavailable")
    assert reply.headers["Retry-After"] == "1"


def test_an_unexpected_error_tells_nothing_and_is_logged_once(
    world: World, card: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def card(self, partner_id: str, card_number: str) -> None:
            raise RuntimeError("table ledger-prod is on fire")

    world.till = Broken()
    caplog.clear()
    reply = world.get(f"/v1/cards/{card}")
    found = problem(reply, 500, "internal_error")
    assert b"fire" not in reply.body
    (logged,) = [record for record in caplog.records if record.message not in ("authorize", NO_USAGE_PLAN)]
    assert logged.levelname == "ERROR"
    assert "on fire" in str(logged.exc_info)
    assert f"urn:uuid:{logged.__dict__['request_id']}" == found["instance"]
