"""A month from estimate to invoice, over HTTP."""

from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader

from partners.billing.stripe_model import Closing, ClosingState, StripeAccount
from tests.fakes.contract_book import agree, new_terms
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World, purchase

PLAN = {"location_fee_cents": 500, "mode": "graduated", "bands": [{"up_to": None}], "spend_alert_cents": 1_000}
INVOICES = "/v1/partners/alpha/invoices"


def test_a_running_month_is_estimated(world: World, card: str) -> None:
    world.post("/v1/purchases", purchase(card), idempotency_key="p1")
    world.post_all_entries()
    bill = world.get("/v1/bill?month=2026-11").json_body
    assert (bill["state"], bill["invoice_number"], bill["total_cents"]) == ("running", None, 2_004)
    # 2 visits in 14.5 of 30 days.
    assert bill["projection"] == {"visits": 4, "total_cents": 2_008}
    assert bill["spend_alert"] is None
    assert bill["locations"] == [
        {"location_id": "s1", "location_days": 30, "visits": 2},
        {"location_id": "s2", "location_days": 30, "visits": 0},
    ]


def test_another_plan_is_tried_out_by_the_partner_and_by_the_operator(world: World) -> None:
    body = {"month": "2026-11", "plan": PLAN}
    mine = world.post("/v1/bill/what-if", body)
    assert mine.status_code == 200
    assert mine.json_body == world.post("/v1/partners/alpha/bill/what-if", body, world.operator).json_body
    assert mine.json_body["actual"] == world.get("/v1/bill?month=2026-11").json_body
    tried = mine.json_body["what_if"]
    assert (tried["terms_version"], tried["total_cents"], mine.json_body["difference_cents"]) == (None, 1_000, -1_000)
    assert tried["spend_alert"] == {"limit_cents": 1_000, "reached": True, "expected": True}
    closed = {"month": "2026-11", "plan": {**PLAN, "bands": [{"up_to": 1}]}}
    problem(world.post("/v1/bill/what-if", closed), 400, "invalid_plan")
    problem(world.post("/v1/bill/what-if", {"month": "2026-12", "plan": PLAN}), 422, "month_not_begun")


def test_a_month_may_come_to_more_than_the_most_that_one_fee_may_be(world: World) -> None:
    most = 100_000_000_000
    bands = [{"up_to": None, "flat_fee_cents": most}]
    plan = {"mode": "graduated", "location_fee_cents": most, "bands": bands}
    tried = world.post("/v1/bill/what-if", {"month": "2026-11", "plan": plan})
    assert tried.status_code == 200, tried.body
    bill = tried.json_body["what_if"]
    assert bill["total_cents"] == sum(line["amount_cents"] for line in bill["lines"]) > most


def test_a_month_that_is_over_closes_and_is_final_once_it_is_invoiced(world: World) -> None:
    assert world.get("/v1/bill?month=2026-10").json_body["state"] == "closing"
    issued = world.post(INVOICES, {"month": "2026-10"}, world.operator)
    assert issued.status_code == 201
    bill = world.get("/v1/bill?month=2026-10").json_body
    assert (bill["state"], bill["invoice_number"], bill["projection"]) == ("final", "2026-10-alpha", None)
    assert issued.json_body["bill"] == bill
    world.contracts.open_location("alpha", "s3", "Store s3", "UTC", 0)
    assert world.get("/v1/bill?month=2026-10").json_body == bill
    tried = world.post("/v1/bill/what-if", {"month": "2026-10", "plan": PLAN}).json_body
    assert (tried["actual"], tried["what_if"]["location_count"]) == (bill, 2)
    assert tried["difference_cents"] == 1_000 - bill["total_cents"]
    assert world.post(INVOICES, {"month": "2026-10"}, world.operator).json_body == issued.json_body


def test_a_month_of_stripe_s_says_how_it_stands_there(world: World) -> None:
    first = StripeAccount("alpha", "cus_1", "2026-10", "2026-09")
    world.invoicers.accounts["alpha"] = first
    shown = ("state", "invoicer", "invoice_number", "invoiced_cents")

    def stands() -> list[object]:
        bill = world.get("/v1/bill?month=2026-10").json_body
        return [bill[name] for name in shown]

    assert stands() == ["closing", "stripe", None, None]
    closing = Closing("alpha", "2026-10", ClosingState.HELD, version=1)
    world.invoicers.closing_rows["alpha", "2026-10"] = closing
    assert stands() == ["held", "stripe", None, None]
    done = replace(closing, state=ClosingState.FINALISED, billed_cents=2_000)
    world.invoicers.closing_rows["alpha", "2026-10"] = done
    tried = world.post("/v1/bill/what-if", {"month": "2026-10", "plan": PLAN}).json_body
    assert tried["actual"] == world.get("/v1/bill?month=2026-10").json_body
    assert stands() == ["final", "stripe", None, 2_000]
    world.invoicers.accounts["alpha"] = replace(first, first_month="2026-11", closed_through="2026-10")
    running = world.get("/v1/bill?month=2026-11").json_body
    assert [running[name] for name in shown] == ["running", "stripe", None, None]


def test_a_partner_reads_its_own_invoices_and_the_operator_all(world: World) -> None:
    for month in ("2026-09", "2026-10"):
        world.post(INVOICES, {"month": month}, world.operator)
    listed = world.get("/v1/invoices").json_body["invoices"]
    assert [one["number"] for one in listed] == ["2026-10-alpha", "2026-09-alpha"]
    assert world.get(INVOICES, world.operator).json_body == {"invoices": listed, "next_cursor": None}
    one = world.get("/v1/invoices/2026-10").json_body
    assert {**one, **listed[0]} == one
    assert world.get(f"{INVOICES}/2026-10", world.operator).json_body == one
    assert world.get("/v1/invoices", world.beta).json_body["invoices"] == []
    problem(world.get("/v1/invoices/2026-10", world.beta), 404, "unknown_invoice")


def test_a_later_change_is_a_line_of_the_next_invoice(world: World) -> None:
    world.post(INVOICES, {"month": "2026-09"}, world.operator)
    world.contracts.open_location("alpha", "s3", "Store s3", "UTC", 0)
    invoice = world.post(INVOICES, {"month": "2026-10"}, world.operator).json_body
    assert (invoice["bill"]["total_cents"], invoice["total_cents"]) == (3_000, 4_000)
    explanation = "2026-09: 90 location-days instead of 60; 30.00 - 20.00 invoiced = 10.00"
    assert invoice["adjustments"] == [{"month": "2026-09", "amount_cents": 1_000, "explanation": explanation}]


def test_what_can_t_be_invoiced_is_refused(world: World) -> None:
    problem(world.post(INVOICES, {"month": "2026-11"}, world.operator), 422, "invoice_too_early")
    problem(world.post("/v1/partners/nobody/invoices", {"month": "2026-10"}, world.operator), 404, "unknown_partner")
    world.post(INVOICES, {"month": "2026-10"}, world.operator)
    problem(world.post(INVOICES, {"month": "2026-09"}, world.operator), 409, "later_invoice_issued")
    problem(world.get("/v1/invoices/2026-13"), 400, "invalid_field")


def test_a_month_without_a_location_and_a_visit_has_no_invoice_and_is_final(world: World) -> None:
    world.contracts.create_partner("idle", "Idle", "USD")
    agree(world.contracts, "idle", new_terms(0))
    invoices = "/v1/partners/idle/invoices"
    for _ in range(2):
        problem(world.post(invoices, {"month": "2026-10"}, world.operator), 422, "nothing_to_invoice")
    assert world.get(invoices, world.operator).json_body["invoices"] == []
    problem(world.get(f"{invoices}/2026-10", world.operator), 404, "unknown_invoice")
    bill = world.get("/v1/partners/idle/bill?month=2026-10", world.operator).json_body
    assert (bill["state"], bill["invoice_number"], bill["total_cents"]) == ("final", None, 0)


def test_an_invoice_comes_on_paper_to_those_who_accept_it(world: World) -> None:
    world.post(INVOICES, {"month": "2026-10"}, world.operator)
    mine = world.get("/v1/invoices/2026-10/pdf", accept="application/pdf")
    assert (mine.status_code, mine.headers["Content-Type"]) == (200, "application/pdf")
    text = PdfReader(BytesIO(mine.body)).pages[0].extract_text()
    assert "2026-10-alpha" in text
    assert "Lakeside Rewards" in text
    assert world.get(f"{INVOICES}/2026-10/pdf", world.operator, accept="application/pdf").body == mine.body
    problem(world.get("/v1/invoices/2026-10/pdf"), 406, "not_acceptable")
    problem(world.get("/v1/invoices/2026-09/pdf", accept="application/pdf"), 404, "unknown_invoice")
