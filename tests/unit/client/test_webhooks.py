"""Webhooks as Standard Webhooks signs them, against the reference library."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook as Reference
from tessera_client import Webhook, WebhookVerificationError, verify_webhook

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(32)).decode()
SENT = 1_795_000_000
BODY = '{"type": "purchase.recorded", "name": "é"}'.encode()


def signed(body: bytes = BODY, secret: str = SECRET, webhook_id: str = "msg_1", sent: int = SENT) -> dict[str, str]:
    at = datetime.fromtimestamp(sent, UTC)
    signature = Reference(secret).sign(webhook_id, at, body.decode())
    return {"webhook-id": webhook_id, "webhook-timestamp": str(sent), "webhook-signature": signature}


def verify(headers: dict[str, str], body: bytes = BODY, secret: str = SECRET, now: float = SENT + 1) -> Webhook:
    return verify_webhook(secret, headers, body, now=lambda: now)


def test_what_the_reference_signs_is_verified() -> None:
    event = verify({name.title(): value for name, value in signed().items()})
    assert (event.webhook_id, event.sent_at_seconds) == ("msg_1", SENT)
    assert event.payload["type"] == "purchase.recorded"


@pytest.mark.parametrize("secret", ["", "whsec_"])
def test_what_is_signed_with_nothing_is_believed_by_nobody(secret: str) -> None:
    headers = signed()
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + BODY
    forged = base64.b64encode(hmac.new(b"", text, hashlib.sha256).digest()).decode()
    with pytest.raises(WebhookVerificationError, match="empty"):
        verify(headers | {"webhook-signature": f"v1,{forged}"}, secret=secret)


def test_one_of_several_signatures_is_enough_while_a_secret_is_rotated() -> None:
    headers = signed()
    old = signed(secret=OTHER)["webhook-signature"]
    assert verify(headers | {"webhook-signature": f"v1a,xx {old} {headers['webhook-signature']}"})
    with pytest.raises(WebhookVerificationError):
        verify(headers | {"webhook-signature": old})


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        ({"webhook-id": "msg_2"}, BODY),
        ({"webhook-timestamp": str(SENT + 1)}, BODY),
        ({"webhook-timestamp": "now"}, BODY),
        ({"webhook-timestamp": "١٧٩٥"}, BODY),
        ({"webhook-timestamp": "9" * 400}, BODY),
        ({"webhook-timestamp": "9" * 5_000}, BODY),
        ({"webhook-timestamp": ""}, BODY),
        ({"webhook-id": "\udc80"}, BODY),
        ({"webhook-signature": "v1,\udc80"}, BODY),
        ({"webhook-signature": "v1,"}, BODY),
        ({"webhook-signature": "v1,é"}, BODY),
        ({"webhook-signature": ""}, BODY),
        ({}, BODY + b" "),
        ({}, b""),
    ],
)
def test_anything_changed_is_refused(changes: dict[str, str], body: bytes) -> None:
    with pytest.raises(WebhookVerificationError):
        verify(signed() | changes, body)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(missing: str) -> None:
    with pytest.raises(WebhookVerificationError, match=missing):
        verify({name: value for name, value in signed().items() if name != missing})


@pytest.mark.parametrize("now", [SENT + 301, SENT - 301])
def test_an_old_or_future_one_is_refused(now: float) -> None:
    with pytest.raises(WebhookVerificationError, match="old"):
        verify(signed(), now=now)
    assert verify(signed(), now=SENT + 300)


def test_another_signature_version_is_no_signature() -> None:
    headers = signed()
    with pytest.raises(WebhookVerificationError, match="matches"):
        verify(headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")})


@pytest.mark.parametrize("secret", ["whsec_%%%", "whsec_é"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(WebhookVerificationError, match="secret"):
        verify(signed(), secret=secret)


def test_a_signed_body_that_is_not_json_is_refused() -> None:
    with pytest.raises(WebhookVerificationError, match="JSON"):
        verify(signed(b"{"), b"{")
