"""Receivers on loopback, over TLS or not, that answer as a test wants."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TLS = Path(__file__).parents[3] / "fixtures" / "tls"
NAME = "receiver.example"

Behave = Callable[[socket.socket], None]


def answering(reply: bytes, heard: list[bytes]) -> Behave:
    """Reads one request and answers `reply`."""

    def behave(connection: socket.socket) -> None:
        raw = connection.recv(65_536)
        while b"\r\n\r\n" not in raw or not _whole(raw):
            raw += connection.recv(65_536)
        heard.append(raw)
        connection.sendall(reply)

    return behave


def _whole(raw: bytes) -> bool:
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    return len(body) >= length


@contextmanager
def receiver(behave: Behave, *, tls: bool = True) -> Iterator[int]:
    """The port of a receiver that treats each connection by `behave`."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "receiver.pem", TLS / "receiver.key")

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                behave(context.wrap_socket(connection, server_side=True) if tls else connection)
            except OSError:
                pass
            finally:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def trusting() -> ssl.SSLContext:
    """Trusts the receivers of this file as a public authority would be trusted."""
    return ssl.create_default_context(cafile=str(TLS / "receiver.pem"))
