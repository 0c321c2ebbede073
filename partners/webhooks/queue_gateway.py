"""Wakes and replays on an SQS queue: the only file of this room that calls it.

A message waits in the queue itself until it is due, fifteen minutes at most; then it is sent again. So nothing polls
for what is due, and an endpoint that nobody uses costs nothing.

Each is of its partner's group: of a standard queue SQS then takes the groups that have few in work before one whose
receivers are slow (fair queues). Order is none of the queue's business.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from partners.webhooks.delivery import Wake
from partners.webhooks.messages import replay_to_text, wake_to_text
from partners.webhooks.replaying import Replay
from shared.kernel.aws import outage_as_unavailable
from shared.kernel.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY_SECONDS = 900


class WakeQueue:
    """Every method may raise StoreUnavailableError; then some of the messages may have been sent."""

    def __init__(self, client: "SQSClient", queue_url: str, clock: Clock) -> None:
        self._client = client
        self._queue_url = queue_url
        self._clock = clock

    def wake(self, wakes: Sequence[Wake]) -> None:
        for wake in wakes:
            self._send(wake.lane.partner_id, wake_to_text(wake), wake.not_before_ms)

    def replay(self, replay: Replay, not_before_ms: int) -> None:
        self._send(replay.partner_id, replay_to_text(replay, not_before_ms), not_before_ms)

    def _send(self, partner_id: str, body: str, not_before_ms: int) -> None:
        delay_seconds = self._delay_seconds(not_before_ms)
        with outage_as_unavailable():
            self._client.send_message(
                QueueUrl=self._queue_url, MessageBody=body, DelaySeconds=delay_seconds, MessageGroupId=partner_id
            )

    def _delay_seconds(self, not_before_ms: int) -> int:
        waits_ms = max(0, not_before_ms - self._clock())
        return min(-(-waits_ms // 1_000), LONGEST_DELAY_SECONDS)
