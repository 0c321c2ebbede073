"""The books on DynamoDB, table `books`: what `partners.runs.store` keeps, and documents.

| pk | sk | holds |
| --- | --- | --- |
| `BOOKS#<month>#<digest>` | part, 4 digits | a document, compressed and cut into parts: of the month, or of its money |

A document stands under what follows from its bytes, so no other can take its place.
"""

import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from partners.books.model import Count
from partners.books.work import Run
from partners.runs.model import Task
from partners.runs.store import Forms, Item, RunStore
from shared.kernel.parts import Parts
from shared.ledger.model import Place

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class OlderCountError(ValueError):
    """A count that was packed before it had what was paid."""


MOST_CONTRADICTIONS = 100
"""So many are kept; who counts the month again gets all."""
COLUMNS_BEFORE_PRICES = 8


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

    def _task_from_item(self, item: Item) -> Task[Count]:
        try:
            return super()._task_from_item(item)
        except OlderCountError:
            # Of what it counted nobody noted the prices: it begins anew, as the next version of the same task.
            name = item["sk"]["S"].removeprefix("TASK#")
            return Task(name, Count(), int(item["version"]["N"]), int(item["leased"]["N"]))


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
        [[*paid, number] for paid, number in sorted(count.paid.items())],
    ]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpack_count(packed: bytes) -> Count:
    """Raises ValueError or zlib.error if the bytes are not what pack_count writes, OlderCountError if it once did."""
    rows = json.loads(zlib.decompress(packed))
    if len(rows) == COLUMNS_BEFORE_PRICES:
        raise OlderCountError
    members, entries, before, within, honoured_before, honoured, states, faults, paid = rows
    return Count(
        members,
        entries,
        {_flow(*flow): number for *flow, number in before},
        {_flow(*flow): number for *flow, number in within},
        {(issuer, unit, acceptor): number for issuer, unit, acceptor, number in honoured_before},
        {(issuer, unit, acceptor): number for issuer, unit, acceptor, number in honoured},
        {(issuer, unit, month, Place(place)): number for issuer, unit, month, place, number in states},
        faults,
        {(issuer, unit, acceptor, currency, price): number for issuer, unit, acceptor, currency, price, number in paid},
    )


def _flow(issuer: str, unit: str, month: int, source: str, target: str) -> tuple[str, str, int, Place, Place]:
    return issuer, unit, month, Place(source), Place(target)


def _run_to_item(run: Run) -> Item:
    item: dict[str, Any] = {"begun": {"N": str(run.begun_at_ms)}, "segments": {"N": str(run.segments)}}
    if run.digest is not None:
        item["ended"] = {"N": str(run.ended_at_ms)}
        item["digest"] = {"S": run.digest}
        if run.money_digest is not None:
            item["money_digest"] = {"S": run.money_digest}
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
        money_digest=item["money_digest"]["S"] if "money_digest" in item else None,
    )
