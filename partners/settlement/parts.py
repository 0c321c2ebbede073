"""Bytes of any length as items of DynamoDB, which may have 400 KB each."""

import zlib
from typing import TYPE_CHECKING, Any

from shared.kernel.aws import items_of_all_pages, outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PART_BYTES = 300_000


class Parts:
    """Compressed, cut into parts under one pk, sk the number of the part. May raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, pk: str, whole: bytes) -> None:
        """Write all parts, the first one last; writing the same again changes nothing."""
        packed = zlib.compress(whole, level=9)
        for part, start in reversed(list(enumerate(range(0, len(packed), PART_BYTES)))):
            item: dict[str, Any] = {
                "pk": {"S": pk},
                "sk": {"S": f"{part:04d}"},
                "bytes": {"B": packed[start : start + PART_BYTES]},
            }
            with outage_as_unavailable():
                self._client.put_item(TableName=self._table, Item=item)

    def get(self, pk: str) -> bytes:
        """What was put. Raises zlib.error if there is nothing."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ConsistentRead": True,
        }
        parts = items_of_all_pages(self._client.query, request)
        return zlib.decompress(b"".join(bytes(part["bytes"]["B"]) for part in parts))
