"""Billing through Stripe on the deployed stack, in the function's own role: without a key, and with the double's."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.doubles.stripe.__main__ import Loopback
from tests.doubles.stripe.double import KEY
from tests.doubles.stripe.happenings import signed
from tests.e2e.shops import Network, created, fresh
from tests.support.clouds import DeployedCloud

SECRET = "whsec_e2e"


def invoke(cloud: DeployedCloud, event: dict[str, Any]) -> dict[str, Any]:
    payload = json.dumps(event).encode()
    done = cloud.client("lambda").invoke(FunctionName=cloud.stack.metering_function, Payload=payload)
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    assert "FunctionError" not in done, answer
    return answer


@pytest.fixture
def double(local_cloud: DeployedCloud) -> Iterator[Loopback]:
    """The double on loopback, with its key in the deployment's secret."""
    loopback = Loopback()
    server = loopback.server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    keys = {
        "secret_key": KEY,
        "webhook_secret": SECRET,
        "base_url": f"http://127.0.0.1:{server.server_address[1]}",
    }
    secrets = local_cloud.client("secretsmanager")
    secret_id = local_cloud.services.settings.stripe_secret_id
    secrets.put_secret_value(SecretId=secret_id, SecretString=json.dumps(keys))
    yield loopback
    secrets.put_secret_value(SecretId=secret_id, SecretString="{}")
    server.shutdown()
    thread.join()
    server.server_close()


def test_without_a_key_of_stripe_the_function_does_nothing_and_webhooks_are_not_there(
    local_cloud: DeployedCloud,
) -> None:
    assert invoke(local_cloud, {})["configured"] is False
    reply = httpx.post(
        f"{local_cloud.base_url}/v1/stripe/webhooks", headers={"Stripe-Signature": "t=1"}, json={}, timeout=30
    )
    assert (reply.status_code, reply.json()["code"]) == (404, "stripe_not_configured")


def test_a_partner_is_subscribed_by_the_function_and_heard_of_by_webhook(
    local_cloud: DeployedCloud, double: Loopback
) -> None:
    network = Network.of(local_cloud)
    shop = network.open_shop("billed-")
    card = shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "b-1"), fresh("p")))
    billing = f"/v1/partners/{shop.partner_id}/billing"
    refused = network.post(billing, {"reason": "agreed"}, idempotency_key=fresh("b"))
    assert (refused.status_code, refused.json()["code"]) == (409, "billing_email_missing")
    contact = {"email": "bills@harvest.example", "reason": "agreed"}
    assert network.post(f"{billing}-contact", contact).json()["version"] == 1
    created(network.post(billing, {"reason": "agreed"}, idempotency_key=fresh("b")))
    customer = network.get(billing).json()["customer_id"]
    answer = invoke(local_cloud, {})
    assert (answer["partners"], answer["troubles"]) == (1, 0)
    (subscription,) = double.double.books.some("subscription", customer=customer)
    assert subscription["status"] == "active"
    assert double.double.books.get("customer", customer)["email"] == "bills@harvest.example"

    event = double.double.books.happen("invoice.payment_failed", an_invoice_of(customer))
    body, header = signed(event, SECRET)
    url = f"{local_cloud.base_url}/v1/stripe/webhooks"
    heard = [httpx.post(url, content=body, headers={"Stripe-Signature": header}).json() for _ in range(2)]
    assert heard == [{"heard": "new"}, {"heard": "known"}]
    stands = network.get(billing).json()
    assert (stands["standing"], stands["late_cents"], stands["subscription_id"]) == ("overdue", 700, subscription["id"])
    refused = httpx.post(url, content=body + b" ", headers={"Stripe-Signature": header})
    assert refused.status_code == 403


def an_invoice_of(customer: str) -> dict[str, Any]:
    return {
        "id": fresh("in_"),
        "object": "invoice",
        "customer": customer,
        "status": "open",
        "amount_remaining": 700,
        "attempt_count": 1,
        "due_date": None,
    }
