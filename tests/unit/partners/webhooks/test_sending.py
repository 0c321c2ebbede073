"""How one endpoint fares: what it hears, when it is tried again, and when it is given up."""

import time_machine
from standardwebhooks import Webhook

from partners.visits.lines import line_of
from partners.webhooks.delivery import (
    CLAIM_MS,
    FIRST_WAIT_MS,
    LONGEST_QUIET_MS,
    LONGEST_WAIT_MS,
    TRIED_FOR_MS,
    Lane,
    State,
    Wake,
    wait_ms,
)
from partners.webhooks.events import Event, event_of, invoice_issued
from partners.webhooks.model import SECRET_OVERLAP_MS, Disabled, EventType
from partners.webhooks.replaying import SETTLE_MS
from partners.webhooks.sender_gateway import Answer
from partners.webhooks.sending import OVERDUE_MS
from shared.ledger.model import Op
from tests.fakes.clock import DAY_MS, FakeClock
from tests.support.entries import entry
from tests.unit.partners.webhooks.hooks import Hooks

HOUR_MS = 3_600_000
DOWN = Answer(500, None, "oops", 7)


class Scene:
    """Harvest's one endpoint, and events of two of its members."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.hooks = Hooks(self.clock)
        issued = self.hooks.endpoints.create("harvest", "https://shop.example/hooks", list(EventType))
        self.endpoint, self.secret = issued.endpoint, issued.secret
        self.receiver = self.hooks.receiver

    def event(self, seq: int, member: str = "0000000001") -> Event:
        made = event_of(line_of(entry(Op.EARN, member=member, seq=seq, recorded_at_ms=self.clock())))
        assert made is not None
        return made

    def tell(self, *events: Event) -> None:
        self.hooks.telling.tell("harvest", events)

    @property
    def heard(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.receiver.heard]

    @property
    def log(self) -> list[tuple[str, int, int | None, str | None]]:
        lines = self.hooks.store.attempts(self.endpoint.endpoint_id, None, 500)
        return [(one.outcome, one.number, one.status, one.error) for one in reversed(lines)]

    def state(self, event: Event) -> State:
        return self.hooks.store.upto(Lane("harvest", self.endpoint.endpoint_id, event.lane), event.place)[0].state

    def disabled(self) -> Disabled | None:
        return self.hooks.endpoints.get("harvest", self.endpoint.endpoint_id).disabled


def test_an_event_arrives_signed_and_once() -> None:
    scene = Scene()
    event = scene.event(1)
    scene.tell(event)
    scene.tell(event)
    scene.hooks.work()
    ((url, headers, body),) = scene.receiver.heard
    assert url == "https://shop.example/hooks"
    with time_machine.travel(scene.clock() / 1_000, tick=False):
        assert Webhook(scene.secret).verify(body, headers)["type"] == "points.earned"
    assert scene.log == [("delivered", 1, 204, None)]


def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_the_new_one_alone() -> None:
    scene = Scene()
    new = scene.hooks.endpoints.rotate_secret("harvest", scene.endpoint.endpoint_id).secret
    scene.tell(scene.event(1))
    scene.hooks.work()
    scene.clock.advance(ms=SECRET_OVERLAP_MS)
    scene.tell(scene.event(2))
    scene.hooks.work()
    (_, during, body), (_, after, _) = scene.receiver.heard
    with time_machine.travel(scene.clock() / 1_000 - DAY_MS / 1_000, tick=False):
        for secret in (scene.secret, new):
            Webhook(secret).verify(body, during)
    assert len(during["webhook-signature"].split(" ")) == 2
    assert len(after["webhook-signature"].split(" ")) == 1


def test_a_failed_event_holds_back_its_members_later_ones_and_no_others() -> None:
    scene = Scene()
    first, second, other = scene.event(1), scene.event(2), scene.event(1, "0000000002")
    scene.receiver.answers = [DOWN]
    scene.tell(first, second, other)
    scene.hooks.work(until_ms=scene.clock())
    assert scene.heard == [first.event_id, other.event_id]
    scene.hooks.work()
    assert scene.heard[2:] == [first.event_id, second.event_id]
    assert [one[0] for one in scene.log] == ["failed", "delivered", "delivered", "delivered"]


def test_waits_grow_threefold_to_six_hours_less_up_to_half() -> None:
    assert [wait_ms(attempts, 0) // 1_000 for attempts in range(1, 10)] == [
        *(5, 15, 45, 135, 405, 1_215, 3_645, 10_935, LONGEST_WAIT_MS // 1_000)
    ]
    assert wait_ms(1_000, 0) == LONGEST_WAIT_MS
    assert FIRST_WAIT_MS // 2 <= wait_ms(1, 255) < FIRST_WAIT_MS


def test_after_three_days_an_event_is_dead_the_endpoint_disabled_and_what_follows_given_up() -> None:
    scene = Scene()
    first, second = scene.event(1), scene.event(2)
    begun_ms = scene.clock()
    scene.receiver.always = DOWN
    scene.tell(first, second)
    scene.hooks.work()
    assert scene.clock() - begun_ms >= TRIED_FOR_MS
    assert (scene.state(first), scene.state(second)) == (State.DEAD, State.DEAD)
    assert scene.disabled() is Disabled.FAILING
    assert set(scene.heard) == {first.event_id}
    assert scene.log[-1] == ("dead_lettered", 0, None, "endpoint_disabled")
    assert 10 < len(scene.heard) < 40


def test_an_endpoint_that_is_enabled_again_starts_afresh() -> None:
    scene = Scene()
    scene.receiver.always = DOWN
    scene.tell(scene.event(1))
    scene.hooks.work()
    scene.hooks.endpoints.update("harvest", scene.endpoint.endpoint_id, enabled=True)
    later = scene.event(2)
    scene.tell(later)
    scene.hooks.work(until_ms=scene.clock())
    assert (scene.heard[-1], scene.disabled(), scene.state(later)) == (later.event_id, None, State.WAITING)
    scene.receiver.always = None
    scene.hooks.work()
    assert scene.state(later) is State.DELIVERED


def test_an_endpoint_that_is_down_is_tried_by_one_event_at_a_time() -> None:
    scene = Scene()
    events = [scene.event(1, f"{member:010d}") for member in range(30)]
    scene.receiver.always = DOWN
    scene.tell(*events)
    scene.hooks.work(until_ms=scene.clock() + DAY_MS)
    in_the_first_minute = 30 * 4
    every_quarter = DAY_MS // LONGEST_QUIET_MS + 30
    assert len(scene.heard) < in_the_first_minute + every_quarter
    scene.receiver.always = None
    scene.hooks.work()
    assert {scene.state(event) for event in events} == {State.DELIVERED}
    assert scene.disabled() is None


def test_one_that_answers_410_is_disabled_at_once() -> None:
    scene = Scene()
    scene.receiver.answers = [Answer(410, None, "", 3)]
    event = scene.event(1)
    scene.tell(event)
    scene.hooks.work()
    assert (scene.disabled(), scene.state(event)) == (Disabled.GONE, State.DEAD)


def test_a_redirect_is_a_failure() -> None:
    scene = Scene()
    scene.receiver.answers = [Answer(307, None, "", 3)]
    scene.tell(scene.event(1))
    scene.hooks.work()
    assert [one[0] for one in scene.log] == ["failed", "delivered"]


def test_what_waits_for_a_deleted_endpoint_is_not_sent() -> None:
    scene = Scene()
    scene.tell(scene.event(1))
    scene.hooks.endpoints.delete("harvest", scene.endpoint.endpoint_id)
    scene.hooks.work()
    assert (scene.heard, scene.log) == ([], [])


def test_a_delivery_that_another_sender_has_claimed_is_left_to_it() -> None:
    scene = Scene()
    event = scene.event(1)
    scene.tell(event)
    (wake,) = scene.hooks.wakes.wakes
    (waiting,) = scene.hooks.store.upto(wake.lane, wake.place)
    assert scene.hooks.store.replace(waiting, waiting.claimed(scene.clock()))
    scene.hooks.work(until_ms=scene.clock())
    assert scene.heard == []
    (later,) = scene.hooks.wakes.wakes
    assert later.not_before_ms == scene.clock() + CLAIM_MS


def test_a_lane_whose_wake_was_lost_is_found_by_the_next_event() -> None:
    scene = Scene()
    first = scene.event(1)
    scene.tell(first)
    scene.hooks.wakes.wakes.clear()
    scene.clock.advance(ms=OVERDUE_MS + 1)
    second = scene.event(2)
    scene.tell(second)
    scene.hooks.work()
    assert scene.heard == [first.event_id, second.event_id]


def test_a_sender_short_of_time_hands_the_rest_on() -> None:
    scene = Scene()
    first, second = scene.event(1), scene.event(2)
    scene.tell(first, second)
    wake = scene.hooks.wakes.wakes[0]
    scene.hooks.wakes.wakes.clear()
    scene.hooks.sending.attend(wake, lambda: False)
    assert scene.heard == [first.event_id]
    assert scene.hooks.wakes.wakes == [Wake(wake.lane, second.place)]


def test_a_delivery_of_an_ordinary_purchase_costs_one_write_unit() -> None:
    scene = Scene()
    scene.tell(scene.event(1))
    scene.hooks.work()
    for (pk, _), item in scene.hooks.tables.tables["webhooks"].items():
        size = sum(len(name) + len(next(iter(value.values())).encode()) for name, value in item.items())
        assert size < 1_000, pk


def test_each_event_has_three_days_of_its_own_though_its_endpoint_was_given_up_meanwhile() -> None:
    scene = Scene()
    begun_ms = scene.clock()
    scene.receiver.always = DOWN
    scene.tell(scene.event(1))
    scene.hooks.work(until_ms=begun_ms + TRIED_FOR_MS - HOUR_MS)
    scene.clock.now_ms = begun_ms + TRIED_FOR_MS - HOUR_MS
    late = [scene.event(1, "0000000002"), scene.event(2, "0000000002")]
    scene.tell(*late)
    scene.hooks.work(until_ms=begun_ms + TRIED_FOR_MS + 2 * HOUR_MS)
    assert scene.disabled() is Disabled.FAILING
    assert [scene.state(one) for one in late] == [State.WAITING, State.WAITING]
    scene.clock.now_ms = begun_ms + TRIED_FOR_MS + 5 * HOUR_MS
    scene.receiver.always = None
    scene.hooks.endpoints.update("harvest", scene.endpoint.endpoint_id, enabled=True)
    scene.hooks.work()
    assert [scene.state(one) for one in late] == [State.DELIVERED, State.DELIVERED]
    assert scene.heard[-2:] == [one.event_id for one in late]
    assert scene.clock() <= begun_ms + TRIED_FOR_MS + 5 * HOUR_MS + LONGEST_QUIET_MS + FIRST_WAIT_MS


def test_what_waits_at_an_endpoint_that_stays_disabled_is_given_up_after_its_three_days_and_not_sent() -> None:
    scene = Scene()
    event, told_at_ms = scene.event(1), scene.clock()
    scene.tell(event)
    scene.hooks.replays.ping("harvest", scene.endpoint.endpoint_id)
    scene.hooks.endpoints.update("harvest", scene.endpoint.endpoint_id, enabled=False)
    scene.hooks.work()
    assert (scene.heard, scene.state(event)) == ([], State.DEAD)
    ping, given_up = scene.hooks.store.attempts(scene.endpoint.endpoint_id, None, 9)[::-1]
    assert (ping.event_type, ping.at_ms, ping.error) == ("ping", told_at_ms, "endpoint_disabled")
    assert (given_up.at_ms, given_up.error) == (told_at_ms + TRIED_FOR_MS, "endpoint_disabled")


def test_invoices_and_cases_are_replayed_to_an_endpoint_that_missed_them_and_to_one_made_since() -> None:
    scene = Scene()
    now_ms = scene.clock()
    old, new = (
        invoice_issued(f"{month}-harvest", month, at_ms, 100, "USD")
        for month, at_ms in (("2026-09", now_ms - DAY_MS), ("2026-10", now_ms))
    )
    scene.hooks.endpoints.update("harvest", scene.endpoint.endpoint_id, enabled=False)
    scene.hooks.telling.tell_and_keep("harvest", [old, new])
    scene.hooks.telling.tell_and_keep("harvest", [new])
    scene.hooks.endpoints.update("harvest", scene.endpoint.endpoint_id, enabled=True)
    since_made = scene.hooks.endpoints.create("harvest", "https://two.example/", [EventType.INVOICE_ISSUED]).endpoint
    other = scene.hooks.endpoints.create("harvest", "https://three.example/", [EventType.POINTS_EARNED]).endpoint
    for endpoint in (scene.endpoint, since_made, other):
        replay = scene.hooks.replays.request("harvest", endpoint.endpoint_id, now_ms)
        scene.clock.advance(ms=SETTLE_MS)
        for _ in range(2):
            scene.hooks.replays.work(replay, 0, lambda: True)
    scene.hooks.work()
    assert sorted((url, headers["webhook-id"]) for url, headers, _ in scene.receiver.heard) == [
        ("https://shop.example/hooks", new.event_id),
        ("https://two.example/", new.event_id),
    ]
