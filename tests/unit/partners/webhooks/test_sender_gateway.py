"""The gateway connects to the address it has checked, as the name it was given, and to no other."""

import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

import pytest

from partners.webhooks import sender_gateway
from partners.webhooks.sender_gateway import ANSWER_BYTES, SNIPPET_CHARACTERS, WebhookSender
from tests.unit.partners.webhooks.receivers import NAME, answering, receiver, trusting

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
URL = f"https://{NAME}/hooks?a=b"
PUBLIC = "93.184.215.14"


class Net:
    """Connections to the public address PUBLIC, port 443, end at a receiver on loopback; all others are noted."""

    def __init__(self, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connected: list[tuple[str, int]] = []
        self._real = socket.create_connection
        self._port = port
        monkeypatch.setattr(sender_gateway.socket, "create_connection", self._connect)

    def _connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.connected.append(address)
        assert address == (PUBLIC, 443)
        return self._real(("127.0.0.1", self._port), timeout)


def sender(*addresses: str, **options: Any) -> WebhookSender:
    return WebhookSender(resolve=lambda host, port: list(addresses), tls=options.pop("tls", trusting), **options)


def test_it_reaches_the_checked_address_under_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    with receiver(answering(OK, heard)) as port:
        net = Net(port, monkeypatch)
        answer = sender(PUBLIC).post(URL, {"webhook-id": "evt_1"}, b'{"a":1}')
    assert (answer.status, answer.error, answer.snippet) == (200, None, "ok")
    assert net.connected == [(PUBLIC, 443)]
    head, _, body = heard[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hooks?a=b HTTP/1.1"
    assert f"Host: {NAME}" in lines
    assert "webhook-id: evt_1" in lines
    assert body == b'{"a":1}'


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::a9fe:a9fe"],
        ["fe80::1%eth0"],
        ["224.0.0.1"],
        ["240.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        [],
    ],
)
def test_a_name_that_leads_to_any_other_place_is_not_connected_to(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    net = Net(9, monkeypatch)
    assert sender(*addresses).post(URL, {}, b"{}").error == "address_refused"
    assert net.connected == []


def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    by_system = socket.getaddrinfo

    def numbers_alone(host: str, *rest: Any) -> Any:
        assert host != NAME, "looked up behind our back"
        return by_system(host, *rest)

    with receiver(answering(OK, [])) as port:
        net = Net(port, monkeypatch)
        monkeypatch.setattr(sender_gateway.socket, "getaddrinfo", numbers_alone)
        assert WebhookSender(resolve=rebinding, tls=trusting).post(URL, {}, b"{}").status == 200
    assert (asked, net.connected) == ([NAME], [(PUBLIC, 443)])


def test_local_receivers_are_reached_only_where_allowed_and_nothing_else_on_the_way() -> None:
    heard: list[bytes] = []
    with receiver(answering(OK, heard), tls=False) as port:
        url = f"http://127.0.0.1:{port}/hooks"
        assert WebhookSender(resolve=lambda *_: ["127.0.0.1"]).post(url, {}, b"{}").error == "address_refused"
        assert heard == []
        assert WebhookSender(local_receivers=True).post(url, {}, b"{}").status == 200
        elsewhere = WebhookSender(local_receivers=True, resolve=lambda *_: ["10.0.0.1"])
        assert elsewhere.post(URL, {}, b"{}").error == "address_refused"


def test_a_redirect_is_an_answer_and_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with receiver(answering(reply, [])) as port:
        net = Net(port, monkeypatch)
        assert sender(PUBLIC).post(URL, {}, b"{}").status == 307
    assert len(net.connected) == 1


def test_a_certificate_of_another_name_or_authority_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    with receiver(answering(OK, heard)) as port:
        Net(port, monkeypatch)
        other = sender(PUBLIC).post("https://other.example/", {}, b"{}")
        unknown = sender(PUBLIC, tls=ssl.create_default_context).post(URL, {}, b"{}")
    assert (other.error, unknown.error, heard) == ("certificate_refused", "certificate_refused", [])


def flooding(beginning: bytes, sent: list[int]) -> Callable[[socket.socket], None]:
    """A receiver that answers so and then sends x for as long as it can; how much each time is in `sent`."""

    def flood(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(beginning)
        try:
            while True:
                sent.append(connection.send(b"x" * 65_536))
        except OSError:
            return

    return flood


def test_of_a_long_answer_only_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    long = b"HTTP/1.1 500 Oops\r\nContent-Length: 1000000000\r\n\r\n\x00\x1b[31m" + b"x" * ANSWER_BYTES
    with receiver(flooding(long, sent)) as port:
        Net(port, monkeypatch)
        answer = sender(PUBLIC).post(URL, {}, b"{}")
    assert answer.status == 500
    assert len(answer.snippet) == SNIPPET_CHARACTERS
    assert answer.snippet.startswith("  [31mxxx")
    assert sum(sent) < 50_000_000


def test_a_chunk_without_end_is_read_no_further_than_any_other_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    endless = b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nNo room"
    with receiver(flooding(endless, sent)) as port:
        Net(port, monkeypatch)
        answer = sender(PUBLIC).post(URL, {}, b"{}")
    assert (answer.status, answer.snippet[:9]) == (500, "No roomxx")
    assert sum(sent) < 50_000_000


@pytest.mark.parametrize("size", [b"-2", b"-" + b"f" * 40])
def test_a_chunk_smaller_than_nothing_is_a_failure(size: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answering(CHUNKED + size + b"\r\nhello", [])) as port:
        Net(port, monkeypatch)
        assert sender(PUBLIC).post(URL, {}, b"{}").error == "connection_failed"


CHUNKED = b"HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("chunks", "snippet"),
    [
        (b"7\r\nMoved t\r\n5\r\no us.\r\n0\r\n\r\n", "Moved to us."),
        (b"1\r\nx\r\n" * 2_000 + b"0\r\n\r\n", "x" * SNIPPET_CHARACTERS),
        (b"1;" + b"y" * 60_000 + b"\r\nx\r\n0\r\n\r\n", ""),
    ],
    ids=["two chunks", "a chunk for each letter", "more about a chunk than in it"],
)
def test_an_answer_in_chunks_is_put_together(chunks: bytes, snippet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answering(CHUNKED + chunks, [])) as port:
        Net(port, monkeypatch)
        answer = sender(PUBLIC).post(URL, {}, b"{}")
    assert (answer.status, answer.error, answer.snippet) == (410, None, snippet)


def _drip_head(connection: socket.socket) -> None:
    connection.recv(65_536)
    while True:
        connection.sendall(b"H")
        time.sleep(0.02)


def _say_nothing(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.recv(65_536)


@pytest.mark.parametrize("behave", [_drip_head, _say_nothing])
@pytest.mark.parametrize("tls", [True, False], ids=["after the handshake", "instead of a handshake"])
def test_one_who_drips_or_hangs_is_left_in_time(
    behave: Callable[[socket.socket], None], tls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver(behave, tls=tls) as port:
        Net(port, monkeypatch)
        answer = sender(PUBLIC, whole_seconds=0.3).post(URL, {}, b"{}")
    assert answer.status is None
    assert answer.error in {"timed_out", "connection_failed"}


def test_what_can_not_be_reached_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert WebhookSender(resolve=unknown).post(URL, {}, b"{}").error == "name_not_found"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    Net(port, monkeypatch)
    assert sender(PUBLIC).post(URL, {}, b"{}").error == "connection_failed"


def test_an_answer_that_is_no_http_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answering(b"SSH-2.0-OpenSSH_9\r\n", [])) as port:
        Net(port, monkeypatch)
        assert sender(PUBLIC).post(URL, {}, b"{}").error == "connection_failed"
