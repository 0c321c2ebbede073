"""Sends one webhook to wherever a partner says: the only file that talks to hosts that are not ours.

A name is resolved once, every address it has is checked, and the connection goes to the very address that was
checked, with the name in TLS and in the Host header. So no answer of a name server can lead to another host between
check and use. Redirects are answers, not followed.
"""

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from partners.webhooks.addresses import is_public
from partners.webhooks.model import LOCAL_HOST

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONNECT_SECONDS = 3.0
WHOLE_SECONDS = 10.0
ANSWER_BYTES = 1_024
WIRE_BYTES = 8 * ANSWER_BYTES
"""Of an answer in chunks, each of which says its size as well."""
SNIPPET_CHARACTERS = 300

Resolve = Callable[[str, int], list[str]]
"""The addresses of a name, in order of preference. May raise OSError."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a `status`, or an `error` in one word. `snippet` is the beginning of the body as text."""

    status: int | None
    error: str | None
    snippet: str
    latency_ms: int


class RefusedAddressError(Exception):
    """The name leads to an address that is not public."""


def system_resolve(host: str, port: int) -> list[str]:
    """What the system's resolver says, IPv4 first: most receivers are reached that way."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in sorted(found, key=lambda info: info[0] != socket.AF_INET)]


class WebhookSender:
    """`local_receivers` lets webhooks go to 127.0.0.1 as well, for tests on one machine."""

    def __init__(
        self,
        *,
        local_receivers: bool = False,
        resolve: Resolve = system_resolve,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._local_receivers = local_receivers
        self._resolve = resolve
        self._tls = tls
        self._whole_seconds = whole_seconds

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send `body`; whatever goes wrong is an answer too. Takes `whole_seconds` and a name look-up at most."""
        started = time.monotonic()
        deadline = _Deadline(self._whole_seconds)
        try:
            status, snippet = self._exchange(urlsplit(url), headers, body, deadline)
        except RefusedAddressError:
            return _failed("address_refused", started)
        except socket.gaierror:
            return _failed("name_not_found", started)
        except ssl.SSLCertVerificationError:
            return _failed("certificate_refused", started)
        except TimeoutError:
            return _failed("timed_out", started)
        except (OSError, http.client.HTTPException, ValueError, OverflowError):
            # The last two are what http.client makes of a chunk of size -2.
            return _failed("timed_out" if deadline.passed else "connection_failed", started)
        finally:
            deadline.cancel()
        return Answer(status, None, snippet, _since(started))

    def _exchange(
        self, url: SplitResult, headers: Mapping[str, str], body: bytes, deadline: "_Deadline"
    ) -> tuple[int, str]:
        connection = self._connection(url, deadline)
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        try:
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, _snippet(_beginning(answer))
        finally:
            connection.close()

    def _connection(self, url: SplitResult, deadline: "_Deadline") -> http.client.HTTPConnection:
        """Connected already, so that it never looks up a name by itself. Raises RefusedAddressError, OSError."""
        host = url.hostname or ""
        local = self._local_receivers and host == LOCAL_HOST
        port = (url.port or 443) if local else 443
        addresses = [LOCAL_HOST] if local else self._resolve(host, port)
        if not addresses or not (local or all(is_public(address) for address in addresses)):
            raise RefusedAddressError
        reached = socket.create_connection((addresses[0], port), min(CONNECT_SECONDS, self._whole_seconds))
        deadline.cuts(reached)
        reached.settimeout(self._whole_seconds)
        if url.scheme == "http" and local:
            connection = http.client.HTTPConnection(host, port)
            connection.sock = reached
            return connection
        try:
            secured = self._tls_context.wrap_socket(reached, server_hostname=host, do_handshake_on_connect=False)
        except BaseException:
            reached.close()
            raise
        connection = http.client.HTTPSConnection(host, port, context=self._tls_context)
        connection.sock = secured
        try:
            deadline.cuts(secured)
            secured.do_handshake()
        except BaseException:
            secured.close()
            raise
        return connection

    @cached_property
    def _tls_context(self) -> ssl.SSLContext:
        return self._tls()


def _beginning(answer: http.client.HTTPResponse) -> bytes:
    """The body's first ANSWER_BYTES at most. Raises OSError, HTTPException."""
    if answer.isclosed():
        return b""
    wire = _Bounded(answer.fp, WIRE_BYTES)
    answer.fp = io.BufferedReader(wire)
    try:
        return answer.read(ANSWER_BYTES)
    except http.client.IncompleteRead as error:
        if wire.left:
            raise
        return error.partial


class _Bounded(io.RawIOBase):
    """Ends after `left` bytes: to http.client a chunk of size -1 is all that ever comes, at once."""

    def __init__(self, wire: io.BufferedReader, left: int) -> None:
        self._wire = wire
        self.left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        taken = self._wire.readinto1(memoryview(buffer)[: self.left])
        self.left -= taken
        return taken

    def close(self) -> None:
        self._wire.close()
        super().close()


class _Deadline:
    """Ends whatever goes on at a socket: its own time-out begins anew with every byte that trickles in."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def cuts(self, open_socket: socket.socket) -> None:
        self._socket = open_socket
        if self.passed:
            raise TimeoutError

    def cancel(self) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self.passed = True
        if self._socket is not None:
            try:
                # Not of the TLS layer, which would wait for the other side.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return


def _failed(error: str, started: float) -> Answer:
    return Answer(None, error, "", _since(started))


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1_000)


def _snippet(raw: bytes) -> str:
    text = raw.decode(errors="replace")[:SNIPPET_CHARACTERS]
    return "".join(character if character.isprintable() else " " for character in text)
