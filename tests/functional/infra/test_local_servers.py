"""The local servers come up on loopback and leave nothing behind, however their owner ends."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.cloud import local_cloud
from infra.local.server import LOOPBACK, LocalServer, ServerPlan, ServerStartError, free_port
from infra.paths import ROOT
from tests.support.processes import all_gone, processes_with

# A shell that runs the tests in the background has its children ignore the interrupt.
_OWNER = """
import signal, sys, time
from pathlib import Path
from infra.local.cloud import local_cloud
signal.signal(signal.SIGINT, signal.default_int_handler)
with local_cloud(log=Path(sys.argv[1])) as cloud:
    print(cloud.port, flush=True)
    time.sleep(600)
"""


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def test_the_local_cloud_listens_on_loopback_only_and_is_gone_after_its_block(tmp_path: Path) -> None:
    with local_cloud(log=tmp_path / "cloud.log") as cloud:
        assert _is_open(cloud.port)
        listening = Path("/proc/net/tcp").read_text()
        assert f"0100007F:{cloud.port:04X}" in listening
        assert f"00000000:{cloud.port:04X}" not in listening
        assert processes_with(f"GATEWAY_PORT={cloud.port}")
    assert not _is_open(cloud.port)
    assert processes_with(f"GATEWAY_PORT={cloud.port}") == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_when_its_owner_is_killed_the_local_cloud_goes_too(how: signal.Signals, tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(tmp_path / "cloud.log")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with owner:
        port = int(owner.stdout.readline()) if owner.stdout else 0
        assert _is_open(port)
        owner.send_signal(how)
    assert all_gone(f"GATEWAY_PORT={port}")
    assert not _is_open(port)


def test_a_server_that_ends_while_starting_says_why(tmp_path: Path) -> None:
    plan = ServerPlan(
        name="broken",
        command=lambda _port, _scratch: [sys.executable, "-c", "raise SystemExit('no such luck')"],
        environment=lambda _port, _scratch: {"PATH": os.environ["PATH"]},
        ready_path="/",
        ready_statuses=frozenset({200}),
        ready_within_seconds=10,
    )
    with (
        pytest.raises(ServerStartError, match="no such luck"),
        LocalServer(plan, tmp_path / "broken.log", free_port()),
    ):
        pass


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerStartError, match=str(port)), local_cloud(port, tmp_path / "cloud.log"):
            pass
