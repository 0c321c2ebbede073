"""The trail on DynamoDB, table `trail`, pk `DAY#<utc day>`, sk the number: the only file of this room that calls it.

No role of the deployment may change or delete anything in this table.
"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

from partners.trail.model import Act, Phase, Record
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class TrailRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    record = UnicodeAttribute()
    by = UnicodeAttribute()
    action = UnicodeAttribute()


class TrailStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(TrailRow, table, client)

    def add(self, record: Record) -> bool:
        """False if the number is taken; then nothing was written."""
        text = json.dumps(asdict(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        by, action = record.act.by, record.act.action
        row = self._row(f"DAY#{record.day}", _sk(record.number), record=text, by=by, action=action)
        try:
            with store_errors():
                row.save(condition=self._row.pk.does_not_exist())
        except ConditionRefusedError:
            return False
        return True

    def get(self, day: str, number: int) -> Record | None:
        found = self.after(day, number - 1, 1)
        return found[0] if found and found[0].number == number else None

    def last(self, day: str) -> Record | None:
        """The day's last record, read strongly consistent."""
        with store_errors():
            rows = self._row.query(f"DAY#{day}", scan_index_forward=False, limit=1, consistent_read=True)
            return next((_record(row) for row in rows), None)

    def after(self, day: str, number: int, limit: int, *, newest: bool = True) -> list[Record]:
        """Records after this number in order; without `newest` those of the last second may be missing."""
        with store_errors():
            place = self._row.sk > _sk(number)
            return [_record(row) for row in self._row.query(f"DAY#{day}", place, limit=limit, consistent_read=newest)]


def _sk(number: int) -> str:
    return f"{number:08d}"


def _record(row: TrailRow) -> Record:
    facts: dict[str, Any] = json.loads(row.record)
    return Record(**facts | {"act": Act(**facts["act"]), "phase": Phase(facts["phase"])})
