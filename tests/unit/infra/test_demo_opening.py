"""The demo's prepaid retailer grants from what it paid in, however many weeks that is for."""

import json

import httpx
import pytest

from infra.demo.client import Api
from infra.demo.opening import open_network, requests_to_open
from infra.demo.retailers import RETAILERS
from partners.funding.model import ONE_PERSON_LIMIT_CENTS

STORES = [[number] for number in range(len(RETAILERS))]


@pytest.mark.parametrize("weeks", [1, 3])
def test_what_one_operator_may_not_record_alone_is_confirmed_by_the_other(weeks):
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        asked.append((request.url.path, request.headers["Authorization"].rpartition(" ")[2]))
        waits = body.get("paid_cents", 0) > ONE_PERSON_LIMIT_CENTS
        return httpx.Response(200, json={"proposal": 1, "api_key": "k", "payment_id": "0a", "waits": waits})

    advances = []
    api = Api("https://network.example", transport=httpx.MockTransport(answer))
    open_network(api, ("ann", "bob"), STORES, weeks, 0, 1, lambda: advances.append(1))
    payments = [(path.rpartition("/")[2], key) for path, key in asked if "/payments" in path]
    assert payments == ([("payments", "ann")] if weeks == 1 else [("payments", "ann"), ("confirm", "bob")])
    assert len(advances) == requests_to_open(STORES)
