"""Serves the reference page on loopback, beside the local cloud."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from infra.reference import HEADERS


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path: object) -> None:
        """No listings."""
        del path
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """A page that is looked at says nothing."""


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[str]:
    """The address under which `folder` is served on loopback until the block ends; a free port if 0."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
