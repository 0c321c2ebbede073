"""CPU to import the API handler, and up to its first answered earn, against bare boto3 and chalice.

Every measurement is a fresh interpreter with compiled files; kinds take turns.
"""

import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from infra.paths import ROOT

TURNS = 7

_HANDLER = """
import app
from shared.kernel.aws import dynamodb_client
dynamodb_client(os.environ["AWS_REGION"])
"""
_BARE = """
import boto3, chalice
client = boto3.client("dynamodb", region_name=os.environ["AWS_REGION"])
"""
_FIRST_EARN = """
import app, json
event = json.loads(sys.argv[1])
answer = app.app(event, SimpleNamespace(aws_request_id="bench"))
assert answer["statusCode"] == 201, answer
"""
# As many calls as a cold server makes for an earn: location, terms and account are read, an entry is written.
_BARE_CALLS = f"""{_BARE}
table = os.environ["TESSERA_PARTNERS_TABLE"]
for number in range(3):
    client.get_item(TableName=table, Key={{"pk": {{"S": "none"}}, "sk": {{"S": "none"}}}})
client.put_item(TableName=table, Item={{"pk": {{"S": "bench"}}, "sk": {{"S": "bench"}}}})
"""
_TIMED = """
import os, sys, time
from types import SimpleNamespace
said, sys.stdout = sys.stdout, open(os.devnull, "w")
started = time.process_time()
{work}
print((time.process_time() - started) * 1000, file=said)
"""


@dataclass(frozen=True, slots=True)
class ImportTimes:
    """Median milliseconds of CPU: of importing and making a client, and up to the first answer."""

    handler: float
    bare: float
    first_earn: float
    bare_first_calls: float


class NotTimedError(Exception):
    """A measured program failed; the message is what it said."""


def measure_imports(environment: dict[str, str], events: Sequence[str]) -> ImportTimes:
    """`environment` is a deployment's; `events` holds a purchase of another member for every turn, as JSON."""
    kinds = {"handler": _HANDLER, "bare": _BARE, "first_earn": _FIRST_EARN, "bare_first_calls": _BARE_CALLS}
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for event in events:
        for name, work in kinds.items():
            took[name].append(_timed(work, environment, event))
    return ImportTimes(**{name: statistics.median(times) for name, times in took.items()})


def _timed(work: str, environment: dict[str, str], event: str) -> float:
    command = [sys.executable, "-c", _TIMED.format(work=work), event]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotTimedError(done.stderr)
    return float(done.stdout)
