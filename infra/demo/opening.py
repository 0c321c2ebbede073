"""Brings the six retailers into the network, with the operator's key, over HTTP."""

from collections.abc import Callable, Sequence
from typing import Any

from infra.demo.client import Api
from infra.demo.retailers import CURRENCY, RETAILERS, TIME_ZONE, Retailer
from shared.kernel.clock import DAY_MS, to_rfc3339

KEY_SCOPES = ("earn", "members", "redeem", "reports")
TERMS_BEGIN_BEFORE_MS = 40 * DAY_MS


def requests_to_open(stores: Sequence[Sequence[int]]) -> int:
    """How many requests `open_network` sends."""
    return sum(3 + len(own) for own in stores)


def open_network(
    api: Api, operator_key: str, stores: Sequence[Sequence[int]], now_ms: int, advance: Callable[[], None]
) -> list[str]:
    """Create partners, stores, terms and keys; the API key of each of RETAILERS. Raises UnexpectedAnswerError."""
    keys: list[str] = []
    begin = to_rfc3339(now_ms - TERMS_BEGIN_BEFORE_MS)
    for retailer, own in zip(RETAILERS, stores, strict=True):
        partner = {"partner_id": retailer.partner_id, "name": retailer.name, "currency": CURRENCY}
        api.post("/v1/partners", operator_key, partner)
        advance()
        under = f"/v1/partners/{retailer.partner_id}"
        api.post(f"{under}/terms", operator_key, {"effective_from": begin, **terms_body(retailer)})
        advance()
        for store in own:
            location = {
                "location_id": str(store),
                "name": f"{retailer.name}, store {store}",
                "time_zone": TIME_ZONE,
                "opened_at": begin,
            }
            api.post(f"{under}/locations", operator_key, location)
            advance()
        issued = api.post(f"{under}/keys", operator_key, {"scopes": list(KEY_SCOPES), "live": True})
        keys.append(issued.body["api_key"])
        advance()
    return keys


def terms_body(retailer: Retailer) -> dict[str, Any]:
    """The retailer's terms as the API takes them, without their beginning."""
    return {
        "earn_points": retailer.earn_points,
        "earn_per_cents": retailer.earn_per_cents,
        "issue_price_micros": retailer.issue_price_micros,
        "redeem_price_micros": retailer.redeem_price_micros,
        "expiry_months": retailer.expiry_months,
        "plan": {
            "location_fee_cents": retailer.location_fee_cents,
            "mode": "whole_band" if retailer.whole_band else "graduated",
            "bands": [
                {
                    "up_to": band.up_to,
                    "flat_fee_cents": band.flat_fee_cents,
                    "visit_fee_micros": band.visit_fee_micros,
                }
                for band in retailer.bands
            ],
        },
    }
