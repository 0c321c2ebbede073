"""How partners stand with their bills, on DynamoDB, table `billing`: pk `PAYMENTS`, sk the partner.

Each write is on condition of the version before.
"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.billing.dunning import PaymentState, Standing, Step
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "PAYMENTS"


class PaymentRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    standing = UnicodeAttribute()
    since_ms = NumberAttribute()
    late_cents = NumberAttribute()
    steps = UnicodeAttribute()
    version = NumberAttribute()


class PaymentStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(PaymentRow, table, client)

    def state(self, partner_id: str) -> PaymentState:
        """A good one, of version 0, if nothing was written yet."""
        try:
            with store_errors():
                return _state(self._row.get(PARTITION, partner_id, consistent_read=True))
        except self._row.DoesNotExist:
            return PaymentState(partner_id)

    def states(self) -> list[PaymentState]:
        with store_errors():
            return [_state(row) for row in self._row.query(PARTITION, consistent_read=True)]

    def put(self, state: PaymentState) -> bool:
        """Write what stands one version above what is stored; False if that is no longer so."""
        row = self._row(
            PARTITION,
            state.partner_id,
            standing=state.standing.value,
            since_ms=state.since_ms,
            late_cents=state.late_cents,
            steps=json.dumps([asdict(step) for step in state.steps]),
            version=state.version,
        )
        first = state.version == 1
        condition = self._row.pk.does_not_exist() if first else self._row.version == state.version - 1
        try:
            with store_errors():
                row.save(condition=condition)
        except ConditionRefusedError:
            return False
        return True


def _state(row: PaymentRow) -> PaymentState:
    steps = tuple(Step(one["at_ms"], Standing(one["standing"]), one["why"]) for one in json.loads(row.steps))
    return PaymentState(
        partner_id=row.sk,
        standing=Standing(row.standing),
        since_ms=int(row.since_ms),
        late_cents=int(row.late_cents),
        steps=steps,
        version=int(row.version),
    )
