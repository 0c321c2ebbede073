"""Signed statements on DynamoDB, table `settlement`.

| pk | sk | holds |
| --- | --- | --- |
| `STATEMENTS#<partner>` | window, 8 digits | that there is a statement: its number, hash, and closing position |
| `STATEMENT#<partner>#<window>` | part, 4 digits | the document, compressed and cut into parts |

The parts are written first, so a statement that is listed is there in whole. All reads are strongly consistent.
"""

from typing import TYPE_CHECKING, Any

from partners.settlement.parts import Parts
from partners.settlement.statements.model import Issued
from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]


class StatementStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._parts = Parts(client, table)

    def add(self, partner_id: str, issued: Issued, document: bytes) -> None:
        """Write a statement; what is there stays as it is."""
        if self.issued(partner_id, issued.window) is not None:
            return
        self._parts.put(_document_key(partner_id, issued.window), document)
        with outage_as_unavailable():
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=_to_item(partner_id, issued),
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    def issued(self, partner_id: str, window: int) -> Issued | None:
        key = {name: _to_item(partner_id, Issued(window, 0, "", 0))[name] for name in ("pk", "sk")}
        with outage_as_unavailable():
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return _from_item(answer["Item"]) if "Item" in answer else None

    def newest(self, partner_id: str, before_window: int, limit: int) -> list[Issued]:
        """Up to `limit` statements of windows below `before_window`, newest first."""
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk < :before",
                ExpressionAttributeValues={
                    ":pk": {"S": f"STATEMENTS#{partner_id}"},
                    ":before": {"S": f"{before_window:08d}"},
                },
                ScanIndexForward=False,
                Limit=limit,
                ConsistentRead=True,
            )
        return [_from_item(item) for item in answer["Items"]]

    def document(self, partner_id: str, window: int) -> bytes:
        return self._parts.get(_document_key(partner_id, window))


def _document_key(partner_id: str, window: int) -> str:
    return f"STATEMENT#{partner_id}#{window}"


def _to_item(partner_id: str, issued: Issued) -> Item:
    return {
        "pk": {"S": f"STATEMENTS#{partner_id}"},
        "sk": {"S": f"{issued.window:08d}"},
        "number": {"N": str(issued.number)},
        "sha256": {"S": issued.sha256},
        "closing_cents": {"N": str(issued.closing_cents)},
    }


def _from_item(item: Item) -> Issued:
    return Issued(
        window=int(item["sk"]["S"]),
        number=int(item["number"]["N"]),
        sha256=item["sha256"]["S"],
        closing_cents=int(item["closing_cents"]["N"]),
    )
