"""`python -m infra.bench.earn_cpu RESULT`: CPU of an earn through the handler, against bare boto3 calls.

Runs in a process of its own, in the environment of a deployment, with its log lines going to standard
output as in Lambda. Batches of each kind take turns, so that a busy machine is busy for all of them.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROUNDS = 9
BATCH = 40
FIRST_MEMBER = 7_000_000_000


@dataclass(frozen=True, slots=True)
class EarnCpu:
    """Median CPU in microseconds of one earn, and of the same two calls by a bare client."""

    handler: float
    bare: float
    bare_with_our_settings: float

    @property
    def ratio(self) -> float:
        return self.handler / self.bare


class NotAnsweredError(Exception):
    """The handler did not grant the points."""


def measure() -> EarnCpu:
    import boto3

    from partners.bootstrap import services

    settings = services().settings
    from shared.kernel.aws import dynamodb_client

    kinds: dict[str, Callable[[str], None]] = {
        "handler": _handler(settings.card_prefix),
        "bare": _bare(boto3.client("dynamodb", region_name=settings.region), settings.ledger_table),
        "bare_with_our_settings": _bare(dynamodb_client(settings.region), settings.ledger_table),
    }
    members = _members(settings.ledger_table, dynamodb_client(settings.region), len(kinds))
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(ROUNDS + 1):
        for name, earn in kinds.items():
            batch = [next(members) for _ in range(BATCH)]
            started = time.process_time_ns()
            for member in batch:
                earn(member)
            if number:
                took[name].append((time.process_time_ns() - started) / 1_000 / BATCH)
    return EarnCpu(**{name: statistics.median(batches) for name, batches in took.items()})


def _members(table: str, client: Any, kinds: int) -> Any:
    """Ordinary accounts, one for every earn."""
    from infra.bench.accounts import ORDINARY
    from infra.bench.operations import put_account
    from shared.ledger.store import JournalStore

    journal = JournalStore(client, table)
    names = [str(FIRST_MEMBER + number) for number in range((ROUNDS + 1) * BATCH * kinds)]
    for name in names:
        put_account(journal, ORDINARY, name)
    return iter(names)


def _handler(card_prefix: str) -> Callable[[str], None]:
    from app import app
    from infra.bench.events import LambdaContext, purchase_event
    from shared.members.card import Card, card_number

    context = LambdaContext()

    def earn(member: str) -> None:
        answer = app(purchase_event(card_number(card_prefix, Card(member, 1)), f"r-{member}"), context)
        if answer["statusCode"] != 201:
            raise NotAnsweredError(answer["body"])

    return earn


def _bare(client: Any, table: str) -> Callable[[str], None]:
    """The same requests, byte for byte those of the store, without anything around them."""
    from infra.bench.accounts import ORDINARY, head_entry
    from shared.kernel.clock import system_clock
    from shared.ledger.codec import entry_to_item, key_of

    item = entry_to_item(head_entry(ORDINARY, "0", system_clock()))

    def earn(member: str) -> None:
        client.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"M#{member}"}},
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=False,
        )
        client.put_item(
            TableName=table,
            Item={**item, **key_of(member, 99)},
            ConditionExpression="attribute_not_exists(pk)",
        )

    return earn


if __name__ == "__main__":
    found = measure()
    Path(sys.argv[1]).write_text(json.dumps([found.handler, found.bare, found.bare_with_our_settings]))
