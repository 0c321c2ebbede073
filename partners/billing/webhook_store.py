"""What was heard from Stripe, on DynamoDB, table `billing`.

| pk | sk | holds |
| --- | --- | --- |
| `HEARD#<event>` | `EVENT` | that an event had its effect; gone after a while |
| `INVOICES#<partner>` | invoice | the join of all that was heard of it |
| `WEBHOOKS` | `BOOKMARK` | up to when missed events were asked for |
| `ASIDE` | event | that and why it had no effect; gone a while after it is settled |

An event and its effect are one transaction, so an event has its effect once. Where nothing of it is news, it is marked
alone; so are, with the last, several messages of one event that Stripe does not count: rejecting one again is no news.
"""

from typing import TYPE_CHECKING, Any

from partners.billing.dunning import InvoiceRecord
from partners.billing.webhooks import SetAside
from partners.settlement.payments.advances import Action
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable, transacted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_SECONDS = 60 * 86_400
"""Stripe gives events of the last 30 days again."""


class WebhookStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def was_heard(self, event_id: str) -> bool:
        return self._get(_event_key(event_id)) is not None

    def invoice(self, partner_id: str, invoice_id: str) -> InvoiceRecord | None:
        item = self._get(_invoice_key(partner_id, invoice_id))
        return None if item is None else _record(item)

    def invoices(self, partner_id: str) -> list[InvoiceRecord]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": f"INVOICES#{partner_id}"}},
            "ConsistentRead": True,
        }
        return [_record(item) for item in items_of_all_pages(self._client.query, request)]

    def hear(self, event_id: str, now_s: int, partner_id: str, record: InvoiceRecord) -> bool:
        """Write an event and the invoice as it is known after it, whose stored version is one lower.

        False if the event was heard meanwhile, or the invoice has another version; then nothing was written.
        """
        first = record.version == 1
        condition = "attribute_not_exists(pk)" if first else "version = :before"
        put: Any = {
            "TableName": self._table,
            "Item": {**_invoice_key(partner_id, record.invoice_id), **_attributes(record)},
            "ConditionExpression": condition,
        }
        if not first:
            put["ExpressionAttributeValues"] = {":before": {"N": str(record.version - 1)}}
        event: Any = {**self._mark(event_id, now_s), "ConditionExpression": "attribute_not_exists(pk)"}
        return transacted(self._client, [{"Put": event}, {"Put": put}])

    def marking(self, event_id: str, now_s: int) -> Action:
        """As `mark`, to be written with the event's effect."""
        return {"Put": self._mark(event_id, now_s)}

    def mark(self, event_id: str, now_s: int) -> None:
        """Note that an event whose effect may be repeated has had it, or is to have none."""
        with outage_as_unavailable():
            self._client.put_item(**self._mark(event_id, now_s))

    def _mark(self, event_id: str, now_s: int) -> Any:
        item = {**_event_key(event_id), "gone_after": {"N": str(now_s + KEPT_SECONDS)}}
        return {"TableName": self._table, "Item": item}

    def bookmark(self) -> int | None:
        item = self._get({"pk": {"S": "WEBHOOKS"}, "sk": {"S": "BOOKMARK"}})
        return None if item is None else int(item["through"]["N"])

    def set_bookmark(self, through_s: int) -> None:
        item = {"pk": {"S": "WEBHOOKS"}, "sk": {"S": "BOOKMARK"}, "through": {"N": str(through_s)}}
        with outage_as_unavailable():
            self._client.put_item(TableName=self._table, Item=item)

    def set_aside(self, event_id: str) -> SetAside | None:
        """An event that waits for people, or did not long ago."""
        item = self._get(_aside_key(event_id))
        return None if item is None else _set_aside(item)

    def all_set_aside(self) -> list[SetAside]:
        """Those that wait for people, by id."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "ASIDE"}},
            "ConsistentRead": True,
        }
        found = [_set_aside(item) for item in items_of_all_pages(self._client.query, request)]
        return [one for one in found if not one.settled]

    def put_set_aside(self, event: SetAside) -> None:
        item: dict[str, Any] = {
            **_aside_key(event.event_id),
            "kind": {"S": event.kind},
            "why": {"S": event.why},
            "first_s": {"N": str(event.first_s)},
            "tried_s": {"N": str(event.tried_s)},
            "tries": {"N": str(event.tries)},
        }
        if event.settled:
            item["gone_after"] = {"N": str(event.tried_s + KEPT_SECONDS)}
        with outage_as_unavailable():
            self._client.put_item(TableName=self._table, Item=item)

    def _get(self, key: dict[str, Any]) -> dict[str, Any] | None:
        with outage_as_unavailable():
            return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")


def _event_key(event_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"HEARD#{event_id}"}, "sk": {"S": "EVENT"}}


def _aside_key(event_id: str) -> dict[str, Any]:
    return {"pk": {"S": "ASIDE"}, "sk": {"S": event_id}}


def _set_aside(item: dict[str, Any]) -> SetAside:
    return SetAside(
        event_id=item["sk"]["S"],
        kind=item["kind"]["S"],
        why=item["why"]["S"],
        first_s=int(item["first_s"]["N"]),
        tried_s=int(item["tried_s"]["N"]),
        tries=int(item["tries"]["N"]),
        settled="gone_after" in item,
    )


def _invoice_key(partner_id: str, invoice_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"INVOICES#{partner_id}"}, "sk": {"S": invoice_id}}


def _attributes(record: InvoiceRecord) -> dict[str, Any]:
    times = {
        "failed_at": record.failed_at,
        "due_at": record.due_at,
        "opened_at": record.opened_at,
        "ended_at": record.ended_at,
    }
    return {
        "status": {"S": record.status},
        "remaining_cents": {"N": str(record.remaining_cents)},
        "attempts": {"N": str(record.attempts)},
        "due_told_at": {"N": str(record.due_told_at)},
        "most_cents": {"N": str(record.most_cents)},
        "version": {"N": str(record.version)},
        **{name: {"N": str(at)} for name, at in times.items() if at is not None},
    }


def _record(item: dict[str, Any]) -> InvoiceRecord:
    return InvoiceRecord(
        invoice_id=item["sk"]["S"],
        status=item["status"]["S"],
        remaining_cents=int(item["remaining_cents"]["N"]),
        attempts=int(item["attempts"]["N"]),
        failed_at=int(item["failed_at"]["N"]) if "failed_at" in item else None,
        due_at=int(item["due_at"]["N"]) if "due_at" in item else None,
        # Rows of before have none.
        due_told_at=int(item.get("due_told_at", {"N": "0"})["N"]),
        opened_at=int(item["opened_at"]["N"]) if "opened_at" in item else None,
        ended_at=int(item["ended_at"]["N"]) if "ended_at" in item else None,
        most_cents=int(item.get("most_cents", {"N": "0"})["N"]),
        version=int(item["version"]["N"]),
    )
