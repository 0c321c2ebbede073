"""What a clerk reads on a printed invoice."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from partners.billing.invoice import Adjustment, Invoice
from partners.billing.invoice_pdf import invoice_pdf
from partners.billing.model import Bill
from partners.billing.price import price
from partners.billing.usage import Usage
from partners.contracts.plan import Band, BandScope, Plan, PlanMode

PLAN = Plan(2_999, PlanMode.GRADUATED, (Band(500, visit_fee_micros=120_000), Band(None, 2_500, 85_000)))
USAGE = Usage(31, {"store-1": 31, "store-3": 9}, {"store-1": 640, "store-3": 83})
MORE = Adjustment("2026-09", 1_100, "2026-09: 2 visits instead of 1; 42.00 - 31.00 invoiced = 11.00")
LESS = Adjustment("2026-09", -91_100, "2026-09: 9 location-days instead of 62; 42.00 - 953.00 invoiced = -911.00")


def invoice(plan=PLAN, usage=USAGE, adjustments=(), name="Käse & Söhne, Łódź"):
    lines = price(plan, usage)
    total_cents = sum(line.amount_cents for line in lines)
    bill = Bill("harvest", "2026-10", "USD", 3, usage, 4, lines, total_cents, month_over=True)
    return Invoice(name, 1_795_260_000_123, bill, adjustments)


def pages(one):
    return [page.extract_text() for page in PdfReader(BytesIO(invoice_pdf(one, "Lakeside Rewards"))).pages]


def rows(text):
    return [" ".join(row.split()) for row in text.splitlines()]


def test_it_says_who_owes_whom_what_for_which_month():
    (text,) = pages(invoice())
    for said in (
        "Lakeside Rewards",
        "2026-10-harvest",
        "Käse & Söhne, Łódź (harvest)",
        "October 2026 (2026-10-01 to 2026-10-31)",
        "21 November 2026",
        "Amount USD",
        "Taxes are not included",
    ):
        assert said in text
    assert "Amount due 142.66" in rows(text)


def test_it_says_when_it_is_due_unless_nothing_is_to_be_paid():
    (text,) = pages(invoice())
    assert "Due on 5 December 2026" in rows(text)
    (text,) = pages(invoice(adjustments=(LESS,)))
    assert "Due on" not in text


def test_each_line_stands_with_its_calculation_and_amount():
    (text,) = pages(invoice())
    assert "Visits 1 to 500 500 x 0.12 60.00" in rows(text)
    assert "Visits from 501 223 x 0.085 + flat 25.00 = 43.955, rounded to 43.96 43.96" in " ".join(rows(text))
    assert "store-3 9 83" in rows(text)
    assert "All locations 40 723" in rows(text)


def test_adjustments_stand_between_the_month_and_the_amount_due():
    (text,) = pages(invoice(adjustments=(MORE,)))
    said = rows(text)
    month, due = said.index("Total for October 2026 142.66"), said.index("Amount due 153.66")
    assert any(row.startswith("Adjustment of September 2026") for row in said[month:due])


def test_what_is_owed_to_the_partner_is_a_credit_note():
    (text,) = pages(invoice(adjustments=(LESS,)))
    assert rows(text)[0].startswith("Credit note")
    assert "To your credit 768.34" in rows(text)


def test_many_locations_fill_pages_with_headings_and_numbers():
    names = [f"S-{number:03d}" for number in range(60)]
    plan = Plan(2_999, PlanMode.WHOLE_BAND, (Band(None, 4_500),), BandScope.PER_LOCATION)
    printed = pages(invoice(plan, Usage(31, dict.fromkeys(names, 31), dict.fromkeys(names, 7))))
    assert len(printed) > 2
    assert "Item Calculation Amount USD" in rows(printed[1])
    assert all(f"Page {number} of {len(printed)}" in text for number, text in enumerate(printed, 1))
    text = " ".join(row for page in printed for row in rows(page))
    assert all(f"Location {name}, visits from 1 flat 45.00 45.00" in text for name in names)


@pytest.mark.parametrize("name", ["Ωμέγα", "Булочная"])
def test_a_name_in_greek_or_cyrillic_letters_stands_on_an_invoice(name):
    paper = PdfReader(BytesIO(invoice_pdf(invoice(name=name), "Lakeside Rewards")))
    assert f"{name} (harvest)" in paper.pages[0].extract_text()


def test_who_has_a_name_in_letters_that_no_font_has_is_named_by_id(caplog):
    text = PdfReader(BytesIO(invoice_pdf(invoice(name="東京"), "湖畔"))).pages[0].extract_text()
    assert "harvest (its name is in letters not printed here)" in text
    assert not caplog.records


def test_the_same_invoice_is_the_same_file():
    assert invoice_pdf(invoice(), "Lakeside Rewards") == invoice_pdf(invoice(), "Lakeside Rewards")
