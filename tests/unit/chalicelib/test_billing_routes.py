"""What the operator sees of billing through Stripe over HTTP, and decides about it."""

from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.api.bill_shape import bill_out
from partners.billing.decision_store import DecisionStore
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at
from tests.unit.partners.billing.test_webhooks import about_invoices, failing_invoice

JANUARY = at(2027, 1, 1)
BILLING = f"/v1/partners/{PARTNER}/billing"


@pytest.fixture
def stripe(world: World) -> StripeWorld:
    stripe: StripeWorld = world.stripe
    stripe.open()
    return stripe


def held(stripe: StripeWorld, at_stripe: int) -> None:
    """December with 5 visits, of which Stripe counts so many, after its end."""
    stripe.visit(5)
    stripe.go(at(2026, 12, 1, 6))
    stripe.double.books.meter_events[0].value = at_stripe
    stripe.go(JANUARY, every_ms=24 * HOUR_MS)
    stripe.go(JANUARY + 3 * HOUR_MS)


def decide(world: World, path: str, body: dict[str, Any], key: str = "k-1") -> HTTPResponse:
    return world.post(path, {"reason": "case 7", **body}, world.operator, idempotency_key=key)


def months(world: World) -> dict[str, Any]:
    return {one["month"]: one for one in world.get(BILLING, world.operator).json_body["months"]}


def test_a_partner_is_set_up_once_for_each_key_and_the_decision_is_kept(world: World) -> None:
    problem(world.get(BILLING, world.operator), 404, "not_billed_through_stripe")
    first = decide(world, BILLING, {})
    assert (first.status_code, first.json_body["decision"], first.json_body["reason"]) == (201, "open", "case 7")
    again = decide(world, BILLING, {})
    assert (again.body, again.headers["Idempotency-Replayed"]) == (first.body, "true")
    problem(decide(world, BILLING, {"reason": "another"}), 422, "idempotency_key_reused")
    problem(world.post(BILLING, {"reason": "case 7"}, world.operator), 400, "idempotency_key_missing")
    problem(decide(world, "/v1/partners/nobody/billing", {}), 404, "unknown_partner")
    shown = world.get(BILLING, world.operator).json_body
    assert (shown["first_month"], shown["last_month"], shown["standing"]) == ("2026-11", None, "good")
    assert decide(world, f"{BILLING}/end", {}, "k-2").json_body["outcome"] == "invoiced through Stripe until 2026-11"
    kept = world.get(f"{BILLING}/decisions", world.operator).json_body["decisions"]
    assert {one["decision"] for one in kept} == {"open", "end"}
    assert len({one["decided_by"] for one in kept}) == 1


def test_a_held_month_is_shown_with_what_differs_and_released(world: World, stripe: StripeWorld) -> None:
    held(stripe, 4)
    (partner,) = world.get("/v1/billing", world.operator).json_body["partners"]
    assert partner["months"][0]["troubles"][:2] == [
        "v1:harvest:2026120103:1 of 5 visits is accepted: for a day",
        "2026-12-01T03:00:00.000Z: 5 visits here, 4 at Stripe",
    ]
    path = f"{BILLING}/2026-12/decisions"
    problem(decide(world, path, {"decision": "confirm"}, "k-0"), 409, "decision_not_possible")
    released = decide(world, path, {"decision": "release"})
    assert released.json_body["outcome"] == "62.22 is billed of 2026-12"
    assert months(world)["2026-12"]["state"] == "finalised"
    # What our bill has more, 5 visits instead of 4, goes on the next invoice.
    stripe.go(at(2027, 2, 1), every_ms=24 * HOUR_MS)
    stripe.go(at(2027, 2, 1, 3))
    assert stripe.invoiced("2026-12") == stripe.billing.bill(PARTNER, "2026-12").total_cents == 6_228


def test_the_overview_shows_older_months_against_which_something_stands(world: World, stripe: StripeWorld) -> None:
    held(stripe, 10)
    decide(world, f"{BILLING}/2026-12/decisions", {"decision": "release"})
    for month in (2, 3):
        stripe.go(at(2027, month, 1), every_ms=24 * HOUR_MS)
        stripe.go(at(2027, month, 1, 3))
    (partner,) = world.get("/v1/billing", world.operator).json_body["partners"]
    assert [(one["month"], bool(one["troubles"])) for one in partner["months"]] == [
        ("2027-02", False),
        ("2026-12", True),
    ]


@pytest.mark.parametrize(("at_stripe", "off_cents"), [(4, 6), (6, -5)])
def test_a_difference_that_is_written_off_is_neither_claimed_nor_a_trouble(
    world: World, stripe: StripeWorld, at_stripe: int, off_cents: int
) -> None:
    held(stripe, at_stripe)
    assert decide(world, f"{BILLING}/2026-12/decisions", {"decision": "write_off"}).status_code == 201
    assert (months(world)["2026-12"]["written_off_cents"], months(world)["2026-12"]["troubles"]) == (off_cents, [])
    # The run that is done with the month still finds its message uncounted.
    stripe.work()
    troubles: list[str] = []
    for until, every_ms in ((at(2027, 2, 1), 24 * HOUR_MS), (at(2027, 2, 1, 3), HOUR_MS)):
        stripe.go(until, every_ms=every_ms, work=lambda: troubles.extend(stripe.work()))
    assert troubles == []
    assert stripe.invoiced("2026-12") + off_cents == 6_228


def test_a_month_that_stripe_finalised_unseen_is_confirmed_and_credited(world: World, stripe: StripeWorld) -> None:
    stripe.visit(5)
    stripe.clock.now_ms = JANUARY + 2 * HOUR_MS
    stripe.double.advance()
    stripe.go(JANUARY + 4 * HOUR_MS)
    confirmed = decide(world, f"{BILLING}/2026-12/decisions", {"decision": "confirm"})
    assert confirmed.json_body["outcome"] == "62.00 is billed of 2026-12"
    credits = [decide(world, f"{BILLING}/2026-12/credits", {"amount_cents": 500}, key) for key in ("a", "a", "b")]
    assert [one.status_code for one in credits] == [201] * 3
    assert len({one.json_body["outcome"] for one in credits}) == 2
    assert len(stripe.double.books.some("credit_note")) == 2
    problem(decide(world, f"{BILLING}/2027-01/credits", {"amount_cents": 500}, "c"), 409, "decision_not_possible")


def test_a_decision_that_died_half_way_is_completed_by_the_same_request(
    world: World, stripe: StripeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(stripe, 4)

    def die(self: object, decision: object) -> None:
        raise KeyboardInterrupt

    path, body = f"{BILLING}/2026-12/decisions", {"decision": "write_off"}
    with monkeypatch.context() as dying:
        dying.setattr(DecisionStore, "finish", die)
        with pytest.raises(KeyboardInterrupt):
            decide(world, path, body)
    (kept,) = world.get(f"{BILLING}/decisions", world.operator).json_body["decisions"]
    assert kept["outcome"] is None
    completed = decide(world, path, body)
    assert completed.json_body["outcome"] == "62.22 is billed of 2026-12, a difference of 0.06 is written off"
    assert "Idempotency-Replayed" not in completed.headers
    assert decide(world, path, body).headers["Idempotency-Replayed"] == "true"


def test_visits_of_a_rejected_message_are_told_anew_but_only_the_partner_s_own(
    world: World, stripe: StripeWorld
) -> None:
    stripe.visit(3)
    stripe.go(at(2026, 12, 1, 6))
    (message,) = stripe.messages()
    body = {"identifier": message.intent.identifier}
    problem(decide(world, f"{BILLING}/replacements", body), 409, "decision_not_possible")
    stripe.double.lose(message.intent.identifier)
    since = {"since": "2026-12-01T00:00:00Z"}
    backfilled = decide(world, "/v1/billing/backfills", since, "k-2")
    assert int(backfilled.json_body["outcome"].split()[0]) > 0
    problem(decide(world, "/v1/partners/alpha/billing/replacements", body), 409, "decision_not_possible")
    assert decide(world, f"{BILLING}/replacements", body).status_code == 201
    stripe.go(at(2026, 12, 1, 9))
    assert stripe.counted_by_stripe() == 3
    (kept,) = world.get("/v1/partners/network/billing/decisions", world.operator).json_body["decisions"]
    assert kept["decision"] == "backfill"


def test_who_does_not_pay_is_seen_with_the_reasons(world: World, stripe: StripeWorld) -> None:
    invoice = failing_invoice(stripe)
    for event in about_invoices(stripe):
        stripe.webhooks.hear(event)
    stripe.clock.advance(days=30)
    stripe.payments.follow(PARTNER)
    (partner,) = world.get("/v1/billing", world.operator).json_body["partners"]
    assert (partner["standing"], partner["late_cents"]) == ("suspended_for_payment", 700 + 2 * 6_200)
    assert [step["standing"] for step in partner["steps"]] == ["overdue", "suspended_for_payment"]
    assert partner["steps"][0]["why"].startswith(invoice)


def test_an_event_that_is_not_understood_is_listed_tried_again_and_dismissed(world: World, stripe: StripeWorld) -> None:
    paid = {"id": "in_1", "object": "invoice", "status": "paid", "customer": stripe.account.customer_id}
    one, two = [stripe.double.books.happen("invoice.paid", dict(paid)) for _ in range(2)]
    events, place = "/v1/billing/events", "/v1/billing/events/{}/decisions"
    assert world.get(events, world.operator).json_body["events"] == []
    stripe.webhooks.catch_up()
    listed = world.get(events, world.operator).json_body["events"]
    assert {each["event_id"] for each in listed} == {one["id"], two["id"]}
    assert {(each["type"], each["tries"]) for each in listed} == {("invoice.paid", 1)}
    retry, dismiss = {"decision": "retry"}, {"decision": "dismiss"}
    refused = problem(decide(world, place.format(one["id"]), retry), 409, "decision_not_possible")
    assert "amount_remaining" in refused["detail"]
    one["data"]["object"] |= {"amount_remaining": 0, "attempt_count": 1}
    assert decide(world, place.format(one["id"]), retry).json_body["outcome"] == f"event {one['id']} was new"
    dismissed = decide(world, place.format(two["id"]), dismiss, "k-2")
    assert dismissed.json_body["outcome"].startswith(f"event {two['id']} never has an effect: ")
    assert decide(world, place.format(two["id"]), dismiss, "k-2").headers["Idempotency-Replayed"] == "true"
    again = decide(world, place.format(two["id"]), retry, "k-3")
    assert again.json_body["outcome"] == f"event {two['id']} waits no more"
    problem(decide(world, place.format("evt_none"), dismiss, "k-4"), 409, "decision_not_possible")
    assert world.get(events, world.operator).json_body["events"] == []
    kept = world.get("/v1/partners/network/billing/decisions", world.operator).json_body["decisions"]
    assert sorted((each["decision"], each["outcome"] is None) for each in kept) == [
        *(("dismiss_event", done) for done in (False, True)),
        *[("retry_event", False)] * 2,
    ]


def test_a_partner_without_a_location_leaves_at_once_and_one_with_any_does_not(
    world: World, stripe: StripeWorld
) -> None:
    leaves = {"at_once": True}
    refused = decide(world, f"{BILLING}/end", leaves)
    problem(refused, 409, "decision_not_possible")
    assert refused.json_body["open_locations"] == 2
    for location in ("367", "368"):
        stripe.contracts.close_location(PARTNER, location, stripe.clock())
    ended = decide(world, f"{BILLING}/end", leaves)
    assert ended.json_body["outcome"].endswith("until 2026-12, which is closed as soon as all of it is counted")
    assert world.get(BILLING, world.operator).json_body["parting"] == "asked"
    stripe.go(at(2026, 12, 2, 3), every_ms=3 * HOUR_MS)
    shown = world.get(BILLING, world.operator).json_body
    assert (shown["parting"], months(world)["2026-12"]["state"]) == ("told", "finalised")
    assert bill_out(*stripe.invoices.standing(PARTNER, "2026-12")).state == "final"
