"""Personal data on DynamoDB, in a table of its own: written and erased in one transaction with the journal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared.kernel.aws import outage_as_unavailable
from shared.ledger.model import Entry
from shared.ledger.store import JournalStore
from shared.members.contact import Contact
from shared.members.errors import EnrolmentLostError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class MemberStore:
    """Profiles and contacts in `table`; the first journal entry goes through `journal`.

    A contact is found by a keyed hash, so the table's keys reveal no address and no number.
    """

    def __init__(self, client: "DynamoDBClient", table: str, journal: JournalStore) -> None:
        self._client = client
        self._table = table
        self._journal = journal

    def enrol(self, first_entry: Entry, contact: Contact, contact_hash: str) -> None:
        """Write contact, profile and first journal entry together or not at all.

        Raises EnrolmentLostError if any of them exists, StoreUnavailableError on an outage.
        """
        reference = self._put(f"CONTACT#{contact_hash}", "CONTACT", {"member": {"S": first_entry.member}})
        profile = self._put(
            f"MEMBER#{first_entry.member}",
            "PROFILE",
            {
                "contact_kind": {"S": contact.kind.value},
                "contact": {"S": contact.value},
                "contact_hash": {"S": contact_hash},
                "enrolled_at_ms": {"N": str(first_entry.recorded_at_ms)},
                "enrolled_by": {"S": first_entry.partner},
            },
        )
        actions: Any = [{"Put": reference}, {"Put": profile}, {"Put": self._journal.put_request(first_entry)}]
        with outage_as_unavailable():
            try:
                self._client.transact_write_items(TransactItems=actions)
            except self._client.exceptions.TransactionCanceledException as error:
                raise EnrolmentLostError from error

    def member_of(self, contact_hash: str) -> str | None:
        """The member who enrolled with this contact, read strongly consistent."""
        with outage_as_unavailable():
            answer = self._client.get_item(
                TableName=self._table,
                Key={"pk": {"S": f"CONTACT#{contact_hash}"}, "sk": {"S": "CONTACT"}},
                ConsistentRead=True,
            )
        return answer["Item"]["member"]["S"] if "Item" in answer else None

    def erase_with(self, entry: Entry, members: Sequence[str]) -> None:
        """Commit `entry` and delete the profiles and contacts of `members`, together or not at all.

        A member of whom nothing is stored is no obstacle. Raises LostRaceError if the entry's number is
        taken or a contact changed hands meanwhile, StoreUnavailableError on an outage.
        """
        actions: list[Any] = []
        for member in members:
            profile = {"pk": {"S": f"MEMBER#{member}"}, "sk": {"S": "PROFILE"}}
            with outage_as_unavailable():
                answer = self._client.get_item(TableName=self._table, Key=profile, ConsistentRead=True)
            if "Item" not in answer:
                continue
            contact = {"pk": {"S": f"CONTACT#{answer['Item']['contact_hash']['S']}"}, "sk": {"S": "CONTACT"}}
            actions.append({"Delete": {"TableName": self._table, "Key": profile}})
            actions.append(
                {
                    "Delete": {
                        "TableName": self._table,
                        "Key": contact,
                        "ConditionExpression": "attribute_not_exists(pk) OR #member = :member",
                        "ExpressionAttributeNames": {"#member": "member"},
                        "ExpressionAttributeValues": {":member": {"S": member}},
                    }
                }
            )
        self._journal.append_with(entry, actions)

    def _put(self, pk: str, sk: str, attributes: dict[str, Any]) -> Any:
        return {
            "TableName": self._table,
            "Item": {"pk": {"S": pk}, "sk": {"S": sk}, **attributes},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
