import json
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from partners.billing.errors import (
    InvalidMonthError,
    InvoiceTooEarlyError,
    LaterInvoiceIssuedError,
    MonthNotBegunError,
    NothingToInvoiceError,
    UnknownInvoiceError,
)
from partners.billing.invoice import Adjustment
from partners.billing.invoice_service import Invoices
from partners.billing.service import Billing
from partners.billing.stripe_model import Closing, ClosingState
from partners.contracts.errors import NoTermsInForceError, UnknownPartnerError
from partners.contracts.plan import Band, Plan, PlanMode
from partners.visits.model import Chain
from partners.visits.paging import page_of, redriven_page
from partners.visits.service import Pages
from shared.kernel.clock import utc_day
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.fakes.invoicers import FakeInvoicers
from tests.fakes.page_book import FakePageBook
from tests.support.page_book_contract import item, sequence

PLAN = Plan(3_000, PlanMode.GRADUATED, (Band(None, visit_fee_micros=1_000_000),))


def at(*moment):
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * 1000


class World:
    """harvest has one store since August and one visit on the 5th of each month from September on."""

    def __init__(self):
        self.clock = FakeClock(at(2027, 3, 5))
        self.contracts = contracts_of("bare", "harvest", "late", clock=self.clock)
        agree(self.contracts, "harvest", new_terms(at(2026, 9, 1), plan=PLAN))
        self.contracts.open_location("harvest", "367", "One", "UTC", at(2026, 8, 1))
        self.page_book, self.book, self.invoicers = FakePageBook(), FakeInvoiceBook(), FakeInvoicers()
        self.billing = Billing(self.contracts, Pages(self.page_book), self.clock)
        self.invoices = Invoices(self.book, self.invoicers, self.billing, self.contracts, self.clock)
        for month in ((2026, 9), (2026, 10), (2026, 11), (2026, 12), (2027, 1), (2027, 2)):
            self.visit(at(*month, 5))

    def post_by_hand(self, recorded_at_ms):
        chain = Chain("harvest", utc_day(recorded_at_ms), "s")
        late = item(chain, 2, recorded_at_ms=recorded_at_ms, occurred_at_ms=recorded_at_ms)
        self.page_book.add(redriven_page(late))

    def visit(self, recorded_at_ms, shard="s"):
        chain = Chain("harvest", utc_day(recorded_at_ms), shard)
        line = item(chain, 1, recorded_at_ms=recorded_at_ms, occurred_at_ms=recorded_at_ms)
        self.page_book.add(page_of(chain, sequence(0), sequence(1), [line]))


@pytest.fixture
def world():
    return World()


def test_a_month_is_frozen_once(world):
    first = world.invoices.issue("harvest", "2026-11")
    assert (first.number, first.partner_name, first.issued_at_ms) == ("2026-11-harvest", "Harvest", world.clock())
    assert (first.bill, first.total_cents) == (world.billing.bill("harvest", "2026-11"), 3_100)
    world.visit(at(2026, 11, 9))
    world.clock.advance(days=1)
    assert world.invoices.issue("harvest", "2026-11") == first == world.invoices.invoice("harvest", "2026-11")
    estimate, invoice, at_stripe = world.invoices.standing("harvest", "2026-11")
    assert (estimate.bill, invoice, at_stripe) == (first.bill, first, None)
    assert world.billing.bill("harvest", "2026-11").visits == 2


def test_a_month_that_is_not_invoiced_stands_as_estimated(world):
    assert world.invoices.standing("harvest", "2026-11") == (world.billing.estimate("harvest", "2026-11"), None, None)


def test_what_changes_later_is_adjusted_by_the_next_invoice_and_only_once(world):
    world.invoices.issue("harvest", "2026-11")
    world.visit(at(2026, 11, 9))
    world.contracts.open_location("harvest", "9", "Nine", "UTC", at(2026, 11, 21))
    december = world.invoices.issue("harvest", "2026-12")
    explanation = "2026-11: 2 visits instead of 1, 40 location-days instead of 30; 42.00 - 31.00 invoiced = 11.00"
    assert december.adjustments == (Adjustment("2026-11", 1_100, explanation),)
    assert december.total_cents == 3_000 * 2 + 100 + 1_100
    assert world.invoices.issue("harvest", "2027-01").adjustments == ()


def test_what_was_charged_too_much_is_given_back_though_the_invoice_be_a_credit(world):
    world.contracts.open_location("harvest", "9", "Nine", "UTC", at(2026, 8, 1))
    world.clock.now_ms = at(2027, 1, 2)
    world.invoices.issue("harvest", "2026-12")
    for location in ("9", "367"):
        world.contracts.close_location("harvest", location, at(2026, 12, 3))
    world.clock.now_ms = at(2027, 2, 5)
    january = world.invoices.issue("harvest", "2027-01")
    assert [one.month for one in january.adjustments] == ["2026-12"]
    assert january.adjustments[0].amount_cents == -(6_000 - 387)
    assert january.total_cents == 100 - 5_613


def test_all_that_is_invoiced_for_a_month_sums_to_its_last_count(world):
    months = ["2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]
    invoices = []
    for number, month in enumerate(months):
        invoices.append(world.invoices.issue("harvest", month))
        world.visit(at(2026, 9, 9), shard=f"late-{number}")
        world.visit(at(2026, 10, 9), shard=f"late-{number}")
    charged = {"2026-09": invoices[0].bill.total_cents}
    for invoice in invoices:
        for one in invoice.adjustments:
            charged[one.month] = charged.get(one.month, 0) + one.amount_cents
    # September is counted again by the three invoices after it, and then no more.
    assert charged["2026-09"] == 3_100 + 3 * 100
    assert world.billing.bill("harvest", "2026-09").total_cents == 3_100 + 5 * 100


def test_what_is_posted_by_hand_is_billed_once_however_old_its_month(world):
    for month in ("2026-09", "2026-10", "2026-11", "2026-12", "2027-01"):
        world.invoices.issue("harvest", month)
    world.post_by_hand(at(2026, 9, 9))
    world.post_by_hand(at(2026, 12, 9))
    assert world.invoices.uninvoiced("harvest")[:2] == [("2026-09", 100), ("2026-12", 100)]
    february = world.invoices.issue("harvest", "2027-02")
    explanation = "2026-09: 2 visits instead of 1; 32.00 - 31.00 invoiced = 1.00"
    assert february.adjustments[0] == Adjustment("2026-09", 100, explanation)
    assert [one.month for one in february.adjustments] == ["2026-09", "2026-12"]
    assert [month for month, _ in world.invoices.uninvoiced("harvest")] == ["2027-03"]
    world.clock.now_ms = at(2027, 4, 5)
    assert world.invoices.issue("harvest", "2027-03").adjustments == ()


def test_a_month_is_invoiced_a_day_after_its_end(world):
    world.clock.now_ms = at(2026, 12, 2) - 1
    with pytest.raises(InvoiceTooEarlyError):
        world.invoices.issue("harvest", "2026-11")
    world.clock.advance(ms=1)
    assert world.invoices.issue("harvest", "2026-11").bill.month_over


def test_invoices_are_issued_in_order_and_listed_newest_first(world):
    for month in ("2026-10", "2026-12"):
        world.invoices.issue("harvest", month)
    with pytest.raises(LaterInvoiceIssuedError):
        world.invoices.issue("harvest", "2026-11")
    assert [one.bill.month for one in world.invoices.invoices("harvest")] == ["2026-12", "2026-10"]


def test_of_two_who_issue_at_once_one_wins_and_both_answer_its_invoice(world):
    class Raced(FakeInvoiceBook):
        def add(self, invoice, newest):
            if not self.rows:
                world.invoices.issue("harvest", "2026-11")
                self.rows = world.book.rows
                world.clock.advance(ms=5)
            return super().add(invoice, newest)

    answer = Invoices(Raced(), world.invoicers, world.billing, world.contracts, world.clock).issue("harvest", "2026-11")
    assert answer == world.invoices.invoice("harvest", "2026-11")


@pytest.mark.parametrize("overtaking", ["2026-12", "2026-11"])
def test_of_two_months_issued_at_once_one_alone_adjusts_an_earlier_one(world, overtaking):
    slower = {"2026-11": "2026-12", "2026-12": "2026-11"}[overtaking]

    class Overtaken(FakeInvoiceBook):
        others = 1

        def add(self, invoice, newest):
            if self.others:
                self.others -= 1
                world.invoices.issue("harvest", overtaking)
            return super().add(invoice, newest)

    world.invoices.issue("harvest", "2026-10")
    world.visit(at(2026, 10, 9))
    book = Overtaken()
    book.rows = world.book.rows
    invoices = Invoices(book, world.invoicers, world.billing, world.contracts, world.clock)
    if slower < overtaking:
        with pytest.raises(LaterInvoiceIssuedError):
            invoices.issue("harvest", slower)
    else:
        assert invoices.issue("harvest", slower).adjustments == ()
    assert [one.amount_cents for invoice in book.invoices("harvest") for one in invoice.adjustments] == [100]


def test_what_can_t_be_invoiced_is_refused(world):
    refused = [
        ("nobody", "2026-11", UnknownPartnerError),
        ("harvest", "2026-08", NoTermsInForceError),
        ("harvest", "11", InvalidMonthError),
    ]
    for partner_id, month, error in refused:
        with pytest.raises(error):
            world.invoices.issue(partner_id, month)
    with pytest.raises(UnknownInvoiceError):
        world.invoices.invoice("harvest", "2026-11")
    with pytest.raises(MonthNotBegunError):
        world.invoices.standing("harvest", "2027-04")
    with pytest.raises(UnknownPartnerError):
        world.invoices.invoices("nobody")


def issued(invoices):
    return [invoice.bill.month for invoice in invoices]


def test_at_first_each_month_under_terms_is_due_and_then_each_once_it_is_over_for_a_day(world):
    world.clock.now_ms = at(2026, 12, 2) - 1
    assert issued(world.invoices.issue_due("harvest")) == ["2026-09", "2026-10"]
    world.clock.advance(ms=1)
    assert issued(world.invoices.issue_due("harvest")) == ["2026-11"]
    assert world.invoices.issue_due("harvest") == []


def test_months_that_were_left_are_all_due(world):
    world.invoices.issue("harvest", "2026-10")
    assert issued(world.invoices.issue_due("harvest")) == ["2026-11", "2026-12", "2027-01", "2027-02"]


def test_months_before_the_first_location_are_left_out(world):
    agree(world.contracts, "late", new_terms(at(2026, 9, 1), plan=PLAN))
    world.clock.now_ms = at(2026, 11, 5)
    world.contracts.open_location("late", "1", "One", "UTC", at(2026, 11, 1))
    world.clock.now_ms = at(2027, 2, 5)
    assert issued(world.invoices.issue_due("late")) == ["2026-11", "2026-12", "2027-01"]
    agree(world.contracts, "bare", new_terms(at(2026, 9, 1), plan=PLAN))
    assert issued(world.invoices.issue_due("bare")) == []
    assert [invoice.nothing_due for invoice in world.book.invoices("bare")] == [True]


def test_nothing_is_due_before_the_first_terms(world):
    world.clock.now_ms = at(2026, 9, 20)
    assert world.invoices.issue_due("harvest") == []
    world.clock.now_ms = at(2026, 10, 1, 12)
    assert world.invoices.issue_due("harvest") == []


def test_what_is_not_invoiced_yet_is_each_months_bill_and_what_a_closing_dated_back_gives_back(world):
    """30.00 a location and month, 1.00 a visit; the store closes on 3 March, which is said on the 5th."""
    everything = [("2026-09", 3_100), ("2026-10", 3_100), ("2026-11", 3_100), ("2026-12", 3_100)]
    everything += [("2027-01", 3_100), ("2027-02", 3_100), ("2027-03", 3_000)]
    assert world.invoices.uninvoiced("harvest") == everything
    world.invoices.issue_due("harvest")
    assert world.invoices.uninvoiced("harvest") == [("2027-03", 3_000)]
    world.contracts.close_location("harvest", "367", at(2027, 3, 2))
    assert world.invoices.uninvoiced("harvest") == [("2027-03", round(3_000 / 31))]
    world.clock.now_ms = at(2027, 4, 5)
    world.invoices.issue_due("harvest")
    assert world.invoices.uninvoiced("harvest") == []


def test_a_closing_dated_back_into_a_month_that_is_invoiced_is_a_credit_to_come(world):
    world.clock.now_ms = at(2027, 3, 2)
    world.invoices.issue_due("harvest")
    world.contracts.close_location("harvest", "367", at(2027, 2, 14, 12))
    assert world.invoices.uninvoiced("harvest") == [("2027-02", -1_500)]


def test_a_month_at_stripe_is_open_until_it_is_finalised_with_nothing_against_it(world):
    world.invoices.issue_due("harvest")
    world.contracts.close_location("harvest", "367", at(2027, 3, 1))
    closing = Closing("harvest", "2027-03", billed_cents=0, version=1)
    world.invoicers.closing_rows["harvest", "2027-03"] = closing
    assert world.invoices.uninvoiced("harvest") == [("2027-03", 0)]
    done = replace(closing, state=ClosingState.FINALISED)
    for open_yet in (replace(done, owed_cents=5), replace(done, troubles=("differs",))):
        world.invoicers.closing_rows["harvest", "2027-03"] = open_yet
        assert world.invoices.uninvoiced("harvest") == [("2027-03", 0)]
    world.invoicers.closing_rows["harvest", "2027-03"] = done
    assert world.invoices.uninvoiced("harvest") == []


def test_who_has_no_terms_has_nothing_to_be_invoiced(world):
    assert world.invoices.uninvoiced("bare") == []


@pytest.fixture
def idle(world):
    """Its store closed in November, and no visit was recorded since; it is February."""
    world.clock.now_ms = at(2026, 11, 20)
    world.contracts.close_location("harvest", "367", at(2026, 11, 20))
    world.clock.now_ms = at(2027, 2, 5)
    pages = world.page_book.items
    world.page_book.items = {key: page for key, page in pages.items() if not re.search("2026-12|2027-0", key[0])}
    return world


def test_a_month_without_a_location_and_a_visit_has_no_invoice_and_is_done_with(idle):
    issued = idle.invoices.issue_due("harvest")
    assert issued[-1].bill.month == "2026-11"
    assert idle.invoices.invoices("harvest") == issued[::-1]
    assert idle.invoices.issue_due("harvest") == []
    for _ in range(2):
        with pytest.raises(NothingToInvoiceError):
            idle.invoices.issue("harvest", "2026-12")
    with pytest.raises(UnknownInvoiceError):
        idle.invoices.invoice("harvest", "2026-12")
    estimate, invoice, at_stripe = idle.invoices.standing("harvest", "2026-12")
    assert (estimate.bill.total_cents, invoice.nothing_due, at_stripe) == (0, True, None)


def test_what_such_a_month_comes_to_later_is_on_the_next_invoice(idle):
    idle.invoices.issue_due("harvest")
    idle.visit(at(2026, 12, 9))
    idle.clock.now_ms = at(2027, 3, 5)
    (february,) = idle.invoices.issue_due("harvest")
    assert (february.bill.total_cents, february.total_cents, february.nothing_due) == (0, 100, False)
    assert [one.month for one in february.adjustments] == ["2026-12"]


def test_a_month_that_an_earlier_version_invoiced_at_nothing_stays_an_invoice(idle):
    idle.invoices.issue_due("harvest")
    row = json.loads(zlib.decompress(idle.book.rows["harvest", "2026-12"]))
    del row["nothing_due"]
    idle.book.rows["harvest", "2026-12"] = zlib.compress(json.dumps(row).encode())
    assert idle.invoices.invoice("harvest", "2026-12").total_cents == 0
