"""The journal on DynamoDB: the only file of the ledger that calls it.

Reading an account is one Query of one item, committing is one conditional PutItem. That put is the only
commit point there is.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from shared.kernel.aws import items_of_all_pages, outage_as_unavailable
from shared.ledger.codec import entry_from_item, entry_to_item, key_of
from shared.ledger.errors import LostRaceError
from shared.ledger.model import Entry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE_SIZE = 200
READ_TOGETHER = 3
"""Entries of up to 1,365 bytes: three of them are read for half a read unit."""


class JournalStore:
    """Journal entries in table `table`. Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def head(self, member: str, *, consistent: bool) -> Entry | None:
        """The member's newest entry, or None. An eventual read may be a moment old."""
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": f"M#{member}"}},
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=consistent,
            )
        items = answer["Items"]
        return entry_from_item(items[0]) if items else None

    def entry(self, member: str, seq: int, *, consistent: bool) -> Entry | None:
        """Entry `seq` of the member, or None."""
        with outage_as_unavailable():
            answer = self._client.get_item(TableName=self._table, Key=key_of(member, seq), ConsistentRead=consistent)
        item = answer.get("Item")
        return entry_from_item(item) if item else None

    def head_and(self, member: str, seq: int) -> tuple[Entry | None, Entry | None]:
        """The member's newest entry, and entry `seq` if it is one of the newest few: an eventual read of both.

        It reads no more than READ_TOGETHER entries, so that it costs what reading the head alone does as long
        as they are of ordinary size.
        """
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk >= :sk",
                ExpressionAttributeValues={":pk": {"S": f"M#{member}"}, ":sk": key_of(member, seq)["sk"]},
                ScanIndexForward=False,
                Limit=READ_TOGETHER,
            )
        items = answer["Items"]
        found = [item for item in items if item["sk"] == key_of(member, seq)["sk"]]
        return (
            entry_from_item(items[0]) if items else None,
            entry_from_item(found[0]) if found else None,
        )

    def newest_together(self, heads: Sequence[Entry]) -> bool:
        """Whether all of `heads` were their members' newest entries at one moment of this call.

        False also if a transaction on one of these accounts is under way.
        """
        following = {head.member: key_of(head.member, head.seq + 1) for head in heads}
        with outage_as_unavailable():
            try:
                answer = self._client.transact_get_items(
                    TransactItems=[{"Get": {"TableName": self._table, "Key": key}} for key in following.values()]
                )
            except self._client.exceptions.TransactionCanceledException:
                return False
        return not any("Item" in response for response in answer["Responses"])

    def append(self, entry: Entry) -> None:
        """Commit `entry` as the member's next. Raises LostRaceError if its number is taken."""
        with outage_as_unavailable():
            try:
                self._client.put_item(**self.put_request(entry))
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise LostRaceError(entry.entry_id) from error
            except self._client.exceptions.TransactionConflictException as error:
                raise LostRaceError(entry.entry_id) from error

    def append_both(self, first: Entry, second: Entry) -> None:
        """Commit two members' next entries together, or none. Raises LostRaceError if a number is taken."""
        self.append_with(first, [{"Put": self.put_request(second)}])

    def append_with(self, entry: Entry, actions: Sequence[Any]) -> None:
        """Commit `entry` together with `actions` of a transaction, or nothing.

        Raises LostRaceError if its number is taken, or a condition of `actions` does not hold.
        """
        with outage_as_unavailable():
            try:
                self._client.transact_write_items(TransactItems=[{"Put": self.put_request(entry)}, *actions])
            except self._client.exceptions.TransactionCanceledException as error:
                raise LostRaceError(entry.entry_id) from error

    def put_request(self, entry: Entry) -> Any:
        """The conditional put that commits `entry`, for append or as one action of a transaction."""
        return {
            "TableName": self._table,
            "Item": entry_to_item(entry),
            "ConditionExpression": "attribute_not_exists(pk)",
        }

    def newest_first(self, member: str, *, before_seq: int | None, limit: int) -> list[Entry]:
        """Up to `limit` entries with a number below `before_seq` (None: from the newest), newest first."""
        condition, values = "pk = :pk", {":pk": {"S": f"M#{member}"}}
        if before_seq is not None:
            condition += " AND sk < :before"
            values[":before"] = key_of(member, before_seq)["sk"]
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ScanIndexForward=False,
                Limit=limit,
            )
        return [entry_from_item(item) for item in answer["Items"]]

    def oldest_first(self, member: str) -> Iterator[Entry]:
        """All entries of the member in order, read strongly consistent, a page at a time."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": f"M#{member}"}},
            "ConsistentRead": True,
            "Limit": PAGE_SIZE,
        }
        for item in items_of_all_pages(self._client.query, request):
            yield entry_from_item(item)
