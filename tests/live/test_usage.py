"""What the double promises of meters and their events, asked of both."""

import pytest
from stripe import InvalidRequestError

from partners.billing.outbox import Answer, Intent, Message
from tests.live.conftest import PLAN, Stripe

DAY_S = 86_400


def test_creating_the_catalogue_twice_gives_the_same(stripe: Stripe) -> None:
    assert stripe.gateway.ensure_catalogue(PLAN, "USD") == stripe.gateway.ensure_catalogue(PLAN, "USD")


def test_an_event_is_taken_once_and_counted_in_its_hour(stripe: Stripe) -> None:
    stripe.gateway.ensure_meter()
    customer, hour = stripe.customer(), stripe.now_s // 3_600 - 2
    message = Message(Intent(stripe.partner(), hour, 1, 5, customer))
    assert stripe.gateway.send(message)[0] is Answer.TAKEN
    assert stripe.gateway.send(message)[0] is Answer.TAKEN, "the same key gets the first answer again"
    other_key = Message(message.intent, key_number=1)
    assert stripe.gateway.send(other_key)[0] is Answer.DUPLICATE
    counted = stripe.eventually(lambda: stripe.gateway.usage_by_hour(customer, hour - 1, hour + 2), {hour: 5})
    assert counted == {hour: 5}


def test_events_of_one_hour_add_up_and_each_hour_stands_by_itself(stripe: Stripe) -> None:
    stripe.gateway.ensure_meter()
    customer, hour, name = stripe.customer(), stripe.now_s // 3_600 - 3, stripe.partner()
    for seq, (of_hour, quantity) in enumerate([(hour, 5), (hour, 2), (hour + 1, 4)], 1):
        assert stripe.gateway.send(Message(Intent(name, of_hour, seq, quantity, customer)))[0] is Answer.TAKEN
    wanted = {hour: 7, hour + 1: 4}
    assert stripe.eventually(lambda: stripe.gateway.usage_by_hour(customer, hour, hour + 2), wanted) == wanted
    assert stripe.gateway.usage_by_hour(customer, hour, hour + 1) == {hour: 7}


def test_an_event_of_40_days_ago_is_refused(stripe: Stripe) -> None:
    stripe.gateway.ensure_meter()
    hour = stripe.now_s // 3_600 - 40 * 24
    answer, reason = stripe.gateway.send(Message(Intent(stripe.partner(), hour, 1, 5, stripe.customer())))
    assert (answer, bool(reason)) == (Answer.REFUSED, True)


@pytest.mark.parametrize(("offset_s", "taken"), [(-34 * DAY_S, True), (-36 * DAY_S, False), (600, False)])
def test_a_time_of_34_days_ago_is_taken_and_of_36_or_ahead_is_not(stripe: Stripe, offset_s: int, taken: bool) -> None:
    stripe.gateway.ensure_meter()
    told = (stripe.customer(), 1, stripe.partner(), stripe.now_s + offset_s)
    if taken:
        stripe.tell(*told)
        return
    with pytest.raises(InvalidRequestError, match="timestamp"):
        stripe.tell(*told)


def test_an_event_that_is_cancelled_within_a_day_does_not_count(stripe: Stripe) -> None:
    stripe.gateway.ensure_meter()
    customer, name, hour = stripe.customer(), stripe.partner(), stripe.now_s // 3_600 - 2
    stripe.tell(customer, 7, name, hour * 3_600)
    assert stripe.eventually(lambda: stripe.gateway.usage_by_hour(customer, hour, hour + 1), {hour: 7}) == {hour: 7}
    cancel = {"event_name": "tessera_visits", "type": "cancel", "cancel": {"identifier": name}}
    stripe.v1.billing.meter_event_adjustments.create(cancel)
    assert stripe.eventually(lambda: stripe.gateway.usage_by_hour(customer, hour, hour + 1), {}) in ({}, {hour: 0})


def test_an_event_of_nobody_is_taken_and_reported_later_by_a_thin_event(stripe: Stripe) -> None:
    stripe.gateway.ensure_meter()
    name, since_s = stripe.partner(), stripe.now_s - 60
    stripe.tell("cus_nobody", 7, name, stripe.now_s - 60)

    def reported() -> bool:
        thin = (one for one in stripe.gateway.events_since(since_s) if one["object"] == "v2.core.event")
        return any(
            sample["request"]["identifier"] == name
            for event in thin
            for kind in event["data"]["reason"]["error_types"]
            for sample in kind["sample_errors"]
        )

    assert stripe.eventually(reported, True)
