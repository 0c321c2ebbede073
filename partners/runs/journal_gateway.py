"""The journal on DynamoDB, scanned in segments."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.kernel.aws import outage_as_unavailable
from shared.ledger.codec import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Scanned:
    """A piece of a segment. `next_key` is where to go on, None at the segment's end."""

    items: list[Item]
    next_key: Item | None


class JournalScan:
    """Reads table `ledger`, strongly `consistent` or at half the cost. May raise StoreUnavailableError.

    A scan reads `per_scan` items at most, or up to 1 MB, as DynamoDB gives them at once.
    """

    def __init__(self, client: "DynamoDBClient", ledger: str, *, consistent: bool, per_scan: int | None = None) -> None:
        self._client = client
        self._ledger = ledger
        self._how: dict[str, Any] = {"ConsistentRead": consistent}
        if per_scan is not None:
            self._how["Limit"] = per_scan

    def scan(self, segment: int, segments: int, after: Item | None) -> Scanned:
        """The next items of a segment of the journal. A member's items stand together, in order."""
        request = dict(self._how)
        if after is not None:
            request["ExclusiveStartKey"] = after
        with outage_as_unavailable():
            answer = self._client.scan(TableName=self._ledger, Segment=segment, TotalSegments=segments, **request)
        return Scanned(answer["Items"], answer.get("LastEvaluatedKey"))
