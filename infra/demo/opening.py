"""Brings the six retailers into the network, with the keys of two operators, over HTTP."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from infra.demo.client import Answer, Api
from infra.demo.retailers import CURRENCY, RETAILERS, TIME_ZONE, Retailer
from shared.kernel.clock import DAY_MS, to_rfc3339

KEY_SCOPES = ("earn", "members", "redeem", "reports")
REASON = "Opening of the demo"
TERMS_BEGIN_BEFORE_MS = 40 * DAY_MS


@dataclass(frozen=True, slots=True)
class Request:
    """One POST."""

    path: str
    body: dict[str, Any]


def requests_to_open(stores: Sequence[Sequence[int]]) -> int:
    """How many requests `open_network` sends."""
    return sum(8 + len(own) for own in stores) + sum(one.prepays_cents_a_week > 0 for one in RETAILERS)


def open_network(
    api: Api,
    operator_keys: tuple[str, str],
    stores: Sequence[Sequence[int]],
    weeks: int,
    now_ms: int,
    callers: int,
    advance: Callable[[], None],
) -> list[str]:
    """Create partners, terms (by two operators), billing contacts, stores and keys; the API key of each of RETAILERS.

    What prepaid ones pay in for these weeks is recorded by the first operator, so the other has creditors paid from it,
    and confirms it where it is more than one may record alone. Terms are agreed on one after the other; stores are
    opened and keys tried by as many `callers` as there will be tills, so that cold starts are over.

    Raises UnexpectedAnswerError.
    """
    begin = to_rfc3339(now_ms - TERMS_BEGIN_BEFORE_MS)

    def post(request: Request, operator_key: str = operator_keys[0]) -> Answer:
        answer = api.post(request.path, operator_key, request.body)
        advance()
        return answer

    def begin_with(retailer: Retailer) -> None:
        contact = {"email": retailer.billing_email, "reason": REASON}
        post(Request(f"{_under(retailer)}/billing-contact", contact))
        for state in ("verified", "active"):
            post(Request(f"{_under(retailer)}/state", {"state": state, "reason": REASON}))
        if retailer.prepays_cents_a_week:
            paid = {"paid_cents": retailer.prepays_cents_a_week * weeks, "currency": CURRENCY, "reason": REASON}
            payments = f"{_under(retailer)}/payments"
            recorded = api.post(payments, operator_keys[0], paid, f"paid-in-{retailer.partner_id}").body
            if recorded["waits"]:
                api.post(f"{payments}/{recorded['payment_id']}/confirm", operator_keys[1], {"reason": REASON})
            advance()

    def try_out(key: str) -> None:
        today = to_rfc3339(now_ms)[:10]
        api.get("/v1/entries", key, **{"from": today, "to": today})
        advance()

    for retailer in RETAILERS:
        partner = {"partner_id": retailer.partner_id, "name": retailer.name, "currency": CURRENCY}
        post(Request("/v1/partners", partner))
        terms = {"effective_from": begin, "reason": REASON, **terms_body(retailer)}
        proposed = post(Request(f"{_under(retailer)}/terms", terms)).body["proposal"]
        approve = f"{_under(retailer)}/terms/proposals/{proposed}/approve"
        post(Request(approve, {"reason": REASON}), operator_keys[1])
        begin_with(retailer)
    locations = [
        Request(f"{_under(retailer)}/locations", location_body(retailer, store, begin))
        for retailer, own in zip(RETAILERS, stores, strict=True)
        for store in own
    ]
    issue = [Request(f"{_under(retailer)}/keys", {"scopes": list(KEY_SCOPES)}) for retailer in RETAILERS]
    with ThreadPoolExecutor(callers, thread_name_prefix="operator") as pool:
        try:
            list(pool.map(post, locations))
            keys = [str(issued.body["api_key"]) for issued in map(post, issue)]
            list(pool.map(try_out, keys))
        finally:
            pool.shutdown(cancel_futures=True)
    return keys


def location_body(retailer: Retailer, store: int, opened_at: str) -> dict[str, Any]:
    """A store as the API takes it."""
    return {
        "location_id": str(store),
        "name": f"{retailer.name}, store {store}",
        "time_zone": TIME_ZONE,
        "opened_at": opened_at,
    }


def terms_body(retailer: Retailer) -> dict[str, Any]:
    """The retailer's terms as the API takes them, without their beginning."""
    return {
        "earn_points": retailer.earn_points,
        "earn_per_cents": retailer.earn_per_cents,
        "issue_price_micros": retailer.issue_price_micros,
        "redeem_price_micros": retailer.redeem_price_micros,
        "expiry_months": retailer.expiry_months,
        "funding": {"kind": "prepaid" if retailer.prepays_cents_a_week else "postpaid"},
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


def _under(retailer: Retailer) -> str:
    return f"/v1/partners/{retailer.partner_id}"
