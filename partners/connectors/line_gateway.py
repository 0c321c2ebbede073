"""The lines of work on SQS: a message names a sale or file to be worked on and says nothing about it.

Files stand in a line of their own, for one takes as long as thousands of sales. Each message is of its partner's
group: who has much in line waits for itself.
"""

import json
from typing import TYPE_CHECKING

from partners.connectors.facts import Fact
from partners.connectors.foreign import TillFile
from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class LineGateway:
    """Raises StoreUnavailableError if SQS does not answer."""

    def __init__(self, client: "SQSClient", sales_url: str, files_url: str) -> None:
        self._client = client
        self._sales_url = sales_url
        self._files_url = files_url

    def put(self, fact: Fact) -> None:
        """Have all worked on that was told of the fact's sale, or the file."""
        url = self._files_url if isinstance(fact.told, TillFile) else self._sales_url
        body = json.dumps({"connection_id": fact.connection_id, "group": fact.group})
        with outage_as_unavailable():
            self._client.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=fact.partner_id)
