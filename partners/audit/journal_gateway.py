"""What an audit reads on DynamoDB, strongly consistent: the journal in segments, and a day's pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.kernel.aws import outage_as_unavailable
from shared.ledger.codec import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Scanned:
    """Up to 1 MB of a segment, or fewer items. `next_key` is where to go on, None at the segment's end."""

    items: list[Item]
    next_key: Item | None


class AuditedTables:
    """The tables `ledger` and `pages`. Every method may raise StoreUnavailableError.

    A scan reads `per_scan` items at most, or as many as DynamoDB gives at once.
    """

    def __init__(self, client: "DynamoDBClient", ledger: str, pages: str, per_scan: int | None = None) -> None:
        self._client = client
        self._ledger = ledger
        self._pages = pages
        self._limit = {} if per_scan is None else {"Limit": per_scan}

    def scan(self, segment: int, segments: int, after: Item | None) -> Scanned:
        """The next items of a segment of the journal. A member's items stand together, in order."""
        request: dict[str, Any] = dict(self._limit)
        if after is not None:
            request["ExclusiveStartKey"] = after
        with outage_as_unavailable():
            answer = self._client.scan(
                TableName=self._ledger,
                Segment=segment,
                TotalSegments=segments,
                ConsistentRead=True,
                **request,
            )
        return Scanned(answer["Items"], answer.get("LastEvaluatedKey"))

    def items_before(self, item: Item) -> Iterator[Item]:
        """The journal's items of the same member with a smaller number, oldest first."""
        condition = "pk = :pk AND sk < :sk"
        return self._query(self._ledger, condition, {":pk": item["pk"], ":sk": item["sk"]})

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
        while True:
            with outage_as_unavailable():
                answer = self._client.query(**request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
