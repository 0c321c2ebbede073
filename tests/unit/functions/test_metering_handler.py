"""The schedule that bills through Stripe: every partner, whatever fails at one, and the line the alarm reads."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from functions import metering as function
from partners.billing.dunning import Standing
from partners.billing.invoice import Adjustment
from partners.billing.stripe_errors import ConcurrentRunError, StripeRefusedError, StripeUnavailableError
from partners.contracts.errors import UnknownPartnerError
from partners.settlement.payments.errors import SettlementBusyError
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.hearing import Heard
from tests.doubles.stripe.faults import Fault
from tests.functional.partners.test_invoice_store import invoice
from tests.support.lambda_context import FakeContext
from tests.unit.functions.test_audit_handler import FakeLogger
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld, at
from tests.unit.partners.billing.test_webhooks import failing_invoice

LATE = Adjustment("2026-09", 4_200, "late")


class Logger(FakeLogger):
    def warning(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("warning", message, extra))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Any:
    world: Any = StripeWorld()
    world.open()
    world.bills_through_stripe = True
    world.settings = SimpleNamespace(key_mode="test")
    monkeypatch.setattr(function.bootstrap, "services", lambda: world)
    return world


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, object]]]:
    logger = Logger()
    monkeypatch.setattr(function, "logger", lambda: logger)
    return logger.lines


def test_a_call_tells_stripe_of_visits_and_hears_what_was_missed(world: Any, log: Any) -> None:
    world.visit(3)
    world.clock.advance(ms=2 * HOUR_MS)
    answer = function.handler({}, FakeContext(600_000))
    assert (answer["partners"], answer["troubles"]) == (1, 0)
    assert answer["events_caught_up"] > 0
    assert world.counted_by_stripe() == 3
    assert log[-1][:2] == ("info", "billing stands")


def test_two_calls_never_work_side_by_side(world: Any, log: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []

    def call_again(account: object) -> list[str]:
        answers.append(function.handler({}, FakeContext(600_000)))
        return []

    monkeypatch.setattr(world.invoicing, "work", call_again)
    answers.append(function.handler({}, FakeContext(600_000)))
    assert [(one["partners"], one["postponed"]) for one in answers] == [(0, 1), (1, 0)]
    assert function.handler({}, FakeContext(600_000))["postponed"] == 0


def test_a_call_that_died_keeps_others_out_until_it_can_run_no_more(world: Any) -> None:
    turn, now_ms = world.metering_turn, world.clock()
    assert turn.take("died", now_ms, now_ms + function.TURN_MS)
    assert not turn.take("next", now_ms + function.TURN_MS - 1, now_ms + function.EVERY_MS)
    turn.end("next")
    assert turn.take("later", now_ms + function.TURN_MS, now_ms + 2 * function.TURN_MS)
    turn.end("died")
    assert not turn.take("another", now_ms + function.TURN_MS, now_ms + 2 * function.TURN_MS)
    turn.end("later")
    assert turn.take("another", now_ms + function.TURN_MS, now_ms + 2 * function.TURN_MS)


def test_without_a_key_of_stripe_nothing_is_done(world: Any, log: Any) -> None:
    world.bills_through_stripe = False
    answer = function.handler({}, FakeContext(600_000))
    assert (answer["configured"], answer["partners"]) == (False, 0)
    assert (log[-1][1], log[-1][2]["postponed"]) == ("billing stands", 0), "the alarm of overdue billing hears of it"


def test_who_does_not_pay_the_operators_own_invoice_counts_as_suspended_with_stripe_or_without(world: Any) -> None:
    own = replace(invoice(PARTNER, "2026-10", adjustments=(LATE,)), issued_at_ms=at(2026, 11, 2, 12))
    world.own_invoices.add(own, None)
    world.clock.now_ms = at(2026, 12, 20)
    assert function.handler({}, FakeContext(600_000))["suspended"] == 1
    world.bills_through_stripe = False
    assert function.handler({}, FakeContext(600_000))["suspended"] == 1


def test_a_call_that_has_no_time_left_leaves_the_rest_to_the_next(world: Any, log: Any) -> None:
    answer = function.handler({}, FakeContext(1_000))
    assert (answer["partners"], answer["postponed"]) == (0, 1)


@pytest.mark.parametrize(
    ("error", "troubles", "postponed", "said"),
    [
        (StripeUnavailableError("no answer"), 0, 1, "billing goes on later"),
        (StoreUnavailableError("no answer"), 0, 1, "billing goes on later"),
        (ConcurrentRunError(PARTNER), 0, 1, "billing goes on later"),
        (StripeRefusedError("no such price", code="resource_missing"), 1, 0, "billing trouble"),
        (UnknownPartnerError(PARTNER), 1, 0, "billing trouble"),
    ],
)
def test_what_fails_at_one_partner_is_said_and_stops_no_other(
    world: Any, log: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, troubles: int, postponed: int, said: str
) -> None:
    def fail(account: object) -> list[str]:
        raise error

    monkeypatch.setattr(world.invoicing, "work", fail)
    answer = function.handler({}, FakeContext(600_000))
    assert (answer["partners"], answer["troubles"], answer["postponed"]) == (1, troubles, postponed)
    assert log[-1][2]["postponed"] == postponed
    assert said in [message for _, message, _ in log]


def test_a_refused_catch_up_is_a_trouble_and_partners_are_billed_all_the_same(
    world: Any, log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise StripeRefusedError("This key may not read events", code="forbidden")

    monkeypatch.setattr(world.webhooks, "catch_up", refuse)
    world.visit(3)
    world.clock.advance(ms=2 * HOUR_MS)
    answer = function.handler({}, FakeContext(600_000))
    assert (answer["partners"], answer["troubles"], answer["events_caught_up"]) == (1, 1, 0)
    assert world.counted_by_stripe() == 3


def test_an_event_that_has_no_effect_is_a_trouble_until_it_has_one(
    world: Any, log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for again however long it takes, and partners are billed meanwhile."""
    failing_invoice(world)
    away = [True] * 3
    hear = world.webhooks.hear

    def busy(event: dict[str, Any]) -> Heard:
        if event["type"] == "invoice.payment_failed" and away:
            away.pop()
            raise SettlementBusyError("2026-11")
        return Heard(hear(event))

    monkeypatch.setattr(world.webhooks, "hear", busy)
    world.visit(3)
    answers = []
    for _ in range(5):
        world.clock.advance(ms=2 * HOUR_MS)
        answers.append(function.handler({}, FakeContext(600_000)))
    assert [one["troubles"] for one in answers] == [1, 1, 1, 0, 0]
    assert [one["events_caught_up"] > 0 for one in answers] == [True, False, False, True, False]
    assert world.counted_by_stripe() == 3
    assert world.payments.follow(PARTNER).standing is Standing.OVERDUE


def test_an_event_of_an_unforeseen_shape_keeps_nobody_waiting(world: Any, log: Any) -> None:
    world.double.books.happen_thinly(
        "v1.billing.meter.error_report_triggered", {"id": "mtr", "object": "billing.meter"}, "/v1/x", {"reason": None}
    )
    world.visit(3)
    for hours in (2, 0):
        world.clock.advance(ms=hours * HOUR_MS)
        answer = function.handler({}, FakeContext(600_000))
        assert (answer["partners"], answer["troubles"], answer["postponed"]) == (1, 1, 0)
    assert world.counted_by_stripe() == 3


def test_a_call_that_fails_gives_its_turn_back(world: Any, log: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise StoreUnavailableError("no answer")

    with monkeypatch.context() as failing:
        failing.setattr(world.invoicing, "accounts", fail)
        with pytest.raises(StoreUnavailableError):
            function.handler({}, FakeContext(600_000))
    assert function.handler({}, FakeContext(600_000))["partners"] == 1


def test_a_catch_up_without_an_answer_is_postponed(world: Any, log: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise StripeUnavailableError("no answer")

    monkeypatch.setattr(world.webhooks, "catch_up", fail)
    answer = function.handler({}, FakeContext(600_000))
    assert (answer["partners"], answer["troubles"], answer["postponed"]) == (1, 0, 1)


def test_a_long_outage_is_postponed_at_every_call_and_becomes_a_trouble(world: Any, log: Any) -> None:
    world.visit(3)
    world.double.faults.choose = lambda method, path: Fault.RATE_LIMITED if path.endswith("/meter_events") else None
    answers = []
    world.go(
        world.clock() + 30 * HOUR_MS,
        every_ms=6 * HOUR_MS,
        work=lambda: answers.append(function.handler({}, FakeContext(600_000))["troubles"]),
    )
    assert answers == [0, 0, 0, 0, 1]


def test_a_trouble_is_logged_and_counted_for_the_alarm(world: Any, log: Any) -> None:
    world.visit(3)
    world.clock.advance(ms=2 * HOUR_MS)
    function.handler({}, FakeContext(600_000))
    world.double.lose(world.messages()[0].intent.identifier)
    assert function.handler({}, FakeContext(600_000))["troubles"] == 1
    assert log[-1][2]["troubles"] == 1


def test_who_has_not_paid_for_a_month_is_logged_and_counted_for_the_alarm(world: Any, log: Any) -> None:
    failing_invoice(world)
    assert function.handler({}, FakeContext(600_000))["suspended"] == 0
    world.clock.advance(days=30)
    assert function.handler({}, FakeContext(600_000))["suspended"] == 1
    assert log[-1][2]["suspended"] == 1
    (late,) = [extra for _, message, extra in log[-4:] if message == "payment is late"]
    # By then its invoices of November and December are late too.
    assert (late["standing"], late["late_cents"]) == ("suspended_for_payment", 700 + 2 * 6_200)


def test_no_line_of_the_log_has_a_key(world: Any, log: Any) -> None:
    function.handler({}, FakeContext(600_000))
    assert "sk_test" not in repr(log)


def test_the_operator_opens_and_ends_the_billing_of_a_partner(world: Any, log: Any) -> None:
    opened = function.handler({"decide": {"what": "open", "partner_id": PARTNER}}, FakeContext(600_000))
    assert opened == {"customer": world.account.customer_id}
    end = {"decide": {"what": "end", "partner_id": PARTNER}}
    assert [function.handler(end, FakeContext(600_000)) for _ in range(2)] == [{"done": True}, {"done": False}]


def test_a_decision_that_there_is_not_is_an_error(world: Any, log: Any) -> None:
    with pytest.raises(function.UnknownDecisionError):
        function.handler({"decide": {"what": "forgive", "partner_id": PARTNER}}, FakeContext(600_000))


def test_a_live_deployment_carries_out_no_decision_of_an_event(world: Any, log: Any) -> None:
    world.settings = SimpleNamespace(key_mode="live")
    with pytest.raises(function.bootstrap.LiveDeploymentError):
        function.handler({"decide": {"what": "end", "partner_id": PARTNER}}, FakeContext(600_000))
    assert world.account.last_month is None


@pytest.mark.parametrize("part", ["webhooks", "stripe_legs", "payments"])
def test_what_nobody_foresaw_is_raised_once_all_else_is_done_and_the_turn_is_given_back(
    world: Any, log: Any, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fail(*asked: object) -> None:
        raise KeyError("unforeseen")

    name = {"webhooks": "catch_up", "stripe_legs": "work", "payments": "follow"}[part]
    monkeypatch.setattr(getattr(world, part), name, fail)
    world.visit(3)
    world.clock.advance(ms=2 * HOUR_MS)
    with pytest.raises(KeyError, match="unforeseen"):
        function.handler({}, FakeContext(600_000))
    assert world.counted_by_stripe() == 3
    assert world.metering_turn.take("next", world.clock(), world.clock() + 1)


def test_one_partner_s_defect_leaves_the_others_billed(world: Any, log: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []

    def work(account: Any) -> list[str]:
        worked.append(account.partner_id)
        raise KeyError(account.partner_id)

    others = [replace(world.account, partner_id=name) for name in ("alpha", "beta", "gamma")]
    monkeypatch.setattr(world.invoicing, "accounts", lambda: others)
    monkeypatch.setattr(world.invoicing, "work", work)
    with pytest.raises(KeyError):
        function.handler({}, FakeContext(600_000))
    assert sorted(worked) == ["alpha", "beta", "gamma"]
