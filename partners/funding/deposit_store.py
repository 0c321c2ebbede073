"""That a deposit is drawn on, on DynamoDB, table `settlement`: pk `DEPOSITS`, sk the currency.

What is held of whom follows from payments and settlements. This row has nothing but a version: whoever takes something
of a deposit, puts it back or gives it back writes it in the same transaction, on condition of the version that was read
before those were. Who only wants to know what was held at one moment reads until no version has changed meanwhile.
"""

from typing import TYPE_CHECKING, Any

from shared.kernel.aws import items_of_all_pages, outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DEPOSITS = "DEPOSITS"


class DepositStore:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def version(self, currency: str) -> int:
        """How often deposits of a currency changed so; strongly consistent. Raises StoreUnavailableError."""
        with outage_as_unavailable():
            answer = self._client.get_item(TableName=self._table, Key=_key(currency), ConsistentRead=True)
        return int(answer["Item"]["version"]["N"]) if "Item" in answer else 0

    def versions(self) -> dict[str, int]:
        """By currency, how often deposits changed so; strongly consistent. Raises StoreUnavailableError."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": DEPOSITS}},
            "ConsistentRead": True,
        }
        found = items_of_all_pages(self._client.query, request)
        return {item["sk"]["S"]: int(item["version"]["N"]) for item in found}

    def action(self, currency: str, read: int) -> dict[str, Any]:
        """What is written with whatever changes them, if nobody has since version `read`."""
        item = {**_key(currency), "version": {"N": str(read + 1)}}
        put: dict[str, Any] = {"TableName": self._table, "Item": item}
        if read == 0:
            return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}
        before = {":read": {"N": str(read)}}
        return {"Put": {**put, "ConditionExpression": "version = :read", "ExpressionAttributeValues": before}}


def _key(currency: str) -> dict[str, Any]:
    return {"pk": {"S": DEPOSITS}, "sk": {"S": currency}}
