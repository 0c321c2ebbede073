"""The demo reads a month's invoice out of Stripe's answers, and tells of it by webhooks that verify."""

from typing import Any

import httpx
import pytest
from stripe import WebhookSignature

from infra.demo.billing import BY_OPERATOR, THROUGH_STRIPE, bill_month
from infra.demo.client import Api
from infra.demo.errors import UnexpectedAnswerError
from infra.demo.retailers import RETAILERS
from infra.demo.stripe_double import WEBHOOK_SECRET, StripeApi

OCTOBER_S, NOVEMBER_S, DECEMBER_S = 1_790_812_800, 1_793_491_200, 1_796_083_200
PRICES = [{"id": f"price_{name}", "recurring": {"usage_type": name}} for name in ("licensed", "metered")]
EVENTS = [
    {"id": "evt_1", "type": "invoice.finalized", "created": DECEMBER_S + 7_200},
    {"id": "evt_2", "type": "customer.created", "created": DECEMBER_S + 7_200},
    {"id": "evt_3", "type": "invoice.finalized", "created": NOVEMBER_S},
]


class RecordedFunctions:
    """Notes at which moments it was to work."""

    def __init__(self) -> None:
        self.metered_at: list[int] = []
        self.issued_at: list[int] = []

    def open_account(self, partner_id: str, moment_ms: int) -> str:
        assert moment_ms // 1_000 < NOVEMBER_S
        return f"cus_{partner_id}"

    def meter(self, moment_ms: int) -> None:
        self.metered_at.append(moment_ms // 1_000)

    def issue_invoices(self, moment_ms: int) -> None:
        self.issued_at.append(moment_ms // 1_000)


DUE_BEFORE_CENTS = 2


def line(amount: int, start: int, price: str | None) -> dict[str, Any]:
    pricing = None if price is None else {"price_details": {"price": f"price_{price}"}}
    return {"id": f"il_{amount}_{start}", "amount": amount, "period": {"start": start}, "pricing": pricing}


LINES = {
    "in_1": [line(2_900, NOVEMBER_S, "licensed"), line(3, OCTOBER_S, "metered")],
    "in_2": [line(2_900, DECEMBER_S, "licensed"), line(51, NOVEMBER_S, "metered"), line(-1, NOVEMBER_S, None)],
    "in_3": [line(7, NOVEMBER_S, "metered")],
}


def stripe_answers(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path.startswith("/double/"):
        return httpx.Response(200, json=EVENTS if path.endswith("events") else {"429": 1})
    if path == "/v1/invoices/create_preview":
        return httpx.Response(200, json={"lines": {"data": LINES["in_2"]}})
    listed: dict[str, list[dict[str, Any]]] = {
        "/v1/prices": PRICES,
        "/v1/billing/meters": [{"id": "mtr_1"}],
        "/v1/billing/meters/mtr_1/event_summaries": [
            {"id": "mes_1", "aggregated_value": 3.0},
            {"id": "mes_2", "aggregated_value": 4.0},
        ],
        "/v1/subscriptions": [{"id": "sub_1"}],
        "/v1/invoices": [{"id": "in_1", "status": "open"}, {"id": "in_2", "status": "paid"}],
    }
    data = LINES[path.split("/")[3]] if path.endswith("/lines") else listed[path]
    after = request.url.params.get("starting_after")
    begin = next((place + 1 for place, one in enumerate(data) if one["id"] == after), 0)
    return httpx.Response(200, json={"data": data[begin : begin + 1], "has_more": begin + 1 < len(data)})


def network_answers(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/v1/stripe/webhooks":
        signature = request.headers["Stripe-Signature"]
        assert WebhookSignature.verify_header(request.content.decode(), signature, WEBHOOK_SECRET, tolerance=60)
        return httpx.Response(200, json={"heard": "new"})
    if request.url.path.endswith("/pdf"):
        return httpx.Response(200, content=b"JVBERi0=")
    lines = [{"kind": "locations", "amount_cents": 900}, {"kind": "visits", "amount_cents": 25}]
    bill = {"lines": lines, "visits": 7, "total_cents": DUE_BEFORE_CENTS}
    invoice = {"partner_id": BY_OPERATOR, "bill": bill, "total_cents": 925}
    return httpx.Response(200, json=bill if request.url.path.endswith("/bill") else invoice)


def test_a_month_is_put_together_from_the_lines_of_all_invoices_that_bear_on_it() -> None:
    functions = RecordedFunctions()
    with (
        StripeApi("http://stripe", transport=httpx.MockTransport(stripe_answers)) as stripe,
        Api("http://network", transport=httpx.MockTransport(network_answers)) as api,
    ):
        billed = bill_month("2026-11", (NOVEMBER_S + 90_000) * 1_000, functions, stripe, api, "operator")
    names = ("metered_visits", "foreseen_visits_cents", "invoiced_locations_cents", "invoiced_visits_cents")
    for partner in THROUGH_STRIPE:
        assert [billed.figures[name, partner, ""] for name in names] == [7, 51, 2_899, 51]
        invoiced_cents = billed.figures["invoiced_cents", partner, ""]
        assert invoiced_cents == 2_950 + 3 - DUE_BEFORE_CENTS, "what is billed before the month and not due shows"
    assert [billed.figures[name, BY_OPERATOR, ""] for name in names] == [7, 25, 900, 25]
    assert (billed.printed, billed.webhooks_heard) == (b"%PDF-", 1)
    assert functions.metered_at == sorted(functions.metered_at)
    assert functions.metered_at[-1] >= DECEMBER_S + 7_200
    assert functions.issued_at[0] > DECEMBER_S + 86_400


def test_what_stripe_refuses_ends_the_demo() -> None:
    with (
        StripeApi("http://stripe", transport=httpx.MockTransport(lambda _: httpx.Response(402))) as stripe,
        pytest.raises(UnexpectedAnswerError, match="402"),
    ):
        stripe.invoiced("cus_1")


def test_every_retailer_is_billed_one_way_or_the_other() -> None:
    assert [*THROUGH_STRIPE, BY_OPERATOR] == [one.partner_id for one in RETAILERS]
