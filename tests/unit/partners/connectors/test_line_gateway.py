"""The lines of work: which a sale or file stands in, and with whom."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from partners.connectors.facts import heard
from partners.connectors.foreign import Refund, TillFile
from partners.connectors.line_gateway import LineGateway
from shared.kernel.errors import StoreUnavailableError

FILE = heard(None, TillFile("a.csv", "incoming/harvest/cn_1/a.csv", "e1", 1), "cn_1", "harvest", 0)

SOLD = Refund("1", "7", "r-1", None, None, None)


class FakeSqs:
    def __init__(self, *, refuses: bool = False) -> None:
        self.sent: list[dict[str, Any]] = []
        self._refuses = refuses

    def send_message(self, **message: Any) -> None:
        if self._refuses:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "SendMessage")
        self.sent.append(message)


def test_files_and_sales_stand_in_lines_of_their_own_each_in_its_partners_group() -> None:
    sqs: Any = FakeSqs()
    line = LineGateway(sqs, "sales", "files")
    line.put(FILE)
    line.put(replace(FILE, partner_id="beta", connection_id="cn_2", group="7", told=SOLD))
    assert sqs.sent == [
        {
            "QueueUrl": "files",
            "MessageGroupId": "harvest",
            "MessageBody": '{"connection_id": "cn_1", "group": "a.csv"}',
        },
        {"QueueUrl": "sales", "MessageGroupId": "beta", "MessageBody": '{"connection_id": "cn_2", "group": "7"}'},
    ]


def test_a_line_that_does_not_answer_is_an_outage() -> None:
    sqs: Any = FakeSqs(refuses=True)
    with pytest.raises(StoreUnavailableError):
        LineGateway(sqs, "sales", "files").put(FILE)
