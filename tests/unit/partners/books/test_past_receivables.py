"""What was owed on an earlier day is what was reported then, whatever became of it since."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partners.billing.dunning import InvoiceRecord
from partners.billing.invoice import Adjustment
from partners.billing.invoice_payment import InvoicePayment
from partners.books.errors import DayToComeError
from partners.books.receivable_service import Receivables
from partners.books.receivables import of_own_invoices, of_stripe
from partners.settlement.payments.store import PaymentStore
from partners.settlement.window_store import WindowStore
from shared.kernel.clock import DAY_MS, utc_day
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.fakes.invoice_payment_book import FakeInvoicePaymentBook
from tests.functional.partners.test_invoice_store import invoice
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.test_closing_positions import anything

NOON_S = 1_795_262_400
DAY_S = 86_400


class NothingHeard:
    def invoices(self, partner_id: str) -> list[InvoiceRecord]:
        del partner_id
        return []


def receivables_of(office: Office) -> Receivables:
    payments, windows = PaymentStore(office.dynamodb, "settlement"), WindowStore(office.dynamodb, "settlement")
    own, paid = FakeInvoiceBook(), FakeInvoicePaymentBook()
    return Receivables(payments, windows, NothingHeard(), own, paid, office, office.clock)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**9))
def test_what_a_day_s_end_showed_is_shown_of_it_for_ever(seed):
    rng = random.Random(seed)
    office = Office(seed, entries=24, days=6)
    office.begin()
    reports = receivables_of(office)
    shown = {}
    for window in range(1, 6):
        assert office.pass_days(1) == window
        office.payments().calculate(window, "ann")
        for _ in range(20):
            anything(rng, office, rng.randint(max(1, window - 2), window))
            office.clock.advance(ms=60_000)
        office.clock.now_ms = (office.clock.now_ms // DAY_MS + 1) * DAY_MS - 1
        shown[utc_day(office.clock.now_ms)] = reports.aged()
        office.clock.advance(ms=1)
    for day, was in shown.items():
        assert reports.aged(datetime.fromisoformat(day).date()) == was
    # Of some random books nobody owes anything; too many of them fail the test.
    assume(any(rows for _, rows in shown.values()))


def test_a_day_to_come_is_refused_and_of_today_it_is_now():
    office = Office(entries=1, days=1)
    office.begin()
    reports = receivables_of(office)
    today = datetime.fromtimestamp(office.clock.now_ms / 1_000, UTC).date()
    assert reports.aged(today)[0] == office.clock.now_ms
    with pytest.raises(DayToComeError):
        reports.aged(today.replace(day=today.day + 1))


def test_an_own_invoice_is_owed_from_its_issue_until_what_came_in_covers_it():
    one = invoice("alpha", "2026-11", adjustments=(Adjustment("2026-10", 34_500, "late"),))
    issued_ms, total = one.issued_at_ms, one.total_cents
    facts = {"month": "2026-11", "reference": "b", "reason": None, "by": "ann"}

    def day(days: int) -> str:
        return utc_day(issued_ms + days * DAY_MS)

    paid = [
        InvoicePayment(payment_id="1", amount_cents=total - 1, day=day(3), at_ms=issued_ms + 9 * DAY_MS, **facts),
        InvoicePayment(payment_id="2", amount_cents=1, day=day(5), at_ms=issued_ms + 9 * DAY_MS, **facts),
        InvoicePayment(
            payment_id="3", amount_cents=total - 1, day=day(7), at_ms=issued_ms + 9 * DAY_MS, reverses="1", **facts
        ),
    ]

    def owed(days: int) -> list[tuple[str, int, int | None]]:
        found = of_own_invoices([one], paid, issued_ms + days * DAY_MS)
        return [(row.reference, row.amount_cents, row.due_at_ms) for row in found]

    due_ms = issued_ms + 14 * DAY_MS
    assert owed(-1) == []
    assert owed(0) == [("2026-11-alpha", total, due_ms)]
    assert owed(3) == [("2026-11-alpha", 1, due_ms)]
    assert owed(5) == []
    assert owed(7) == owed(40) == [("2026-11-alpha", total - 1, due_ms)]


@pytest.mark.parametrize(
    ("record", "days_ago", "cents"),
    [
        (InvoiceRecord("in_1", "open", 700, due_at=NOON_S + DAY_S, opened_at=NOON_S - 3 * DAY_S), 2, 700),
        (InvoiceRecord("in_1", "open", 700, due_at=NOON_S + DAY_S, opened_at=NOON_S - 3 * DAY_S), 4, 0),
        (InvoiceRecord("in_1", "paid", 0, opened_at=1, ended_at=NOON_S - 3 * DAY_S, most_cents=900), 4, 900),
        (InvoiceRecord("in_1", "paid", 0, opened_at=1, ended_at=NOON_S - 3 * DAY_S, most_cents=900), 2, 0),
        (InvoiceRecord("in_1", "open", 700, due_at=NOON_S - 3 * DAY_S), 2, 700),
        (InvoiceRecord("in_1", "open", 700, due_at=NOON_S - 3 * DAY_S), 4, 0),
        (InvoiceRecord("in_1", "open", 700), 0, 700),
        (InvoiceRecord("in_1", "paid", 0, due_at=NOON_S - 3 * DAY_S), 4, 0),
    ],
)
def test_of_an_invoice_at_stripe_the_past_is_what_was_heard_with_its_dates(record, days_ago, cents):
    now_ms = NOON_S * 1_000
    found = of_stripe("alpha", "EUR", [record], now_ms - days_ago * DAY_MS if days_ago else None)
    assert sum(row.amount_cents for row in found) == cents


def test_a_payment_at_stripe_that_failed_later_had_not_failed_then():
    record = InvoiceRecord("in_1", "open", 700, failed_at=NOON_S - DAY_S, due_at=NOON_S + DAY_S, opened_at=1)
    now_ms = NOON_S * 1_000
    (now,) = of_stripe("alpha", "EUR", [record])
    (then,) = of_stripe("alpha", "EUR", [record], now_ms - 2 * DAY_MS)
    assert (now.due_at_ms, then.due_at_ms) == (now_ms - DAY_MS, now_ms + DAY_MS)
    assert replace(then, due_at_ms=now.due_at_ms) == now
