"""A partner's developer sets up webhooks, tries them out and looks after them."""

import pytest

from partners.webhooks.delivery import Attempt
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World

ASKED = {"url": "https://shop.example/hooks", "event_types": ["points.earned"]}
AT = "/v1/webhook-endpoints"


def made(world: World, **changes: object) -> dict[str, object]:
    reply = world.post(AT, {**ASKED, **changes})
    assert reply.status_code == 201, reply.body
    return dict(reply.json_body)


def test_the_secret_is_shown_once_and_the_endpoint_ever_after(world: World) -> None:
    endpoint = made(world)
    secret = endpoint.pop("secret")
    assert world.get(AT).json_body == {"endpoints": [endpoint]}
    assert world.get(f"{AT}/{endpoint['endpoint_id']}").json_body == endpoint
    assert endpoint["enabled"] is True
    rotated = world.post(f"{AT}/{endpoint['endpoint_id']}/secret", {}).json_body
    assert rotated["secret"] != secret
    assert rotated["second_secret_until"] is not None


def test_an_endpoint_is_changed_disabled_enabled_and_deleted(world: World) -> None:
    at = f"{AT}/{made(world)['endpoint_id']}"
    changed = world.post(at, {"url": "https://shop.example/new", "event_types": ["invoice.issued"]}).json_body
    assert (changed["url"], changed["event_types"]) == ("https://shop.example/new", ["invoice.issued"])
    disabled = world.post(at, {"enabled": False}).json_body
    assert (disabled["enabled"], disabled["disabled_because"]) == (False, "by_you")
    problem(world.post(f"{at}/pings", {}), 409, "webhook_endpoint_disabled")
    assert world.post(at, {"enabled": True}).json_body["disabled_because"] is None
    assert world.post(f"{at}/delete", {}).status_code == 200
    problem(world.get(at), 404, "unknown_webhook_endpoint")
    problem(world.post(f"{at}/delete", {}), 404, "unknown_webhook_endpoint")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"url": "http://shop.example/"}, 400, "invalid_webhook_url"),
        ({"url": "https://127.0.0.1/"}, 400, "invalid_webhook_url"),
        ({"url": "http://127.0.0.1:8080/"}, 400, "invalid_webhook_url"),
        ({"event_types": []}, 400, "invalid_field"),
        ({"event_types": ["points.stolen"]}, 400, "invalid_field"),
        ({"secret": "whsec_mine"}, 400, "unknown_field"),
    ],
)
def test_what_can_not_be_is_refused(world: World, changes: dict[str, object], status: int, code: str) -> None:
    problem(world.post(AT, {**ASKED, **changes}), status, code)


def test_another_partners_endpoint_does_not_exist(world: World) -> None:
    at = f"{AT}/{made(world)['endpoint_id']}"
    assert world.get(AT, world.beta).json_body == {"endpoints": []}
    for reply in (
        world.get(at, world.beta),
        world.get(f"{at}/deliveries", world.beta),
        world.post(at, {"enabled": False}, world.beta),
        world.post(f"{at}/secret", {}, world.beta),
        world.post(f"{at}/pings", {}, world.beta),
        world.post(f"{at}/replays", {"since": "2026-11-15T00:00:00Z"}, world.beta),
        world.post(f"{at}/delete", {}, world.beta),
    ):
        problem(reply, 404, "unknown_webhook_endpoint")


def test_a_ping_and_a_replay_are_on_their_way(world: World) -> None:
    endpoint_id = made(world)["endpoint_id"]
    event_id = world.post(f"{AT}/{endpoint_id}/pings", {}).json_body["event_id"]
    (wake,) = world.wakes.wakes
    assert world.deliveries.upto(wake.lane, wake.place)[0].event_id == event_id
    problem(world.post(f"{AT}/{endpoint_id}/pings", {}), 409, "ping_too_soon")
    since = {"since": "2026-11-14T00:00:00+01:00"}
    replay = world.post(f"{AT}/{endpoint_id}/replays", since).json_body
    assert (replay["since"], replay["until"]) == ("2026-11-13T23:00:00.000Z", "2026-11-15T12:00:00.000Z")
    problem(world.post(f"{AT}/{endpoint_id}/replays", since), 409, "replay_too_soon")
    problem(world.post(f"{AT}/{endpoint_id}/replays", {"since": "2026-01-01T00:00:00Z"}), 400, "invalid_replay")


def test_an_endpoint_that_is_made_again_waits_as_the_one_before_would_have_to(world: World) -> None:
    since = {"since": "2026-11-14T00:00:00+01:00"}
    endpoint_id = made(world)["endpoint_id"]
    assert world.post(f"{AT}/{endpoint_id}/pings", {}).status_code in (201, 202)
    assert world.post(f"{AT}/{endpoint_id}/replays", since).status_code in (201, 202)
    assert world.post(f"{AT}/{endpoint_id}/delete", {}).status_code == 200
    again = made(world)["endpoint_id"]
    problem(world.post(f"{AT}/{again}/pings", {}), 409, "ping_too_soon")
    problem(world.post(f"{AT}/{again}/replays", since), 409, "replay_too_soon")
    world.clock.advance(ms=5_000)
    assert world.post(f"{AT}/{again}/pings", {}).status_code in (201, 202)
    world.clock.advance(ms=600_000)
    assert world.post(f"{AT}/{again}/replays", since).status_code in (201, 202)


def test_the_log_is_listed_page_by_page_newest_first(world: World) -> None:
    endpoint_id = str(made(world)["endpoint_id"])
    for number in range(1, 6):
        world.deliveries.log(
            Attempt(endpoint_id, "evt_1", "ping", "", number, number, "failed", 500, None, 9, "oops", 99)
        )
    at, seen, query = f"{AT}/{endpoint_id}/deliveries", [], "?limit=2"
    while query:
        page = world.get(at + query).json_body
        seen += [one["attempt"] for one in page["deliveries"]]
        query = page["next_cursor"] and f"?limit=2&cursor={page['next_cursor']}"
    assert seen == [5, 4, 3, 2, 1]
    other = made(world, url="https://shop.example/other")["endpoint_id"]
    cursor = world.get(f"{at}?limit=2").json_body["next_cursor"]
    problem(world.get(f"{AT}/{other}/deliveries?cursor={cursor}"), 400, "invalid_cursor")
    assert world.get(f"{at}?limit={len(seen)}").json_body["next_cursor"] is None
