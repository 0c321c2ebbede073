"""Two partners, and every request by which one could reach the other's data.

Every name in a request says whose it is: `PRIVATE` names belong to one partner, `SHARED` ones to the network's
customers, the rest say nothing about anybody. A route is known by its operationId. What is in none of the lists
makes the test fail, so a new route is thought about before it is shipped.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.cursors import MARK
from tests.support.described import Answer, Asked, Operation

Send = Callable[[Asked], Answer]

PRIVATE = {"partner_id", "location_id", "entry_id", "key_id", "adjustment_id", "issuer", "endpoint_id", "connection_id"}
SHARED = {"card_number", "to_card_number", "household_card_number", "into_card_number", "contact"}
NEUTRAL = {
    *("Idempotency-Key", "Stripe-Signature", "amount_cents", "currency", "points", "cashback", "total", "reason"),
    *("occurred_at", "receipt", "ttl_seconds", "purchases", "idempotency_key", "forfeit", "month", "from", "to", "by"),
    *("cursor", "limit", "name", "time_zone", "opened_at", "closed_at", "scopes", "expires_at", "effective_from"),
    *("earn_points", "earn_per_cents", "issue_price_micros", "redeem_price_micros", "expiry_months", "waiting_days"),
    *("late_days", "cashback_bps", "plan", "location_fee_cents", "mode", "bands", "up_to", "flat_fee_cents"),
    *("visit_fee_micros", "scope", "included_visits", "minimum_cents", "trial_months", "trial_until"),
    *("spend_alert_cents", "spend_cap_cents", "at", "url", "event_types", "enabled", "since"),
    *("allowed_networks", "overlap_seconds", "state", "action"),
    *("kind", "account", "card_source", "place", "locations", "88001", "online", "item_id"),
    *("secret", "notification_url"),
    *("X-Shopify-Hmac-Sha256", "X-Shopify-Topic", "X-Shopify-Shop-Domain", "X-Shopify-Webhook-Id"),
    *("X-Shopify-Event-Id", "x-square-hmacsha256-signature"),
    *("window", "ends_at", "email"),
    *("charge", "form", "after", "without_card"),
    *("case", "text", "claim", "cashback_cents", "overdue"),
    *("reconciliation", "difference", "outcome", "above", "most", "format", "size_bytes"),
}

OF_THE_NETWORK = {"operator", "sign-in"}
"""Scopes that no partner's key has."""

# What a partner's key gets for another partner's ids. Routes of operators need no entry: 403, all of them.
REFUSED = {
    *("enrol_member", "record_purchase", "quote_purchase", "redeem_points", "redeem_cashback", "reserve_points"),
    *("capture_hold", "void_hold", "return_purchase", "cancel_redemption", "transfer_points", "join_household"),
    *("leave_household", "trace_visit", "get_webhook_endpoint", "change_webhook_endpoint", "delete_webhook_endpoint"),
    *("rotate_webhook_secret", "ping_webhook_endpoint", "replay_webhooks", "list_webhook_deliveries"),
    *("get_key", "rotate_key", "revoke_key"),
    *("change_connection", "add_connection_secret", "disable_connection", "list_unmapped", "retry_unmapped"),
    *(
        "retry_unmapped_item",
        "dismiss_unmapped_item",
        "get_unmapped_event",
        "upload_till_file",
        "get_till_file_results",
    ),
    "open_case",
}
"""Answered as if the other's thing did not exist."""
HOLDS = {"capture_hold", "void_hold"}
"""A hold of another, of nobody, and one's own that has ended get one answer, so that ids can't be tried out."""
OWN = {
    *("list_entries", "count_visits", "get_bill", "try_plan", "list_invoices", "get_invoice", "get_invoice_pdf"),
    *("list_visits", "list_locations", "show_terms", "create_webhook_endpoint", "list_webhook_endpoints"),
    *("list_keys", "issue_key", "list_changes", "get_funding"),
    *("create_connection", "list_connections"),
    *("get_own_position", "get_billing_contact", "set_billing_contact", "delete_billing_contact"),
    *("list_statements", "get_statement", "get_statement_csv", "get_statement_pdf", "get_statement_lines"),
    "list_charged_entries",
    *("list_cases", "get_case", "comment_on_case", "withdraw_case"),
    *("ask_for_reconciliation", "list_reconciliations", "get_reconciliation", "start_reconciliation"),
    *("get_reconciliation_table", "list_differences", "open_case_of_difference", "open_cases_of_differences"),
}
"""Names nobody, or filters one's own: answers about the caller alone."""
ABOUT_A_CARD = {"get_card", "list_card_entries"}
"""A card is everyone's; what other partners did with it is not."""
LINE_BY_LINE = {"record_purchases"}
"""Has an outcome for each line: those with another's location are refused."""
OPEN = {
    "get_health",
    "get_openapi",
    "list_statement_keys",
    "receive_stripe_webhook",
    "receive_shopify_event",
    "receive_square_event",
}
"""No key, nobody's data."""
KNOWN_ROUTES = REFUSED | OWN | ABOUT_A_CARD | LINE_BY_LINE | OPEN

AMOUNT_CENTS = 7_654_321


@dataclass
class Tenant:
    """A partner with data of every kind, and marks by which that data is told wherever it shows."""

    key: str
    known: dict[str, Any]
    marks: set[str] = field(default_factory=set)


def plant(
    send: Send, operator_keys: tuple[str, str], prefix: str, now: str, begin: str, day: str, amount_cents: int
) -> Tenant:
    """A new partner with a location, terms, keys, a customer, a purchase, a redemption, a hold and a proposal."""

    def made(
        path: str, body: dict[str, Any], key: str, idempotency_key: str = "k", status: int = 201
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        answer = send(Asked("POST", path, {}, {}, {**headers, "Idempotency-Key": idempotency_key}, body))
        assert answer.status == status, answer.body
        return dict(json.loads(answer.body))

    operator_key, second_key = operator_keys
    partner_id, location_id, name = f"{prefix}p", f"{prefix}loc", f"{prefix} Hidden Stores"
    under = f"/v1/partners/{partner_id}"
    made("/v1/partners", {"partner_id": partner_id, "name": name, "currency": "USD"}, operator_key)
    store = {"location_id": location_id, "name": f"{prefix} Hidden Road", "time_zone": "UTC", "opened_at": begin}
    made(f"{under}/locations", store, operator_key)
    plan = {"location_fee_cents": amount_cents, "mode": "graduated", "bands": [{"up_to": None}]}
    prices = {"issue_price_micros": 6_000, "redeem_price_micros": 5_000, "expiry_months": 24, "plan": plan}
    rule = {"earn_points": 5, "earn_per_cents": 100, "cashback_bps": 100}
    terms = {"effective_from": begin, "reason": "Opening", **rule, **prices}
    proposal = made(f"{under}/terms", terms, operator_key)["proposal"]
    made(f"{under}/terms/proposals/{proposal}/approve", {"reason": "Opening"}, second_key, status=200)
    for state in ("verified", "active"):
        made(f"{under}/state", {"state": state, "reason": "Opening"}, operator_key, status=200)
    scopes = ["admin", "earn", "members", "redeem", "reports"]
    issued = made(f"{under}/keys", {"scopes": scopes}, operator_key)
    key = issued["api_key"]
    contact = f"{prefix}customer@example.com"
    at = {"location_id": location_id, "occurred_at": now}
    card = made("/v1/members", {"contact": contact, **at, "receipt": f"{prefix}-R0"}, key, "enrol")["card_number"]
    at["card_number"] = card
    total = {"amount_cents": amount_cents, "currency": "USD"}
    bought = made("/v1/purchases", {**at, "receipt": f"{prefix}-R1", "total": total}, key, "buy")
    spent = made("/v1/redemptions", {**at, "receipt": f"{prefix}-R2", "points": 100}, key, "spend")
    held = made("/v1/holds", {**at, "receipt": f"{prefix}-R3", "points": 100, "ttl_seconds": 3_600}, key, "hold")
    hooks = {"url": f"https://{prefix}.example/hooks", "event_types": ["points.earned"]}
    endpoint = made("/v1/webhook-endpoints", hooks, key)
    connection_id = made("/v1/connectors", {"kind": "file"}, key)["connection_id"]
    case = {"text": f"{prefix} Hidden doubts", "entry_id": bought["entry_id"]}
    made("/v1/cases", case, key, "case")
    entries = {"purchases": bought["entry_id"], "redemptions": spent["entry_id"], "holds": held["entry_id"]}
    known = {
        "partner_id": partner_id,
        "issuer": partner_id,
        "location_id": location_id,
        "card_number": card,
        "to_card_number": card,
        "household_card_number": card,
        "into_card_number": card,
        "contact": contact,
        "entries": entries,
        "key_id": issued["key_id"],
        "endpoint_id": endpoint["endpoint_id"],
        "connection_id": connection_id,
        "case": 1,
        "occurred_at": now,
        "from": day,
        "to": day,
        "month": day[:7],
        "points": 10,
        "amount_cents": 10,
        "currency": "USD",
    }
    marks = {partner_id, location_id, name, f"{prefix} Hidden Road", contact, card, key, issued["key_id"]}
    marks |= {case["text"], endpoint["endpoint_id"], hooks["url"], endpoint["secret"], connection_id}
    marks |= {*entries.values(), *(f"{prefix}-R{number}" for number in range(4)), str(amount_cents)}
    return Tenant(key, known, marks)


def unknown_to_the_walk(operation: Operation) -> str:
    """What is new about an operation, for the one who added it; empty if the walk knows it."""
    if operation.caller in OF_THE_NETWORK:
        return ""
    new = operation.names() - PRIVATE - SHARED - NEUTRAL
    if new:
        return f"{operation.name}: is {sorted(new)} a partner's own? Say so in {__name__}: PRIVATE, SHARED or NEUTRAL"
    if operation.name not in KNOWN_ROUTES:
        return f"{operation.name}: what does a key get for another partner's ids? Say so in {__name__}"
    return ""


def attempts(operation: Operation, attacker: Tenant, victim: Tenant) -> Iterator[tuple[str, Asked]]:
    """Requests with the attacker's key that name what is the victim's: all, each name alone, or smuggled in."""
    mine, theirs = known_for(operation, attacker), known_for(operation, victim)
    yield "all", operation.request(theirs, attacker.key, "try-all")
    named = operation.names() & (PRIVATE | SHARED)
    for name in sorted(named):
        yield name, operation.request({**mine, name: theirs[name]}, attacker.key, f"try-{name}")
    if operation.method == "GET":
        aimed = operation.request(mine, attacker.key)
        for name in ("partner_id", "partner"):
            query = {**aimed.query, name: theirs["partner_id"]}
            yield "smuggled", Asked(aimed.method, aimed.template, aimed.path, query, aimed.headers)
        for header in ("X-Partner-Id", "X-Amzn-Principal-Id", "X-Forwarded-User"):
            headers = {**aimed.headers, header: theirs["partner_id"]}
            yield "smuggled", Asked(aimed.method, aimed.template, aimed.path, aimed.query, headers)


def known_for(operation: Operation, tenant: Tenant) -> dict[str, Any]:
    """A tenant's values, with the entry of the kind that the path is about."""
    kind = operation.path.split("/")[2]
    entries = tenant.known["entries"]
    return {**tenant.known, "entry_id": entries.get(kind, entries["purchases"]), "adjustment_id": "0" * 32}


def twin(operation: Operation, name: str, attacker: Tenant) -> Asked | None:
    """The attempt at `name` with an id that nobody has, which must get the same answer."""
    mine = known_for(operation, attacker)
    nobodys = {"partner_id": "nobody", "issuer": "nobody", "location_id": "nowhere", "key_id": "0" * 10}
    nobodys["endpoint_id"] = "we_" + "0" * 16
    nobodys["connection_id"] = f"cn_{'0' * 16}"
    nobodys["entry_id"] = mine["entry_id"].split("-")[0] + "-9999"
    if name not in nobodys:
        return None
    return operation.request({**mine, name: nobodys[name]}, attacker.key, f"try-{name}")


def verdict(answer: Answer) -> tuple[int, str | None]:
    """Status and problem code of an answer."""
    problem = answer.headers["content-type"] == "application/problem+json"
    return answer.status, json.loads(answer.body)["code"] if problem else None


def _plain(cursor: str) -> str:
    """What anyone can read of a cursor: nothing, it should be."""
    text = cursor.removeprefix(MARK)
    return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode(errors="replace")


def judge(operation: Operation, name: str, asked: Asked, answer: Answer, attacker: Tenant, victim: Tenant) -> None:
    """Raises AssertionError if the answer shows or does what it must not."""
    said = answer.body.decode(errors="replace") + json.dumps(dict(answer.headers))
    said += "".join(_plain(cursor) for cursor in re.findall(r'"next_cursor": ?"([^"]+)"', said))
    leaked = [mark for mark in victim.marks if mark in said and mark not in asked.text()]
    shown = [said[max(0, said.index(mark) - 300) : said.index(mark) + 100] for mark in leaked]
    assert not leaked, f"{operation.name}, {name}: {leaked} in {shown}"
    if operation.caller in OF_THE_NETWORK:
        assert answer.status == 403, (answer.status, said[:300])
    elif operation.name in REFUSED and (name in PRIVATE or name == "all"):
        refused = answer.status in (403, 404) or (operation.name in HOLDS and verdict(answer) == (409, "hold_not_open"))
        assert refused, (answer.status, said[:300])
    elif operation.name in LINE_BY_LINE and (name in PRIVATE or name == "all"):
        assert [one["status"] for one in json.loads(answer.body)["outcomes"]] == [404], said[:300]
    elif operation.name in OWN and answer.status == 200 and answer.headers["content-type"] == "application/json":
        assert name == "smuggled" or not (set(_texts(json.loads(answer.body))) & (victim.marks - attacker.marks))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
    else:
        yield str(value)
