"""The double over a socket, reached as Stripe is: by the SDK's own HTTP client."""

import json
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from partners.billing.stripe_errors import StripeUnavailableError
from partners.billing.stripe_gateway import StripeGateway
from shared.kernel.clock import DAY_MS, system_clock
from tests.doubles.stripe.__main__ import Loopback
from tests.doubles.stripe.double import KEY
from tests.doubles.stripe.faults import Fault


@pytest.fixture
def loopback() -> Iterator[tuple[Loopback, str]]:
    loopback = Loopback()
    server = loopback.server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield loopback, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_gateway_reaches_it_at_its_address(loopback: tuple[Loopback, str]) -> None:
    double, address = loopback
    gateway = StripeGateway(lambda: KEY, system_clock, base_url=lambda: address)
    customer = gateway.create_customer("harvest", "Harvest")
    assert double.double.books.get("customer", customer)["name"] == "Harvest"
    with urllib.request.urlopen(f"{address}/double/events") as answer:
        assert [one["type"] for one in json.loads(answer.read())] == ["customer.created"]


def test_a_connection_may_end_without_an_answer(
    loopback: tuple[Loopback, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    double, address = loopback
    double.double.faults.plan("/v1/customers", *[Fault.RESET_BEFORE] * 3)
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda self, retries: 0)
    with pytest.raises(StripeUnavailableError):
        StripeGateway(lambda: KEY, system_clock, base_url=lambda: address).create_customer("harvest", "Harvest")


def test_its_clock_can_be_set_ahead(loopback: tuple[Loopback, str]) -> None:
    double, address = loopback
    request = urllib.request.Request(f"{address}/double/offset", data=str(DAY_MS).encode(), method="POST")
    urllib.request.urlopen(request).close()
    assert double.double.clock_ms() > system_clock() + DAY_MS - 60_000
