"""Sweeps on DynamoDB, table `sweeps`: what `partners.runs.store` keeps."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from partners.runs.store import Forms, Item, RunStore
from partners.sweep.model import Left, Outcome, Run, Swept

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class SweepStore(RunStore[Run, Swept]):
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        super().__init__(client, table, Forms(_run_to_item, _run_from_item, _pack, _unpack))


def _run_to_item(run: Run) -> Item:
    item: Item = {"begun": {"N": str(run.begun_at_ms)}, "segments": {"N": str(run.segments)}}
    if run.outcome is not None:
        item["ended"] = {"N": str(run.outcome.ended_at_ms)}
        item["total"] = {"B": _pack(run.outcome.total)}
    return item


def _run_from_item(item: Item) -> Run:
    outcome = Outcome(int(item["ended"]["N"]), _unpack(item["total"]["B"])) if "ended" in item else None
    return Run(item["sk"]["S"], int(item["begun"]["N"]), int(item["segments"]["N"]), outcome)


def _pack(swept: Swept) -> bytes:
    return json.dumps(asdict(swept), separators=(",", ":")).encode()


def _unpack(packed: bytes) -> Swept:
    read = json.loads(packed)
    return Swept(**{**read, "left": tuple(Left(**one) for one in read["left"])})
