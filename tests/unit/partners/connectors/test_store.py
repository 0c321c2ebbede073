"""What the store makes of a transaction that DynamoDB does not carry out."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from partners.connectors.words import Kind
from tests.fakes.dynamodb import FakeDynamoDB, TransactionCanceledException
from tests.unit.partners.connectors.desk import Desk


class RefusingTransactions(FakeDynamoDB):
    """Refuses every transaction for a reason that no other attempt changes."""

    def _TransactWriteItems(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        reasons = [{"Code": "None"}, {"Code": "ValidationError", "Message": "Item size has exceeded the maximum"}]
        error: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise TransactionCanceledException(error, "TransactWriteItems")


def test_a_write_that_can_never_be_made_is_no_lost_race() -> None:
    desk = Desk()
    shop = desk.connect(Kind.SHOPIFY)
    desk.through(RefusingTransactions(desk.db.tables))
    with pytest.raises(ClientError, match="TransactionCanceled"):
        desk.paid(shop)
