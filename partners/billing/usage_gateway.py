"""What was used: visits told to Stripe's meter, and what it counts."""

from functools import cached_property
from typing import Any, cast

from partners.billing.catalogue_gateway import METER, CatalogueGateway
from partners.billing.outbox import Answer, Message
from partners.billing.stripe_connection import PAGE


class UsageGateway(CatalogueGateway):
    def send(self, message: Message) -> tuple[Answer, str | None]:
        """Tell of visits, once, without retries; never raises what Stripe may do."""
        import stripe

        intent = message.intent
        try:
            self.client_without_retries.v1.billing.meter_events.create(
                {
                    "event_name": METER,
                    "identifier": intent.identifier,
                    "timestamp": intent.timestamp,
                    "payload": {"stripe_customer_id": intent.customer_id, "value": str(intent.quantity)},
                },
                {"idempotency_key": message.idempotency_key},
            )
        except stripe.APIConnectionError:
            return Answer.LOST, "no answer"
        except stripe.RateLimitError:
            return Answer.BUSY, "busy"
        except stripe.InvalidRequestError as error:
            text = str(error.user_message)
            if "already exists with identifier" in text:
                return Answer.DUPLICATE, None
            return Answer.REFUSED, text[:200]
        except (stripe.AuthenticationError, stripe.PermissionError):
            return Answer.DENIED, None
        except stripe.IdempotencyError as error:
            return Answer.REFUSED, type(error).__name__
        except stripe.StripeError as error:
            return Answer.FAILED, f"status {error.http_status}"
        return Answer.TAKEN, None

    def usage_by_hour(self, customer_id: str, first_hour: int, end_hour: int) -> dict[int, int]:
        """What Stripe counts by now in each hour (since 1970) from the first to before the end."""
        span = {"customer": customer_id, "start_time": first_hour * 3_600, "end_time": end_hour * 3_600}
        with self.calling():
            summaries = self.client.v1.billing.meters.event_summaries.list(
                self._meter_id, cast(Any, {**span, "value_grouping_window": "hour", "limit": PAGE})
            )
            return {one.start_time // 3_600: int(one.aggregated_value) for one in summaries.auto_paging_iter()}

    @cached_property
    def _meter_id(self) -> str:
        return self.ensure_meter()
