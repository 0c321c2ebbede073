"""Adjustments on DynamoDB, table `partners`: the only file of this room that calls it.

| pk | sk | holds |
| --- | --- | --- |
| `ADJUSTMENTS` | id | an adjustment |
| `ADJUSTED-ALONE#<utc day>` | `OPERATOR#<operator>` | `points` that one person granted and took alone |
| | `MEMBER#<member>` | the same on one account, by whomever |

One partition for all: adjustments are made by people, a few a day. The sums change in the transaction that writes the
entry, and never otherwise.
"""

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from partners.adjustments.alone import Alone, BeyondOnePersonError
from partners.adjustments.model import Adjustment, AdjustmentState
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors
from shared.ledger.errors import LostRaceError
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
    beyond_one_person = BooleanAttribute(null=True)


class SumRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    points = NumberAttribute()


class AdjustmentStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str, journal: JournalStore) -> None:
        self._row = bound(AdjustmentRow, table, client)
        self._sum = bound(SumRow, table, client)
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

    def apply(self, adjustment_id: str, decided_by: str, entry: Entry, alone: Alone | None = None) -> None:
        """Commit `entry`, which a proposal becomes, that it is applied, and what was done `alone`: all or nothing.

        Raises LostRaceError if the entry's number is taken or the adjustment is no proposal any more, or one that
        waits for a second person while it is done alone; BeyondOnePersonError.
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
        if alone is None:
            self._journal.append_with(entry, [{"Update": marked}])
            return
        marked["ConditionExpression"] = "#state = :proposed AND attribute_not_exists(beyond_one_person)"
        counted = [{"Update": self._counted(alone, name)} for name in alone.sums(entry)]
        try:
            self._journal.append_with(entry, [{"Update": marked}, *counted])
        except LostRaceError:
            # A day's sums never go down: what they leave no room for now, they had none for then or never will.
            if any(self.done_alone(alone.day, name) > alone.room for name in alone.sums(entry)):
                raise BeyondOnePersonError from None
            raise

    def done_alone(self, day: str, name: str) -> int:
        """Points that a sum (see `Alone.sums`) has come to on a UTC day."""
        try:
            with store_errors():
                return int(self._sum.get(_alone(day), name, consistent_read=True).points)
        except self._sum.DoesNotExist:
            return 0

    def wait(self, adjustment_id: str) -> None:
        """Have a proposal wait for a second person, if it is one still."""
        is_proposal = self._row.state == AdjustmentState.PROPOSED.value
        try:
            with store_errors():
                self._row(PARTITION, adjustment_id).update(
                    [self._row.beyond_one_person.set(True)], condition=is_proposal
                )
        except ConditionRefusedError:
            return

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

    def _counted(self, alone: Alone, name: str) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": {"pk": {"S": _alone(alone.day)}, "sk": {"S": name}},
            "ConditionExpression": "attribute_not_exists(points) OR points <= :room",
            "UpdateExpression": "ADD points :points",
            "ExpressionAttributeValues": {":room": {"N": str(alone.room)}, ":points": {"N": str(alone.points)}},
        }


def _alone(day: str) -> str:
    return f"ADJUSTED-ALONE#{day}"


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
        beyond_one_person=bool(row.beyond_one_person),
    )
