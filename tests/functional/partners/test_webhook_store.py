"""Endpoints, deliveries, log and standing on both engines."""

from dataclasses import replace

from partners.webhooks.delivery import Attempt, Delivery, Lane, Standing, State
from partners.webhooks.events import Event
from partners.webhooks.model import Disabled, Endpoint, EventType, SigningSecret
from partners.webhooks.service import Register
from partners.webhooks.store import DeliveryStore, EndpointStore
from tests.support.clouds import DynamoEngine

ENDPOINT = Endpoint(
    endpoint_id="we_stored",
    partner_id="stored",
    url="https://shop.example/hooks",
    event_types=frozenset({EventType.POINTS_EARNED, EventType.MEMBER_ENROLLED}),
    created_at_ms=1,
    fresh_at_ms=2,
    secrets=(SigningSecret(b"new"), SigningSecret(b"old", 9)),
    disabled=Disabled.FAILING,
    replayed_at_ms=3,
    pinged_at_ms=4,
)


def test_of_two_writers_of_a_register_one_goes_on(dynamodb_engine: DynamoEngine) -> None:
    store = EndpointStore(dynamodb_engine.client, dynamodb_engine.tables["WebhooksTable"])
    assert store.register("stored") == Register()
    assert store.replace("stored", Register((ENDPOINT,), 1))
    assert not store.replace("stored", Register((), 1))
    assert store.register("stored") == Register((ENDPOINT,), 1)
    assert store.replace("stored", Register((), 2))
    assert not store.replace("stored", Register((ENDPOINT,), 2))
    assert store.register("stored") == Register((), 2)
    assert store.replace("stored", Register((), 3, 4, 5))
    assert store.register("stored") == Register((), 3, 4, 5)


def test_a_place_in_a_lane_is_written_once_and_changed_by_whoever_read_it(dynamodb_engine: DynamoEngine) -> None:
    store = DeliveryStore(dynamodb_engine.client, dynamodb_engine.tables["WebhooksTable"])
    lane = Lane("stored", "we_lane", "0000000042", "")
    first, second, third = (
        Delivery(lane, f"{place:08d}", f"evt_{place}", "points.earned", '{"é":1}', 1, 1) for place in (1, 2, 10)
    )
    assert all(store.add(one) for one in (first, second, third))
    assert not store.add(replace(second, body="{}"))
    claimed = second.claimed(5)
    assert store.replace(second, claimed)
    assert not store.replace(second, claimed)
    assert store.upto(lane, second.place) == [claimed, first]
    assert store.upto(lane, "00000005") == [claimed, first]
    assert store.after(lane, second.place) == third
    assert store.after(lane, third.place) is None
    assert store.upto(replace(lane, replay_id="rp_1"), third.place) == []
    assert store.replace(claimed, claimed.settled(State.DELIVERED, attempted=True))


def test_the_log_is_listed_newest_first_a_page_at_a_time(dynamodb_engine: DynamoEngine) -> None:
    store = DeliveryStore(dynamodb_engine.client, dynamodb_engine.tables["WebhooksTable"])
    full = Attempt("we_log", "evt_1", "ping", "rp_1", 1, 1, "failed", 500, None, 12, "oops", 900)
    bare = Attempt("we_log", "evt_2", "ping", "", 2, 0, "dead_lettered", None, "timed_out", 0, "", None)
    store.log(full)
    store.log(bare)
    store.log(bare)
    assert store.attempts("we_log", None, 10) == [bare, full]
    assert store.attempts("we_log", None, 1) == [bare]
    assert store.attempts("we_log", bare.sort_key, 10) == [full]
    assert store.attempts("we_other", None, 10) == []


def test_events_beside_the_journal_are_kept_once_and_found_by_when_they_happened(dynamodb_engine: DynamoEngine) -> None:
    store = DeliveryStore(dynamodb_engine.client, dynamodb_engine.tables["WebhooksTable"])
    first, second, third = (
        Event(f"evt_{number}", "case.updated", at_ms, "case-1", f"{number:08d}", '{"é":1}')
        for number, at_ms in ((1, 5), (2, 5), (3, 10))
    )
    for one in (third, first, second, first):
        store.keep_event("kept", one)
    store.keep_event("kept-else", first)
    assert list(store.kept_events("kept", 5, 10)) == [first, second, third]
    assert list(store.kept_events("kept", 6, 10)) == [third]
    assert list(store.kept_events("kept", 0, 9)) == [first, second]


def test_of_two_who_note_how_an_endpoint_stands_one_is_heard(dynamodb_engine: DynamoEngine) -> None:
    store = DeliveryStore(dynamodb_engine.client, dynamodb_engine.tables["WebhooksTable"])
    assert store.standing("we_standing") == Standing()
    failing = Standing(7, 9, 1)
    assert store.set_standing("we_standing", failing)
    assert not store.set_standing("we_standing", failing)
    assert store.standing("we_standing") == failing
    assert store.set_standing("we_standing", Standing(None, 0, 2))
    assert store.standing("we_standing") == Standing(None, 0, 2)
