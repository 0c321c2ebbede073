"""Billing through Stripe on the deployed stack, in the function's own role, as long as no key of Stripe is given."""

import json
from typing import Any

import httpx

from tests.support.clouds import DeployedCloud


def test_without_a_key_of_stripe_the_function_does_nothing_and_webhooks_are_not_there(
    local_cloud: DeployedCloud,
) -> None:
    done = local_cloud.client("lambda").invoke(FunctionName=local_cloud.stack.metering_function, Payload=b"{}")
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    assert answer == {"configured": False}
    reply = httpx.post(f"{local_cloud.base_url}/v1/stripe/webhooks", headers={"Stripe-Signature": "t=1"}, json={})
    assert (reply.status_code, reply.json()["code"]) == (404, "stripe_not_configured")
