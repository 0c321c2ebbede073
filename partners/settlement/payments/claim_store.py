"""Who has a member's payout on DynamoDB, table `settlement`: pk `PAYOUT#<entry>`, sk `CLAIM`.

`holder` is the settlement that pays it, or `member` once the cashback was taken back by hand: the first writer wins.
Settlements of before wrote no such row. pk `PAYOUTS`, sk `ALL` says that it has been written for them since.
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

_ALL_NOTED: dict[str, Any] = {"pk": {"S": "PAYOUTS"}, "sk": {"S": "ALL"}}


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
        others: dict[str, Any] = {
            "ConditionExpression": "attribute_not_exists(pk) OR holder <> :member",
            "ExpressionAttributeValues": {":member": {"S": MEMBER}},
        }
        return self._written(payout_ids, settlement_id, others)

    def note(self, payout_ids: Sequence[str], settlement_id: str) -> None:
        """Write that a settlement of before has them, where it is not written who does."""
        self._written(payout_ids, settlement_id, {"ConditionExpression": "attribute_not_exists(pk)"})

    @property
    def are_all_noted(self) -> bool:
        """Whether it is written of all that settlements pay, so that no other has what is not claimed."""
        with outage_as_unavailable():
            return "Item" in self._client.get_item(TableName=self._table, Key=_ALL_NOTED, ConsistentRead=True)

    def set_all_noted(self) -> None:
        with outage_as_unavailable():
            self._client.put_item(TableName=self._table, Item=_ALL_NOTED)

    def _written(self, payout_ids: Sequence[str], holder: str, condition: dict[str, Any]) -> set[str]:
        """Those of which the condition holds."""
        written: set[str] = set()
        for first in range(0, len(payout_ids), CLAIMED_TOGETHER):
            left = list(payout_ids[first : first + CLAIMED_TOGETHER])
            while left:
                items = [{**_key(payout_id), "holder": {"S": holder}} for payout_id in left]
                puts: Any = [{"Put": {"TableName": self._table, "Item": item, **condition}} for item in items]
                unmet = unmet_conditions(self._client, puts)
                if not unmet:
                    written.update(left)
                    break
                left = [payout_id for place, payout_id in enumerate(left) if place not in unmet]
        return written

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
