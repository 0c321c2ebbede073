"""Tests that begin a local cloud talk to it, whatever clients tests before them had made in the same process."""

from collections.abc import Iterator

import pytest

from shared.kernel import aws
from tests.support.clouds import forget_clients

CLIENTS = sorted(name for name in vars(aws) if name.endswith("_client") and not name.startswith("_"))


@pytest.fixture(autouse=True)
def forgotten_afterwards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    forget_clients()


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_of_every_service_goes_to_the_endpoint_of_now(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def endpoint() -> str:
        return getattr(aws, name)("eu-central-1").meta.endpoint_url  # type: ignore[no-any-return]

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    forget_clients()
    assert endpoint() == "http://127.0.0.1:9"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:10")
    assert endpoint() == "http://127.0.0.1:9"
    forget_clients()
    assert endpoint() == "http://127.0.0.1:10"
