"""Connectors on the deployed system: a signed order and its refund at Shopify, then a file put into a folder."""

import base64
import csv
import hashlib
import io
import json
from typing import Any

import httpx
import pytest

from partners.till.purchase_file import COLUMNS
from tests.e2e.shops import Network, Shop, created, eventually, fresh, now
from tests.fakes.connectors import fixture, shopify_headers, signature
from tests.support.clouds import DeployedCloud

SECRET = "shpss_0123456789"


@pytest.fixture
def shop(local_cloud: DeployedCloud) -> Shop:
    return Network.of(local_cloud).open_shop("connected-")


def balance(shop: Shop, card: str) -> int:
    return int(shop.get(f"/v1/cards/{card}").json()["points_balance"])


def until(shop: Shop, card: str, points: int) -> None:
    eventually(lambda: balance(shop, card) == points or None, f"a balance of {points}", 60)


def test_a_signed_order_is_paid_refunded_and_counts_once(local_cloud: DeployedCloud, shop: Shop) -> None:
    domain, card = f"{fresh('shop-')}.myshopify.com", shop.enrol()
    source = {"place": "note_attribute", "name": "loyalty_card"}
    body = {"kind": "shopify", "account": domain, "card_source": source, "locations": {"88001": "s1"}}
    made = created(shop.post("/v1/connectors", body))
    path = f"/v1/connectors/{made['connection_id']}"
    shown = created(shop.post(f"{path}/secrets", {"secret": SECRET}))
    assert SECRET not in json.dumps(shown)

    def tell(topic: str, event: dict[str, Any], webhook_id: str, secret: str = SECRET) -> httpx.Response:
        raw = json.dumps(event).encode()
        headers = {**shopify_headers(topic, webhook_id, domain), "X-Shopify-Hmac-Sha256": signature(secret, raw)}
        url = f"{local_cloud.base_url}{made['webhook_path']}"
        return httpx.post(url, headers={**headers, "Content-Type": "application/json"}, content=raw, timeout=60)

    order_id = int(fresh("")[:8], 16)
    order = {**fixture("shopify_order_paid", card), "id": order_id, "processed_at": now()}
    refund = {**fixture("shopify_refund_create"), "id": order_id + 1, "order_id": order_id, "processed_at": now()}
    stranger = {**order, "id": order_id + 2, "location_id": 99}

    assert tell("orders/paid", order, "w-1", "another_secret").json()["code"] == "webhook_not_verified"
    assert tell("refunds/create", refund, "w-2").json() == {"heard": "new"}
    waiting = eventually(lambda: shop.get(f"{path}/unmapped").json()["items"] or None, "the refund in the queue", 60)
    assert [item["reason_code"] for item in waiting] == ["sale_not_heard"]
    assert tell("orders/paid", order, "w-1").json() == {"heard": "new"}
    assert tell("orders/paid", order, "w-1").json() == {"heard": "known"}
    until(shop, card, 194)
    assert [entry["op"] for entry in shop.card_entries(card)] == ["return", "earn", "enrol"]

    assert tell("orders/paid", stranger, "w-3").json() == {"heard": "new"}
    (item,) = eventually(lambda: shop.get(f"{path}/unmapped").json()["items"] or None, "the order in the queue", 60)
    assert item["reason_code"] == "foreign_location_unknown"
    sent = shop.get(f"{path}/unmapped/{item['item_id']}/raw").json()
    assert json.loads(base64.b64decode(sent["body_base64"]))["id"] == stranger["id"]
    assert sent["body_sha256"] == hashlib.sha256(json.dumps(stranger).encode()).hexdigest()
    originals = f"/v1/partners/{shop.partner_id}{path[3:]}/originals"
    whose = {"sale_id": str(stranger["id"]), "reason": "dispute 4711"}
    (whole,) = shop.network.post(originals, whose).json()["events"]
    assert json.loads(base64.b64decode(whole["body_base64"])) == stranger
    assert shop.network.post(f"{originals}/erase", whose).json() == {"erased": 1}
    assert shop.network.post(originals, whose).json() == {"events": [], "next_after": None}
    settings = {"card_source": source, "locations": {"88001": "s1", "99": "s1"}}
    assert shop.post(f"{path}/settings", settings).status_code == 200
    assert shop.network.post(f"/v1/partners/{shop.partner_id}{path[3:]}/retries", {}).json() == {
        "retried": 1,
        "next_after": None,
    }
    until(shop, card, 194 + 210)
    assert shop.get(f"{path}/unmapped").json()["items"] == []


def test_a_file_put_into_the_folder_is_recorded_and_its_results_lie_beside_it(shop: Shop) -> None:
    card = shop.enrol()
    made = created(shop.post("/v1/connectors", {"kind": "file"}))
    path = f"/v1/connectors/{made['connection_id']}"
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([*COLUMNS, "kind", "original_receipt"])
    table.writerow(["k-1", card, "s1", "r-1", now(), 1_000, "USD", "", ""])
    table.writerow(["k-2", card, "s9", "r-2", now(), 1_000, "USD", "", ""])
    table.writerow(["k-3", card, "s1", "r-3", now(), 400, "USD", "return", "r-1"])
    table.writerow(["k-4", card, "s1", "r-4", now(), 400, "USD", "return", "r-5"])
    link = created(shop.post(f"{path}/uploads", {"name": "late.csv"}))
    httpx.put(link["url"], content=text.getvalue().encode(), timeout=60).raise_for_status()
    until(shop, card, 30)
    (item,) = eventually(lambda: shop.get(f"{path}/unmapped").json()["items"] or None, "the file in the queue", 60)
    assert (item["kind"], item["foreign_id"], item["reason_code"]) == ("file", "late.csv", "lines_refused")
    results = httpx.get(shop.get(f"{path}/results/late.csv").json()["url"], timeout=60).raise_for_status()
    rows = [(row["line"], row["outcome"], row["code"]) for row in csv.DictReader(io.StringIO(results.text))]
    assert rows == [
        ("2", "recorded", ""),
        ("3", "refused", "unknown_location"),
        ("4", "recorded", ""),
        ("5", "refused", "receipt_not_recorded"),
    ]
