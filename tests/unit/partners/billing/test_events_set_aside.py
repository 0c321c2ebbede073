"""An event of Stripe's that can't be understood is set aside for people, and keeps nobody else waiting."""

from typing import Any

import pytest

from partners.billing.webhook_store import WebhookStore
from partners.billing.webhooks import OVERLAP_SECONDS, TRIED_AGAIN, CaughtUp, SetAside
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import MalformedWebhookError
from tests.doubles.stripe.happenings import signed
from tests.unit.partners.billing.stripe_world import PARTNER, SECRET, TABLE, StripeWorld, opened_world

METER = ("v1.billing.meter.error_report_triggered", {"id": "mtr", "object": "billing.meter"}, "/v1/billing/meters/mtr")


@pytest.fixture
def world() -> StripeWorld:
    world = opened_world()
    world.webhooks.catch_up()
    return world


def told_of_meter(world: StripeWorld, data: Any) -> dict[str, Any]:
    return dict(world.double.books.happen_thinly(*METER, data))


def told_of_invoice(world: StripeWorld, **more: Any) -> dict[str, Any]:
    paid = {"object": "invoice", "status": "paid", "customer": world.account.customer_id}
    return world.double.books.happen("invoice.paid", {**paid, **more})


def report(**sample: Any) -> dict[str, Any]:
    return {"reason": {"error_types": [{"code": "meter_event_invalid", "sample_errors": [sample]}]}}


def bookmark(world: StripeWorld) -> int | None:
    tables: Any = world.dynamodb
    return WebhookStore(tables, TABLE).bookmark()


@pytest.mark.parametrize(
    "data",
    [report(request={}), report(), {"reason": None}, {"reason": {"error_types": [{"sample_errors": None}]}}, {"a": 1}],
)
def test_a_report_of_an_unforeseen_shape_is_set_aside_and_the_next_event_heard(world: StripeWorld, data: Any) -> None:
    event = told_of_meter(world, data)
    told_of_invoice(world, id="in_1", amount_remaining=0, attempt_count=1)
    world.clock.advance(days=1)
    done = world.webhooks.catch_up()
    assert (done.news, len(done.troubles)) == (1, 1)
    assert done.troubles[0].startswith(f"Event {event['id']} ({METER[0]}) has no effect.")
    assert bookmark(world) == world.clock() // 1_000


@pytest.mark.parametrize(
    "more",
    [
        {"id": "in_1"},
        {"amount_remaining": 0, "attempt_count": 1},
        {"id": "in_1", "amount_remaining": "700", "attempt_count": 1},
        {"id": "in_1", "amount_remaining": 700, "attempt_count": None},
        {"id": "in_1", "amount_remaining": 700, "attempt_count": 1, "due_date": "tomorrow"},
    ],
)
def test_an_invoice_of_an_unforeseen_shape_is_set_aside(world: StripeWorld, more: dict[str, Any]) -> None:
    event = told_of_invoice(world, **more)
    assert len(world.webhooks.catch_up().troubles) == 1
    assert [one.event_id for one in world.webhooks.all_set_aside()] == [event["id"]]


def test_a_strangers_invoice_is_nothing_to_us_whatever_its_shape(world: StripeWorld) -> None:
    told_of_invoice(world, customer="cus_stranger")
    assert world.webhooks.catch_up() == CaughtUp(0)


def test_a_webhook_of_an_unforeseen_shape_is_refused_and_set_aside_when_it_is_asked_for(world: StripeWorld) -> None:
    event = told_of_invoice(world, id="in_1")
    with pytest.raises(MalformedWebhookError):
        world.webhooks.receive(*signed(event, SECRET))
    world.webhooks.catch_up()
    (aside,) = world.webhooks.all_set_aside()
    assert (aside.event_id, aside.kind) == (event["id"], "invoice.paid")
    assert "It lacks 'amount_remaining'. (webhook_malformed)" in aside.why


def test_what_an_event_says_is_kept_nowhere(world: StripeWorld) -> None:
    told_of_invoice(world, id="in_1", amount_remaining="ann@example.com", customer_email="ann@example.com")
    told = world.webhooks.catch_up().troubles
    assert "ann@" not in repr((told, world.webhooks.all_set_aside()))


def test_an_event_set_aside_is_told_at_each_call_once_and_tried_again_until_it_is_understood(
    world: StripeWorld,
) -> None:
    event = told_of_invoice(world, id="in_1")
    told = []
    for _ in range(3):
        told.append(len(world.webhooks.catch_up().troubles))
        world.clock.advance(ms=(OVERLAP_SECONDS + 1) * 500)
    (aside,) = world.webhooks.all_set_aside()
    assert (told, aside.tries) == ([1, 1, 1], 3)
    event["data"]["object"] |= {"amount_remaining": 0, "attempt_count": 1}
    assert world.webhooks.catch_up() == CaughtUp(1)
    assert world.webhooks.catch_up() == CaughtUp(0)
    tables: Any = world.dynamodb
    assert [one.invoice_id for one in WebhookStore(tables, TABLE).invoices(PARTNER)][-1] == "in_1"


def test_of_many_those_are_tried_that_waited_longest_and_all_are_told(world: StripeWorld) -> None:
    for _ in range(TRIED_AGAIN + 5):
        told_of_invoice(world, id="in_1")
    assert len(world.webhooks.catch_up().troubles) == TRIED_AGAIN + 5
    for _ in range(2):
        world.clock.advance(days=1)
        assert len(world.webhooks.catch_up().troubles) == TRIED_AGAIN + 5
    assert sorted({one.tries for one in world.webhooks.all_set_aside()}) == [2, 3]


def test_an_event_that_is_dismissed_is_never_heard_again(world: StripeWorld) -> None:
    event = told_of_invoice(world, id="in_1")
    world.webhooks.catch_up()
    world.webhooks.dismiss(aside_of(world, event))
    assert world.webhooks.catch_up() == CaughtUp(0)
    assert world.webhooks.hear(event) is Heard.KNOWN
    assert world.webhooks.backfill(0).troubles == ()


def test_an_event_that_stripe_has_no_more_waits_for_a_person(world: StripeWorld) -> None:
    event = told_of_invoice(world, id="in_1")
    world.webhooks.catch_up()
    del world.double.books.things["event"][event["id"]]
    world.clock.advance(days=31)
    (trouble,) = world.webhooks.catch_up().troubles
    assert "No such event" in trouble
    assert isinstance(world.webhooks.try_again(aside_of(world, event)), SetAside)


def aside_of(world: StripeWorld, event: dict[str, Any]) -> SetAside:
    aside = world.webhooks.set_aside(event["id"])
    assert aside is not None
    return aside
