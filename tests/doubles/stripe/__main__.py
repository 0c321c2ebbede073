"""`python -m tests.doubles.stripe [--port N]`: the double on loopback, at the time of this machine.

Prints its address in one line. Events that happened are at `/double/events`, for whoever sends webhooks; POST
`/double/offset` with a number of milliseconds sets its clock so far ahead; POST `/double/faults` with pairs of a
path and a fault lets the next requests there meet them, and GET counts those that were met.
"""

import argparse
import json
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from shared.kernel.clock import system_clock
from tests.doubles.stripe.double import KEY, Reply, StripeDouble
from tests.doubles.stripe.errors import NoAnswerError
from tests.doubles.stripe.faults import Fault


class Loopback:
    """The double behind a lock, with a clock that can be set ahead."""

    def __init__(self, key: str = KEY) -> None:
        self.offset_ms = 0
        self.double = StripeDouble(lambda: system_clock() + self.offset_ms, key=key)
        self._lock = Lock()

    def answer(self, method: str, path: str, headers: dict[str, str], body: str) -> Reply:
        with self._lock:
            if path == "/double/events":
                self.double.advance()
                return Reply(200, json.dumps(self.double.books.happened), {})
            if path == "/double/offset":
                self.offset_ms = int(body)
                self.double.advance()
                return Reply(200, "{}", {})
            if path == "/double/faults":
                for where, fault in json.loads(body or "[]"):
                    self.double.faults.plan(where, Fault(fault))
                return Reply(200, json.dumps(Counter(self.double.faults.met)), {})
            return self.double.request(method, path, headers, body)

    def server(self, port: int = 0) -> ThreadingHTTPServer:
        """A server on loopback, not yet serving; port 0 takes a free one."""
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                try:
                    reply = loopback.answer(self.command.lower(), self.path, dict(self.headers), body)
                except NoAnswerError:
                    self.close_connection = True
                    return
                raw = reply.body.encode()
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(raw)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_DELETE = _handle  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.stripe")
    parser.add_argument("--port", type=int, default=0)
    server = Loopback().server(parser.parse_args().port)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
