"""Endpoints as JSON text and back. Pure."""

import json
from collections.abc import Iterable
from typing import Any

from partners.webhooks.model import Disabled, Endpoint, EventType, SigningSecret


def endpoints_to_text(endpoints: Iterable[Endpoint]) -> str:
    return json.dumps([_to_json(one) for one in endpoints], separators=(",", ":"))


def endpoints_from_text(partner_id: str, text: str) -> tuple[Endpoint, ...]:
    return tuple(_from_json(partner_id, values) for values in json.loads(text))


def _to_json(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.endpoint_id,
        "url": endpoint.url,
        "types": sorted(endpoint.event_types),
        "created": endpoint.created_at_ms,
        "fresh": endpoint.fresh_at_ms,
        "salts": [[secret.salt.hex(), secret.until_ms] for secret in endpoint.secrets],
        "disabled": endpoint.disabled,
        "replayed": endpoint.replayed_at_ms,
        "pinged": endpoint.pinged_at_ms,
    }


def _from_json(partner_id: str, values: dict[str, Any]) -> Endpoint:
    return Endpoint(
        endpoint_id=values["id"],
        partner_id=partner_id,
        url=values["url"],
        event_types=frozenset(EventType(one) for one in values["types"]),
        created_at_ms=values["created"],
        fresh_at_ms=values["fresh"],
        secrets=tuple(SigningSecret(bytes.fromhex(salt), until_ms) for salt, until_ms in values["salts"]),
        disabled=None if values["disabled"] is None else Disabled(values["disabled"]),
        replayed_at_ms=values["replayed"],
        pinged_at_ms=values.get("pinged"),
    )
