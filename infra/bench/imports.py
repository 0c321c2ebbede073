"""CPU to import the API handler as it is packaged, and up to its first answered earn, against bare boto3 and chalice.

Every measurement is a fresh interpreter; kinds take turns. The first turn compiles what is imported and
is not counted.
"""

import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import boto3

TURNS = 9

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
event = json.loads(sys.argv[2])
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
sys.path.insert(0, sys.argv[1])
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


def measure_imports(unpacked: Path, environment: dict[str, str], events: Sequence[str]) -> ImportTimes:
    """`unpacked` is the Lambda package, `environment` a deployment's; of `events`, purchases as JSON, every
    turn sends another. Bare boto3 and chalice are those of this environment. Raises NotTimedError.
    """
    installed = Path(boto3.__file__).parent.parent
    kinds = {
        "handler": (_HANDLER, unpacked),
        "bare": (_BARE, installed),
        "first_earn": (_FIRST_EARN, unpacked),
        "bare_first_calls": (_BARE_CALLS, installed),
    }
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for event in events:
        for name, (work, folder) in kinds.items():
            took[name].append(_timed(work, folder, environment, event))
    return ImportTimes(**{name: statistics.median(times[1:]) for name, times in took.items()})


def _timed(work: str, folder: Path, environment: dict[str, str], event: str) -> float:
    """In an interpreter that sees nothing but Python itself and `folder`."""
    command = [sys.executable, "-I", "-S", "-c", _TIMED.format(work=work), str(folder), event]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotTimedError(done.stderr)
    return float(done.stdout)
