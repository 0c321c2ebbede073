"""Who is told of what: the partner that acted, what it asked for, what happened since; and replays of it."""

import json
from typing import Any

import pytest

from partners.contracts.life import PartnerState
from partners.visits.lines import delivered
from partners.visits.paging import by_chain, next_pages
from partners.visits.stream import StreamRecord
from partners.webhooks.errors import (
    InvalidReplayError,
    PingTooSoonError,
    ReplayTooSoonError,
    TooManyWebhookEndpointsError,
    UnknownWebhookEndpointError,
    WebhookEndpointDisabledError,
    WebhookUrlTakenError,
)
from partners.webhooks.model import MOST_ENDPOINTS, EventType
from partners.webhooks.replaying import PAUSE_MINUTES, PING_PAUSE_SECONDS, REACH_DAYS, SETTLE_MS, Replay
from shared.ledger.codec import entry_to_item
from shared.ledger.model import Entry, Lot, Op
from tests.fakes.clock import DAY_MS, FakeClock
from tests.support.entries import MONTH, entry, record_of_item
from tests.unit.partners.webhooks.hooks import Hooks

EARNED = [EventType.POINTS_EARNED]


@pytest.fixture
def hooks() -> Hooks:
    return Hooks(FakeClock())


def records(*entries: Entry, broken: int | None = None) -> list[StreamRecord]:
    found = []
    for place, one in enumerate(entries, 1):
        item: dict[str, Any] = entry_to_item(one)
        if place == broken:
            item["v"] = {"N": "99"}
        change = record_of_item(item, str(place))["dynamodb"]
        found.append(StreamRecord(str(place), f"{place:040d}", "INSERT", change["Keys"], change["NewImage"]))
    return found


def told(hooks: Hooks) -> set[tuple[str, str]]:
    """(endpoint, event) of all that waits."""
    waiting = [hooks.store.upto(wake.lane, wake.place)[0] for wake in hooks.wakes.wakes]
    return {(one.lane.endpoint_id, one.event_id) for one in waiting}


def post(hooks: Hooks, *entries: Entry) -> None:
    """Put entries into pages, as posting does."""
    lines = [delivered("shard-0", f"{place:040d}", one) for place, one in enumerate(entries, 1)]
    for chain, found in by_chain(lines).items():
        for page in next_pages(chain, hooks.page_book.covered(chain), found):
            hooks.page_book.add(page)


def test_an_event_goes_to_the_partner_that_acted_and_not_to_the_issuer_of_its_points(hooks: Hooks) -> None:
    mine = hooks.endpoints.create("northpharm", "https://a.example/", list(EventType)).endpoint
    hooks.endpoints.create("harvest", "https://b.example/", list(EventType))
    spent = entry(
        Op.REDEEM,
        partner="northpharm",
        points=35,
        lots_moved=(Lot("harvest", MONTH, 35),),
        recorded_at_ms=hooks.clock(),
    )
    assert hooks.telling.tell_of_records(records(spent)).deliveries == 1
    assert told(hooks) == {(mine.endpoint_id, f"evt_{spent.entry_id}")}


def test_each_endpoint_hears_what_it_asked_for_since_it_was_made(hooks: Hooks) -> None:
    earned = hooks.endpoints.create("harvest", "https://a.example/", EARNED).endpoint
    before = entry(seq=1, recorded_at_ms=hooks.clock() - 1)
    purchase = entry(seq=2, recorded_at_ms=hooks.clock())
    enrolled = entry(Op.ENROL, seq=3, receipt=None, recorded_at_ms=hooks.clock())
    hooks.telling.tell_of_records(records(before, purchase, enrolled))
    assert told(hooks) == {(earned.endpoint_id, f"evt_{purchase.entry_id}")}


@pytest.mark.parametrize("state", list(PartnerState))
def test_a_partner_is_told_in_every_state_but_closed(hooks: Hooks, state: PartnerState) -> None:
    endpoint_id = hooks.endpoints.create("harvest", "https://a.example/", EARNED).endpoint.endpoint_id
    waiting = entry(seq=1, recorded_at_ms=hooks.clock())
    hooks.telling.tell_of_records(records(waiting))
    hooks.partners.states["harvest"] = state
    hears = state is not PartnerState.CLOSED
    late = entry(seq=2, recorded_at_ms=hooks.clock())
    assert hooks.telling.tell_of_records(records(late)).deliveries == hears
    hooks.work()
    assert len(hooks.receiver.heard) == 2 * hears
    if not hears:
        [given_up] = hooks.replays.attempts("harvest", endpoint_id, before=None, limit=9)
        assert given_up.error == "endpoint_disabled"
        with pytest.raises(WebhookEndpointDisabledError):
            hooks.replays.request("harvest", endpoint_id, hooks.clock())


def test_a_record_that_does_not_read_is_named_and_holds_nothing_up(hooks: Hooks) -> None:
    hooks.endpoints.create("harvest", "https://a.example/", EARNED)
    book = [entry(seq=seq, recorded_at_ms=hooks.clock()) for seq in (1, 2)]
    done = hooks.telling.tell_of_records(records(*book, broken=1))
    assert (done.deliveries, done.unreadable) == (1, ("1",))


def test_five_endpoints_each_with_a_url_of_its_own(hooks: Hooks) -> None:
    first = hooks.endpoints.create("harvest", "https://a.example/0", EARNED).endpoint
    with pytest.raises(WebhookUrlTakenError):
        hooks.endpoints.create("harvest", "https://a.example/0", EARNED)
    hooks.endpoints.create("northpharm", "https://a.example/0", EARNED)
    for number in range(1, MOST_ENDPOINTS):
        hooks.endpoints.create("harvest", f"https://a.example/{number}", EARNED)
    with pytest.raises(TooManyWebhookEndpointsError):
        hooks.endpoints.create("harvest", "https://a.example/one-more", EARNED)
    with pytest.raises(UnknownWebhookEndpointError):
        hooks.endpoints.get("northpharm", first.endpoint_id)
    assert len({one.endpoint_id for one in hooks.endpoints.all("harvest")}) == MOST_ENDPOINTS


def test_of_two_changes_at_once_neither_is_lost(hooks: Hooks) -> None:
    endpoint = hooks.endpoints.create("harvest", "https://a.example/", EARNED).endpoint
    seen = []

    def late(one: Any) -> Any:
        if not seen:
            seen.append(hooks.endpoints.create("harvest", "https://b.example/", EARNED))
        return one.__class__(**{name: getattr(one, name) for name in one.__slots__} | {"url": "https://c.example/"})

    hooks.endpoints.change("harvest", endpoint.endpoint_id, late)
    assert {one.url for one in hooks.endpoints.all("harvest")} == {"https://b.example/", "https://c.example/"}


def test_a_replay_sends_what_happened_since_again_in_order_under_the_same_ids(hooks: Hooks) -> None:
    begun_ms = hooks.clock()
    book = [entry(seq=seq, recorded_at_ms=begun_ms + seq) for seq in range(1, 5)]
    others = entry(member="0000000009", seq=1, partner="northpharm", recorded_at_ms=begun_ms + 3)
    post(hooks, *book, others)
    hooks.clock.advance(days=1)
    endpoint = hooks.endpoints.create("harvest", "https://a.example/", EARNED).endpoint
    asked = hooks.replays.request("harvest", endpoint.endpoint_id, begun_ms + 2)
    ((job, not_before_ms),) = hooks.wakes.replays
    assert not_before_ms == hooks.clock() + SETTLE_MS
    hooks.clock.advance(ms=SETTLE_MS)
    for _ in range(2):
        assert hooks.replays.work(job, not_before_ms, lambda: True) == 3
    hooks.work()
    assert [headers["webhook-id"] for _, headers, _ in hooks.receiver.heard] == [
        f"evt_{one.entry_id}" for one in book[1:]
    ]
    log = hooks.replays.attempts("harvest", endpoint.endpoint_id, before=None, limit=10)
    assert {one.replay_id for one in log} == {asked.replay_id}
    assert json.loads(hooks.receiver.heard[0][2])["data"]["entry"]["entry_id"] == book[1].entry_id


def test_a_replay_ends_with_what_happened_when_it_was_asked_for(hooks: Hooks) -> None:
    endpoint = hooks.endpoints.create("harvest", "https://a.example/", EARNED).endpoint
    hooks.replays.request("harvest", endpoint.endpoint_id, hooks.clock())
    ((job, not_before_ms),) = hooks.wakes.replays
    post(hooks, *(entry(seq=seq, recorded_at_ms=hooks.clock() + seq) for seq in (0, 1)))
    hooks.clock.advance(ms=SETTLE_MS)
    assert hooks.replays.work(job, not_before_ms, lambda: True) == 1


def test_a_replay_before_its_time_waits_and_one_out_of_time_goes_on_where_it_was(
    hooks: Hooks, monkeypatch: Any
) -> None:
    monkeypatch.setattr("partners.webhooks.replaying.LINES_AT_ONCE", 2)
    post(hooks, *(entry(seq=seq, recorded_at_ms=hooks.clock() + seq) for seq in range(1, 6)))
    endpoint = hooks.endpoints.create("harvest", "https://a.example/", EARNED).endpoint
    job = Replay("harvest", endpoint.endpoint_id, "rp_1", hooks.clock(), hooks.clock() + 10)
    assert hooks.replays.work(job, hooks.clock() + 1, lambda: True) == 0
    assert hooks.wakes.replays.pop() == (job, hooks.clock() + 1)
    waiting = 0
    while True:
        waiting += hooks.replays.work(job, 0, lambda: False)
        if not hooks.wakes.replays:
            break
        job, _ = hooks.wakes.replays.pop()
    assert waiting == 5


def test_test_events_have_a_pause_at_each_endpoint(hooks: Hooks) -> None:
    first, second = [
        hooks.endpoints.create("harvest", url, EARNED).endpoint.endpoint_id
        for url in ("https://a.example/", "https://b.example/")
    ]
    hooks.replays.ping("harvest", first)
    hooks.clock.advance(ms=PING_PAUSE_SECONDS * 1_000 - 1)
    with pytest.raises(PingTooSoonError):
        hooks.replays.ping("harvest", first)
    hooks.replays.ping("harvest", second)
    hooks.clock.advance(ms=1)
    hooks.replays.ping("harvest", first)
    assert len(hooks.wakes.wakes) == 3


def test_a_replay_is_refused_too_far_back_too_often_or_where_nothing_is_sent(hooks: Hooks) -> None:
    endpoint_id = hooks.endpoints.create("harvest", "https://a.example/", EARNED).endpoint.endpoint_id
    now_ms = hooks.clock()
    for since_ms in (now_ms - REACH_DAYS * DAY_MS - 1, now_ms + 1):
        with pytest.raises(InvalidReplayError):
            hooks.replays.request("harvest", endpoint_id, since_ms)
    hooks.replays.request("harvest", endpoint_id, now_ms)
    with pytest.raises(ReplayTooSoonError):
        hooks.replays.request("harvest", endpoint_id, now_ms)
    hooks.clock.advance(ms=PAUSE_MINUTES * 60_000)
    hooks.replays.request("harvest", endpoint_id, now_ms)
    hooks.endpoints.update("harvest", endpoint_id, enabled=False)
    with pytest.raises(WebhookEndpointDisabledError):
        hooks.replays.request("harvest", endpoint_id, now_ms)
    with pytest.raises(WebhookEndpointDisabledError):
        hooks.replays.ping("harvest", endpoint_id)
    with pytest.raises(UnknownWebhookEndpointError):
        hooks.replays.request("northpharm", endpoint_id, now_ms)
