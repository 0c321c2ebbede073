"""Enrol, quote, purchase, redeem, look up: the ordinary way of a till through the API."""

from tests.unit.chalicelib.world import NOW, World, purchase


def redemption(card: str, **changes: object) -> dict[str, object]:
    return {
        "card_number": card,
        "location_id": "b1",
        "receipt": "b-9",
        "occurred_at": NOW,
        "points": 60,
        **changes,
    }


def test_enrolment_gives_a_card(world: World) -> None:
    body = {"contact": "+14155552671", "location_id": "s1", "receipt": "r-0", "occurred_at": NOW}
    reply = world.post("/v1/members", body, idempotency_key="e1")
    assert reply.status_code == 201
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json_body.keys() == {"card_number", "entry_id", "recorded_at", "visit"}
    assert reply.json_body["recorded_at"] == "2026-11-15T12:00:00.000Z"
    assert reply.json_body["visit"] is True


def test_a_purchase_grants_what_was_quoted(world: World, card: str) -> None:
    quoted = world.post("/v1/purchases/quote", purchase(card))
    assert quoted.status_code == 200
    nothing = {"amount_cents": 0, "currency": "USD"}
    explanation = ["5 per 1.00 USD on 20.00 USD = 100"]
    assert quoted.json_body == {"points": 100, "cashback": nothing, "explanation": explanation}

    bought = world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    assert bought.status_code == 201
    assert bought.json_body == {
        "entry_id": bought.json_body["entry_id"],
        "recorded_at": "2026-11-15T12:00:00.000Z",
        "visit": True,
        "points": 100,
        "points_balance": 100,
        "cashback": nothing,
        "cashback_balance": nothing,
        "expires_on": "2028-11-30",
        "cashback_expires_on": None,
        "pending_until": None,
        "explanation": explanation,
    }


def test_a_purchase_too_small_for_a_point_has_no_expiry(world: World, card: str) -> None:
    tiny = {"amount_cents": 19, "currency": "USD"}
    reply = world.post("/v1/purchases", purchase(card, total=tiny), idempotency_key="p1")
    assert (reply.json_body["points"], reply.json_body["expires_on"]) == (0, None)


def test_points_of_one_partner_are_money_at_another(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    reply = world.post("/v1/redemptions", redemption(card), world.beta, idempotency_key="x1")
    assert reply.status_code == 201
    assert reply.json_body["points"] == 60
    assert reply.json_body["points_balance"] == 40
    assert reply.json_body["value"] == {"amount_cents": 30, "currency": "USD"}


def test_a_repeated_request_gets_the_same_bytes_and_says_so(world: World, card: str) -> None:
    first = world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    world.post("/v1/purchases", purchase(card, receipt="r-2"), idempotency_key="p2")
    world.clock.advance(days=1)
    again = world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    assert (again.status_code, again.body) == (first.status_code, first.body)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


def test_repeated_enrolment_and_redemption_get_the_same_bytes(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    body = {"contact": "bob@example.com", "location_id": "b1", "occurred_at": NOW}
    for path, sent in (("/v1/members", body), ("/v1/redemptions", redemption(card))):
        first, again = [world.post(path, sent, world.beta, idempotency_key="k") for _ in range(2)]
        assert first.status_code == again.status_code == 201
        assert first.body == again.body
        assert again.headers["Idempotency-Replayed"] == "true"


def test_replies_are_compact_json_in_a_fixed_order(world: World, card: str) -> None:
    reply = world.post("/v1/redemptions", redemption(card, points=100), world.beta, idempotency_key="x1")
    assert reply.status_code == 422
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    reply = world.post("/v1/redemptions", redemption(card, points=100), world.beta, idempotency_key="x2")
    entry_id = reply.json_body["entry_id"]
    assert reply.body.decode() == (
        f'{{"entry_id":"{entry_id}","recorded_at":"2026-11-15T12:00:00.000Z","visit":true,"points":100,'
        '"points_balance":0,"value":{"amount_cents":50,"currency":"USD"}}'
    )


def test_a_card_shows_its_balance_and_what_expires_when(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    reply = world.get(f"/v1/cards/{card}", world.beta)
    assert reply.status_code == 200
    assert reply.json_body == {
        "card_number": card,
        "points_balance": 100,
        "points_pending": 0,
        "points_held": 0,
        "points_owed": 0,
        "expiring": [{"points": 100, "last_day": "2028-11-30"}],
        "cashback": [],
        "shared_with": 0,
    }


def test_a_till_may_send_the_card_number_as_it_is_printed(world: World, card: str) -> None:
    first = world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    printed = " ".join(card[place : place + 4] for place in range(0, 16, 4))
    again = world.post("/v1/purchases", purchase(printed), idempotency_key="p1")
    assert (again.status_code, again.body) == (201, first.body)


def test_times_with_any_offset_mean_the_same_moment(world: World, card: str) -> None:
    first = world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    same = purchase(card, occurred_at="2026-11-15t13:30:00.000+01:30")
    again = world.post("/v1/purchases", same, idempotency_key="p1")
    assert again.body == first.body
