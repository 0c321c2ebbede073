"""Endpoints: which URLs they may have, and which secrets sign when."""

from dataclasses import replace

import pytest

from partners.webhooks.errors import InvalidWebhookUrlError
from partners.webhooks.model import (
    MOST_SECRETS,
    SECRET_OVERLAP_MS,
    Disabled,
    Endpoint,
    EventType,
    SigningSecret,
    checked_url,
)

REFUSED = [
    "http://shop.example/hooks",
    "ftp://shop.example/hooks",
    "https://shop.example:8443/hooks",
    "https://shop.example:80/",
    "https://shop.example:99999/",
    "https://user@shop.example/",
    "https://user:secret@shop.example/",
    "https://shop.example@127.0.0.1/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://[::1]/",
    "https://[2606:4700::1111]/",
    "https://localhost/",
    "https://shop/",
    "https://shop..example/",
    "https://-shop.example/",
    "https://shop.example./",
    "https:///hooks",
    "https://",
    "//shop.example/",
    "shop.example",
    "https://shop.example/a b",
    "https://shop.example/\r\nhost: x",
    "https://shop.example\\@127.0.0.1/",
    "https://shop.example/#top",
    "https://shöp.example/",
    "https://shop.example/" + "x" * 500,
    "",
]
ENDPOINT = Endpoint(
    endpoint_id="we_0123456789abcdef",
    partner_id="alpha",
    url="https://shop.example/hooks",
    event_types=frozenset({EventType.POINTS_EARNED}),
    created_at_ms=1_000,
    fresh_at_ms=1_000,
    secrets=(SigningSecret(b"first"),),
)


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.parametrize("local", [False, True])
def test_a_url_that_no_public_receiver_has_is_refused(url: str, local: bool) -> None:
    if local and url == "https://127.0.0.1/":
        return
    with pytest.raises(InvalidWebhookUrlError):
        checked_url(url, local_receivers=local)


@pytest.mark.parametrize(
    "url", ["https://shop.example/hooks?from=tessera", "https://shop.example:443/", "https://a.b-c.xn--p1ai"]
)
def test_a_public_https_url_is_taken_as_it_is(url: str) -> None:
    assert checked_url(url, local_receivers=False) == url


def test_loopback_is_taken_only_where_the_deployment_allows_it() -> None:
    assert checked_url("http://127.0.0.1:8099/hooks", local_receivers=True)
    with pytest.raises(InvalidWebhookUrlError):
        checked_url("http://127.0.0.1:8099/hooks", local_receivers=False)
    for url in ("http://10.0.0.1:8099/", "http://127.0.0.2:8099/", "http://localhost:8099/", "http://x@127.0.0.1/"):
        with pytest.raises(InvalidWebhookUrlError):
            checked_url(url, local_receivers=True)


def test_an_endpoint_wants_what_it_asked_for_and_what_happened_since() -> None:
    assert ENDPOINT.wants("points.earned", 1_000)
    assert not ENDPOINT.wants("points.earned", 999)
    assert not ENDPOINT.wants("points.redeemed", 1_000)
    disabled = Endpoint(
        **{name: getattr(ENDPOINT, name) for name in ENDPOINT.__slots__ if name != "disabled"}, disabled=Disabled.GONE
    )
    assert not disabled.wants("points.earned", 1_000)


def test_a_secret_signs_for_a_day_more_however_often_it_is_replaced() -> None:
    once = ENDPOINT.rotated(b"second", 5_000)
    assert once == (SigningSecret(b"second"), SigningSecret(b"first", 5_000 + SECRET_OVERLAP_MS))
    rotated = Endpoint(**{n: getattr(ENDPOINT, n) for n in ENDPOINT.__slots__ if n != "secrets"}, secrets=once)
    assert len(rotated.signing_at(5_000 + SECRET_OVERLAP_MS - 1)) == 2
    assert rotated.signing_at(5_000 + SECRET_OVERLAP_MS) == (SigningSecret(b"second"),)
    assert rotated.rotated(b"third", 6_000) == (
        SigningSecret(b"third"),
        SigningSecret(b"second", 6_000 + SECRET_OVERLAP_MS),
        SigningSecret(b"first", 5_000 + SECRET_OVERLAP_MS),
    )
    for number in range(9):
        rotated = replace(rotated, secrets=rotated.rotated(bytes([number]), 7_000))
    assert len(rotated.secrets) == MOST_SECRETS


def test_a_secret_follows_from_the_networks_own_and_its_salt_alone() -> None:
    text = SigningSecret(b"salt").text(b"master")
    assert text == SigningSecret(b"salt", 9).text(b"master")
    assert text.startswith("whsec_")
    assert len({text, SigningSecret(b"salt").text(b"other"), SigningSecret(b"tlas").text(b"master")}) == 3
