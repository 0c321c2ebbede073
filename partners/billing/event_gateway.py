"""What Stripe tells by itself: webhooks, and the events behind them."""

import json
from collections.abc import Iterator
from typing import Any, cast

from partners.billing.stripe_connection import PAGE, StripeConnection
from shared.kernel.clock import to_rfc3339
from shared.kernel.hearing_errors import UnverifiedWebhookError

_METER_ERRORS = ["v1.billing.meter.error_report_triggered", "v1.billing.meter.no_meter_found"]


class EventGateway(StripeConnection):
    def verify(self, body: bytes, signature: str, secrets: str) -> dict[str, Any]:
        """The event of a webhook, signed with one of `secrets`, which commas part.

        Raises UnverifiedWebhookError; a signature older than 5 minutes is one.
        """
        known = [one for secret in secrets.split(",") if (one := secret.strip())]
        if not any(_signed_with(secret, body, signature) for secret in known):
            raise UnverifiedWebhookError
        try:
            event: dict[str, Any] = json.loads(body)
        except ValueError as error:
            raise UnverifiedWebhookError from error
        return event

    def thin_event(self, event_id: str) -> dict[str, Any]:
        """A thin event whole, fetched from Stripe."""
        with self.calling():
            return dict(self.client.v2.core.events.retrieve(event_id).to_dict())

    def event(self, event_id: str, kind: str) -> dict[str, Any]:
        """An event of a kind, fetched from Stripe, which keeps them for 30 days."""
        if kind in _METER_ERRORS:
            return self.thin_event(event_id)
        with self.calling():
            return dict(self.client.v1.events.retrieve(event_id).to_dict())

    def events_since(self, since_s: int) -> Iterator[dict[str, Any]]:
        """What happened since then, thin events among them as they are listed; each kind newest first."""
        with self.calling():
            created = {"gte": to_rfc3339(since_s * 1_000)}
            thin = self.client.v2.core.events.list(cast(Any, {"types": _METER_ERRORS, "created": created}))
            for event in thin.auto_paging_iter():
                yield dict(event.to_dict())
            for one in self.client.v1.events.list({"created": {"gte": since_s}, "limit": PAGE}).auto_paging_iter():
                yield dict(one.to_dict())


def _signed_with(secret: str, body: bytes, signature: str) -> bool:
    import stripe

    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, secret, tolerance=300)
    except (stripe.SignatureVerificationError, ValueError):
        return False
    return True
