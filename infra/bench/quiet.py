"""Measurements in processes of their own, on a journal whose stream nobody follows."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bench.accounts import ORDINARY
from infra.bench.earn_cpu import EarnCpu
from infra.bench.events import purchase_event
from infra.bench.imports import TURNS, ImportTimes, NotTimedError, measure_imports
from infra.bench.operations import put_account
from infra.local.tables import create_tables
from infra.package import build_package
from infra.paths import ROOT
from infra.stack import Stack
from infra.target import Target
from shared.ledger.store import JournalStore
from shared.members.card import Card, card_number

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FIRST_MEMBER = 6_000_000_000


@dataclass(frozen=True, slots=True)
class QuietLedger:
    """A journal table beside a local stack's, and the environment of a process that uses it instead."""

    client: "DynamoDBClient"
    table: str
    card_prefix: str
    environment: dict[str, str]

    @classmethod
    def beside(cls, stack: Stack) -> "QuietLedger":
        client: DynamoDBClient = Target.local(stack.endpoint_url or "").client("dynamodb")
        table = create_tables(client, "bench")["LedgerTable"]
        environment = {**os.environ, **stack.process_environment(), "TESSERA_LEDGER_TABLE": table}
        return cls(client, table, stack.outputs["CardPrefix"], environment)

    def earn_cpu(self) -> EarnCpu:
        """Raises NotTimedError."""
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder, "result.json")
            done = subprocess.run(
                [sys.executable, "-m", "infra.bench.earn_cpu", str(result)],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise NotTimedError(done.stderr)
            return EarnCpu(*json.loads(result.read_text()))

    def import_times(self, report: Callable[[str], None]) -> ImportTimes:
        """Raises NotTimedError."""
        journal = JournalStore(self.client, self.table)
        events = []
        for member in (str(FIRST_MEMBER + turn) for turn in range(TURNS + 1)):
            put_account(journal, ORDINARY, member)
            card = card_number(self.card_prefix, Card(member, 1))
            events.append(json.dumps(purchase_event(card, f"cold-{member}")))
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(build_package(report).archive) as archive:
            archive.extractall(folder)
            return measure_imports(Path(folder), self.environment, events)
