"""Signed statements on DynamoDB, table `settlement`.

| pk | sk | holds |
| --- | --- | --- |
| `STATEMENTS#<partner>` | window, 8 digits | that there is a statement: its number, hashes, and closing position |
| `STATEMENT#<partner>#<window>#<document's hash>` | part, 4 digits | the document, compressed and cut into parts |
| `COUNTED` | window, 8 digits | that the payments are fixed that the window's statements count: when, and their hash |
| `COUNTED#<window>#<hash>` | part, 4 digits | those payments |
| `STATEMENTS-ISSUED` | window, 8 digits | that every partner has its statement |
| `STATEMENT-KEYS` | key's id | a public key that statements were signed with |

A whole is written first, under its hash, and then the row that names it, on condition that there is none. So what is
listed is there in whole, and two that write at once can't mix their parts. All reads are strongly consistent.
"""

from typing import TYPE_CHECKING, Any

from partners.settlement.statements.document import PublishedKey
from partners.settlement.statements.model import Issued
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable
from shared.kernel.canonical import digest_of
from shared.kernel.parts import Parts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

COUNTED = "COUNTED"
ALL_ISSUED = "STATEMENTS-ISSUED"
KEYS = "STATEMENT-KEYS"


class StatementStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._parts = Parts(client, table)

    def add(self, partner_id: str, issued: Issued, document: bytes) -> None:
        """Write a statement; what is there stays as it is."""
        self._parts.put(_document_key(partner_id, issued), document)
        self._put_once(_to_item(partner_id, issued))

    def issued(self, partner_id: str, window: int) -> Issued | None:
        item = self._get(f"STATEMENTS#{partner_id}", _number(window))
        return None if item is None else _from_item(item)

    def newest(self, partner_id: str, before_window: int, limit: int) -> list[Issued]:
        """Up to `limit` statements of windows below `before_window`, newest first."""
        return [_from_item(item) for item in self._newest(f"STATEMENTS#{partner_id}", before_window, limit)]

    def document(self, partner_id: str, issued: Issued) -> bytes:
        return self._parts.get(_document_key(partner_id, issued))

    def fix_counted(self, window: int, counted: bytes) -> bytes:
        """What the window's statements count: `counted`, unless something was fixed before."""
        digest = digest_of(counted)
        self._parts.put(_counted_key(window, digest), counted)
        row = {"pk": {"S": COUNTED}, "sk": {"S": _number(window)}, "sha256": {"S": digest}}
        self._put_once(row)
        standing = self._get(COUNTED, _number(window)) or row
        return self._parts.get(_counted_key(window, standing["sha256"]["S"]))

    def counted(self, window: int) -> bytes | None:
        """What was fixed, None if nothing is yet."""
        item = self._get(COUNTED, _number(window))
        return None if item is None else self._parts.get(_counted_key(window, item["sha256"]["S"]))

    def note_all_issued(self, window: int) -> None:
        self._put_once({"pk": {"S": ALL_ISSUED}, "sk": {"S": _number(window)}})

    def newest_issued_to_all(self) -> int:
        """The newest window of which every partner has its statement, 0 if there is none."""
        found = self._newest(ALL_ISSUED, 10**8 - 1, 1)
        return int(found[0]["sk"]["S"]) if found else 0

    def publish(self, key: PublishedKey) -> None:
        """Keep a public key for ever; again changes nothing."""
        self._put_once({"pk": {"S": KEYS}, "sk": {"S": key.key_id}, "public_key": {"B": key.public_key}})

    def keys(self) -> list[PublishedKey]:
        """By id."""
        request = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": KEYS}},
            "ConsistentRead": True,
        }
        found = items_of_all_pages(self._client.query, request)
        return [PublishedKey(item["sk"]["S"], bytes(item["public_key"]["B"])) for item in found]

    def _newest(self, pk: str, before_window: int, limit: int) -> list[Item]:
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk < :before",
                ExpressionAttributeValues={":pk": {"S": pk}, ":before": {"S": _number(before_window)}},
                ScanIndexForward=False,
                Limit=limit,
                ConsistentRead=True,
            )
        return answer["Items"]

    def _get(self, pk: str, sk: str) -> Item | None:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        with outage_as_unavailable():
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _put_once(self, item: Item) -> None:
        with outage_as_unavailable():
            try:
                self._client.put_item(TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)")
            except self._client.exceptions.ConditionalCheckFailedException:
                return


def _number(window: int) -> str:
    return f"{window:08d}"


def _document_key(partner_id: str, issued: Issued) -> str:
    return f"STATEMENT#{partner_id}#{issued.window}#{issued.document_sha256}"


def _counted_key(window: int, digest: str) -> str:
    return f"{COUNTED}#{window}#{digest}"


def _to_item(partner_id: str, issued: Issued) -> Item:
    return {
        "pk": {"S": f"STATEMENTS#{partner_id}"},
        "sk": {"S": _number(issued.window)},
        "number": {"N": str(issued.number)},
        "sha256": {"S": issued.sha256},
        "document_sha256": {"S": issued.document_sha256},
        "closing_cents": {"N": str(issued.closing_cents)},
        "currency": {"S": issued.currency},
        "issued_at_ms": {"N": str(issued.issued_at_ms)},
        **({} if issued.deposit_cents is None else {"deposit_cents": {"N": str(issued.deposit_cents)}}),
    }


def _from_item(item: Item) -> Issued:
    return Issued(
        window=int(item["sk"]["S"]),
        number=int(item["number"]["N"]),
        sha256=item["sha256"]["S"],
        document_sha256=item["document_sha256"]["S"],
        closing_cents=int(item["closing_cents"]["N"]),
        currency=item["currency"]["S"],
        issued_at_ms=int(item["issued_at_ms"]["N"]),
        deposit_cents=int(item["deposit_cents"]["N"]) if "deposit_cents" in item else None,
    )
