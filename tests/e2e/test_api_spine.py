"""The way of a customer through the deployed system, from enrolment to the month's bill."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from io import BytesIO

import httpx
import pytest
from pypdf import PdfReader

from tests.e2e.shops import Network, Shop, created, fresh
from tests.support.clouds import DeployedCloud


@pytest.fixture(scope="module")
def network(local_cloud: DeployedCloud) -> Network:
    return Network.of(local_cloud)


@pytest.fixture(scope="module")
def bakery(network: Network) -> Shop:
    return network.open_shop("bakery-")


@pytest.fixture(scope="module")
def books(network: Network) -> Shop:
    return network.open_shop("books-")


def test_from_enrolment_to_bill(network: Network, bakery: Shop, books: Shop) -> None:
    card = bakery.enrol()

    body = bakery.purchase(card, "r-1")
    quoted = bakery.post("/v1/purchases/quote", body).json()
    bought = created(bakery.post("/v1/purchases", body, fresh("p")))
    assert quoted["points"] == bought["points"] == bought["points_balance"] == 100
    assert quoted["explanation"] == bought["explanation"] == ["5 per 1.00 USD on 20.00 USD = 100"]

    looked_up = books.get(f"/v1/cards/{card}").json()
    assert (looked_up["card_number"], looked_up["points_balance"]) == (card, 100)
    assert looked_up["expiring"] == [{"points": 100, "last_day": bought["expires_on"]}]

    spent = created(books.post("/v1/redemptions", books.redemption(card, "b-1", 60), fresh("x")))
    assert spent["value"] == {"amount_cents": 30, "currency": "USD"}
    assert spent["points_balance"] == 40

    assert [(entry["op"], entry["points"]) for entry in bakery.card_entries(card)] == [("earn", 100), ("enrol", 0)]
    assert [(entry["op"], entry["points"]) for entry in books.card_entries(card)] == [("redeem", 60)]
    assert [entry["entry_id"] for entry in bakery.posted_entries(2)][1] == bought["entry_id"]
    assert [entry["entry_id"] for entry in books.posted_entries(1)] == [spent["entry_id"]]

    month = bought["recorded_at"][:7]
    bill = bakery.get("/v1/bill", month=month).json()
    assert (bill["location_count"], bill["visits"], bill["total_cents"]) == (1, 2, 2_900 + 2 * 2)
    same = network.get(f"/v1/partners/{bakery.partner_id}/bill", month=month)
    assert same.json() == bill

    day = bought["recorded_at"][:10]
    positions = network.rows("/v1/positions", "positions", **{"from": day, "to": str(datetime.now(UTC).date())})
    assert {position["currency"] for position in positions} == {"USD"}
    net = {position["party"]: position["net_cents"] for position in positions}
    assert (net[bakery.partner_id], net[books.partner_id]) == (-60, 30)
    assert sum(net.values()) == 0


def test_a_retry_gets_the_same_bytes_and_a_changed_request_is_refused(bakery: Shop) -> None:
    body, key = bakery.purchase(bakery.enrol(), "r-2"), fresh("p")
    first, again = bakery.post("/v1/purchases", body, key), bakery.post("/v1/purchases", body, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    refused = bakery.post("/v1/purchases", {**body, "receipt": "r-3"}, key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_listings_go_on_from_page_to_page(bakery: Shop) -> None:
    card = bakery.enrol()
    for number in range(3):
        created(bakery.post("/v1/purchases", bakery.purchase(card, f"page-{number}"), fresh("p")))
    seen, cursor = [], None
    while True:
        page = bakery.get(f"/v1/cards/{card}/entries", limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [entry["receipt"] for entry in page["entries"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["page-2", "page-1", "page-0", None]


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("application/json", b'{"total": NaN}', 400, "malformed_json"),
        ("application/json", '{"receipt": "\u00fc", "receipt": "\u00fc"}'.encode(), 400, "malformed_json"),
        ("application/json", b"[" * 50_000, 400, "malformed_json"),
        ("application/json", b"[" * 70_000, 413, "body_too_large"),
        ("application/octet-stream", b"\x00\xff", 415, "unsupported_media_type"),
        ("application/json", b"{}", 400, "missing_field"),
    ],
)
def test_a_bad_body_meets_the_same_problem_behind_the_gateway(
    bakery: Shop, content_type: str, body: bytes, status: int, code: str
) -> None:
    headers = {"Authorization": f"Bearer {bakery.key}", "Content-Type": content_type, "Idempotency-Key": fresh("k")}
    reply = bakery.network.http.post("/v1/purchases", headers=headers, content=body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_the_api_document_is_served(network: Network) -> None:
    reply = httpx.get(f"{network.base_url}/v1/openapi.json", timeout=60)
    assert reply.json()["info"]["title"] == "Tessera API"


def test_a_finished_month_is_invoiced_and_printed(network: Network, bakery: Shop) -> None:
    month = f"{datetime.now(UTC) - timedelta(days=32):%Y-%m}"
    under = f"/v1/partners/{bakery.partner_id}/invoices"
    issued = network.post(under, {"month": month})
    assert issued.status_code == 201, issued.text
    assert bakery.get(f"/v1/invoices/{month}").json() == issued.json()
    assert bakery.get("/v1/bill", month=month).json()["state"] == "final"
    key = {"Authorization": f"Bearer {network.operator_key}", "Accept": "application/pdf"}
    paper = httpx.get(f"{network.base_url}{under}/{month}/pdf", headers=key, timeout=30)
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    # The emulator does not read from the OpenAPI document which types are binary, and hands base64 through.
    document = paper.content if paper.content.startswith(b"%PDF") else b64decode(paper.content, validate=True)
    assert issued.json()["number"] in PdfReader(BytesIO(document)).pages[0].extract_text()
