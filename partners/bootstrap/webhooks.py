"""What partners are told."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.pages import PagesOfDays
from shared.kernel.aws import outage_as_unavailable, secrets_client, sqs_client
from shared.kernel.secret import load_pepper

if TYPE_CHECKING:
    from partners.webhooks.queue_gateway import WakeQueue
    from partners.webhooks.replaying import Replays
    from partners.webhooks.sending import Sending
    from partners.webhooks.service import WebhookEndpoints
    from partners.webhooks.store import DeliveryStore
    from partners.webhooks.telling import Telling


class OutgoingWebhooks(PagesOfDays):
    @cached_property
    def webhook_endpoints(self) -> "WebhookEndpoints":
        from partners.webhooks.service import WebhookEndpoints
        from partners.webhooks.store import EndpointStore

        return WebhookEndpoints(
            EndpointStore(self._dynamodb, self.settings.webhooks_table),
            self.contracts,
            self._clock,
            self._random,
            lambda: self._webhook_secret,
            local_receivers=self.settings.webhook_receivers == "local",
        )

    @cached_property
    def telling(self) -> "Telling":
        from partners.webhooks.telling import Telling

        return Telling(self.webhook_endpoints, self._deliveries, self._wakes, self._clock)

    @cached_property
    def sending(self) -> "Sending":
        from partners.webhooks.sender_gateway import WebhookSender
        from partners.webhooks.sending import Sending

        sender = WebhookSender(local_receivers=self.settings.webhook_receivers == "local")
        return Sending(self._deliveries, self.webhook_endpoints, self._wakes, sender, self._clock, self._random)

    @cached_property
    def replays(self) -> "Replays":
        from partners.webhooks.replaying import Replays

        return Replays(
            self.webhook_endpoints,
            self.telling,
            self.pages,
            self._wakes,
            self._deliveries,
            self._clock,
            self._random,
        )

    @cached_property
    def _webhook_secret(self) -> bytes:
        with outage_as_unavailable():
            return load_pepper(secrets_client(self.settings.region), self.settings.webhook_secret_id)

    @cached_property
    def _deliveries(self) -> "DeliveryStore":
        from partners.webhooks.store import DeliveryStore

        return DeliveryStore(self._dynamodb, self.settings.webhooks_table)

    @cached_property
    def _wakes(self) -> "WakeQueue":
        from partners.webhooks.queue_gateway import WakeQueue

        return WakeQueue(sqs_client(self.settings.region), self.settings.webhook_queue_url, self._clock)
