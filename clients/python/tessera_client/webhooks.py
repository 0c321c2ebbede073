"""Webhooks that Tessera sends are signed as Standard Webhooks has it: verify before you believe one."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TOLERANCE_SECONDS = 5 * 60
_PREFIX = "whsec_"
_SECONDS = re.compile(r"[0-9]{1,12}")


class WebhookVerificationError(Exception):
    """The webhook is not from Tessera, not for this endpoint, or too old: answer 400 and do nothing."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A verified event. `webhook_id` is the same in every delivery of it: remember it, to act once."""

    webhook_id: str
    sent_at_seconds: int
    payload: Any


def verify_webhook(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance_seconds: int = TOLERANCE_SECONDS,
    now: Callable[[], float] = time.time,
) -> Webhook:
    """The event in a request, if it was signed with `secret` (`whsec_...`) and is not older than `tolerance_seconds`.

    `body` is the request's body as it came, byte for byte. While a secret is being rotated, events are signed with
    both. Raises WebhookVerificationError.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        webhook_id, sent_at, signatures = (given[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as missing:
        raise WebhookVerificationError(f"the header {missing} is missing") from None
    if not _SECONDS.fullmatch(sent_at):
        raise WebhookVerificationError("webhook-timestamp is no number of seconds")
    if abs(now() - int(sent_at)) > tolerance_seconds:
        raise WebhookVerificationError("webhook-timestamp is too old or lies ahead")
    expected = _signature(secret, f"{webhook_id}.{sent_at}.".encode(errors="replace") + body)
    versions = [one.partition(",") for one in signatures.split(" ")]
    # All are compared, so that time tells nothing about which one comes near.
    matches = [
        hmac.compare_digest(given.encode(errors="replace"), expected)
        for version, _, given in versions
        if version == "v1"
    ]
    if not any(matches):
        raise WebhookVerificationError("no signature matches")
    try:
        return Webhook(webhook_id, int(sent_at), json.loads(body))
    except ValueError:
        raise WebhookVerificationError("the body is not JSON") from None


def _signature(secret: str, signed: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        raise WebhookVerificationError("the secret is not whsec_ and base64") from None
    if not key:
        # A setting that is missing, say: everybody can sign with that.
        raise WebhookVerificationError("the secret is empty")
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
