"""The line of work on SQS: a message names a sale to be worked on and says nothing about it."""

import json
from typing import TYPE_CHECKING

from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class LineGateway:
    """Raises StoreUnavailableError if SQS does not answer."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, connection_id: str, group: str) -> None:
        body = json.dumps({"connection_id": connection_id, "group": group})
        with outage_as_unavailable():
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=body)
