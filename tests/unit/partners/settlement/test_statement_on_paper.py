"""A statement as a PDF for the file and as a table for a spreadsheet."""

import csv
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from partners.contracts.payment import PaymentMethod
from partners.settlement.model import LineKind
from partners.settlement.statements.lines import by_location, rows_of
from partners.settlement.statements.model import Block, Charge, LineSums, Way
from partners.settlement.statements.paper import MOST_ROWS, statement_pdf
from partners.settlement.statements.table import COLUMNS
from partners.visits.model import PAR_MICROS
from tests.unit.partners.settlement.statement_examples import WEEK, a_line, a_statement, files_of, rows

HASH = "ab" * 32


def text_of(statement):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(statement_pdf(statement, HASH))).pages)


def test_every_figure_of_the_statement_is_on_paper():
    text = text_of(a_statement())
    for shown in (
        "Harvest Foods (harvest)",
        "settlement 47-USD",
        "-5.00",
        "-2.04",
        "335",
        "0.00625",
        "-2.09375",
        HASH,
    ):
        assert shown in text
    row = text.replace("\n", " ")
    for shown in (
        "harbour 1 1 25.00 125 0 0.00 0.00 -0.78125",
        "All 5 4 67.10 335 140 0.63 0.00 -2.02375",
        "2026-11-15 to 2026-11-21, both",
    ):
        assert shown in row
    for shown in (
        "46-USD:harvest:in:1 2026-11-17 5.00",
        "1 Points granted harvest 335",
        "3 Points honoured city-market 40",
    ):
        assert shown in row


def test_paper_shows_totals_before_charges_and_leads_from_the_locations_to_the_net_position():
    text = text_of(a_statement()).replace("\n", " ")
    kinds = (
        "Points granted 335 -2.09375 Points honoured 140 0.70000 Cashback granted 0.63 -0.63000 Commission 140 -0.01400"
    )
    assert text.index(f"{kinds} Net position -2.03775") < text.index("1 Points granted harvest 335")
    assert "All locations -2.02375 Commission -0.01400 Net position -2.03775" in text
    assert text.index("All locations -2.02375") > text.index("All 5 4 67.10")


STRIPE, BY_HAND = PaymentMethod.STRIPE, PaymentMethod.BY_HAND


@pytest.mark.parametrize(
    ("way", "net_cents", "says"),
    [
        (Way(PaymentMethod.BANK_FILE), -204, "How The network collects it from your bank account by direct debit"),
        (Way(PaymentMethod.BANK_FILE), -204, "When It is due from the day on which it is first collected"),
        (Way(BY_HAND, due_at_ms=1_000_000_000_000), -204, "When Since 2001-09-09 (UTC)"),
        (Way(STRIPE), -204, "How By the invoice that Stripe sends you."),
        (Way(STRIPE, charged=True), -204, "How Through Stripe, which charges it"),
        (
            Way(BY_HAND, deposit_first=True),
            -204,
            "How From your deposit, as far as that goes. What is left then: you pay",
        ),
        (Way(BY_HAND, deposit_first=True), 204, "How The network pays it as it has agreed with you."),
        (Way(STRIPE, due_at_ms=1), 204, "When Once what others owe for this period has been collected."),
        (Way(STRIPE), 0, "How Nothing is to be paid of this period."),
    ],
)
def test_paper_says_how_and_when_it_is_paid(way, net_cents, says):
    assert says in text_of(a_statement(way=way, net_cents=net_cents)).replace("\n", " ")


def test_what_is_open_of_earlier_settlements_is_told_apart_from_what_is_to_be_paid():
    text = text_of(a_statement(opening_cents=-700)).replace("\n", " ")
    assert "-2.04 USD, the net position of the period" in text
    assert "-2.00 USD is open of earlier settlements." in text


def test_who_has_a_name_in_letters_that_no_font_has_is_named_by_id(caplog):
    text = text_of(replace(a_statement(), partner_name="日本マーケット", network_name="湖畔"))
    assert "harvest (its name is in letters not printed here)" in text
    assert not caplog.records


def test_what_was_carried_is_named_and_taken_off_once():
    carried = Charge(LineKind.CARRIED, "harvest", None, PAR_MICROS, -250, -250 * PAR_MICROS, reference="46-USD:late")
    one = a_statement()
    net_micros = one.net_micros + carried.amount_micros
    text = text_of(
        replace(one, charges=(*one.charges, carried), net_micros=net_micros, net_cents=one.net_cents - 250)
    ).replace("\n", " ")
    assert "Brought forward: 46-USD:late" in text
    assert "Brought forward in it, and open already before 2.50" in text
    assert "You owe the network 2.04 USD" in text


@pytest.mark.parametrize(
    ("opening", "says"),
    [(-500, "You owe the network 2.04"), (10_000, "The network owes you 102.96"), (-296, "Nothing is open 0.00")],
)
def test_the_closing_position_says_whose_it_is(opening, says):
    assert says in text_of(a_statement(opening_cents=opening)).replace("\n", " ")


@pytest.mark.parametrize(("minute", "says"), [(0, "2026-11-15 to 2026-11-21, both"), (90, "2026-11-22 00:01:30 UTC")])
def test_a_period_of_whole_days_is_told_in_days(minute, says):
    assert says in text_of(a_statement(closes_at_ms=a_statement().closes_at_ms + minute * 1_000)).replace("\n", " ")


def test_the_same_statement_gives_the_same_bytes():
    assert statement_pdf(a_statement(), HASH) == statement_pdf(a_statement(), HASH)


def test_a_window_in_which_nothing_happened_has_a_statement_too():
    text = text_of(a_statement(charges=(), blocks=(), locations=(), net_cents=0, net_micros=0))
    assert "Net position of the period 0.00" in text.replace("\n", " ")


def test_with_very_many_locations_and_days_each_location_has_one_row_and_each_day():
    sums = LineSums(lines=1, visits=1, issued_points=10)
    days = [f"2026-11-{day + 1:02d}" for day in range(MOST_ROWS // 20 + 1)]
    blocks = [Block(f"s{place}", day, sums, HASH) for day in days for place in range(20)]
    text = text_of(a_statement(blocks=tuple(blocks), locations=by_location(blocks))).replace("\n", " ")
    assert f"s7 {len(days)} {len(days)} 0.00 {len(days)}0 0 0.00 0.00 0.00" in text
    assert f"{days[-1]} 20 20 0.00 200 0 0.00 0.00 0.00" in text


def test_more_locations_than_paper_has_room_for_are_told_in_one_row():
    blocks = [Block(f"s{place}", "2026-11-15", LineSums(lines=1), HASH) for place in range(MOST_ROWS + 1)]
    text = text_of(a_statement(blocks=tuple(blocks), locations=by_location(blocks)))
    assert f"All {MOST_ROWS + 1} locations; each is in the CSV file" in text
    assert "s77" not in text


def test_the_table_has_a_row_a_line_and_every_figure():
    heading, *table = csv.reader(io.StringIO(files_of(rows())[1]))
    assert tuple(heading) == COLUMNS
    redemption = dict(zip(heading, table[2], strict=True))
    assert len(table) == len(WEEK)
    assert (redemption["visit"], redemption["position_micros"]) == ("true", "700000")
    assert set(redemption["honoured"].split()) == {"harvest:100", "city-market:40"}
    assert dict(zip(heading, table[3], strict=True))["cashback"] == "cashback_issued:harvest:63"


@pytest.mark.parametrize("receipt", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_receipt_is_never_a_formula(receipt):
    line = replace(a_line(1, 0, "s1"), receipt=receipt)
    _, row = csv.reader(io.StringIO(files_of(rows_of([line]))[1]))
    assert row[5] == f"'{receipt}"
