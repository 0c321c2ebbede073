"""A server program on a loopback port, started for the length of a `with` block and gone after it."""

import http.client
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"
_GUARD = Path(__file__).with_name("guard.py")
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 (the folder made in it is private)
_PLENTY_BYTES = 4 * 1024**3
_LOOK_EVERY_SECONDS = 0.05
_STOP_WITHIN_SECONDS = 15


class ServerStartError(Exception):
    """The server did not come up; the message ends with the last lines it logged."""


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _scratch_parent() -> Path | None:
    """Memory where there is plenty: the emulator unpacks thousands of small files."""
    if _MEMORY_FOLDER.is_dir() and shutil.disk_usage(_MEMORY_FOLDER).free >= _PLENTY_BYTES:
        return _MEMORY_FOLDER
    return None


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """How to start one server program.

    `command` and `environment` are made from the port and an empty scratch folder, which is removed at the
    end; `ready_path` is asked over HTTP until it answers with one of `ready_statuses`.
    """

    name: str
    command: Callable[[int, Path], Sequence[str]]
    environment: Callable[[int, Path], Mapping[str, str]]
    ready_path: str
    ready_statuses: frozenset[int]
    ready_within_seconds: float
    working_folder: Path | None = None


@dataclass(slots=True)
class LocalServer:
    """One running server. Use it in a `with` block; when that ends, none of its processes is left."""

    plan: ServerPlan
    log: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def endpoint_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        """Raises ServerStartError."""
        if not _is_free(self.port):
            raise ServerStartError(f"port {self.port} on {LOOPBACK} is taken: choose another for {self.plan.name}")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f"tessera-{self.plan.name}-", dir=_scratch_parent()))
        command = [sys.executable, "-I", str(_GUARD), str(scratch), *self.plan.command(self.port, scratch)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.plan.environment(self.port, scratch)),
                cwd=self.plan.working_folder,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends every process of the server; returns when they are gone. May be called again."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.wait(_STOP_WITHIN_SECONDS)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.plan.ready_within_seconds
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                raise ServerStartError(f"{self.plan.name} ended while starting.\n{self._last_log_lines()}")
            if time.monotonic() > deadline:
                seconds = f"{self.plan.ready_within_seconds:.0f} s"
                raise ServerStartError(f"{self.plan.name} was not ready within {seconds}.\n{self._last_log_lines()}")
            time.sleep(_LOOK_EVERY_SECONDS)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=2)
        try:
            connection.request("GET", self.plan.ready_path)
            return connection.getresponse().status in self.plan.ready_statuses
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _last_log_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
