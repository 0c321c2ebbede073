"""Both handlers of outgoing webhooks: from the stream to wakes, and from wakes to what was sent."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions import webhook_sending, webhooks
from partners.webhooks.delivery import TRIED_FOR_MS, Standing
from partners.webhooks.messages import replay_to_text, wake_to_text
from partners.webhooks.model import EventType
from partners.webhooks.replaying import Replay
from partners.webhooks.sender_gateway import Answer
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.support.lambda_context import FakeContext
from tests.unit.functions.test_metering_handler import Logger
from tests.unit.partners.webhooks.hooks import Hooks

EVENTS = Path(__file__).parents[2] / "fixtures" / "events"
Lines = list[tuple[str, str, dict[str, object]]]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Lines:
    logger = Logger()
    for function in (webhooks, webhook_sending):
        monkeypatch.setattr(function, "logger", lambda: logger)
    return logger.lines


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch, log: Lines) -> Hooks:
    hooks = Hooks(FakeClock(0))
    for function in (webhooks, webhook_sending):
        monkeypatch.setattr(function.bootstrap, "services", lambda: hooks)
    return hooks


def stream(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


def sqs(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]}


def ask(hooks: Hooks, *partners: str) -> list[str]:
    return [
        hooks.endpoints.create(one, "https://shop.example/", list(EventType)).endpoint.endpoint_id for one in partners
    ]


@pytest.mark.parametrize("name", ["stream_enrol_earn_redeem", "emulator_stream_enrol_earn_redeem"])
def test_a_batch_of_the_stream_becomes_deliveries_of_those_who_asked(hooks: Hooks, log: Lines, name: str) -> None:
    event = stream(name)
    partners = {record["dynamodb"]["NewImage"]["by"]["S"] for record in event["Records"]}
    ask(hooks, *partners)
    webhooks.handler(event, FakeContext())
    assert log == [("info", "webhooks told", {"records": 3, "deliveries": 3, "unreadable": []})]
    assert len(hooks.wakes.wakes) == 3


def test_a_record_that_does_not_read_is_an_error_in_the_log(hooks: Hooks, log: Lines) -> None:
    webhooks.handler(stream("stream_malformed_record"), FakeContext())
    ((level, message, facts),) = log
    assert (level, message) == ("error", "webhooks told in part")
    assert len(facts["unreadable"]) == 1  # type: ignore[arg-type]


def test_wakes_are_looked_after_and_counted(hooks: Hooks, log: Lines) -> None:
    ask(hooks, "harvest")
    hooks.replays.ping("harvest", hooks.endpoints.all("harvest")[0].endpoint_id)
    (wake,) = hooks.wakes.wakes
    assert webhook_sending.handler(sqs(wake_to_text(wake)), FakeContext()) == {"batchItemFailures": []}
    assert len(hooks.receiver.heard) == 1
    ((level, message, facts),) = log
    assert (level, message, facts["delivered"], facts["put_off"]) == ("info", "webhooks sent", 1, 0)


def test_what_no_store_answers_for_and_what_does_not_read_comes_again(
    hooks: Hooks, log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(hooks, "harvest")
    hooks.replays.ping("harvest", hooks.endpoints.all("harvest")[0].endpoint_id)
    (wake,) = hooks.wakes.wakes

    def down(*_: object) -> None:
        raise StoreUnavailableError("throttled")

    monkeypatch.setattr(hooks.store, "upto", down)
    texts = [wake_to_text(wake), "no json", "{}", '{"kind": "other"}', '{"kind": "wake"}', "[]"]
    answer = webhook_sending.handler(sqs(*texts), FakeContext())
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["0", "1", "2", "3", "4", "5"]
    assert [line[0] for line in log].count("error") == 5


@pytest.mark.parametrize(("status", "why", "alarming"), [(410, "gone", 0), (500, "failing", 1)])
def test_an_endpoint_that_is_disabled_is_named_in_the_log_and_alarms_if_it_failed(
    hooks: Hooks, log: Lines, status: int, why: str, alarming: int
) -> None:
    (endpoint_id,) = ask(hooks, "harvest")
    hooks.store.set_standing(endpoint_id, Standing(0, 0, 1))
    hooks.replays.ping("harvest", endpoint_id)
    hooks.clock.advance(ms=TRIED_FOR_MS)
    hooks.receiver.answers = [Answer(status, None, "", 1)]
    webhook_sending.handler(sqs(wake_to_text(hooks.wakes.wakes[0])), FakeContext())
    facts = {"partner_id": "harvest", "endpoint_id": endpoint_id, "why": why}
    assert ("warning", "webhook endpoint disabled", facts) in log
    assert (log[-1][2]["disabled"], log[-1][2]["dead_lettered"]) == (alarming, 1)


def test_a_replay_is_prepared_by_the_same_function(hooks: Hooks, log: Lines) -> None:
    (endpoint_id,) = ask(hooks, "harvest")
    job = Replay("harvest", endpoint_id, "rp_1", 0, 5)
    assert webhook_sending.handler(sqs(replay_to_text(job, 0)), FakeContext()) == {"batchItemFailures": []}
    assert log[-1][2]["replayed"] == 0
