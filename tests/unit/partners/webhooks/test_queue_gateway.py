"""Messages of the queue: as text and back, each with the delay that the queue allows."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from partners.visits.model import Bookmark
from partners.webhooks.delivery import Lane, Wake
from partners.webhooks.messages import read_message, replay_to_text, wake_to_text
from partners.webhooks.queue_gateway import WakeQueue
from partners.webhooks.replaying import Replay
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.clock import FakeClock

WAKE = Wake(Lane("harvest", "we_1", "0000000042", "rp_1"), "00000007", 1_000, 3)
REPLAY = Replay("harvest", "we_1", "rp_1", 5, 9, Bookmark("2026-11-21", "shard#1", 4))


class FakeSqs:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.refuses = False

    def send_message(self, **message: Any) -> None:
        if self.refuses:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "SendMessage")
        self.sent.append(message)


def test_messages_read_back_as_they_were() -> None:
    assert read_message(wake_to_text(WAKE)) == WAKE
    assert read_message(replay_to_text(REPLAY, 7)) == (REPLAY, 7)


@pytest.mark.parametrize(("waits_ms", "delay"), [(-1, 0), (0, 0), (1, 1), (1_000, 1), (899_001, 900), (10**9, 900)])
def test_a_message_waits_in_the_queue_for_as_long_as_the_queue_lets_it(waits_ms: int, delay: int) -> None:
    sqs: Any = FakeSqs()
    clock = FakeClock()
    WakeQueue(sqs, "url", clock).wake([Wake(WAKE.lane, "1", clock() + waits_ms)])
    assert [message["DelaySeconds"] for message in sqs.sent] == [delay]


def test_each_message_is_of_its_partners_group_so_that_slow_receivers_hold_up_their_own() -> None:
    sqs: Any = FakeSqs()
    queue = WakeQueue(sqs, "url", FakeClock())
    queue.wake([WAKE, Wake(Lane("beta", "we_2", "0000000043"), "1")])
    queue.replay(REPLAY, 0)
    assert [message["MessageGroupId"] for message in sqs.sent] == ["harvest", "beta", "harvest"]


def test_a_queue_that_does_not_answer_is_an_outage() -> None:
    sqs: Any = FakeSqs()
    sqs.refuses = True
    with pytest.raises(StoreUnavailableError):
        WakeQueue(sqs, "url", FakeClock()).replay(REPLAY, 0)
