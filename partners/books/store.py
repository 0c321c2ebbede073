"""The books on DynamoDB, table `books`: what `partners.runs.store` keeps, and documents.

| pk | sk | holds |
| --- | --- | --- |
| `BOOKS#<month>#<digest>` | part, 4 digits | the document, compressed and cut into parts |

A document stands under what follows from its bytes, so no other can take its place.
"""

import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from partners.books.model import Count
from partners.books.work import Run
from partners.runs.store import Forms, Item, RunStore
from shared.kernel.parts import Parts
from shared.ledger.model import Place

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_CONTRADICTIONS = 100
"""So many are kept; who counts the month again gets all."""


class BookStore(RunStore[Run, Count]):
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        super().__init__(client, table, Forms(_run_to_item, _run_from_item, pack_count, unpack_count))
        self._parts = Parts(client, table)

    def put_document(self, run_id: str, digest: str, document: bytes) -> None:
        """Write a document; writing the same again changes nothing."""
        self._parts.put(f"BOOKS#{run_id}#{digest}", document)

    def document(self, run_id: str, digest: str) -> bytes:
        return self._parts.get(f"BOOKS#{run_id}#{digest}")


def pack_count(count: Count) -> bytes:
    rows = [
        count.members,
        count.entries,
        [[*flow, number] for flow, number in sorted(count.before.items())],
        [[*flow, number] for flow, number in sorted(count.within.items())],
        [[*honour, number] for honour, number in sorted(count.honoured_before.items())],
        [[*honour, number] for honour, number in sorted(count.honoured.items())],
        [[*holding, number] for holding, number in sorted(count.states.items())],
        count.faults,
    ]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpack_count(packed: bytes) -> Count:
    """Raises ValueError or zlib.error if the bytes are not what pack_count writes."""
    members, entries, before, within, honoured_before, honoured, states, faults = json.loads(zlib.decompress(packed))
    return Count(
        members,
        entries,
        {_flow(*flow): number for *flow, number in before},
        {_flow(*flow): number for *flow, number in within},
        {(issuer, unit, acceptor): number for issuer, unit, acceptor, number in honoured_before},
        {(issuer, unit, acceptor): number for issuer, unit, acceptor, number in honoured},
        {(issuer, unit, month, Place(place)): number for issuer, unit, month, place, number in states},
        faults,
    )


def _flow(issuer: str, unit: str, month: int, source: str, target: str) -> tuple[str, str, int, Place, Place]:
    return issuer, unit, month, Place(source), Place(target)


def _run_to_item(run: Run) -> Item:
    item: dict[str, Any] = {"begun": {"N": str(run.begun_at_ms)}, "segments": {"N": str(run.segments)}}
    if run.digest is not None:
        item["ended"] = {"N": str(run.ended_at_ms)}
        item["digest"] = {"S": run.digest}
        item["contradictions"] = {"L": [{"S": words} for words in run.contradictions[:MOST_CONTRADICTIONS]]}
    return item


def _run_from_item(item: Item) -> Run:
    run = Run(item["sk"]["S"], int(item["begun"]["N"]), int(item["segments"]["N"]))
    if "digest" not in item:
        return run
    return replace(
        run,
        digest=item["digest"]["S"],
        contradictions=tuple(words["S"] for words in item["contradictions"]["L"]),
        ended_at_ms=int(item["ended"]["N"]),
    )
