"""An operator records what came in for an invoice, and both sides and the receivables see how it stands."""

import pytest

from partners.billing.invoice import DAYS_UNTIL_DUE
from shared.kernel.clock import DAY_MS, utc_day
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import World

INVOICE = "/v1/partners/alpha/invoices/2026-10"


@pytest.fixture
def total(world: World) -> int:
    issued = world.post("/v1/partners/alpha/invoices", {"month": "2026-10"}, world.operator)
    assert (issued.json_body["status"], issued.json_body["payments"]) == ("open", [])
    return int(issued.json_body["total_cents"])


def pay(world: World, cents: int, key: str = "k1"):
    body = {"amount_cents": cents, "received_on": utc_day(world.clock()), "reference": "camt 17", "reason": "by bank"}
    return world.post(f"{INVOICE}/payments", body, world.operator, idempotency_key=key)


def reverse(world: World, payment_id: str, key: str = "r1"):
    body = {"returned_on": utc_day(world.clock()), "reason": "bounced"}
    return world.post(f"{INVOICE}/payments/{payment_id}/reverse", body, world.operator, idempotency_key=key)


def stands(world: World) -> tuple[str, int, int]:
    own, listed = world.get("/v1/invoices/2026-10").json_body, world.get("/v1/invoices").json_body["invoices"][0]
    (theirs,) = [world.get(INVOICE, world.operator).json_body]
    names = ("status", "due_at", "paid_cents", "open_cents", "total_cents")
    assert [own[name] for name in names] == [listed[name] for name in names] == [theirs[name] for name in names]
    return own["status"], own["paid_cents"], own["open_cents"]


def test_a_payment_in_parts_and_one_that_comes_back(world: World, total: int) -> None:
    assert stands(world) == ("open", 0, total)
    paid = pay(world, 100)
    assert paid.status_code == 201
    assert pay(world, 100).json_body == paid.json_body
    assert stands(world) == ("part_paid", 100, total - 100)
    pay(world, total - 100, "k2")
    assert stands(world) == ("paid", total, 0)
    assert pay(world, 100).json_body == paid.json_body
    payment_id = paid.json_body["payment_id"]
    back = reverse(world, payment_id).json_body
    assert back == reverse(world, payment_id).json_body
    assert (back["amount_cents"], back["reverses"], back["reason"]) == (-100, payment_id, "bounced")
    assert stands(world) == ("part_paid", total - 100, 100)
    theirs = world.get(INVOICE, world.operator).json_body["payments"]
    assert [one["amount_cents"] for one in theirs] == [100, total - 100, -100]
    own = world.get("/v1/invoices/2026-10").json_body["payments"]
    assert own == [{name: one[name] for name in own[0]} for one in theirs]
    assert "recorded_by" not in own[0]


def test_what_is_not_so_is_refused_by_name(world: World, total: int) -> None:
    problem(pay(world, total + 1), 422, "invoice_overpaid")
    paid = pay(world, total).json_body["payment_id"]
    problem(pay(world, total - 1), 422, "payment_key_reused")
    problem(reverse(world, "0" * 32), 404, "unknown_invoice_payment")
    reverse(world, paid)
    problem(reverse(world, paid, "r2"), 409, "invoice_payment_reversed")
    early = {"amount_cents": 1, "received_on": "2026-10-31", "reference": "camt 17"}
    answer = world.post(f"{INVOICE}/payments", early, world.operator, idempotency_key="k9")
    problem(answer, 400, "invoice_payment_day")
    none = world.post(f"{INVOICE[:-2]}09/payments", early, world.operator, idempotency_key="k9")
    problem(none, 404, "unknown_invoice")


def test_what_is_open_of_it_is_owed_by_its_age_now_and_on_days_before(world: World, total: int) -> None:
    issued_on = utc_day(world.clock())
    world.clock.advance(ms=(DAYS_UNTIL_DUE + 3) * DAY_MS)
    pay(world, total - 40)
    assert stands(world)[0] == "overdue"

    def owed(query: str = "") -> tuple[list[tuple[str, int]], int, int]:
        (alpha,) = world.get(f"/v1/receivables{query}", world.operator).json_body["partners"]
        rows = [(one["reference"], one["amount_cents"]) for one in alpha["owed"]]
        return rows, alpha["not_due_cents"], alpha["days_1_30_cents"]

    assert owed() == ([("2026-10-alpha", 40)], 0, 40)
    assert owed(f"?as_of={issued_on}") == ([("2026-10-alpha", total)], total, 0)
    day_before = utc_day(world.clock() - DAY_MS)
    reply = world.get(f"/v1/receivables?as_of={day_before}", world.operator).json_body
    assert reply["as_of"] == f"{day_before}T23:59:59.999Z"
    assert owed(f"?as_of={day_before}") == ([("2026-10-alpha", total)], 0, total)
    tomorrow = utc_day(world.clock() + DAY_MS)
    problem(world.get(f"/v1/receivables?as_of={tomorrow}", world.operator), 400, "day_to_come")


def test_what_is_late_of_our_own_invoices_is_in_the_standings_until_it_is_paid(world: World, total: int) -> None:
    assert world.get("/v1/standings", world.operator).json_body == {"standings": [], "next_cursor": None}
    world.clock.advance(ms=(DAYS_UNTIL_DUE + 15) * DAY_MS)
    pay(world, total - 1)
    (late,) = world.get("/v1/standings", world.operator).json_body["standings"]
    assert (late["partner_id"], late["standing"], late["late_cents"]) == ("alpha", "restricted", 1)
    assert late["steps"][0]["why"].startswith("2026-10-alpha is unpaid since ")
    pay(world, 1, "k2")
    (paid,) = world.get("/v1/standings", world.operator).json_body["standings"]
    assert (paid["standing"], paid["late_cents"], len(paid["steps"])) == ("good", 0, 2)
