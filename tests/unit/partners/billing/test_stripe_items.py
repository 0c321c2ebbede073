"""A bill of any size is one invoice at Stripe, which takes 250 items, to the cent and for as many calls each month."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.billing.model import Bill
from partners.billing.price import price
from partners.billing.stripe_items import LONGEST_DESCRIPTION, MOST_ITEMS, MOST_LINES, items_of
from partners.billing.stripe_model import ClosingState
from partners.billing.usage import Usage
from partners.contracts.plan import Band, BandScope, Plan, PlanMode
from tests.doubles.stripe import invoice_routes, invoices
from tests.doubles.stripe.faults import Fault
from tests.unit.partners.billing.plans import plans
from tests.unit.partners.billing.stripe_world import HOUR_MS, PARTNER, PLAN, StripeWorld, at, opened_world

PER_LOCATION = replace(PLAN, scope=BandScope.PER_LOCATION)
FLAT = Plan(3_100, PlanMode.GRADUATED, (Band(10, flat_fee_cents=100), Band(None, 5_000)), scope=BandScope.PER_LOCATION)
MANY = at(2026, 12, 1, 3)


def bill_of(plan: Plan, visits: list[int]) -> Bill:
    """A month of so many locations, each with its visits."""
    counted = {f"s{number:03d}": count for number, count in enumerate(visits)}
    usage = Usage(30, dict.fromkeys(counted, 30), counted)
    lines = price(plan, usage)
    total_cents = sum(line.amount_cents for line in lines)
    return Bill(PARTNER, "2026-11", "USD", 1, usage, 0, lines, total_cents, month_over=True)


bills = st.builds(
    bill_of,
    plans(),
    st.sampled_from([0, 1, 49, 99, 101, 300]).flatmap(
        lambda size: st.lists(st.integers(0, 3_000), min_size=1, max_size=4).map(
            lambda few: [few[number % len(few)] for number in range(size)]
        )
    ),
)


@settings(max_examples=40)
@given(bills, st.integers(0, MOST_ITEMS - 1))
def test_the_items_of_any_bill_come_to_its_total_and_fit_beside_what_is_there(bill: Bill, others: int) -> None:
    items = items_of(bill, [""] * others)
    assert sum(item.amount_cents for item in items) == bill.total_cents
    assert len(items) + others <= MOST_ITEMS
    assert len(items) <= MOST_LINES
    assert len({item.key for item in items}) == len(items)
    assert all(item.amount_cents and len(item.description) <= LONGEST_DESCRIPTION for item in items)


@settings(max_examples=25)
@given(bills, bills, st.data())
def test_a_draft_begun_for_one_bill_never_gets_the_same_line_twice_for_another(
    first: Bill, then: Bill, data: st.DataObject
) -> None:
    made = items_of(first, [])
    begun = [item.key for item in made[: data.draw(st.integers(0, len(made)))]]
    ways = {item.key.split(":")[4].split("/")[0] for item in items_of(then, begun)} | {
        key.split(":")[4].split("/")[0] for key in begun
    }
    assert len(ways) <= 1
    assert {item.key for item in items_of(first, begun)} == {item.key for item in made}


def test_a_small_bill_has_an_item_a_line_a_larger_one_an_item_a_location_and_a_chain_an_item_a_kind() -> None:
    sizes = {size: [item.description for item in items_of(bill_of(FLAT, [12] * size), [])] for size in (2, 60, 300)}
    assert sizes[2][:3] == [
        "locations: 2 x 31.00 = 62.00",
        "s000: visits 1 to 10: flat 1.00 = 1.00",
        "s000: visits from 11: flat 50.00 = 50.00",
    ]
    assert sizes[60][1] == "s000: visits 1 to 10: flat 1.00 = 1.00; s000: visits from 11: flat 50.00 = 50.00"
    assert len(sizes[60]) == 61
    assert sizes[300] == [
        "locations: 300 x 31.00 = 9,300.00",
        "visits of 300 locations: 600 lines = 15,300.00, each in GET /v1/bill?month=2026-11",
    ]


def test_an_invoice_that_has_little_room_left_gets_fewer_items() -> None:
    bill = bill_of(FLAT, [12] * 60)
    assert [len(items_of(bill, [""] * others)) for others in (0, 139, 140, 199, 249)] == [61, 61, 2, 1, 1]


def test_a_draft_of_an_earlier_version_gets_no_lines_again() -> None:
    assert items_of(bill_of(FLAT, [3]), [f"v1:line:{PARTNER}:2026-11:0"]) == []


def chain(plan: Plan, locations: int) -> StripeWorld:
    """A partner of so many locations, on the last day of its month of entry."""
    world = StripeWorld(plan)
    for number in range(locations - 2):
        world.contracts.open_location(PARTNER, f"s{number:03d}", "N", "UTC", at(2026, 10, 2))
    world.invoicing.open_account(PARTNER)
    return world


def test_a_chain_of_300_locations_is_invoiced_to_the_cent_within_what_an_invoice_takes() -> None:
    world = chain(FLAT, 300)
    world.clock.now_ms = MANY
    assert world.invoicing.work(world.account) == []
    assert world.closing("2026-11").state is ClosingState.FINALISED
    assert world.invoiced("2026-11") == world.billing.bill(PARTNER, "2026-11").total_cents == 300 * 3_200
    assert len(world.double.books.some("invoiceitem")) == 2


def test_an_invoice_whose_making_was_cut_off_is_gone_on_with_though_the_bill_has_grown() -> None:
    world = chain(FLAT, 12)
    world.clock.now_ms = MANY
    made: list[str] = []

    def fail(method: str, path: str) -> Fault | None:
        made.append(path)
        return Fault.TIME_OUT_BEFORE if method == "post" and made.count("/v1/invoiceitems") > 8 else None

    world.double.faults.choose = fail
    assert world.work() == []
    begun = len(world.double.books.some("invoiceitem"))
    assert 0 < begun < 13
    world.double.faults.choose = lambda *_: None
    world.visit(25, at(2026, 11, 30, 12))
    assert world.invoicing.work(world.account) == []
    assert world.invoiced("2026-11") == world.billing.bill(PARTNER, "2026-11").total_cents


def test_a_month_costs_no_more_calls_the_longer_a_partner_is_there() -> None:
    world = chain(FLAT, 40)
    calls = []
    for month in range(12, 16):
        world.clock.now_ms = at(2026 + (month > 12), (month - 1) % 12 + 1, 1, 3)
        world.double.requests.clear()
        assert world.invoicing.work(world.account) == []
        calls.append(Counter(method for method, _, _ in world.double.requests))
    assert world.account.closed_through == "2027-02"
    assert calls[1] == calls[2] == calls[3]
    assert calls[1]["get"] <= 25
    assert calls[1]["post"] <= 41 + 5


def test_a_late_item_is_looked_for_among_those_of_its_day_alone() -> None:
    world = chain(FLAT, 40)
    for begin in (MANY, at(2027, 1, 1, 3)):
        world.clock.now_ms = begin
        world.work()
    world.visit(300, at(2026, 12, 31, 12))
    world.clock.advance(days=3)
    world.double.requests.clear()
    assert world.invoicing.work(world.account) == []
    (item,) = [one for one in world.double.books.some("invoiceitem") if one["metadata"]["key"].startswith("v1:late")]
    assert item["invoice"] is None
    listed = [params for method, path, params in world.double.requests if (method, path) == ("get", "/v1/invoiceitems")]
    assert [one["created"]["gte"] for one in listed if "invoice" not in one and "pending" not in one] == [
        world.clock() // 86_400_000 * 86_400 - 86_400
    ]


def test_a_chain_that_opens_store_by_store_is_still_invoiced_at_the_month_s_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each opening is heard of by another run. The limit is lower here, for speed."""
    for module in (invoices, invoice_routes):
        monkeypatch.setattr(module, "MOST_ITEMS", 30)
    world = opened_world()
    world.go(at(2026, 12, 10), every_ms=24 * HOUR_MS)
    for number in range(20):
        world.contracts.open_location(PARTNER, f"s{number:03d}", "N", "UTC", world.clock())
        world.go(world.clock() + HOUR_MS // 4)
    world.contracts.open_location(PARTNER, "last", "N", "UTC", at(2026, 12, 31, 9))
    world.go(at(2026, 12, 31), every_ms=24 * HOUR_MS)
    world.go(at(2027, 1, 1), every_ms=11 * HOUR_MS)
    world.go(at(2027, 1, 1, 3), every_ms=HOUR_MS // 2)
    assert world.closing("2026-12").state is ClosingState.FINALISED
    assert world.invoiced("2026-12") == world.billing.bill(PARTNER, "2026-12").total_cents
    assert world.double.books.some("invoiceitem", invoice=None) == []
    changes = [one for one in world.double.books.some("invoiceitem") if one["proration"]]
    assert len(changes) <= 2 * 2 * 2
