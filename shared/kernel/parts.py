"""Bytes of any length as items of DynamoDB, which may have 400 KB each."""

import hashlib
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.kernel.aws import items_of_all_pages, outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PART_BYTES = 300_000

Item = dict[str, Any]


class Parts:
    """Compressed, cut into parts under one pk, sk the number of the part. May raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, pk: str, whole: bytes, also: Mapping[str, Any] | None = None) -> None:
        """Write all parts, the first one last, each with the attributes in `also`; the same again changes nothing."""
        packed = zlib.compress(whole, level=9)
        for part, start in reversed(list(enumerate(range(0, len(packed), PART_BYTES)))):
            item: Item = {
                "pk": {"S": pk},
                "sk": {"S": f"{part:04d}"},
                "bytes": {"B": packed[start : start + PART_BYTES]},
                **(also or {}),
            }
            with outage_as_unavailable():
                self._client.put_item(TableName=self._table, Item=item)

    def get(self, pk: str) -> bytes:
        """What was put. Raises zlib.error if there is nothing."""
        request: Item = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": True,
        }
        parts = items_of_all_pages(self._client.query, request)
        return zlib.decompress(b"".join(bytes(part["bytes"]["B"]) for part in parts))


class Attribute:
    """An attribute `name` of items that holds bytes: in the item, or where they are too many, in parts beside it.

    Parts stand under a pk with the SHA-256 of the bytes, which the item names instead. They are written before it and
    never changed, so whoever reads the item finds them whole, whatever becomes of one who dies between two of them.
    """

    def __init__(self, client: "DynamoDBClient", table: str, name: str) -> None:
        self._parts = Parts(client, table)
        self._name = name
        self._named = f"{name}_sha256"

    def put(self, pk: str, value: bytes, also: Mapping[str, Any] | None = None) -> Item:
        """What the item is to hold for `value`; its parts, if it needs any, are there by then, under `pk`."""
        if len(value) <= PART_BYTES:
            return {self._name: {"B": value}}
        sha256 = hashlib.sha256(value).hexdigest()
        self._parts.put(f"{pk}#{sha256}", value, also)
        return {self._named: {"S": sha256}}

    def get(self, pk: str, item: Item) -> bytes:
        """What `put` was given. Raises zlib.error if the parts that the item names are not there."""
        if self._named not in item:
            return bytes(item[self._name]["B"])
        return self._parts.get(f"{pk}#{item[self._named]['S']}")
