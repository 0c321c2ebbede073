"""Endpoints and the events they may ask for. Pure."""

import base64
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from partners.webhooks.errors import InvalidWebhookUrlError
from shared.kernel.secret import derive

ENDPOINT_ID = re.compile(r"we_[0-9a-z]{16}")
MOST_ENDPOINTS = 5
URL_CHARACTERS = 500
SECRET_OVERLAP_MS = 86_400_000
"""So long the secrets before the newest one sign too."""
MOST_SECRETS = 5
LOCAL_HOST = "127.0.0.1"
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class EventType(StrEnum):
    """What a partner can be told of."""

    MEMBER_ENROLLED = "member.enrolled"
    POINTS_EARNED = "points.earned"
    POINTS_REDEEMED = "points.redeemed"
    POINTS_RESERVED = "points.reserved"
    POINTS_CAPTURED = "points.captured"
    POINTS_VOIDED = "points.voided"
    POINTS_TRANSFERRED = "points.transferred"
    PURCHASE_RETURNED = "purchase.returned"
    REDEMPTION_CANCELLED = "redemption.cancelled"
    CASHBACK_SPENT = "cashback.spent"
    HOUSEHOLD_JOINED = "household.joined"
    HOUSEHOLD_LEFT = "household.left"
    INVOICE_ISSUED = "invoice.issued"
    CASE_UPDATED = "case.updated"


PING = "ping"
"""The type of a test event, which every endpoint gets when it is asked for."""


class Disabled(StrEnum):
    """Why an endpoint gets nothing: its partner said so, it failed for days, it answered 410 Gone, or its partner is
    closed."""

    BY_YOU = "by_you"
    FAILING = "failing"
    GONE = "gone"
    PARTNER_CLOSED = "partner_closed"


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A secret follows from the network's own and this `salt`, so it is stored nowhere. None: until replaced."""

    salt: bytes
    until_ms: int | None = None

    def text(self, master: bytes) -> str:
        """The secret as Standard Webhooks writes it, `whsec_` and base 64."""
        return "whsec_" + base64.b64encode(derive(master, "webhook secret", self.salt)).decode()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a partner wants to be told of `event_types`. `secrets` are newest first, the first never ends.

    Failures before `fresh_at_ms`, when it was made, enabled or given another URL, are not held against it.
    """

    endpoint_id: str
    partner_id: str
    url: str
    event_types: frozenset[EventType]
    created_at_ms: int
    fresh_at_ms: int
    secrets: tuple[SigningSecret, ...]
    disabled: Disabled | None = None
    replayed_at_ms: int | None = None
    pinged_at_ms: int | None = None

    def wants(self, event_type: str, happened_at_ms: int) -> bool:
        """Whether the endpoint is to be told of an event that happened then."""
        asked = self.disabled is None and event_type in self.event_types
        return asked and happened_at_ms >= self.created_at_ms

    def signing_at(self, now_ms: int) -> tuple[SigningSecret, ...]:
        """The secrets that sign now, newest first."""
        return tuple(secret for secret in self.secrets if secret.until_ms is None or now_ms < secret.until_ms)

    def rotated(self, salt: bytes, now_ms: int) -> tuple[SigningSecret, ...]:
        """The secrets after a new one. Those that sign now go on for a while, each no longer than it would have.

        So who lost the reply to a rotation and rotates again does not end the secret that receivers have.
        """
        end_ms = now_ms + SECRET_OVERLAP_MS
        going_on = [replace(one, until_ms=min(end_ms, one.until_ms or end_ms)) for one in self.signing_at(now_ms)]
        return SigningSecret(salt), *going_on[: MOST_SECRETS - 1]


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """An endpoint with the text of its newest secret, which is shown this once."""

    endpoint: Endpoint
    secret: str


def checked_url(url: str, *, local_receivers: bool) -> str:
    """`url` if webhooks may be sent there, as far as its text tells.

    With `local_receivers`, http and any port at 127.0.0.1 are taken too. Raises InvalidWebhookUrlError.
    """
    if not re.fullmatch(rf"[!-~]{{1,{URL_CHARACTERS}}}", url) or "\\" in url or "#" in url:
        raise InvalidWebhookUrlError(f"write up to {URL_CHARACTERS} ASCII characters, no space, no fragment")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidWebhookUrlError("it is not well formed") from None
    if local_receivers and parts.hostname == LOCAL_HOST and "@" not in parts.netloc:
        return url
    if parts.scheme != "https":
        raise InvalidWebhookUrlError("it does not begin with https://")
    if "@" in parts.netloc:
        raise InvalidWebhookUrlError("it names a user")
    if port not in (None, 443):
        raise InvalidWebhookUrlError("it names another port")
    if parts.hostname is None or not _NAME.fullmatch(parts.hostname):
        raise InvalidWebhookUrlError("its host is not a domain name")
    return url
