"""The local cloud: ministack, an AWS emulator, on loopback only."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.server import LOOPBACK, LocalServer, ServerPlan, free_port
from infra.paths import CLOUD_ENVIRONMENT, LOCAL

REGION = "us-east-1"
STAGE = "local"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""What the emulator takes as its account's root: it may do everything."""

_EMULATOR = Path(__file__).with_name("emulator.py")
_KEPT_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL")


def local_aws_environment(endpoint_url: str) -> dict[str, str]:
    """What the AWS SDK reads, so that every call of a process goes to the endpoint and nowhere else."""
    return {
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _command(_port: int, _scratch: Path) -> Sequence[str]:
    return [str(CLOUD_ENVIRONMENT / "bin" / "python"), "-I", str(_EMULATOR)]


def _environment(port: int, scratch: Path) -> Mapping[str, str]:
    """Only what is listed here reaches the emulator and, through it, the Lambda workers."""
    kept = {name: os.environ[name] for name in _KEPT_FROM_OUTSIDE if name in os.environ}
    return {
        **kept,
        **CREDENTIALS,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "INFO",
        # Every function runs under its own role here too, so a permission that lacks is found before AWS.
        "AUTH": "true",
        "TMPDIR": str(scratch),
        "DOCKER_HOST": f"unix://{scratch}/no-docker.sock",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }


_PLAN = ServerPlan(
    name="local-cloud",
    command=_command,
    environment=_environment,
    ready_path="/_ministack/ready",
    ready_statuses=frozenset({200}),
    ready_within_seconds=60,
)


def local_cloud(port: int | None = None, log: Path = LOCAL / "logs" / "cloud.log") -> LocalServer:
    """The local cloud, to be used in a `with` block; on a free port unless one is given."""
    return LocalServer(_PLAN, log, port or free_port())
