"""Adjustments on DynamoDB, table `partners`, pk `ADJUSTMENTS`: the only file of this room that calls it.

One partition for all: adjustments are made by people, a few a day.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from partners.adjustments.model import Adjustment, AdjustmentState
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors
from shared.ledger.model import Entry
from shared.ledger.store import JournalStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "ADJUSTMENTS"


class AdjustmentRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    member = UnicodeAttribute()
    issuer = UnicodeAttribute()
    points = NumberAttribute()
    expiry_month = NumberAttribute()
    reason = UnicodeAttribute()
    proposed_by = UnicodeAttribute()
    proposed_at_ms = NumberAttribute()
    state = UnicodeAttribute()
    decided_by = UnicodeAttribute(null=True)
    entry_id = UnicodeAttribute(null=True)
    case = NumberAttribute(null=True)
    about = UnicodeAttribute(null=True)
    amount_cents = NumberAttribute(null=True)


class AdjustmentStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str, journal: JournalStore) -> None:
        self._row = bound(AdjustmentRow, table, client)
        self._table = table
        self._journal = journal

    def add(self, adjustment: Adjustment) -> bool:
        """False if the id is taken; then nothing was written."""
        row = self._row(
            PARTITION,
            adjustment.adjustment_id,
            member=adjustment.member,
            issuer=adjustment.issuer,
            points=adjustment.points,
            expiry_month=adjustment.expiry_month,
            reason=adjustment.reason,
            proposed_by=adjustment.proposed_by,
            proposed_at_ms=adjustment.proposed_at_ms,
            state=adjustment.state.value,
            decided_by=adjustment.decided_by,
            entry_id=adjustment.entry_id,
            case=adjustment.case,
            about=adjustment.about,
            amount_cents=adjustment.amount_cents,
        )
        try:
            with store_errors():
                row.save(condition=self._row.pk.does_not_exist())
        except ConditionRefusedError:
            return False
        return True

    def get(self, adjustment_id: str) -> Adjustment | None:
        try:
            with store_errors():
                row = self._row.get(PARTITION, adjustment_id, consistent_read=True)
        except self._row.DoesNotExist:
            return None
        return _adjustment(row)

    def all(self) -> list[Adjustment]:
        """All adjustments, in no particular order."""
        with store_errors():
            return [_adjustment(row) for row in self._row.query(PARTITION, consistent_read=True)]

    def apply(self, adjustment_id: str, decided_by: str, entry: Entry) -> None:
        """Commit `entry`, which a proposal becomes, and that it is applied: together or not at all.

        Raises LostRaceError if the entry's number is taken or the adjustment is no proposal any more.
        """
        marked = {
            "TableName": self._table,
            "Key": {"pk": {"S": PARTITION}, "sk": {"S": adjustment_id}},
            "ConditionExpression": "#state = :proposed",
            "UpdateExpression": "SET #state = :applied, decided_by = :by, entry_id = :entry",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":proposed": {"S": AdjustmentState.PROPOSED.value},
                ":applied": {"S": AdjustmentState.APPLIED.value},
                ":by": {"S": decided_by},
                ":entry": {"S": entry.entry_id},
            },
        }
        self._journal.append_with(entry, [{"Update": marked}])

    def reject(self, adjustment_id: str, decided_by: str) -> bool:
        """Reject a proposal; False if it is none any more."""
        changes: list[Action] = [
            self._row.state.set(AdjustmentState.REJECTED.value),
            self._row.decided_by.set(decided_by),
        ]
        is_proposal = self._row.state == AdjustmentState.PROPOSED.value
        try:
            with store_errors():
                self._row(PARTITION, adjustment_id).update(changes, condition=is_proposal)
        except ConditionRefusedError:
            return False
        return True


def _adjustment(row: AdjustmentRow) -> Adjustment:
    return Adjustment(
        adjustment_id=row.sk,
        member=row.member,
        issuer=row.issuer,
        points=int(row.points),
        expiry_month=int(row.expiry_month),
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_at_ms=int(row.proposed_at_ms),
        state=AdjustmentState(row.state),
        decided_by=row.decided_by,
        entry_id=row.entry_id,
        case=None if row.case is None else int(row.case),
        about=row.about,
        amount_cents=None if row.amount_cents is None else int(row.amount_cents),
    )
