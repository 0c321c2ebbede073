"""Connections, and what was heard through them, on DynamoDB, table `connectors`.

| pk | sk | holds |
| --- | --- | --- |
| `P#<partner>` | connection | that the partner has it |
| `C#<connection>` | `CONNECTION` | the connection; its secrets are sealed |
| `G#<connection>#<sale or file>` | `SALE`, `REFUND#<refund>`, `FILE` | all about one sale; kept FACT_KEPT_SECONDS |
| `E#<connection>#<sale or file>` | event id | that the event was heard, for EVENT_KEPT_SECONDS |
| `U#<connection>` | item id | a copy of each fact that waits in the queue |
| `L#<connection>` | item id | a copy of each sale that was let go without a card; kept LET_GO_SECONDS |
| `K#<partner and key, hashed>` | `CARD` | the card of a file's line, see `line_cards`; kept FACT_KEPT_SECONDS |

An event, the change it makes and the place in the queue are one transaction.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from partners.connectors.facts import Fact
from partners.connectors.facts_codec import connection_from_json, connection_to_json, fact_from_json, fact_to_json
from partners.connectors.line_cards import LineCard
from partners.connectors.model import Connection
from shared.kernel.aws import items_of_all_pages, outage_as_unavailable, transacted
from shared.kernel.ids import base32, digest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

EVENT_KEPT_SECONDS = 30 * 86_400
FACT_KEPT_SECONDS = 400 * 86_400
"""A refund finds its sale for so long."""
LET_GO_SECONDS = EVENT_KEPT_SECONDS
"""A sale is read again out of its event, which is kept so long."""
CONNECTION = "CONNECTION"
_NO_CARD_BEFORE = "none"

Item = dict[str, Any]
NONE_BESIDE: Mapping[str, Fact | None] = MappingProxyType({})


class ConnectorStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add_connection(self, connection: Connection) -> bool:
        """False if there is one of this id."""
        mine = {**_key(f"P#{connection.partner_id}", connection.connection_id)}
        return self._transact(
            [self._put(_connection_item(connection), "attribute_not_exists(pk)"), self._put(mine, None)]
        )

    def connection(self, connection_id: str) -> Connection | None:
        item = self._get(_key(f"C#{connection_id}", CONNECTION))
        return None if item is None else _connection(item)

    def connections(self, partner_id: str) -> list[Connection]:
        """The partner's, oldest first."""
        ids = [item["sk"]["S"] for item in self._query(f"P#{partner_id}")]
        found = [self.connection(one) for one in ids]
        return sorted((one for one in found if one), key=lambda one: (one.created_at_ms, one.connection_id))

    def change_connection(self, connection: Connection) -> bool:
        """Write the next version of a connection; False if the stored one is not the version before it."""
        return self._transact([self._put(_connection_item(connection), *_version_before(connection.version))])

    def fact(self, connection_id: str, group: str, part: str) -> Fact | None:
        item = self._get(_key(_group(connection_id, group), part))
        return None if item is None else _fact(item)

    def group(self, connection_id: str, group: str) -> list[Fact]:
        """All facts about one sale or file, in the order in which they were first heard."""
        found = [_fact(item) for item in self._query(_group(connection_id, group))]
        return sorted(found, key=lambda fact: (fact.heard_at_ms, fact.part))

    def was_heard(self, connection_id: str, group: str, event_id: str) -> bool:
        return self._get(_key(_events(connection_id, group), event_id)) is not None

    def change(
        self,
        before: Fact | None,
        fact: Fact,
        now_ms: int,
        event_id: str | None = None,
        beside: Mapping[str, Fact | None] = NONE_BESIDE,
    ) -> bool:
        """Write the next version of a fact, its place in the queue, and the event that it comes from, if any.

        `beside` are the facts of the same part, or None, at other connections. False if one of them is another by now,
        the stored fact is not `before` (None: there is none), or the event was heard before; then nothing was written.
        """
        now_s = now_ms // 1_000
        text = {"S": fact_to_json(fact)}
        row = {
            **_key(_group(fact.connection_id, fact.group), fact.part),
            "fact": text,
            "version": {"N": str(fact.version)},
            "gone_after": {"N": str(now_s + FACT_KEPT_SECONDS)},
        }
        writes = [self._put(row, *_version_before(fact.version))]
        lists, former = _lists(fact), {} if before is None else _lists(before)
        for name, kept_seconds in lists.items():
            gone_after = {"N": str(now_s + kept_seconds)}
            place = _key(name, fact.item_id)
            writes.append(self._put({**place, "fact": text, "version": row["version"], "gone_after": gone_after}, None))
        for name in former.keys() - lists.keys():
            writes.append({"Delete": {"TableName": self._table, "Key": _key(name, fact.item_id)}})
        if event_id is not None:
            event = {
                **_key(_events(fact.connection_id, fact.group), event_id),
                "gone_after": {"N": str(now_s + EVENT_KEPT_SECONDS)},
            }
            writes.append(self._put(event, "attribute_not_exists(pk)"))
        for connection_id, twin in beside.items():
            at = {"TableName": self._table, "Key": _key(_group(connection_id, fact.group), fact.part)}
            if twin is None:
                check: Item = {"ConditionExpression": "attribute_not_exists(pk)"}
            else:
                seen = {":seen": {"N": str(twin.version)}}
                check = {"ConditionExpression": "version = :seen", "ExpressionAttributeValues": seen}
            writes.append({"ConditionCheck": {**at, **check}})
        return self._transact(writes)

    def waiting(self, connection_id: str, after: str, limit: int) -> list[Fact]:
        """Up to `limit` facts that wait in the queue, oldest first, from behind the item `after` on."""
        return self._listed(f"U#{connection_id}", after, limit)

    def without_card(self, connection_id: str, after: str, limit: int) -> list[Fact]:
        """The same of the sales that were let go without a card."""
        return self._listed(f"L#{connection_id}", after, limit)

    def _listed(self, pk: str, after: str, limit: int) -> list[Fact]:
        request = self._query_of(pk, Limit=limit)
        if after:
            request["KeyConditionExpression"] += " AND sk > :after"
            request["ExpressionAttributeValues"][":after"] = {"S": after}
        # Beyond a megabyte a query ends before its limit.
        found = items_of_all_pages(self._client.query, request)
        return [_fact(item) for item in islice(found, limit)]

    def waiting_item(self, connection_id: str, item_id: str) -> Fact | None:
        item = self._get(_key(f"U#{connection_id}", item_id))
        return None if item is None else _fact(item)

    def line_card(self, partner_id: str, idempotency_key: str) -> LineCard | None:
        """Which card a line of a file stands on, or None if none is noted."""
        item = self._get(_line_key(partner_id, idempotency_key))
        return None if item is None else _line_card(item)

    def change_line_card(self, partner_id: str, idempotency_key: str, after: LineCard, now_ms: int) -> bool:
        """Write the next version of a line's card; False if the stored one is not the version before it."""
        item: Item = {
            **_line_key(partner_id, idempotency_key),
            "card": {"S": after.card},
            "settled": {"BOOL": after.settled},
            "version": {"N": str(after.version)},
            "gone_after": {"N": str(now_ms // 1_000 + FACT_KEPT_SECONDS)},
        }
        if after.runs:
            item |= {
                "number": {"S": after.number},
                "runs": {"SS": sorted(after.runs)},
                "noted_at": {"N": str(after.noted_at_ms)},
            }
        if after.version == 1:
            # Rows of before had no version.
            return self._transact([self._put(item, "attribute_not_exists(version)")])
        return self._transact([self._put(item, *_version_before(after.version))])

    def _put(self, item: Item, condition: str | None, values: Item | None = None) -> Item:
        put: Item = {"TableName": self._table, "Item": item}
        if condition:
            put["ConditionExpression"] = condition
        if values:
            put["ExpressionAttributeValues"] = values
        return {"Put": put}

    def _transact(self, writes: list[Item]) -> bool:
        """All of the writes or none; False if a condition did not hold."""
        if len(writes) > 1:
            return transacted(self._client, writes)
        with outage_as_unavailable():
            try:
                self._client.put_item(**writes[0]["Put"])
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def _get(self, key: Item) -> Item | None:
        with outage_as_unavailable():
            return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def _query_of(self, pk: str, **more: Any) -> Item:
        return {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": True,
            **more,
        }

    def _query(self, pk: str) -> Iterator[Item]:
        yield from items_of_all_pages(self._client.query, self._query_of(pk))


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _line_key(partner_id: str, idempotency_key: str) -> Item:
    return _key(f"K#{base32(digest('line', partner_id, idempotency_key))}", "CARD")


def _line_card(item: Item) -> LineCard:
    """A row of before says by its card alone how it stands: `none` is that of a line that was refused."""
    card = item["card"]["S"]
    if "version" not in item:
        return LineCard(card, settled=card != _NO_CARD_BEFORE)
    return LineCard(
        card=card,
        number=item.get("number", {"S": ""})["S"],
        runs=frozenset(item.get("runs", {"SS": []})["SS"]),
        noted_at_ms=int(item.get("noted_at", {"N": "0"})["N"]),
        settled=item["settled"]["BOOL"],
        version=int(item["version"]["N"]),
    )


def _group(connection_id: str, group: str) -> str:
    return f"G#{connection_id}#{group}"


def _events(connection_id: str, group: str) -> str:
    return f"E#{connection_id}#{group}"


def _lists(fact: Fact) -> dict[str, int]:
    """The lists in which a fact stands, and for how many seconds it is kept there."""
    found = {f"U#{fact.connection_id}": FACT_KEPT_SECONDS} if fact.waiting else {}
    return {**found, f"L#{fact.connection_id}": LET_GO_SECONDS} if fact.without_card else found


def _version_before(version: int) -> tuple[str, Item | None]:
    if version == 1:
        return "attribute_not_exists(pk)", None
    return "version = :before", {":before": {"N": str(version - 1)}}


def _connection_item(connection: Connection) -> Item:
    return {
        **_key(f"C#{connection.connection_id}", CONNECTION),
        "connection": {"S": connection_to_json(connection)},
        "version": {"N": str(connection.version)},
    }


def _connection(item: Item) -> Connection:
    return connection_from_json(item["connection"]["S"], int(item["version"]["N"]))


def _fact(item: Item) -> Fact:
    return fact_from_json(item["fact"]["S"], int(item["version"]["N"]))
