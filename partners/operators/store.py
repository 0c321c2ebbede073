"""Operators on DynamoDB, table `partners`, pk `OPERATORS`: the only file of this room that calls it."""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.models import Model

from partners.operators.model import Operator, Role
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "OPERATORS"


class OperatorRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    roles = UnicodeSetAttribute()
    created_at_ms = NumberAttribute()
    disabled_at_ms = NumberAttribute(null=True)
    tokens_from_ms = NumberAttribute()
    asked_roles = UnicodeSetAttribute(null=True)
    asked_by = UnicodeAttribute(null=True)
    version = NumberAttribute()


class OperatorStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(OperatorRow, table, client)

    def add(self, operator: Operator) -> bool:
        """False if the id is taken; then nothing was written."""
        try:
            with store_errors():
                self._as_row(operator).save(condition=self._row.pk.does_not_exist())
        except ConditionRefusedError:
            return False
        return True

    def get(self, operator_id: str) -> Operator | None:
        """Read strongly consistent: who was just shut out is out."""
        try:
            with store_errors():
                row = self._row.get(PARTITION, operator_id, consistent_read=True)
        except self._row.DoesNotExist:
            return None
        return _operator(row)

    def all(self) -> list[Operator]:
        with store_errors():
            return [_operator(row) for row in self._row.query(PARTITION, consistent_read=True)]

    def change(self, operator: Operator) -> bool:
        """Write an operator's next version; False if someone else has written it."""
        try:
            with store_errors():
                self._as_row(operator).save(condition=self._row.version == operator.version - 1)
        except ConditionRefusedError:
            return False
        return True

    def _as_row(self, operator: Operator) -> OperatorRow:
        return self._row(
            PARTITION,
            operator.operator_id,
            name=operator.name,
            roles={role.value for role in operator.roles},
            created_at_ms=operator.created_at_ms,
            disabled_at_ms=operator.disabled_at_ms,
            tokens_from_ms=operator.tokens_from_ms,
            version=operator.version,
            asked_roles={role.value for role in operator.asked_roles or ()} or None,
            asked_by=operator.asked_by,
        )


def _operator(row: OperatorRow) -> Operator:
    return Operator(
        operator_id=row.sk,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        created_at_ms=int(row.created_at_ms),
        disabled_at_ms=None if row.disabled_at_ms is None else int(row.disabled_at_ms),
        tokens_from_ms=int(row.tokens_from_ms),
        version=int(row.version),
        asked_roles=frozenset(Role(role) for role in row.asked_roles) if row.asked_roles else None,
        asked_by=row.asked_by,
    )
