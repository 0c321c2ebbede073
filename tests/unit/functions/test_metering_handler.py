"""The schedule that bills through Stripe: every partner, whatever fails at one, and the line the alarm reads."""

from typing import Any

import pytest

from functions import metering as function
from partners.billing.stripe_errors import StripeRefusedError, StripeUnavailableError
from tests.support.lambda_context import FakeContext
from tests.unit.functions.test_audit_handler import FakeLogger
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, StripeWorld
from tests.unit.partners.billing.test_webhooks import failing_invoice


class Logger(FakeLogger):
    def warning(self, message: str, extra: dict[str, object]) -> None:
        self.lines.append(("warning", message, extra))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Any:
    world: Any = StripeWorld()
    world.open()
    world.bills_through_stripe = True
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


def test_without_a_key_of_stripe_nothing_is_done(world: Any, log: Any) -> None:
    world.bills_through_stripe = False
    assert function.handler({}, FakeContext(600_000)) == {"configured": False}


def test_a_call_that_has_no_time_left_leaves_the_rest_to_the_next(world: Any, log: Any) -> None:
    assert function.handler({}, FakeContext(1_000))["partners"] == 0


@pytest.mark.parametrize(
    ("error", "troubles", "said"),
    [
        (StripeUnavailableError("no answer"), 0, "billing goes on later"),
        (StripeRefusedError("no such price", code="resource_missing"), 1, "billing trouble"),
    ],
)
def test_what_fails_at_one_partner_is_said_and_stops_no_other(
    world: Any, log: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, troubles: int, said: str
) -> None:
    def fail(account: object) -> list[str]:
        raise error

    monkeypatch.setattr(world.invoicing, "work", fail)
    answer = function.handler({}, FakeContext(600_000))
    assert (answer["partners"], answer["troubles"]) == (1, troubles)
    assert said in [message for _, message, _ in log]


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
