"""Adjustments on DynamoDB, table `partners`, pk `ADJUSTMENTS`: the only file of this room that calls it.

One partition for all: adjustments are made by people, a few a day.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from partners.adjustments.model import Adjustment, AdjustmentState
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

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


class AdjustmentStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(AdjustmentRow, table, client)

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

    def move(
        self,
        adjustment_id: str,
        source: AdjustmentState,
        target: AdjustmentState,
        decided_by: str,
        entry_id: str | None,
    ) -> bool:
        """Take an adjustment from one state to another; False if it is in a different one."""
        changes: list[Action] = [self._row.state.set(target.value), self._row.decided_by.set(decided_by)]
        if entry_id is not None:
            changes.append(self._row.entry_id.set(entry_id))
        try:
            with store_errors():
                self._row(PARTITION, adjustment_id).update(changes, condition=self._row.state == source.value)
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
    )
