"""What stands around connectors: a line of work, a bucket and a vault in memory; and vendors that sign."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from partners.connectors.facts import Fact

FIXTURES = Path(__file__).parents[1] / "fixtures" / "connectors"


class FakeVault:
    """Seals by noting what a secret is bound to."""

    def seal(self, secret: bytes, bound_to: Mapping[str, str]) -> bytes:
        return b"sealed:" + json.dumps(dict(bound_to), sort_keys=True).encode() + b":" + secret[::-1]

    def unseal(self, sealed: bytes, bound_to: Mapping[str, str]) -> bytes:
        head = self.seal(b"", bound_to)
        assert sealed.startswith(head), "unsealed as another connection's"
        return sealed[len(head) :][::-1]


class FakeLine:
    """Delivers each message until it is taken."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []

    def put(self, fact: Fact) -> None:
        self.messages.append((fact.connection_id, fact.group))


class FakeBucket:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.tags: dict[str, str] = {}

    def read(self, key: str, limit_bytes: int, tag: str = "") -> bytes | None:
        raw = self.objects.get(key) if tag in ("", self.tags.get(key)) else None
        return None if raw is None else raw[: limit_bytes + 1]

    def write(self, key: str, text: str) -> None:
        self.objects[key] = text.encode()

    def write_sealed(self, key: str, content: bytes, bound_to: Mapping[str, str]) -> None:
        assert key.split("/")[1:3] == [bound_to["partner"], bound_to["connection"]]
        self.objects[key] = content

    def names(self, prefix: str, after: str, limit: int) -> list[str]:
        found = sorted(key.removeprefix(prefix) for key in self.objects if key.startswith(prefix))
        return [name for name in found if name > after][:limit]

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)

    def link_to_put(self, key: str, seconds: int, size_bytes: int | None = None) -> str:
        return f"https://bucket.example.com/{key}?put={seconds}&size={size_bytes}"

    def link_to_get(self, key: str, seconds: int) -> str:
        return f"https://bucket.example.com/{key}?get={seconds}"


def fixture(name: str, card: str = "LOYALTY CARD") -> dict[str, Any]:
    """A vendor's event with the card's number at its place."""
    text = (FIXTURES / f"{name}.json").read_text()
    found: dict[str, Any] = json.loads(text.replace('"LOYALTY CARD"', json.dumps(card)))
    return found


def signature(secret: str, message: bytes) -> str:
    """Base64 of HMAC-SHA256, as both vendors sign."""
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


def shopify_headers(topic: str, webhook_id: str, shop: str = "socks.myshopify.com") -> dict[str, str]:
    return {
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-Webhook-Id": webhook_id,
        "X-Shopify-Event-Id": f"of-{webhook_id}",
    }
