"""Cases on DynamoDB, table `settlement`: the only file of this room that calls it.

| pk | sk | holds |
| --- | --- | --- |
| `CASES#<partner>` | number, 8 digits | a case, JSON |
| `CASEOF#<partner>` | what asked for it | the number of the case that it opened |
| `CORRECTED#<entry>` | `CASE` | which case the entry ended |
| `CASES-OPEN` | `<partner>#<number, 8 digits>` | when a case is due, as long as it has not ended |
| | `ALL` | when these marks were last compared with all cases: before, some may have none |

A case, its mark and what asked for it are one transaction, and so are its end, the end of its mark and the entry that
ended it. All reads are strongly consistent.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from partners.cases.codec import case_from_json, case_to_json
from partners.cases.model import Case, Mark, Marks
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable, transacted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

OPEN = "CASES-OPEN"
_ALL = "ALL"
_NEW = "attribute_not_exists(pk)"


class CaseStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, case: Case, request: str) -> bool:
        """False if the number is taken or the request has opened a case; then nothing was written."""
        marker = {**_key(f"CASEOF#{case.partner_id}", request), "case": _number(case.number)}
        return self._transact([self._put(_to_item(case), _NEW), self._put(marker, _NEW), self._marking(case)])

    def replace(self, case: Case, *, ended_by: str | None = None) -> bool:
        """Write the next version of a case; False if the stored one is not the version before it.

        With the entry that it was `ended_by`, also False if that has ended another.
        """
        before = {":before": _number(case.version - 1)}
        writes = [self._put(_to_item(case), "version = :before", before), self._marking(case)]
        if ended_by is not None:
            marker = {
                **_key(f"CORRECTED#{ended_by}", "CASE"),
                "partner": {"S": case.partner_id},
                "case": _number(case.number),
            }
            writes.append(self._put(marker, _NEW))
        return self._transact(writes)

    def get(self, partner_id: str, number: int) -> Case | None:
        item = self._get(_key(_cases(partner_id), _place(number)))
        return None if item is None else _from_item(partner_id, item)

    def opened_by(self, partner_id: str, request: str) -> int | None:
        """The number of the case that this request opened."""
        item = self._get(_key(f"CASEOF#{partner_id}", request))
        return None if item is None else int(item["case"]["N"])

    def has_ended_a_case(self, entry_id: str) -> bool:
        return self._get(_key(f"CORRECTED#{entry_id}", "CASE")) is not None

    def newest(self, partner_id: str, before: int, limit: int) -> list[Case]:
        """Up to `limit` cases with a number below `before`, newest first."""
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk < :before",
                ExpressionAttributeValues={":pk": {"S": _cases(partner_id)}, ":before": {"S": _place(before)}},
                ScanIndexForward=False,
                Limit=limit,
                ConsistentRead=True,
            )
        return [_from_item(partner_id, item) for item in answer["Items"]]

    def marks(self) -> Marks:
        """Of cases that have not ended, and when they were last compared with all cases."""
        found = {item["sk"]["S"]: item for item in self._query_marks()}
        compared = found.pop(_ALL, None)
        marks = map(_mark_from_item, found.values())
        at_ms = None if compared is None else int(compared["at_ms"]["N"])
        return Marks(at_ms, {(one.partner_id, one.number): one for one in marks})

    def note_compared(self, at_ms: int) -> None:
        with outage_as_unavailable():
            self._client.put_item(TableName=self._table, Item={**_key(OPEN, _ALL), "at_ms": _number(at_ms)})

    def mark(self, case: Case) -> bool:
        """Mark it as it is now, or no more if it has ended; False, and nothing is written, if it has changed since."""
        unchanged = {
            "TableName": self._table,
            "Key": _key(_cases(case.partner_id), _place(case.number)),
            "ConditionExpression": "version = :read",
            "ExpressionAttributeValues": {":read": _number(case.version)},
        }
        return self._transact([{"ConditionCheck": unchanged}, self._marking(case)])

    def _query_marks(self) -> Iterator[Item]:
        request: Item = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": OPEN}},
            "ConsistentRead": True,
        }
        return items_of_all_pages(self._client.query, request)

    def _marking(self, case: Case) -> Item:
        key = _key(OPEN, f"{case.partner_id}#{_place(case.number)}")
        if not case.unended:
            return {"Delete": {"TableName": self._table, "Key": key}}
        return {"Put": {"TableName": self._table, "Item": {**key, "due_ms": _number(case.due_at_ms)}}}

    def _put(self, item: Item, condition: str, values: Item | None = None) -> Item:
        put: Item = {"TableName": self._table, "Item": item, "ConditionExpression": condition}
        return {"Put": put | ({"ExpressionAttributeValues": values} if values else {})}

    def _transact(self, writes: list[Item]) -> bool:
        actions: Any = writes
        return transacted(self._client, actions)

    def _get(self, key: Item) -> Item | None:
        with outage_as_unavailable():
            return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")


def _cases(partner_id: str) -> str:
    return f"CASES#{partner_id}"


def _place(number: int) -> str:
    return f"{number:08d}"


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _number(value: int) -> Item:
    return {"N": str(value)}


def _mark_from_item(item: Item) -> Mark:
    partner_id, _, number = item["sk"]["S"].rpartition("#")
    return Mark(partner_id, int(number), int(item["due_ms"]["N"]))


def _to_item(case: Case) -> Item:
    return {
        **_key(_cases(case.partner_id), _place(case.number)),
        "case": {"S": case_to_json(case)},
        "version": _number(case.version),
    }


def _from_item(partner_id: str, item: Item) -> Case:
    return case_from_json(partner_id, int(item["sk"]["S"]), int(item["version"]["N"]), item["case"]["S"])
