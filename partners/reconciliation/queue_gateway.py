"""The line of comparisons to be made, on SQS."""

import json
from typing import TYPE_CHECKING

from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class ComparisonQueue:
    """Raises StoreUnavailableError if SQS does not answer."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, partner_id: str, number: int) -> None:
        body = json.dumps({"partner_id": partner_id, "reconciliation": number})
        with outage_as_unavailable():
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=body)
