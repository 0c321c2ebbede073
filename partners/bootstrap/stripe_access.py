"""The way to Stripe, where the deployment has a key for it."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.webhooks import OutgoingWebhooks
from shared.kernel.aws import outage_as_unavailable, secrets_client
from shared.kernel.secret import load_values

if TYPE_CHECKING:
    from partners.billing.stripe_gateway import StripeGateway
    from partners.billing.webhook_store import WebhookStore


class StripeAccess(OutgoingWebhooks):
    @property
    def bills_through_stripe(self) -> bool:
        return bool(self._stripe_keys.get("secret_key"))

    @cached_property
    def stripe(self) -> "StripeGateway":
        from partners.billing.stripe_gateway import StripeGateway

        return StripeGateway(
            lambda: self._stripe_key("secret_key"),
            self._clock,
            base_url=lambda: self._stripe_keys.get("base_url"),
        )

    def _stripe_key(self, name: str) -> str:
        """Raises StripeNotConfiguredError."""
        from partners.billing.stripe_errors import StripeNotConfiguredError

        key = self._stripe_keys.get(name)
        if not key:
            raise StripeNotConfiguredError
        return key

    @cached_property
    def _known_stripe_keys(self) -> dict[str, str]:
        return {}

    @property
    def _stripe_keys(self) -> dict[str, str]:
        """Read until there is a key, so that one takes effect at once when it is first given."""
        if not self._known_stripe_keys:
            with outage_as_unavailable():
                found = load_values(secrets_client(self.settings.region), self.settings.stripe_secret_id)
            self._known_stripe_keys.update(found)
        return self._known_stripe_keys

    @cached_property
    def _heard_of_stripe(self) -> "WebhookStore":
        from partners.billing.webhook_store import WebhookStore

        return WebhookStore(self._dynamodb, self.settings.billing_table)
