"""Who has a member's payout on DynamoDB, table `settlement`: pk `PAYOUT#<entry>`, sk `CLAIM`.

`holder` is the settlement that pays it, or `member` once the cashback was taken back by hand: the first writer wins.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared.kernel.aws import outage_as_unavailable, unmet_conditions
from shared.ledger.model import Entry
from shared.ledger.store import JournalStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MEMBER = "member"
CLAIMED_TOGETHER = 100
"""What a transaction has room for."""


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

    def claim(self, payout_ids: Sequence[str], settlement_id: str) -> set[str]:
        """Have a settlement pay them, also in place of another one; those that it has. Members have the others back.

        So many are written together as a transaction has room for: if it dies, it has some. Again is the same.
        """
        claimed: set[str] = set()
        for first in range(0, len(payout_ids), CLAIMED_TOGETHER):
            left = list(payout_ids[first : first + CLAIMED_TOGETHER])
            while left:
                actions: Any = [self._claiming(payout_id, settlement_id) for payout_id in left]
                of_members = unmet_conditions(self._client, actions)
                if not of_members:
                    claimed.update(left)
                    break
                left = [payout_id for place, payout_id in enumerate(left) if place not in of_members]
        return claimed

    def _claiming(self, payout_id: str, settlement_id: str) -> dict[str, Any]:
        put = {
            "TableName": self._table,
            "Item": {**_key(payout_id), "holder": {"S": settlement_id}},
            "ConditionExpression": "attribute_not_exists(pk) OR holder <> :member",
            "ExpressionAttributeValues": {":member": {"S": MEMBER}},
        }
        return {"Put": put}

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
