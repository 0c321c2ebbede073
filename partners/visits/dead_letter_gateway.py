"""Sets aside, on an SQS queue, the records that posting can't read: the only file of this room that calls SQS."""

import json
from typing import TYPE_CHECKING

from partners.visits.letters import KIND
from partners.visits.stream import StreamRecord
from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class DeadLetterGateway:
    """The queue at `queue_url`. A message has all that is needed to post the entry later, once it reads."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def set_aside(self, shard: str, record: StreamRecord, reason: str) -> None:
        """Send one record. Raises StoreUnavailableError if the queue does not answer."""
        message = {
            "kind": KIND,
            "reason": reason,
            "shard_id": shard,
            "sequence_number": record.number,
            "event_name": record.event_name,
            "keys": record.keys,
            "new_image": record.image,
        }
        with outage_as_unavailable():
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(message))
