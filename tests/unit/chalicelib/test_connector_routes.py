"""Connectors over HTTP: set up, told of sales by vendors; what can not be mapped is seen and tried again."""

import base64
import hashlib
import json
from typing import Any

import pytest

from partners.operators.model import Role
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.connectors import fixture, shopify_headers, signature
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World

SECRET, SHOP = "shpss_0123456789", "socks.myshopify.com"
CONNECTION = {
    "kind": "shopify",
    "account": SHOP,
    "card_source": {"place": "note_attribute", "name": "loyalty_card"},
    "locations": {"88001": "s1"},
}


def connected(world: World, **changes: Any) -> dict[str, Any]:
    """A connection of alpha's that hears."""
    made = world.post("/v1/connectors", {**CONNECTION, **changes})
    assert made.status_code == 201, made.body
    path = f"/v1/connectors/{made.json_body['connection_id']}"
    given = world.post(f"{path}/secrets", {"secret": SECRET})
    assert given.status_code == 201, given.body
    assert SECRET not in given.body.decode()
    return {**given.json_body, "path": path}


def tell(world: World, connection: dict[str, Any], body: bytes, secret: str = SECRET, **headers: str) -> Any:
    signed = {"X-Shopify-Hmac-Sha256": signature(secret, body)}
    return world.client.http.post(
        connection["webhook_path"],
        headers={**shopify_headers("orders/paid", "w-1"), **signed, **headers},
        body=body,
    )


def settle(world: World) -> None:
    while world.line.messages:
        world.connector_work.settle(*world.line.messages.pop(0))


def order(card: str, **changes: Any) -> bytes:
    return json.dumps({**fixture("shopify_order_paid", card), **changes}).encode()


def test_a_signed_order_earns_once(world: World, card: str) -> None:
    connection = connected(world)
    heard = [tell(world, connection, order(card)).json_body for _ in range(2)]
    assert heard == [{"heard": "new"}, {"heard": "known"}]
    settle(world)
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 210


def test_what_waits_is_seen_and_retried_by_the_partner(world: World, card: str) -> None:
    connection = connected(world, locations={})
    tell(world, connection, order(card))
    settle(world)
    (item,) = world.get(f"{connection['path']}/unmapped").json_body["items"]
    assert (item["kind"], item["foreign_id"], item["reason_code"], item["foreign_location"]) == (
        "sale",
        "5012345678901",
        "foreign_location_unknown",
        "88001",
    )
    assert item["total"] == {"amount_cents": 4_210, "currency": "USD"}
    assert item["card_ends_in"] == card[-4:]
    assert card not in json.dumps(item)
    settings = {name: CONNECTION[name] for name in ("card_source", "locations")}
    assert world.post(f"{connection['path']}/settings", settings).json_body["locations"] == {"88001": "s1"}
    assert world.post(f"{connection['path']}/unmapped/{item['item_id']}/retries", {}).json_body == {
        "retried": 1,
        "next_after": None,
    }
    settle(world)
    assert world.get(f"{connection['path']}/unmapped").json_body == {"items": [], "next_cursor": None}
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 210
    problem(world.post(f"{connection['path']}/unmapped/{item['item_id']}/retries", {}), 404, "unknown_unmapped")


def test_the_operator_sees_a_partners_queue_and_records_what_is_too_old_for_the_till(world: World, card: str) -> None:
    connection = connected(world)
    tell(world, connection, order(card, processed_at="2026-09-15T12:00:00Z"))
    settle(world)
    under = "/v1/partners/alpha/connectors"
    (seen,) = world.get(under, world.operator).json_body["connections"]
    assert seen["unmapped"] == 1
    queue = f"{under}/{seen['connection_id']}"
    (item,) = world.get(f"{queue}/unmapped", world.operator).json_body["items"]
    assert item["reason_code"] == "occurred_too_long_ago"
    assert world.post(f"{queue}/retries", {}, world.operator).json_body == {"retried": 1, "next_after": None}
    settle(world)
    assert world.get(f"{queue}/unmapped", world.operator).json_body["items"] == []
    problem(
        world.get(f"/v1/partners/beta/connectors/{seen['connection_id']}/unmapped", world.operator),
        404,
        "unknown_connection",
    )


def test_an_item_of_which_nothing_is_to_come_is_dismissed_with_a_reason_that_the_trail_keeps(
    world: World, card: str
) -> None:
    connection = connected(world)
    tell(world, connection, order(card, currency=None))
    settle(world)
    mine = f"{connection['path']}/unmapped"
    (item,) = world.get(mine).json_body["items"]
    theirs = f"/v1/partners/alpha{mine.removeprefix('/v1')}/{item['item_id']}"
    assert world.post(f"{theirs}/retries", {}, world.operator).json_body == {"retried": 1, "next_after": None}
    problem(world.post(f"{theirs}/dismiss", {"reason": "too early"}, world.operator), 503, "connector_busy")
    settle(world)
    problem(world.post(f"{mine}/{item['item_id']}/dismiss", {}), 400, "missing_field")
    problem(world.post(f"{mine}/{item['item_id']}/dismiss", {"reason": "x"}, world.beta), 404, "unknown_connection")
    done = world.post(f"{theirs}/dismiss", {"reason": "recorded by hand"}, world.operator).json_body
    assert (done["state"], done["reason_code"], done["reason"]) == ("dismissed", "dismissed", "recorded by hand")
    assert world.get(mine).json_body["items"] == []
    problem(world.post(f"{mine}/{item['item_id']}/dismiss", {"reason": "again"}), 404, "unknown_unmapped")
    day = "from=2026-11-15&to=2026-11-15"
    kept = world.get(f"/v1/audit-trail?{day}&action=dismiss_partner_unmapped_item", world.operator).json_body["records"]
    assert [(one["phase"], one["reason"]) for one in kept][2:] == [
        ("begun", "recorded by hand"),
        ("done", "recorded by hand"),
    ]
    assert kept[-1]["before"]["reason_code"] == "currency_missing"


def test_sales_whose_card_was_looked_for_at_the_wrong_place_are_counted_and_read_again(world: World, card: str) -> None:
    wrong = {"place": "note_attribute", "name": "loyalty-card"}
    connection = connected(world, card_source=wrong)
    tell(world, connection, order(card))
    settle(world)
    (seen,) = world.get("/v1/connectors").json_body["connections"]
    assert (seen["unmapped"], seen["without_card"]) == (0, 1)
    settings = {name: CONNECTION[name] for name in ("card_source", "locations")}
    world.post(f"{connection['path']}/settings", settings)
    again = world.post(f"{connection['path']}/retries", {"without_card": True})
    assert again.json_body == {"retried": 1, "next_after": None}
    settle(world)
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 210
    assert world.get("/v1/connectors").json_body["connections"][0]["without_card"] == 0


def test_an_event_is_seen_by_its_partner_and_an_operator_whose_look_is_kept(world: World, card: str) -> None:
    connection = connected(world, locations={})
    body = order(card)
    tell(world, connection, body)
    settle(world)
    (item,) = world.get(f"{connection['path']}/unmapped").json_body["items"]
    mine = f"{connection['path']}/unmapped/{item['item_id']}/raw"
    sent = world.get(mine).json_body
    assert json.loads(base64.b64decode(sent["body_base64"]))["id"] == json.loads(body)["id"]
    assert sent["headers"] == {
        **shopify_headers("orders/paid", "w-1"),
        "X-Shopify-Hmac-Sha256": signature(SECRET, body),
    }
    assert sent["body_sha256"] == hashlib.sha256(body).hexdigest()
    problem(world.get(mine, world.beta), 404, "unknown_connection")

    theirs = f"/v1/partners/alpha{mine.removeprefix('/v1')}"
    assert world.get(theirs, world.operator).json_body == sent
    problem(world.get(theirs, world.operator_token("eve", frozenset({Role.VIEWER}))), 403, "role_missing")
    problem(world.get(theirs.replace("alpha", "beta"), world.operator), 404, "unknown_connection")
    day = "from=2026-11-15&to=2026-11-15"
    looks = world.get(f"/v1/audit-trail?{day}&action=get_partner_unmapped_event", world.operator).json_body["records"]
    assert [(one["phase"], one["by"], one["about"]["partner_id"]) for one in looks] == [
        ("begun", "ann", "alpha"),
        ("done", "ann", "alpha"),
        ("begun", "ann", "beta"),
        ("refused", "ann", "beta"),
    ]
    assert looks[1]["after"] == {"headers": "withheld", "body_base64": "withheld", "body_sha256": sent["body_sha256"]}


def test_an_operator_sees_events_whole_and_erases_them_with_a_reason_that_is_kept(world: World, card: str) -> None:
    connection = connected(world)
    body = order(card)
    tell(world, connection, body)
    settle(world)
    path = f"/v1/partners/alpha{connection['path'].removeprefix('/v1')}/originals"
    asked = {"sale_id": str(json.loads(body)["id"]), "reason": "dispute 4711"}
    seen = world.post(path, asked, world.operator).json_body
    assert [base64.b64decode(one["body_base64"]) for one in seen["events"]] == [body]
    assert seen["events"][0]["body_sha256"] == hashlib.sha256(body).hexdigest()
    problem(world.post(path, {"sale_id": asked["sale_id"]}, world.operator), 400, "missing_field")
    problem(world.post(path, asked, world.operator_token("eve", frozenset({Role.VIEWER}))), 403, "role_missing")
    problem(world.post(path, asked, world.alpha), 403, "scope_missing")
    problem(world.post(path.replace("alpha", "beta"), asked, world.operator), 404, "unknown_connection")
    erased = [world.post(f"{path}/erase", asked, world.operator).json_body for _ in range(2)]
    assert erased == [{"erased": 1}, {"erased": 0}]
    assert world.post(path, asked, world.operator).json_body == {"events": [], "next_after": None}
    kept = world.get("/v1/audit-trail?from=2026-11-15&to=2026-11-15&limit=200", world.operator).json_body["records"]
    begun, done = [one for one in kept if one["action"] == "show_original_events" and one["by"] == "ann"][:2]
    assert (begun["reason"], begun["asked"]["sale_id"]) == ("dispute 4711", asked["sale_id"])
    assert done["after"]["events"] == "1 of them"
    assert "grace@" not in json.dumps(kept)


def test_an_event_that_can_t_be_kept_is_asked_for_again(
    world: World, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(*_: object) -> None:
        raise StoreUnavailableError("SlowDown")

    connection = connected(world)
    with monkeypatch.context() as patch:
        patch.setattr(world.bucket, "write_sealed", out)
        problem(tell(world, connection, order(card)), 503, "store_unavailable")
    assert tell(world, connection, order(card)).json_body == {"heard": "new"}


def test_the_queue_comes_in_pages(world: World, card: str) -> None:
    connection = connected(world, locations={})
    for number in range(3):
        world.clock.advance(ms=1)
        tell(world, connection, order(card, id=number), **{"X-Shopify-Webhook-Id": f"w-{number}"})
    settle(world)
    first = world.get(f"{connection['path']}/unmapped?limit=2").json_body
    rest = world.get(f"{connection['path']}/unmapped?limit=2&cursor={first['next_cursor']}").json_body
    assert [item["foreign_id"] for item in first["items"] + rest["items"]] == ["0", "1", "2"]
    assert rest["next_cursor"] is None
    problem(world.get(f"{connection['path']}/unmapped?cursor=x"), 400, "invalid_cursor")


def test_what_is_not_signed_too_large_or_not_json_is_refused(world: World, card: str) -> None:
    connection = connected(world)
    problem(tell(world, connection, order(card), "another_secret"), 403, "webhook_not_verified")
    problem(tell(world, connection, order(card), **{"X-Shopify-Shop-Domain": ""}), 403, "webhook_not_verified")
    problem(tell(world, connection, b" " * (512 * 1024 + 1)), 413, "body_too_large")
    problem(tell(world, connection, b"{"), 400, "malformed_json")
    problem(tell(world, connection, b"{}"), 400, "webhook_malformed")
    nobody = {**connection, "webhook_path": "/v1/connectors/shopify/cn_0000000000000000"}
    problem(tell(world, nobody, order(card)), 403, "webhook_not_verified")
    assert world.line.messages == []


def test_a_payment_at_square_is_heard_under_its_url(world: World, card: str) -> None:
    square = {"kind": "square", "account": "MLC0FFEE12345", "card_source": {"place": "reference_id"}}
    made = world.post("/v1/connectors", {**square, "locations": {"L5Q00EXAMPLE1": "s1"}}).json_body
    url = f"https://api.example.com{made['webhook_path']}"
    given = world.post(f"/v1/connectors/{made['connection_id']}/secrets", {"secret": SECRET, "notification_url": url})
    assert given.status_code == 201, given.body
    body = json.dumps(fixture("square_payment_updated", card)).encode()
    headers = {"x-square-hmacsha256-signature": signature(SECRET, url.encode() + body)}
    assert world.client.http.post(made["webhook_path"], headers=headers, body=body).json_body == {"heard": "new"}
    settle(world)
    assert world.get(f"/v1/cards/{card}").json_body["points_balance"] == 210


def test_a_folder_gives_links_for_files_and_their_results(world: World) -> None:
    made = world.post("/v1/connectors", {"kind": "file"}).json_body
    assert made["webhook_path"] is None
    path = f"/v1/connectors/{made['connection_id']}"
    put = world.post(f"{path}/uploads", {"name": "late.csv"}).json_body
    assert f"/incoming/alpha/{made['connection_id']}/late.csv?" in put["url"]
    assert put["url"].endswith("size=None")
    assert world.post(f"{path}/uploads", {"name": "late.csv", "size_bytes": 9}).json_body["url"].endswith("size=9")
    for size_bytes in (0, 4_000_001):
        refused = world.post(f"{path}/uploads", {"name": "late.csv", "size_bytes": size_bytes})
        problem(refused, 400, "invalid_field")
    got = world.get(f"{path}/results/late.csv").json_body
    assert f"/results/alpha/{made['connection_id']}/late.csv.results.csv?" in got["url"]
    theirs = world.get(f"/v1/partners/alpha{path[3:]}/results/late.csv", world.operator).json_body
    assert theirs["url"].partition("?")[0] == got["url"].partition("?")[0]
    another = world.get(f"/v1/partners/beta{path[3:]}/results/late.csv", world.operator)
    problem(another, 404, "unknown_connection")
    problem(world.post(f"{path}/uploads", {"name": "../x"}), 400, "invalid_field")
    problem(world.post(f"{path}/secrets", {"secret": SECRET}), 400, "invalid_connection")
    assert world.post(f"{path}/disable", {}).json_body["disabled_at"]
    problem(world.post(f"{path}/uploads", {"name": "late.csv"}), 409, "connection_disabled")
    shop = connected(world)
    problem(world.post(f"{shop['path']}/uploads", {"name": "late.csv"}), 422, "not_a_folder")


@pytest.mark.parametrize("changes", [{"kind": "paper"}, {"account": "x"}, {"card_source": None}, {"colour": "red"}])
def test_no_invalid_connection_is_made(world: World, changes: dict[str, object]) -> None:
    assert world.post("/v1/connectors", {**CONNECTION, **changes}).status_code == 400


def test_a_connection_may_not_name_another_partners_location(world: World) -> None:
    problem(world.post("/v1/connectors", {**CONNECTION, "locations": {"1": "b1"}}), 404, "unknown_location")
    connected(world)
    problem(world.post("/v1/connectors", CONNECTION), 409, "connection_exists")
