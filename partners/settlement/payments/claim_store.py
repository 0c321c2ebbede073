"""Who has a member's payout on DynamoDB, table `settlement`: pk `PAYOUT#<entry>`, sk `CLAIM`.

`holder` is the settlement that pays it, or `member` once the cashback was taken back by hand: the first writer wins.
"""

from typing import TYPE_CHECKING, Any

from shared.kernel.aws import outage_as_unavailable
from shared.ledger.model import Entry
from shared.ledger.store import JournalStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MEMBER = "member"


class ClaimStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str, journal: JournalStore) -> None:
        self._client = client
        self._table = table
        self._journal = journal

    def settlement(self, payout_id: str) -> str | None:
        """The settlement that has it, None if none has."""
        with outage_as_unavailable():
            answer = self._client.get_item(TableName=self._table, Key=_key(payout_id), ConsistentRead=True)
        holder = answer["Item"]["holder"]["S"] if "Item" in answer else MEMBER
        return None if holder == MEMBER else holder

    def claim(self, payout_id: str, settlement_id: str) -> bool:
        """Have a settlement pay it, also in place of another one; False if the member has it back."""
        with outage_as_unavailable():
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item={**_key(payout_id), "holder": {"S": settlement_id}},
                    ConditionExpression="attribute_not_exists(pk) OR holder <> :member",
                    ExpressionAttributeValues={":member": {"S": MEMBER}},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def take_back(self, payout_id: str, settlement_id: str | None, entry: Entry) -> None:
        """Commit `entry`, by which the member has it back, if the settlement that has it is the one that was read.

        Raises LostRaceError if it is another, or the entry's number is taken.
        """
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": {**_key(payout_id), "holder": {"S": MEMBER}},
            "ConditionExpression": "attribute_not_exists(pk) OR holder = :read",
            "ExpressionAttributeValues": {":read": {"S": settlement_id or MEMBER}},
        }
        self._journal.append_with(entry, [{"Put": put}])


def _key(payout_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"PAYOUT#{payout_id}"}, "sk": {"S": "CLAIM"}}
