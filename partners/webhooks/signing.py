"""The headers of Standard Webhooks. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from standardwebhooks import Webhook


def signed_headers(event_id: str, body: str, secrets: Iterable[str], now_ms: int) -> dict[str, str]:
    """What proves to a receiver who holds any of `secrets` that `body` is ours and was sent now."""
    at = datetime.fromtimestamp(now_ms // 1_000, UTC)
    return {
        "content-type": "application/json",
        "user-agent": "Tessera-Webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": str(now_ms // 1_000),
        "webhook-signature": " ".join(Webhook(secret).sign(event_id, at, body) for secret in secrets),
    }
