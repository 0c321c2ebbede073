"""One line a request, with what operations need and nothing that identifies a customer or a key."""

import pytest

from tests.unit.chalicelib.world import World, purchase


def test_a_request_leaves_one_line_that_names_its_route_and_partner(
    world: World, card: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    world.get(f"/v1/cards/{card}")
    world.post("/v1/purchases", purchase(card, location_id="b1"), idempotency_key="p2")
    logged = [record.__dict__ for record in caplog.records if record.message == "request"]
    assert [(line["method"], line["route"], line["status"], line["code"]) for line in logged] == [
        ("POST", "/v1/purchases", 201, None),
        ("GET", "/v1/cards/{card_number}", 200, None),
        ("POST", "/v1/purchases", 404, "unknown_location"),
    ]
    assert {line["partner_id"] for line in logged} == {"alpha"}
    assert all(line["duration_ms"] >= 0 and len(line["request_id"]) == 36 for line in logged)


def test_the_authorizer_leaves_one_line_too(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        world.get("/v1/bill", "tsk_live_wrong")
    (line,) = [record.__dict__ for record in caplog.records]
    assert (line["message"], line["outcome"], line["partner_id"]) == ("authorize", "unauthorized", None)


def test_no_line_holds_a_card_contact_or_key(world: World, card: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    secrets = [card, "zoe@example.com", world.alpha, "idem-key-1", "receipt-99"]
    world.enrol("zoe@example.com")
    world.post("/v1/purchases", purchase(card, receipt="receipt-99"), idempotency_key="idem-key-1")
    world.get(f"/v1/cards/{card}/entries")
    world.post("/v1/purchases", purchase(card, total="zoe@example.com"), idempotency_key="idem-key-1")
    written = " ".join(str(record.__dict__) for record in caplog.records)
    assert written
    assert not [secret for secret in secrets if secret in written]
