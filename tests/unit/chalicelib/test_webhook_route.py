"""Stripe's webhooks over HTTP: without a key, proved by their signature over the body as it was sent."""

from typing import Any

import pytest

from tests.doubles.stripe.happenings import signed
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World
from tests.unit.partners.billing.stripe_world import SECRET, StripeWorld

PATH = "/v1/stripe/webhooks"


@pytest.fixture
def billed(world: World) -> StripeWorld:
    billed = StripeWorld()
    billed.open()
    world.webhooks = billed.webhooks
    return billed


def an_event(billed: StripeWorld) -> dict[str, Any]:
    return next(one for one in billed.double.books.happened if one["type"] == "invoice.finalized")


def test_a_signed_event_is_heard_once(world: World, billed: StripeWorld) -> None:
    body, header = signed(an_event(billed), SECRET)
    replies = [world.client.http.post(PATH, headers={"stripe-signature": header}, body=body) for _ in range(2)]
    assert [(reply.status_code, reply.json_body) for reply in replies] == [
        (200, {"heard": "new"}),
        (200, {"heard": "known"}),
    ]


@pytest.mark.parametrize("header", ["", "t=1,v1=00", "nonsense"])
def test_what_does_not_verify_is_refused(world: World, billed: StripeWorld, header: str) -> None:
    body, _ = signed(an_event(billed), SECRET)
    reply = world.client.http.post(PATH, headers={"stripe-signature": header}, body=body)
    problem(reply, 403, "webhook_not_verified")
    assert billed.webhooks.receive(*signed(an_event(billed), SECRET)) == "new"
