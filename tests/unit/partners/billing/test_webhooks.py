"""Webhooks: verified, heard once, in any order, and asked for when they were missed."""

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.billing.decision import Asked, What
from partners.billing.dunning import InvoiceRecord, PaymentState, Standing, followed, joined, standing_of
from partners.billing.outbox import Stage
from partners.billing.stripe_errors import DecisionNotPossibleError
from partners.billing.webhook_store import WebhookStore
from partners.billing.webhooks import CaughtUp
from shared.kernel.clock import DAY_MS
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import MalformedWebhookError, UnverifiedWebhookError
from tests.doubles.stripe.faults import Fault
from tests.doubles.stripe.happenings import signed
from tests.doubles.stripe.http_client import DoubleClient
from tests.doubles.stripe.usage import report
from tests.fakes.dynamodb import Written
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, SECRET, TABLE, StripeWorld, at

JANUARY = at(2027, 1, 1)
records = st.builds(
    InvoiceRecord,
    invoice_id=st.just("in_1"),
    status=st.sampled_from(["open", "uncollectible", "void", "paid"]),
    remaining_cents=st.integers(0, 9),
    attempts=st.integers(0, 4),
    failed_at=st.none() | st.integers(1, 9),
    due_at=st.none() | st.integers(1, 9),
    due_told_at=st.integers(0, 9),
)


@pytest.fixture
def world() -> StripeWorld:
    world = StripeWorld()
    world.open()
    return world


def failing_invoice(world: StripeWorld) -> str:
    """An invoice of the partner's that Stripe tries to collect and can't."""
    world.double.books.declining.add(world.account.customer_id)
    v1 = world.gateway.client.v1
    customer = world.account.customer_id
    invoice = v1.invoices.create({"customer": customer, "auto_advance": True}).id
    v1.invoice_items.create({"customer": customer, "amount": 700, "currency": "usd", "invoice": invoice})
    v1.invoices.finalize_invoice(invoice)
    return str(invoice)


def about_invoices(world: StripeWorld) -> list[dict[str, Any]]:
    return [one for one in world.double.books.happened if one["type"].startswith("invoice.")]


def test_a_webhook_that_is_not_stripes_is_refused(world: StripeWorld) -> None:
    failing_invoice(world)
    body, header = signed(about_invoices(world)[-1], SECRET)
    for wrong in ((body + b" ", header), (body, header.replace("v1=", "v1=0")), (body, ""), (b"\xff", header)):
        with pytest.raises(UnverifiedWebhookError):
            world.webhooks.receive(*wrong)
    assert world.webhooks.receive(body, header) is Heard.NEW


def test_each_endpoint_at_stripe_may_have_a_secret_of_its_own(world: StripeWorld) -> None:
    failing_invoice(world)
    first, second, strange = about_invoices(world)[-3:]
    both = f"{SECRET}, whsec_other"
    for event, secret in ((first, SECRET), (second, "whsec_other")):
        body, header = signed(event, secret)
        assert world.gateway.verify(body, header, both)["id"] == event["id"]
    for secret in ("whsec_strange", both, ""):
        with pytest.raises(UnverifiedWebhookError):
            world.gateway.verify(*signed(strange, secret), both)
    with pytest.raises(UnverifiedWebhookError):
        world.gateway.verify(*signed(strange, ""), f"{SECRET},")


def test_an_old_signature_does_not_verify(world: StripeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    body, header = signed(about_invoices(world)[-1], SECRET)
    later = time.time() + 600
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(UnverifiedWebhookError):
        world.webhooks.receive(body, header)


def test_an_event_has_its_effect_once(world: StripeWorld) -> None:
    failing_invoice(world)
    event = about_invoices(world)[-1]
    assert [world.webhooks.hear(event) for _ in range(3)] == [Heard.NEW, Heard.KNOWN, Heard.KNOWN]


def test_events_of_the_other_mode_and_of_strangers_are_ignored(world: StripeWorld) -> None:
    failing_invoice(world)
    event = about_invoices(world)[-1]
    assert world.webhooks_of(live=True).hear(event) is Heard.IGNORED
    event["data"]["object"]["customer"] = "cus_stranger"
    assert world.webhooks.hear(event) is Heard.IGNORED


@pytest.mark.parametrize("seed", range(12))
def test_any_order_and_any_repetition_of_webhooks_ends_the_same(seed: int) -> None:
    world = StripeWorld()
    world.open()
    failing_invoice(world)
    world.clock.advance(days=3)
    world.double.advance()
    world.double.books.declining.clear()
    world.clock.advance(days=5)
    world.double.advance()
    events = about_invoices(world)
    rng = random.Random(seed)
    shuffled = rng.sample(events * 2, len(events) * 2)
    for event in shuffled:
        world.webhooks.hear(event)
    for record in WebhookStore(world.dynamodb, TABLE).invoices(PARTNER):  # type: ignore[arg-type]
        truth = world.double.books.get("invoice", record.invoice_id)
        assert (record.status, record.attempts) == (truth["status"], truth["attempt_count"])
    assert world.payments.follow(PARTNER).standing is Standing.GOOD


def test_a_missed_webhook_is_caught_up_with(world: StripeWorld) -> None:
    failing_invoice(world)
    assert world.payments.follow(PARTNER).standing is Standing.GOOD
    assert world.webhooks.catch_up().news > 0
    assert world.payments.follow(PARTNER).standing is Standing.OVERDUE
    assert world.webhooks.catch_up() == CaughtUp(0)


def test_a_failed_payment_restricts_after_two_weeks_and_suspends_after_a_month(world: StripeWorld) -> None:
    failing_invoice(world)
    world.webhooks.catch_up()
    found = []
    for days in (0, 14, 16):
        world.clock.advance(days=days)
        found.append(world.payments.follow(PARTNER).standing)
    assert found == [Standing.OVERDUE, Standing.RESTRICTED, Standing.SUSPENDED_FOR_PAYMENT]
    world.double.advance()
    world.double.books.declining.clear()
    for unpaid in world.double.books.some("invoice", status="open"):
        world.gateway.client.v1.invoices.pay(unpaid["id"])
    world.webhooks.catch_up()
    assert world.payments.follow(PARTNER).standing is Standing.GOOD


def test_a_failed_payment_is_followed_at_once_and_each_step_says_why(world: StripeWorld) -> None:
    invoice = failing_invoice(world)
    for event in about_invoices(world):
        world.webhooks.hear(event)
    state = world.payments.state(PARTNER)
    assert (state.standing, state.late_cents) == (Standing.OVERDUE, 700)
    assert [(step.standing, step.why) for step in state.steps] == [
        (Standing.OVERDUE, f"{invoice} is unpaid since 2026-12-01, 1 payments failed")
    ]
    assert world.payments.follow(PARTNER) == state
    for days in (14, 16):
        world.clock.advance(days=days)
        state = world.payments.follow(PARTNER)
    assert [step.standing for step in state.steps] == [*Standing][1:]
    assert (state.since_ms, world.payments.states()) == (world.clock(), [state])


def test_a_fourth_failed_payment_restricts_before_two_weeks_are_over() -> None:
    for attempts, expected in ((3, Standing.OVERDUE), (4, Standing.RESTRICTED)):
        failed = InvoiceRecord("in_1", "open", 700, attempts=attempts, failed_at=100)
        assert standing_of(failed, 100_000 + DAY_MS) is expected


@settings(max_examples=50)
@given(st.lists(records, max_size=3), st.lists(st.integers(0, 40), max_size=4))
def test_following_often_or_seldom_ends_at_the_same_standing(found: list[InvoiceRecord], days: list[int]) -> None:
    state = PaymentState(PARTNER)
    for day in sorted(days):
        state = followed(state, found, day * DAY_MS)
        assert followed(state, found, day * DAY_MS) is state
    last = followed(PaymentState(PARTNER), found, max(days, default=0) * DAY_MS)
    if days:
        assert (state.standing, state.late_cents) == (last.standing, last.late_cents)


def test_a_thin_event_is_fetched_and_rejects_what_stripe_will_not_count(world: StripeWorld) -> None:
    world.double.faults.plan("/v1/billing/meter_events", Fault.LOST_LATER)
    world.visit(5)
    world.go(world.clock() + 2 * HOUR_MS)
    (message,) = world.messages()
    assert message.stage is Stage.ACCEPTED
    (notification,) = [one for one in world.double.books.happened if one["object"] == "v2.core.event"]
    world.connect(written := Written(world.dynamodb), DoubleClient(world.double))
    assert world.webhooks.receive(*signed(notification, SECRET)) is Heard.NEW
    assert written.operations == ["TransactWriteItems"], "the event and its effect are one write"
    (message,) = world.messages()
    assert (message.stage, message.reason) == (Stage.REJECTED, "meter_event_customer_not_found")
    assert world.webhooks.hear(notification) is Heard.KNOWN
    assert "rejected" in world.work()[0]


def test_a_thin_event_of_what_is_rejected_already_is_marked_alone(world: StripeWorld) -> None:
    world.double.faults.plan("/v1/billing/meter_events", Fault.LOST_LATER)
    world.visit(5)
    world.go(world.clock() + 2 * HOUR_MS)
    (message,) = world.messages()
    assert world.metering.reject(message.intent.identifier, "told before") is True
    assert world.metering.reject(message.intent.identifier, "told again") is False
    (notification,) = [one for one in world.double.books.happened if one["object"] == "v2.core.event"]
    assert [world.webhooks.hear(notification) for _ in range(2)] == [Heard.NEW, Heard.KNOWN]
    assert [one.reason for one in world.messages()] == ["told before"]


def test_a_missed_thin_event_is_caught_up_with(world: StripeWorld) -> None:
    world.double.faults.plan("/v1/billing/meter_events", Fault.LOST_LATER)
    world.visit(5)
    world.go(world.clock() + 2 * HOUR_MS)
    world.webhooks.catch_up()
    assert [one.stage for one in world.messages()] == [Stage.REJECTED]


@pytest.mark.parametrize(
    "identifier",
    ["shop:42:order:7", "", "v1:harvest", "v1:harvest:abcd:1", "v1:harvest:2026131200:1", "v1::2026120100:1", "v1:a:b"],
)
def test_an_error_of_another_meter_of_the_same_account_is_none_of_ours(world: StripeWorld, identifier: str) -> None:
    report(world.double.books, "another_meter", identifier, "meter_event_no_customer_defined")
    assert world.webhooks.catch_up().troubles == ()
    assert world.webhooks.catch_up() == CaughtUp(0), "it is heard once"
    with pytest.raises(DecisionNotPossibleError):
        world.desk.decide("op", "k1", Asked(What.REPLACE, PARTNER, "lost", identifier=identifier))


@settings(max_examples=100)
@given(records, records, records)
def test_joining_knows_no_order(one: InvoiceRecord, two: InvoiceRecord, three: InvoiceRecord) -> None:
    assert joined(one, two) == joined(two, one)
    assert joined(one, joined(two, three)) == joined(joined(one, two), three)
    assert joined(one, one) == one


def test_a_due_date_that_is_moved_is_heard_in_whatever_order() -> None:
    sent = InvoiceRecord("in_1", "open", 700, due_at=100, due_told_at=50)
    moved = InvoiceRecord("in_1", "open", 700, due_at=100 + 60 * 86_400, due_told_at=90)
    for record in (joined(sent, moved), joined(moved, sent)):
        assert standing_of(record, 100_000 + 40 * DAY_MS) is Standing.GOOD
        assert standing_of(record, 100_000 + 60 * DAY_MS) is Standing.OVERDUE
    earlier = InvoiceRecord("in_1", "open", 700, due_at=60, due_told_at=95)
    assert joined(joined(sent, earlier), moved).due_at == 60


def test_an_unpaid_invoice_is_late_from_its_due_date_on() -> None:
    sent = InvoiceRecord("in_1", "open", 700, due_at=100)
    moments = (99_000, 100_000, 100_000 + 14 * DAY_MS, 100_000 + 30 * DAY_MS)
    assert [standing_of(sent, now_ms) for now_ms in moments] == list(Standing)


METER_ERROR = "v1.billing.meter.error_report_triggered"
SAMPLE: dict[str, Any] = {"error_message": "m", "request": {}}


@pytest.mark.parametrize(
    "data",
    [
        {"reason": None},
        {"reason": {"error_types": [{"code": "c", "sample_errors": None}]}},
        {"reason": {"error_types": [{"code": "c", "sample_errors": [SAMPLE]}]}},
        {"reason": {"error_types": [{"sample_errors": [{"request": {"identifier": "v1:harvest:2026120100:1"}}]}]}},
    ],
)
def test_a_thin_event_of_another_shape_is_a_trouble_and_stops_no_other(
    world: StripeWorld, data: dict[str, Any]
) -> None:
    failing_invoice(world)
    meter = {"id": "mtr", "object": "billing.meter"}
    strange = world.double.books.happen_thinly(METER_ERROR, meter, "/v1/billing/meters/mtr", data)
    done = world.webhooks.catch_up()
    (trouble,) = done.troubles
    assert f"Event {strange['id']} ({METER_ERROR}) has no effect." in trouble
    assert "webhook_malformed" in trouble
    assert done.news > 0


@pytest.mark.parametrize(
    "thing",
    [
        {"object": "invoice", "id": "in_x", "status": "paid"},
        {"object": "invoice", "status": "paid", "amount_remaining": 0, "attempt_count": 0},
        None,
        "in_x",
    ],
)
def test_a_snapshot_of_another_shape_is_a_trouble_and_stops_no_other(world: StripeWorld, thing: Any) -> None:
    failing_invoice(world)
    ours = {**thing, "customer": world.account.customer_id} if isinstance(thing, dict) else thing
    world.double.books.happen("invoice.paid", ours)
    done = world.webhooks.catch_up()
    assert ["webhook_malformed" in trouble for trouble in done.troubles] == [True]
    assert done.news > 0


@pytest.mark.parametrize("missing", ["id", "type", "object", "data"])
def test_a_webhook_that_is_not_as_documented_is_refused(world: StripeWorld, missing: str) -> None:
    failing_invoice(world)
    event = about_invoices(world)[-1]
    with pytest.raises(MalformedWebhookError):
        world.webhooks.hear({key: value for key, value in event.items() if key != missing})
