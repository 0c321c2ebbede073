"""Outgoing webhooks on DynamoDB, table `webhooks`: the only file of this room that calls it.

| pk | sk | holds |
| --- | --- | --- |
| `PARTNER#<partner>` | `ENDPOINTS` | all endpoints of a partner, and a version |
| `LANE#<endpoint>#<lane>#<replay>` | place | a delivery; gone after a month |
| `LOG#<endpoint>` | time, event, replay, number | an attempt; gone after a month |
| `EVENTS#<partner>` | when it happened, id | an event that no page has, for replays; gone after a month |
| `STANDING#<endpoint>` | `STANDING` | since when it has failed |
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from partners.webhooks.codec import endpoints_from_text, endpoints_to_text
from partners.webhooks.delivery import KEPT_FOR_MS, Attempt, Delivery, Lane, Standing, State
from partners.webhooks.events import Event
from partners.webhooks.service import Register
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

LAST = ("pinged_at_ms", "replayed_at_ms")
"""Of a register, where an endpoint that has either was deleted."""


class _Table:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def _get(self, pk: str, sk: str) -> Item | None:
        with outage_as_unavailable():
            answer = self._client.get_item(
                TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
            )
        return answer.get("Item")

    def _put(self, item: Item, before_version: int) -> bool:
        """False if the stored item has another version than `before_version`, 0 meaning that there is none."""
        request: dict[str, Any] = {"TableName": self._table, "Item": item}
        if before_version == 0:
            request["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            request["ConditionExpression"] = "version = :before"
            request["ExpressionAttributeValues"] = {":before": _number(before_version)}
        try:
            with outage_as_unavailable():
                self._client.put_item(**request)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _query(self, pk: str, condition: str, sk: str, limit: int, *, forward: bool, strong: bool = True) -> list[Item]:
        with outage_as_unavailable():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression=f"pk = :pk AND sk {condition} :sk",
                ExpressionAttributeValues={":pk": {"S": pk}, ":sk": {"S": sk}},
                ScanIndexForward=forward,
                Limit=limit,
                ConsistentRead=strong,
            )
        return answer["Items"]


class EndpointStore(_Table):
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def register(self, partner_id: str) -> Register:
        item = self._get(f"PARTNER#{partner_id}", "ENDPOINTS")
        if item is None:
            return Register()
        endpoints = endpoints_from_text(partner_id, item["endpoints"]["S"])
        last = {name: int(item[name]["N"]) for name in LAST if name in item}
        return Register(endpoints, int(item["version"]["N"]), **last)

    def replace(self, partner_id: str, register: Register) -> bool:
        """False if they have changed since they were read; then nothing was written."""
        item = {
            "pk": {"S": f"PARTNER#{partner_id}"},
            "sk": {"S": "ENDPOINTS"},
            "endpoints": {"S": endpoints_to_text(register.endpoints)},
            "version": _number(register.version),
            **{name: _number(at) for name in LAST if (at := getattr(register, name)) is not None},
        }
        return self._put(item, register.version - 1)


class DeliveryStore(_Table):
    """Deliveries, the log, and how endpoints stand. Every method may raise StoreUnavailableError."""

    def add(self, delivery: Delivery) -> bool:
        """False if its place in the lane is taken: the event is there already."""
        return self._put(_delivery_item(delivery), 0)

    def replace(self, before: Delivery, after: Delivery) -> bool:
        """False if the stored delivery is no longer `before`; then nothing was written."""
        return self._put(_delivery_item(after), before.version)

    def upto(self, lane: Lane, place: str) -> list[Delivery]:
        """The delivery at `place` and the one before it, or those before it if none is there; latest first."""
        return [_delivery(lane, item) for item in self._query(_lane(lane), "<=", place, 2, forward=False)]

    def after(self, lane: Lane, place: str) -> Delivery | None:
        """The next delivery of the lane."""
        return next((_delivery(lane, item) for item in self._query(_lane(lane), ">", place, 1, forward=True)), None)

    def keep_event(self, partner_id: str, event: Event) -> None:
        """Keep an event for replays; the same again changes nothing."""
        item: Item = {
            "pk": {"S": f"EVENTS#{partner_id}"},
            "sk": {"S": f"{event.happened_at_ms:013d}#{event.event_id}"},
            "event": {"S": event.event_id},
            "type": {"S": event.event_type},
            "at": _number(event.happened_at_ms),
            "lane": {"S": event.lane},
            "place": {"S": event.place},
            "body": {"S": event.body},
            "gone_after": _number((event.happened_at_ms + KEPT_FOR_MS) // 1_000),
        }
        with outage_as_unavailable():
            self._client.put_item(TableName=self._table, Item=item)

    def kept_events(self, partner_id: str, since_ms: int, until_ms: int) -> Iterator[Event]:
        """The events kept of a partner that happened from one moment to another, both included, oldest first."""
        request = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": {"S": f"EVENTS#{partner_id}"},
                ":first": {"S": f"{since_ms:013d}#"},
                ":last": {"S": f"{until_ms:013d}#~"},
            },
            "ConsistentRead": True,
        }
        return (_event(item) for item in items_of_all_pages(self._client.query, request))

    def log(self, attempt: Attempt) -> None:
        item: Item = {
            "pk": {"S": f"LOG#{attempt.endpoint_id}"},
            "sk": {"S": attempt.sort_key},
            "event": {"S": attempt.event_id},
            "type": {"S": attempt.event_type},
            "at": _number(attempt.at_ms),
            "number": _number(attempt.number),
            "outcome": {"S": attempt.outcome},
            "latency": _number(attempt.latency_ms),
            "gone_after": _number((attempt.at_ms + KEPT_FOR_MS) // 1_000),
        }
        texts = {"replay": attempt.replay_id, "error": attempt.error, "snippet": attempt.snippet}
        item |= {name: {"S": text} for name, text in texts.items() if text}
        numbers = {"status": attempt.status, "next": attempt.next_at_ms}
        item |= {name: _number(value) for name, value in numbers.items() if value is not None}
        with outage_as_unavailable():
            self._client.put_item(TableName=self._table, Item=item)

    def attempts(self, endpoint_id: str, before: str | None, limit: int) -> list[Attempt]:
        """Up to `limit` lines of the log before a sort key, newest first. May lag by a moment."""
        found = self._query(f"LOG#{endpoint_id}", "<", before or "~", limit, forward=False, strong=False)
        return [_attempt(endpoint_id, item) for item in found]

    def standing(self, endpoint_id: str) -> Standing:
        item = self._get(f"STANDING#{endpoint_id}", "STANDING")
        if item is None:
            return Standing()
        since = item.get("failing_since")
        return Standing(
            None if since is None else int(since["N"]), int(item["probe_at"]["N"]), int(item["version"]["N"])
        )

    def set_standing(self, endpoint_id: str, standing: Standing) -> bool:
        """False if it has changed since it was read; then nothing was written."""
        item: Item = {
            "pk": {"S": f"STANDING#{endpoint_id}"},
            "sk": {"S": "STANDING"},
            "probe_at": _number(standing.probe_at_ms),
            "version": _number(standing.version),
        }
        if standing.failing_since_ms is not None:
            item["failing_since"] = _number(standing.failing_since_ms)
        return self._put(item, standing.version - 1)


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _lane(lane: Lane) -> str:
    return f"LANE#{lane.endpoint_id}#{lane.name}#{lane.replay_id}"


def _delivery_item(delivery: Delivery) -> Item:
    return {
        "pk": {"S": _lane(delivery.lane)},
        "sk": {"S": delivery.place},
        "event": {"S": delivery.event_id},
        "type": {"S": delivery.event_type},
        "body": {"S": delivery.body},
        "created": _number(delivery.created_at_ms),
        "due": _number(delivery.due_at_ms),
        "state": {"S": delivery.state},
        "attempts": _number(delivery.attempts),
        "version": _number(delivery.version),
        "gone_after": _number((delivery.created_at_ms + KEPT_FOR_MS) // 1_000),
    }


def _delivery(lane: Lane, item: Item) -> Delivery:
    return Delivery(
        lane=lane,
        place=item["sk"]["S"],
        event_id=item["event"]["S"],
        event_type=item["type"]["S"],
        body=item["body"]["S"],
        created_at_ms=int(item["created"]["N"]),
        due_at_ms=int(item["due"]["N"]),
        state=State(item["state"]["S"]),
        attempts=int(item["attempts"]["N"]),
        version=int(item["version"]["N"]),
    )


def _event(item: Item) -> Event:
    return Event(
        event_id=item["event"]["S"],
        event_type=item["type"]["S"],
        happened_at_ms=int(item["at"]["N"]),
        lane=item["lane"]["S"],
        place=item["place"]["S"],
        body=item["body"]["S"],
    )


def _attempt(endpoint_id: str, item: Item) -> Attempt:
    def text(name: str) -> str | None:
        return item[name]["S"] if name in item else None

    def number(name: str) -> int | None:
        return int(item[name]["N"]) if name in item else None

    return Attempt(
        endpoint_id=endpoint_id,
        event_id=item["event"]["S"],
        event_type=item["type"]["S"],
        replay_id=text("replay") or "",
        at_ms=int(item["at"]["N"]),
        number=int(item["number"]["N"]),
        outcome=item["outcome"]["S"],
        status=number("status"),
        error=text("error"),
        latency_ms=int(item["latency"]["N"]),
        snippet=text("snippet") or "",
        next_at_ms=number("next"),
    )
