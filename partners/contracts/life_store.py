"""States of partners on DynamoDB, table `partners`: rows `P#<partner>`, `STATE#<number, 6 digits>`, added and never
changed. The partner's own row tells the newest state, and is written in the same transaction."""

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.contracts.life import PartnerState, StateChange
from partners.contracts.model import Partner
from partners.contracts.store import PARTNERS, PartnerRow, row_of_partner
from shared.kernel.aws import transacted
from shared.kernel.pynamo import bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class StateRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    state = UnicodeAttribute()
    by = UnicodeAttribute()
    at_ms = NumberAttribute()
    reason = UnicodeAttribute()


class LifeStore:
    """Every method may raise StoreUnavailableError. Reads see every row added before."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._state = bound(StateRow, table, client)
        self._partner = bound(PartnerRow, table, client)

    def invite(self, partner: Partner, change: StateChange) -> bool:
        """Add a partner with its first state; False if there is one of this id, and nothing was written."""
        return self._together(self._put(row_of_partner(self._partner, partner)), self._put(self._row(change)))

    def move(self, change: StateChange) -> bool:
        """Add a change of state; False if its number is taken, and nothing was written."""
        told = {
            "TableName": self._table,
            "Key": {"pk": {"S": PARTNERS}, "sk": {"S": change.partner_id}},
            "ConditionExpression": "attribute_exists(pk)",
            "UpdateExpression": "SET #state = :state",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":state": {"S": change.state.value}},
        }
        return self._together(self._put(self._row(change)), {"Update": told})

    def history(self, partner_id: str) -> list[StateChange]:
        """All changes of the partner's state, in order."""
        numbered = self._state.sk.startswith("STATE#")
        with store_errors():
            return [_change(row) for row in self._state.query(f"P#{partner_id}", numbered, consistent_read=True)]

    def _row(self, change: StateChange) -> StateRow:
        return self._state(
            f"P#{change.partner_id}",
            f"STATE#{change.number:06d}",
            state=change.state.value,
            by=change.by,
            at_ms=change.at_ms,
            reason=change.reason,
        )

    def _put(self, row: Model) -> Any:
        free = "attribute_not_exists(pk)"
        return {"Put": {"TableName": self._table, "Item": row.serialize(), "ConditionExpression": free}}

    def _together(self, *actions: Any) -> bool:
        return transacted(self._client, actions)


def _change(row: StateRow) -> StateChange:
    return StateChange(
        partner_id=row.pk.removeprefix("P#"),
        number=int(row.sk.removeprefix("STATE#")),
        state=PartnerState(row.state),
        by=row.by,
        at_ms=int(row.at_ms),
        reason=row.reason,
    )
