"""Runs a handler of the unpacked package under AWS's own Lambda runtime client, as Lambda would.

The runtime client fetches invocations from an HTTP server and posts its answers there; this is that
server, on loopback, in the size that a test needs.
"""

import importlib.util
import json
import os
import queue
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PREFIX = "/2018-06-01/runtime"
_RUNTIME_MODULES = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
_ANSWER_WITHIN_SECONDS = 30

_START = """
import sys
sys.path[:0] = sys.argv[1:3]
from awslambdaric.__main__ import main
main(["bootstrap", sys.argv[3]])
"""


class HandlerFailedError(Exception):
    """The handler raised, or could not be imported; the message is what the runtime reported."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A runtime that is killed while it waits is how every test ends."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LambdaRuntime:
    """One execution environment. Use in a `with` block; `invoke` as often as wanted."""

    def __init__(self, unpacked: Path, handler: str, environment: dict[str, str], scratch: Path) -> None:
        self._events: queue.Queue[Any] = queue.Queue()
        self._answers: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._server = _Server(("127.0.0.1", 0), self._request_handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        runtime = scratch / "runtime"
        _link_runtime_client(runtime)
        # -I -S: neither this environment's packages nor the work tree can stand in for what the zip lacks.
        self._command = [_bare_python(), "-I", "-S", "-c", _START, str(unpacked), str(runtime), handler]
        self._environment = environment | {
            "_HANDLER": handler,
            "LAMBDA_TASK_ROOT": str(unpacked),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "packaged",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_GROUP_NAME": "packaged",
            "AWS_LAMBDA_LOG_STREAM_NAME": "packaged",
            "PATH": os.environ["PATH"],
        }
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._server.shutdown()
        self._server.server_close()

    def invoke(self, event: Any) -> Any:
        """The handler's answer. Raises HandlerFailedError."""
        self._events.put(event)
        outcome, answer = self._next_answer()
        if outcome != "response":
            raise HandlerFailedError(json.dumps(answer))
        return answer

    def _next_answer(self) -> tuple[str, Any]:
        deadline = time.monotonic() + _ANSWER_WITHIN_SECONDS
        while time.monotonic() < deadline:
            try:
                return self._answers.get(timeout=0.1)
            except queue.Empty:
                if self._process is None or self._process.poll() is not None:
                    break
        raise HandlerFailedError(f"no answer; the runtime wrote:\n{self._stop()}")

    def _stop(self) -> str:
        """Ends the environment's process; returns what it wrote."""
        process, self._process = self._process, None
        if process is None:
            return ""
        process.kill()
        return process.communicate()[0]

    def _request_handler(self) -> type[BaseHTTPRequestHandler]:
        events, answers = self._events, self._answers

        class Api(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = json.dumps(events.get()).encode()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "0d1f0a5c-8f35-4c6e-9d3c-000000000001")
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + 30) * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:1:function:packaged")
                # The client crashes without a content type.
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                answers.put((self.path.rsplit("/", 1)[1], json.loads(raw or b"null")))

            def log_message(self, *_: object) -> None:
                """Silent: the test's own output is what matters."""

        return Api


def _link_runtime_client(folder: Path) -> None:
    """Lambda's image brings the runtime client; nothing else of this environment comes along."""
    folder.mkdir(exist_ok=True)
    for name in _RUNTIME_MODULES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise HandlerFailedError(f"{name} is not installed")
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        link = folder / source.name
        if not link.exists():
            link.symlink_to(source)


def _bare_python() -> str:
    return str(Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}"))
