"""Typed client of the Tessera HTTP API.

with Tessera("https://api.tessera.example", api_key) as tessera:
    card = tessera.get_card("9770012345678912")
"""

from tessera_client.api import Tessera
from tessera_client.calls import Exchange, Retries
from tessera_client.errors import ApiError, NoAnswerError, TesseraClientError, UnexpectedAnswerError
from tessera_client.webhooks import Webhook, WebhookVerificationError, verify_webhook

__all__ = [
    "ApiError",
    "Exchange",
    "NoAnswerError",
    "Retries",
    "Tessera",
    "TesseraClientError",
    "UnexpectedAnswerError",
    "Webhook",
    "WebhookVerificationError",
    "verify_webhook",
]
