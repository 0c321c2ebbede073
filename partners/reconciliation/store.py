"""Reconciliations on DynamoDB, table `settlement`.

| pk | sk | holds |
| --- | --- | --- |
| `RECONCILIATIONS#<partner>` | number, 8 digits | a reconciliation, JSON |
| `RECONCILIATIONOF#<partner>` | what asked for it | its number |

Both are written in one transaction. All reads are strongly consistent.
"""

from typing import TYPE_CHECKING, Any

from partners.reconciliation.codec import reconciliation_from_json, reconciliation_to_json
from partners.reconciliation.model import Reconciliation
from shared.kernel.aws import outage_as_unavailable, transacted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]


class ReconciliationStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, reconciliation: Reconciliation, request: str) -> bool:
        """False if the number is taken or the request has begun one; then nothing was written."""
        marker = {**_request_key(reconciliation.partner_id, request), "number": _number(reconciliation.number)}
        puts: Any = [
            {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
            for item in (_to_item(reconciliation), marker)
        ]
        return transacted(self._client, puts)

    def replace(self, reconciliation: Reconciliation) -> bool:
        """Write the next version; False if the stored one is not the version before it."""
        with outage_as_unavailable():
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=_to_item(reconciliation),
                    ConditionExpression="version = :before",
                    ExpressionAttributeValues={":before": _number(reconciliation.version - 1)},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def get(self, partner_id: str, number: int) -> Reconciliation | None:
        item = self._get(_key(partner_id, number))
        return None if item is None else _from_item(partner_id, item)

    def begun_by(self, partner_id: str, request: str) -> int | None:
        """The number of the reconciliation that this request began."""
        item = self._get(_request_key(partner_id, request))
        return None if item is None else int(item["number"]["N"])

    def newest(self, partner_id: str, before: int, limit: int) -> list[Reconciliation]:
        """Up to `limit` reconciliations with a number below `before`, newest first; fewer only if there are no more."""
        found: list[Item] = []
        while len(found) < limit:
            with outage_as_unavailable():
                answer = self._client.query(
                    TableName=self._table,
                    KeyConditionExpression="pk = :pk AND sk < :before",
                    ExpressionAttributeValues={
                        ":pk": _key(partner_id, 0)["pk"],
                        ":before": found[-1]["sk"] if found else {"S": f"{before:08d}"},
                    },
                    ScanIndexForward=False,
                    Limit=limit - len(found),
                    ConsistentRead=True,
                )
            if not answer["Items"]:
                break
            found += answer["Items"]
        return [_from_item(partner_id, item) for item in found]

    def _get(self, key: Item) -> Item | None:
        with outage_as_unavailable():
            return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")


def _key(partner_id: str, number: int) -> Item:
    return {"pk": {"S": f"RECONCILIATIONS#{partner_id}"}, "sk": {"S": f"{number:08d}"}}


def _request_key(partner_id: str, request: str) -> Item:
    return {"pk": {"S": f"RECONCILIATIONOF#{partner_id}"}, "sk": {"S": request}}


def _number(value: int) -> Item:
    return {"N": str(value)}


def _to_item(reconciliation: Reconciliation) -> Item:
    return {
        **_key(reconciliation.partner_id, reconciliation.number),
        "reconciliation": {"S": reconciliation_to_json(reconciliation)},
        "version": _number(reconciliation.version),
    }


def _from_item(partner_id: str, item: Item) -> Reconciliation:
    number, version = int(item["sk"]["S"]), int(item["version"]["N"])
    return reconciliation_from_json(partner_id, number, version, item["reconciliation"]["S"])
