"""Who may do what: keys, scopes, and the wall between partners."""

import pytest

from chalicelib import auth
from partners.access.errors import InvalidKeyError
from partners.access.model import Scope
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import ALL_SCOPES, NOW, World, purchase

CONNECTION, ITEM = "cn_7k2m9q4x8v3c5b1n", "1794830400000-7k2m9q4x8v3c5b1n"
ADJUSTMENT = "00112233445566778899aabbccddeeff"
PAYOUT_REQUEST = "ffeeddccbbaa99887766554433221100"
PATH_PARAMETERS = {
    "evt_1": "event_id",
    "31": "charge",
    "beta": "partner_id",
    "network": "party",
    "b1": "location_id",
    "2026-10": "month",
    "9770000000000013": "card_number",
    "0123456789-7": "entry_id",
    ADJUSTMENT: "adjustment_id",
    PAYOUT_REQUEST: "request_id",
    "f" * 64: "member_account_fingerprint",
    "0000000000": "key_id",
    "77": "proposal",
    "0123456789abcdef0123456789abcdef": "payment_id",
    "1111111111": "token_id",
    "ann": "operator_id",
    "2026-11-15": "day",
    "we_0000000000000000": "endpoint_id",
    CONNECTION: "connection_id",
    ITEM: "item_id",
    "late.csv": "name",
    "7": "window",
    "USD": "currency",
    "17": "case",
    "3": "reconciliation",
    "12": "difference",
}
EVERY_ROUTE = [
    ("POST", "/v1/members", "members"),
    ("GET", "/v1/cards/9770000000000013", "members"),
    ("GET", "/v1/cards/9770000000000013/entries", "members"),
    ("POST", "/v1/purchases", "earn"),
    ("POST", "/v1/purchases/quote", "earn"),
    ("POST", "/v1/purchases/batch", "earn"),
    ("POST", "/v1/purchases/0123456789-7/returns", "earn"),
    ("POST", "/v1/redemptions", "redeem"),
    ("POST", "/v1/redemptions/cashback", "redeem"),
    ("POST", "/v1/redemptions/0123456789-7/cancellations", "redeem"),
    ("POST", "/v1/holds", "redeem"),
    ("POST", "/v1/holds/0123456789-7/capture", "redeem"),
    ("POST", "/v1/holds/0123456789-7/void", "redeem"),
    ("POST", "/v1/transfers", "redeem"),
    ("POST", "/v1/households", "members"),
    ("POST", "/v1/households/departures", "members"),
    ("GET", "/v1/entries", "reports"),
    ("GET", "/v1/visits", "reports"),
    ("GET", "/v1/visits/0123456789-7", "reports"),
    ("GET", "/v1/visit-counts", "reports"),
    ("GET", "/v1/partners/beta/visits", "operator"),
    ("GET", "/v1/partners/beta/visits/0123456789-7", "operator"),
    ("GET", "/v1/partners/beta/visit-counts", "operator"),
    ("GET", "/v1/bill", "reports"),
    ("POST", "/v1/partners", "operator"),
    ("GET", "/v1/partners", "operator"),
    ("GET", "/v1/partners/beta", "operator"),
    ("POST", "/v1/partners/beta/state", "operator"),
    ("GET", "/v1/partners/beta/usage-plan", "operator"),
    ("POST", "/v1/partners/beta/usage-plan", "operator"),
    ("POST", "/v1/partners/beta/payments", "operator"),
    ("POST", "/v1/partners/beta/payments/0123456789abcdef0123456789abcdef/confirm", "operator"),
    ("POST", "/v1/partners/beta/payments/0123456789abcdef0123456789abcdef/decline", "operator"),
    ("GET", "/v1/partners/beta/funding", "operator"),
    ("GET", "/v1/funding", "reports"),
    ("POST", "/v1/partners/beta/locations", "operator"),
    ("GET", "/v1/partners/beta/locations", "operator"),
    ("POST", "/v1/partners/beta/locations/b1/close", "operator"),
    ("GET", "/v1/locations", "reports"),
    ("POST", "/v1/partners/beta/terms", "operator"),
    ("GET", "/v1/partners/beta/terms", "operator"),
    ("POST", "/v1/partners/beta/terms/proposals/77/approve", "operator"),
    ("POST", "/v1/partners/beta/terms/proposals/77/decline", "operator"),
    ("GET", "/v1/terms", "reports"),
    ("POST", "/v1/partners/beta/keys", "operator"),
    ("POST", "/v1/partners/beta/imports", "operator"),
    ("POST", "/v1/partners/beta/keys/0000000000/revoke", "operator"),
    ("POST", "/v1/keys", "admin"),
    ("GET", "/v1/keys", "admin"),
    ("GET", "/v1/keys/0000000000", "admin"),
    ("POST", "/v1/keys/0000000000/rotate", "admin"),
    ("POST", "/v1/keys/0000000000/revoke", "admin"),
    ("GET", "/v1/partners/beta/keys", "operator"),
    ("POST", "/v1/partners/beta/keys/0000000000/rotate", "operator"),
    ("POST", "/v1/operator-tokens", "sign-in"),
    ("POST", "/v1/operator-credentials", "sign-in"),
    ("GET", "/v1/changes", "admin"),
    ("GET", "/v1/audit-trail", "operator"),
    ("GET", "/v1/audit-trail/2026-11-15/check", "operator"),
    ("POST", "/v1/operator-tokens/1111111111/revoke", "operator"),
    ("POST", "/v1/operators", "operator"),
    ("GET", "/v1/operators", "operator"),
    ("POST", "/v1/operators/ann/roles", "operator"),
    ("POST", "/v1/operators/ann/disable", "operator"),
    ("POST", "/v1/operators/ann/enable", "operator"),
    ("POST", "/v1/operators/ann/credentials", "operator"),
    ("GET", "/v1/operators/ann/credentials", "operator"),
    ("POST", "/v1/operators/ann/credentials/0000000000/confirm", "operator"),
    ("POST", "/v1/operators/ann/credentials/0000000000/revoke", "operator"),
    ("GET", "/v1/positions", "operator"),
    ("GET", "/v1/positions/network", "operator"),
    ("GET", "/v1/position-pairs", "operator"),
    ("GET", "/v1/position-flows", "operator"),
    ("GET", "/v1/windows", "operator"),
    ("POST", "/v1/windows/7/close", "operator"),
    ("GET", "/v1/windows/7/positions", "operator"),
    ("GET", "/v1/windows/7/positions/network", "operator"),
    ("GET", "/v1/windows/7/pairs", "operator"),
    ("GET", "/v1/windows/7/flows", "operator"),
    ("GET", "/v1/windows/7/position", "reports"),
    ("GET", "/v1/books", "operator"),
    ("GET", "/v1/books/2026-10", "operator"),
    ("GET", "/v1/receivables", "operator"),
    ("GET", "/v1/money-balance", "operator"),
    ("POST", "/v1/windows/7/settlements", "operator"),
    ("GET", "/v1/windows/7/settlements", "operator"),
    ("POST", "/v1/windows/7/settlements/USD/approve", "operator"),
    ("POST", "/v1/windows/7/settlements/USD/collect", "operator"),
    ("POST", "/v1/windows/7/settlements/USD/pay", "operator"),
    ("POST", "/v1/windows/7/settlements/USD/abort", "operator"),
    ("POST", "/v1/windows/7/settlements/USD/outcomes", "operator"),
    ("POST", "/v1/windows/7/settlements/USD/decisions", "operator"),
    ("POST", "/v1/windows/7/settlements/USD/defaults/beta/proposals/77/approve", "operator"),
    ("POST", "/v1/windows/7/settlements/USD/defaults/beta/proposals/77/decline", "operator"),
    ("GET", "/v1/statements", "reports"),
    ("GET", "/v1/statements/7", "reports"),
    ("GET", "/v1/statements/7/csv", "reports"),
    ("GET", "/v1/statements/7/pdf", "reports"),
    ("GET", "/v1/statements/7/lines", "reports"),
    ("GET", "/v1/statements/7/charges/31/entries", "reports"),
    ("GET", "/v1/partners/beta/statements", "operator"),
    ("GET", "/v1/partners/beta/statements/7", "operator"),
    ("GET", "/v1/partners/beta/statements/7/csv", "operator"),
    ("GET", "/v1/partners/beta/statements/7/pdf", "operator"),
    ("GET", "/v1/partners/beta/statements/7/lines", "operator"),
    ("GET", "/v1/partners/beta/statements/7/charges/31/entries", "operator"),
    ("POST", "/v1/adjustments", "operator"),
    ("GET", "/v1/adjustments", "operator"),
    ("POST", f"/v1/adjustments/{ADJUSTMENT}/approve", "operator"),
    ("POST", f"/v1/adjustments/{ADJUSTMENT}/reject", "operator"),
    ("POST", "/v1/cases", "reports"),
    ("GET", "/v1/cases", "reports"),
    ("GET", "/v1/cases/17", "reports"),
    ("POST", "/v1/cases/17/comments", "reports"),
    ("POST", "/v1/cases/17/withdraw", "reports"),
    ("POST", "/v1/reconciliations", "reports"),
    ("GET", "/v1/reconciliations", "reports"),
    ("GET", "/v1/reconciliations/3", "reports"),
    ("POST", "/v1/reconciliations/3/start", "reports"),
    ("GET", "/v1/reconciliations/3/table", "reports"),
    ("GET", "/v1/reconciliations/3/differences", "reports"),
    ("POST", "/v1/reconciliations/3/differences/12/case", "reports"),
    ("POST", "/v1/reconciliations/3/cases", "reports"),
    ("GET", "/v1/partners/beta/reconciliations/3", "operator"),
    ("GET", "/v1/partners/beta/reconciliations/3/differences", "operator"),
    ("GET", "/v1/open-cases", "operator"),
    ("GET", "/v1/partners/beta/cases", "operator"),
    ("POST", "/v1/partners/beta/cases", "operator"),
    ("GET", "/v1/partners/beta/cases/17", "operator"),
    ("POST", "/v1/partners/beta/cases/17/comments", "operator"),
    ("POST", "/v1/partners/beta/cases/17/take-up", "operator"),
    ("POST", "/v1/partners/beta/cases/17/ask", "operator"),
    ("POST", "/v1/partners/beta/cases/17/adjustments", "operator"),
    ("POST", "/v1/partners/beta/cases/17/resolve", "operator"),
    ("POST", "/v1/partners/beta/cases/17/refuse", "operator"),
    ("POST", "/v1/payouts", "operator"),
    ("POST", "/v1/payouts/0123456789-7/reversals", "operator"),
    ("GET", "/v1/payouts/0123456789-7", "operator"),
    ("GET", "/v1/payout-requests", "operator"),
    ("GET", f"/v1/payout-requests/{PAYOUT_REQUEST}", "operator"),
    ("POST", f"/v1/payout-requests/{PAYOUT_REQUEST}/approve", "operator"),
    ("POST", f"/v1/payout-requests/{PAYOUT_REQUEST}/reject", "operator"),
    ("GET", "/v1/partners/beta/bill", "operator"),
    ("POST", "/v1/bill/what-if", "reports"),
    ("POST", "/v1/partners/beta/bill/what-if", "operator"),
    ("GET", "/v1/invoices", "reports"),
    ("GET", "/v1/invoices/2026-10", "reports"),
    ("GET", "/v1/invoices/2026-10/pdf", "reports"),
    ("GET", "/v1/partners/beta/invoices/2026-10/pdf", "operator"),
    ("POST", "/v1/partners/beta/invoices", "operator"),
    ("GET", "/v1/partners/beta/invoices", "operator"),
    ("GET", "/v1/partners/beta/invoices/2026-10", "operator"),
    ("POST", "/v1/partners/beta/invoices/2026-10/payments", "operator"),
    ("POST", "/v1/partners/beta/invoices/2026-10/payments/0123456789abcdef0123456789abcdef/reverse", "operator"),
    ("GET", "/v1/billing-contact", "admin"),
    ("POST", "/v1/billing-contact", "admin"),
    ("GET", "/v1/partners/beta/payee-accounts", "operator"),
    ("POST", "/v1/partners/beta/payee-accounts", "operator"),
    ("POST", "/v1/partners/beta/payee-accounts/proposals/77/approve", "operator"),
    ("POST", "/v1/partners/beta/payee-accounts/proposals/77/decline", "operator"),
    ("POST", "/v1/billing-contact/delete", "admin"),
    ("GET", f"/v1/member-accounts/{'f' * 64}", "operator"),
    ("POST", f"/v1/member-accounts/{'f' * 64}", "operator"),
    ("POST", f"/v1/member-accounts/{'f' * 64}/proposals/77/approve", "operator"),
    ("POST", f"/v1/member-accounts/{'f' * 64}/proposals/77/decline", "operator"),
    ("GET", "/v1/advances/USD", "operator"),
    ("POST", "/v1/advances/USD", "operator"),
    ("POST", "/v1/advances/USD/proposals/77/approve", "operator"),
    ("POST", "/v1/advances/USD/proposals/77/decline", "operator"),
    ("GET", "/v1/partners/beta/collateral", "operator"),
    ("POST", "/v1/partners/beta/collateral", "operator"),
    ("POST", "/v1/partners/beta/collateral/proposals/77/approve", "operator"),
    ("POST", "/v1/partners/beta/collateral/proposals/77/decline", "operator"),
    ("GET", "/v1/partners/beta/billing-contact", "operator"),
    ("POST", "/v1/partners/beta/billing-contact", "operator"),
    ("POST", "/v1/partners/beta/billing-contact/delete", "operator"),
    ("GET", "/v1/billing", "operator"),
    ("GET", "/v1/standings", "operator"),
    ("POST", "/v1/billing/backfills", "operator"),
    ("GET", "/v1/billing/events", "operator"),
    ("POST", "/v1/billing/events/evt_1/decisions", "operator"),
    ("GET", "/v1/partners/beta/billing", "operator"),
    ("POST", "/v1/partners/beta/billing", "operator"),
    ("POST", "/v1/partners/beta/billing/end", "operator"),
    ("GET", "/v1/partners/beta/billing/decisions", "operator"),
    ("POST", "/v1/partners/beta/billing/replacements", "operator"),
    ("POST", "/v1/partners/beta/billing/2026-10/decisions", "operator"),
    ("POST", "/v1/partners/beta/billing/2026-10/credits", "operator"),
    ("POST", "/v1/merges", "operator"),
    ("POST", "/v1/merges/reversals", "operator"),
    ("POST", "/v1/closures", "operator"),
    ("POST", "/v1/webhook-endpoints", "admin"),
    ("GET", "/v1/webhook-endpoints", "admin"),
    ("GET", "/v1/webhook-endpoints/we_0000000000000000", "admin"),
    ("POST", "/v1/webhook-endpoints/we_0000000000000000", "admin"),
    ("POST", "/v1/webhook-endpoints/we_0000000000000000/delete", "admin"),
    ("POST", "/v1/webhook-endpoints/we_0000000000000000/secret", "admin"),
    ("POST", "/v1/webhook-endpoints/we_0000000000000000/pings", "admin"),
    ("POST", "/v1/webhook-endpoints/we_0000000000000000/replays", "admin"),
    ("GET", "/v1/webhook-endpoints/we_0000000000000000/deliveries", "admin"),
    ("POST", "/v1/connectors", "admin"),
    ("GET", "/v1/connectors", "admin"),
    ("POST", f"/v1/connectors/{CONNECTION}/settings", "admin"),
    ("POST", f"/v1/connectors/{CONNECTION}/secrets", "admin"),
    ("POST", f"/v1/connectors/{CONNECTION}/disable", "admin"),
    ("GET", f"/v1/connectors/{CONNECTION}/unmapped", "admin"),
    ("POST", f"/v1/connectors/{CONNECTION}/unmapped/{ITEM}/retries", "admin"),
    ("POST", f"/v1/connectors/{CONNECTION}/unmapped/{ITEM}/dismiss", "admin"),
    ("GET", f"/v1/connectors/{CONNECTION}/unmapped/{ITEM}/raw", "admin"),
    ("POST", f"/v1/connectors/{CONNECTION}/retries", "admin"),
    ("POST", f"/v1/connectors/{CONNECTION}/uploads", "admin"),
    ("GET", f"/v1/connectors/{CONNECTION}/results/late.csv", "admin"),
    ("GET", "/v1/partners/beta/connectors", "operator"),
    ("GET", f"/v1/partners/beta/connectors/{CONNECTION}/unmapped", "operator"),
    ("GET", f"/v1/partners/beta/connectors/{CONNECTION}/unmapped/{ITEM}/raw", "operator"),
    ("GET", f"/v1/partners/beta/connectors/{CONNECTION}/results/late.csv", "operator"),
    ("POST", f"/v1/partners/beta/connectors/{CONNECTION}/retries", "operator"),
    ("POST", f"/v1/partners/beta/connectors/{CONNECTION}/unmapped/{ITEM}/retries", "operator"),
    ("POST", f"/v1/partners/beta/connectors/{CONNECTION}/unmapped/{ITEM}/dismiss", "operator"),
    ("POST", f"/v1/partners/beta/connectors/{CONNECTION}/originals", "operator"),
    ("POST", f"/v1/partners/beta/connectors/{CONNECTION}/originals/erase", "operator"),
]


def authorizer_event(token: str) -> dict[str, str]:
    arn = "arn:aws:execute-api:us-east-1:123456789012:api1234567/api/GET/v1/bill"
    return {"type": "TOKEN", "authorizationToken": token, "methodArn": arn}


def test_the_list_above_has_every_guarded_route(world: World) -> None:
    routes = world.client._app.routes
    guarded = {(method, path) for path, methods in routes.items() for method, one in methods.items() if one.authorizer}
    listed = set()
    for method, path, _ in EVERY_ROUTE:
        parts = (f"{{{PATH_PARAMETERS[part]}}}" if part in PATH_PARAMETERS else part for part in path.split("/"))
        listed.add((method, "/".join(parts)))
    assert listed == guarded


@pytest.mark.parametrize(("method", "path", "scope"), EVERY_ROUTE)
def test_a_key_without_the_scope_is_refused_before_anything_is_read(
    world: World, method: str, path: str, scope: str
) -> None:
    if scope in ("operator", "sign-in"):
        key = world.alpha
    else:
        others = ALL_SCOPES - {Scope(scope)}
        key = world.access.issue_key("alpha", others).text
    reply = world.get(path, key) if method == "GET" else world.post(path, b"not json", key)
    assert problem(reply, 403, "scope_missing")["scope"] == scope


def test_an_operator_has_no_part_in_a_partners_business(world: World, card: str) -> None:
    problem(world.get(f"/v1/cards/{card}", world.operator), 403, "scope_missing")
    problem(world.post("/v1/purchases", {}, world.operator), 403, "scope_missing")


@pytest.mark.parametrize("header", ["", "Bearer", "Basic dXNlcg==", "Bearer tsk_live_x", "tsk_live_x", "Bearer é"])
def test_an_invalid_key_is_the_one_exception_that_the_gateway_calls_unauthorized(world: World, header: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$") as raised:
        auth.authorize(authorizer_event(header), {})
    assert type(raised.value) is Exception


def test_a_revoked_or_expired_key_is_unauthorized(world: World) -> None:
    expiring = world.access.issue_key("alpha", frozenset({Scope.EARN}), expires_at_ms=world.clock() + 1_000).text
    auth.authorize(authorizer_event(f"Bearer {expiring}"), {})
    world.clock.advance(ms=1_000)
    revoked = world.access.issue_key("alpha", frozenset({Scope.EARN}))
    world.access.revoke("alpha", revoked.key.key_id)
    for key in (expiring, revoked.text):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            auth.authorize(authorizer_event(f"Bearer {key}"), {})


def test_the_policy_holds_for_every_route_because_the_gateway_reuses_it(world: World) -> None:
    answer = auth.authorize(authorizer_event(f"bearer  {world.alpha}"), {})
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Resource"] == ["arn:aws:execute-api:us-east-1:123456789012:api1234567/api/*/*"]
    context = {"partner_id": "alpha", "key_id": answer["principalId"], "scopes": "admin earn members redeem reports"}
    assert answer["context"] == context


def test_a_bearer_token_is_needed() -> None:
    with pytest.raises(InvalidKeyError):
        auth.bearer_token("Token tsk_live_x")


def test_the_partner_comes_from_the_key_and_never_from_the_body(world: World, card: str) -> None:
    problem(world.post("/v1/purchases", purchase(card, partner_id="beta"), idempotency_key="p1"), 400, "unknown_field")


def test_a_partner_lists_only_its_own_entries_of_a_card(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    bought = purchase(card, location_id="b1", receipt="b-1")
    world.post("/v1/purchases", bought, world.beta, idempotency_key="p1")
    mine = world.get(f"/v1/cards/{card}/entries").json_body["entries"]
    theirs = world.get(f"/v1/cards/{card}/entries", world.beta).json_body["entries"]
    assert [(entry["op"], entry["location_id"]) for entry in mine] == [("earn", "s1"), ("enrol", "s1")]
    assert [(entry["op"], entry["location_id"]) for entry in theirs] == [("earn", "b1")]


def test_the_same_key_text_of_two_partners_names_two_requests(world: World, card: str) -> None:
    mine = world.post("/v1/purchases", purchase(card), idempotency_key="same")
    bought = purchase(card, location_id="b1")
    theirs = world.post("/v1/purchases", bought, world.beta, idempotency_key="same")
    assert mine.status_code == theirs.status_code == 201
    assert mine.json_body["entry_id"] != theirs.json_body["entry_id"]


def test_a_partner_lists_and_pays_for_only_its_own_entries(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    world.post_all_entries()
    query = "from=2026-11-15&to=2026-11-15"
    assert len(world.get(f"/v1/entries?{query}").json_body["entries"]) == 2
    assert world.get(f"/v1/entries?{query}", world.beta).json_body["entries"] == []
    assert world.get("/v1/bill?month=2026-11").json_body["visits"] == 2
    assert world.get("/v1/bill?month=2026-11", world.beta).json_body["visits"] == 0


def test_health_and_the_api_document_need_no_key(world: World) -> None:
    health = world.client.http.get("/v1/health", headers={})
    assert (health.status_code, health.json_body) == (200, {"status": "ok"})
    assert world.client.http.get("/v1/openapi.json", headers={}).json_body["openapi"].startswith("3.1")


def test_enrolling_at_another_partners_location_is_refused(world: World) -> None:
    body = {"contact": "eve@example.com", "location_id": "b1", "occurred_at": NOW}
    problem(world.post("/v1/members", body, idempotency_key="e"), 404, "unknown_location")
