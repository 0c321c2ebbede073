"""Whose turn it is to work on billing through Stripe, on DynamoDB, table `billing`: pk `METERING`, sk `TURN`.

Rows are each written on condition of what was read, so two runs side by side lose nothing. But what they tell Stripe
could arrive in another order than it was decided in: an older number of locations, or an older address, last.
No two holders have the same name.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from pynamodb.expressions.condition import Condition


class TurnRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    holder = UnicodeAttribute()
    until_ms = NumberAttribute()


class TurnStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(TurnRow, table, client)

    def take(self, holder: str, now_ms: int, until_ms: int) -> bool:
        """Have the turn until then, unless another has it now."""
        condition: Condition = self._row.pk.does_not_exist()
        try:
            with store_errors():
                before = self._row.get("METERING", "TURN", consistent_read=True)
        except self._row.DoesNotExist:
            pass
        else:
            if now_ms < before.until_ms:
                return False
            condition = self._row.holder == before.holder
        return self._write(holder, until_ms, condition)

    def end(self, holder: str) -> None:
        """Give the turn back, if it is still this holder's."""
        self._write(holder, 0, self._row.holder == holder)

    def _write(self, holder: str, until_ms: int, condition: "Condition") -> bool:
        try:
            with store_errors():
                self._row("METERING", "TURN", holder=holder, until_ms=until_ms).save(condition=condition)
        except ConditionRefusedError:
            return False
        return True
