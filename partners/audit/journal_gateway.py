"""What an audit reads on DynamoDB, strongly consistent: the journal in segments, and a day's pages."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from partners.runs.journal_gateway import JournalScan
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable
from shared.ledger.codec import Item, key_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class AuditedTables(JournalScan):
    """The tables `ledger` and `pages`. Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", ledger: str, pages: str, per_scan: int | None = None) -> None:
        super().__init__(client, ledger, consistent=True, per_scan=per_scan)
        self._pages = pages

    def items_before(self, item: Item) -> Iterator[Item]:
        """The journal's items of the same member with a smaller number, oldest first."""
        condition = "pk = :pk AND sk < :sk"
        return self._query(self._ledger, condition, {":pk": item["pk"], ":sk": item["sk"]})

    def entries(self, names: Collection[tuple[str, int]]) -> Iterator[Item]:
        """The items of up to 100 entries, named by member and number: those that there are, in any order."""
        ahead: Any = {self._ledger: {"Keys": [key_of(*name) for name in names], "ConsistentRead": True}}
        while ahead:
            with outage_as_unavailable():
                answer = self._client.batch_get_item(RequestItems=ahead)
            yield from answer["Responses"].get(self._ledger, [])
            ahead = answer.get("UnprocessedKeys")

    def pages(self, partner: str, day: str) -> Iterator[Item]:
        """The items of the pages of a partner's day, in order of their keys."""
        return self._query(self._pages, "pk = :pk", {":pk": {"S": f"D#{partner}#{day}"}})

    def _query(self, table: str, condition: str, values: Item) -> Iterator[Item]:
        request: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }
        yield from items_of_all_pages(self._client.query, request)
