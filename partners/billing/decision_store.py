"""The operator's decisions on DynamoDB, table `billing`: pk `DECISIONS#<partner>`, sk the id. Written once, and once
more when it is done.
"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.billing.decision import Asked, Decision, What
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DecisionRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    asked = UnicodeAttribute()
    decided_by = UnicodeAttribute()
    decided_at_ms = NumberAttribute()
    outcome = UnicodeAttribute(null=True)


class DecisionStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(DecisionRow, table, client)

    def add(self, decision: Decision) -> Decision:
        """Write a decision; or give the one of this id that is there, which stays as it is."""
        row = self._row_of(decision)
        try:
            with store_errors():
                row.save(condition=self._row.pk.does_not_exist())
        except ConditionRefusedError:
            with store_errors():
                return _decision(self._row.get(row.pk, row.sk, consistent_read=True))
        return decision

    def finish(self, decision: Decision) -> None:
        """Write a decision with what came of it."""
        with store_errors():
            self._row_of(decision).save()

    def decisions(self, partner_id: str) -> list[Decision]:
        """Those about a partner, latest first."""
        with store_errors():
            found = [_decision(row) for row in self._row.query(_pk(partner_id), consistent_read=True)]
        return sorted(found, key=lambda one: one.decided_at_ms, reverse=True)

    def _row_of(self, decision: Decision) -> DecisionRow:
        return self._row(
            _pk(decision.asked.partner_id),
            decision.decision_id,
            asked=json.dumps(asdict(decision.asked)),
            decided_by=decision.decided_by,
            decided_at_ms=decision.decided_at_ms,
            outcome=decision.outcome,
        )


def _pk(partner_id: str) -> str:
    return f"DECISIONS#{partner_id}"


def _decision(row: DecisionRow) -> Decision:
    asked = json.loads(row.asked)
    return Decision(
        decision_id=row.sk,
        asked=Asked(**{**asked, "what": What(asked["what"])}),
        decided_by=row.decided_by,
        decided_at_ms=int(row.decided_at_ms),
        outcome=row.outcome,
    )
