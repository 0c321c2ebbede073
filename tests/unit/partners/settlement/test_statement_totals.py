"""Totals by kind, the bridge from places to the net position, whose a table is; and statements of before."""

import csv
import io
import json

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.paths import ROOT
from partners.settlement.model import LineKind
from partners.settlement.statements.comparing import FIGURES_BEFORE, Compared, check_figures
from partners.settlement.statements.document import signed, signed_message, statement_json, statement_of
from partners.settlement.statements.model import KINDS_OF_LINES, Block, Charge, LineSums, Statement
from partners.settlement.statements.paper import WHAT, statement_pdf
from partners.settlement.statements.table import FIGURES, figures_csv
from partners.settlement.statements.verifying import check_document, check_lines
from partners.visits.model import PAR_MICROS
from shared.kernel.canonical import sha256_hex
from tests.fakes.signer import MemorySigner
from tests.support.examples import examples
from tests.unit.partners.settlement.statement_examples import a_statement, by_location, holds, rows, texts_of

SIGNER = MemorySigner()
HASH = "ab" * 32

amounts = st.integers(-(10**9), 10**9)
charges = st.lists(
    st.builds(
        Charge,
        kind=st.sampled_from([kind for kind in LineKind if kind is not LineKind.CARRIED]),
        issuer=st.sampled_from(["harvest", "city-market"]),
        acceptor=st.none(),
        price_micros=st.integers(0, 10**6),
        quantity=amounts,
        amount_micros=amounts,
    )
    | st.integers(-(10**6), 10**6).map(
        lambda cents: Charge(LineKind.CARRIED, "harvest", None, PAR_MICROS, cents, cents * PAR_MICROS, reference="x")
    ),
    max_size=12,
)


def stated(some: list[Charge]) -> Statement:
    """A statement of any charges, whose lines are all in one place."""
    by_lines = sum(one.amount_micros for one in some if one.kind in KINDS_OF_LINES)
    blocks = (Block("main-st", "2026-11-15", LineSums(lines=1, position_micros=by_lines), HASH),)
    net_micros = sum(one.amount_micros for one in some)
    return a_statement(
        charges=tuple(some),
        blocks=blocks,
        locations=by_location(blocks),
        net_micros=net_micros,
        net_cents=net_micros // PAR_MICROS,
    )


def problems(plain):
    """Of a statement that was changed and then signed anew."""
    value = SIGNER.sign(signed_message(plain)).hex()
    signature = {"algorithm": "Ed25519", "key_id": SIGNER.key().key_id, "value": value}
    return [one.says for one in check_document({"statement": plain, "signature": signature}, [SIGNER.key()], holds)]


@given(charges)
@settings(max_examples=examples(quick=25, full=500), deadline=None)
def test_totals_of_kinds_are_the_charges_and_the_net_position_and_so_is_the_bridge(some):
    plain = statement_json(stated(some))
    totals = {one["kind"]: one for one in plain["totals"]}
    assert set(totals) == {one.kind for one in some}
    for kind, total in totals.items():
        of_kind = [one for one in some if one.kind == kind]
        assert total["quantity"] == sum(one.quantity for one in of_kind)
        assert total["amount_micros"] == sum(one.amount_micros for one in of_kind)
    assert sum(one["amount_micros"] for one in plain["totals"]) == plain["net_micros"]
    lines, *besides, net = plain["bridge"]
    located = sum(one["position_micros"] for one in plain["locations"])
    assert (lines, net) == (
        {"item": "lines", "amount_micros": located},
        {"item": "net", "amount_micros": plain["net_micros"]},
    )
    assert located + sum(one["amount_micros"] for one in besides) == plain["net_micros"]
    assert problems(plain) == []


@given(some=charges, data=st.data())
@settings(max_examples=examples(quick=10, full=200), deadline=None)
def test_an_altered_total_is_named_though_it_was_signed(some, data):
    plain = statement_json(stated([*some, Charge(LineKind.ISSUED, "harvest", None, 5, 1, -5)]))
    altered = data.draw(st.sampled_from(plain["totals"]))
    altered[data.draw(st.sampled_from(["quantity", "amount_micros"]))] += 1
    assert problems(plain)[0].startswith(f"The total of {altered['kind']} is {altered['quantity']} in ")


def test_a_total_that_is_left_out_and_a_step_of_the_bridge_that_is_altered_are_named():
    plain = statement_json(a_statement())
    del plain["totals"][0]
    assert problems(plain)[0] == ("The total of issued is nothing, and its charges come to 335 in -2093750 millionths.")
    plain = statement_json(a_statement())
    plain["bridge"][1]["amount_micros"] -= 1
    assert problems(plain)[0] == (
        "From the lines to the net position, commission is -14001 millionths where it comes to -14000."
    )
    assert problems(statement_json(a_statement()) | {"totals": None})[0].startswith("The statement lacks a total")


@pytest.mark.parametrize("form", [1, 2])
def test_statements_of_before_are_read_and_checked_as_they_were(form):
    document = json.loads((ROOT / "tests" / "fixtures" / "statements" / f"format-{form}.json").read_text())
    read = statement_of(document)
    assert document["statement"]["format"] == read.format == f"tessera-statement/{form}"
    assert statement_json(read) == document["statement"]
    assert check_document(document, [SIGNER.key()], holds) == []
    assert check_lines(document["statement"], texts_of(rows())) == []
    told = figures_csv(read, HASH)
    assert "totals,issued,,,,,,335,,,-2093750" in told
    assert "to_pay" not in told
    assert statement_pdf(read, HASH).startswith(b"%PDF")
    document["statement"]["sums"]["issued_cashback_cents"] = 63
    assert problems(document["statement"])


def test_cashback_of_places_is_stated_and_held_against_the_lines():
    statement = signed(a_statement(), SIGNER)["statement"]
    assert [one["issued_cashback_cents"] for one in statement["locations"]] == [0, 63]
    assert statement["sums"]["honoured_cashback_cents"] == 0
    statement["locations"][1]["issued_cashback_cents"] = 64
    (found,) = check_lines(statement, texts_of(rows()))
    assert found.says == "The lines of main-st do not add up to what is stated of it."


def test_the_table_of_figures_begins_with_whose_it_is_and_is_one_table(tmp_path):
    document = signed(a_statement(previous_sha256="cd" * 32), SIGNER)
    sha256 = sha256_hex(document["statement"])
    text = figures_csv(statement_of(document), sha256)
    table = list(csv.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in table} == {len(FIGURES)}
    assert {item: value for _, item, value, *_ in table[1:13]} == {
        "network": "Tessera", "partner_id": "harvest", "partner_name": "Harvest Foods", "number": "2", "window": "47",
        "begins_at": "2026-11-15T00:00:00.000Z", "ends_at": "2026-11-22T00:00:00.000Z",
        "issued_at": "2026-11-23T00:00:00.000Z", "currency": "USD", "format": "tessera-statement/3",
        "sha256": sha256, "previous_sha256": "cd" * 32,
    }  # fmt: skip
    file = tmp_path / "figures.csv"
    file.write_text(text, newline="")
    sums = duckdb.sql(
        f"SELECT section, sum(amount_micros) FROM '{file}' WHERE section IN ('totals', 'charges') GROUP BY section"
    ).fetchall()
    assert dict(sums) == {"totals": -2_037_750, "charges": -2_037_750}


@pytest.fixture
def document():
    return signed(a_statement(), SIGNER)


def differing(document, text):
    return [one.says for one in check_figures(document, io.StringIO(text, newline="")).findings]


def test_the_first_row_of_the_table_that_is_not_the_statements_is_named(document):
    text = figures_csv(statement_of(document), sha256_hex(document["statement"]))
    assert differing(document, text) == []
    as_saved_again = io.StringIO()
    csv.writer(as_saved_again, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    assert differing(document, as_saved_again.getvalue()) == []
    table = text.splitlines(keepends=True)
    place = next(number for number, row in enumerate(table, 1) if row.startswith("totals,issued"))
    altered = text.replace("totals,issued,,,,,,335", "totals,issued,,,,,,336").replace("bridge,net", "bridge,gross")
    assert differing(document, altered) == [
        f"Row {place} (totals, issued) has quantity '336' where the statement has '335'."
    ]
    assert differing(document, "".join(table[:-1])) == [f"Rows are missing from {len(table)} on (bridge, net)."]
    more = differing(document, text + table[-1])
    assert more == [f"Row {len(table) + 1} is one too many: the statement has {len(table)}."]
    assert differing(document, "".join(table[1:]))[0].startswith("Row 1 (the heading) has section 'statement'")
    assert differing(document, text + '"x')[0].startswith(f"Row {len(table) + 1} can't be read")
    assert differing(document, "a\n")[0].startswith("Row 1 (the heading) has 1 fields")
    assert differing(document, "")[0].startswith("Rows are missing from 1 on")


def test_a_table_of_another_statement_is_told_by_its_first_rows(document):
    other = figures_csv(a_statement(partner_id="city-market"), HASH)
    assert differing(document, other)[0].startswith("Row 3 (statement, partner_id) has text 'city-market'")


@pytest.mark.parametrize("form", [1, 2])
def test_a_table_that_was_filed_before_tables_said_whose_they_are_is_compared_in_all_that_it_has(form):
    document, table = (
        (ROOT / "tests" / "fixtures" / "statements" / f"format-{form}.{kind}").read_text() for kind in ("json", "csv")
    )
    document = json.loads(document)
    compared = check_figures(document, io.StringIO(table))
    assert (compared.findings, list(compared.columns)) == ([], table.split("\n")[0].split(","))
    altered = table.replace("charges,issued,,,harvest,,335,", "charges,issued,,,harvest,,336,")
    place = altered.split("\n").index(next(row for row in altered.split("\n") if row.startswith("charges,issued"))) + 1
    assert differing(document, altered) == [
        f"Row {place} (charges, issued) has quantity '336' where the statement has '335'."
    ]
    rows = table.splitlines(keepends=True)
    assert differing(document, "".join(rows[:-1])) == [f"Rows are missing from {len(rows)} on (days)."]
    assert differing(document, table + rows[-1]) == [
        f"Row {len(rows) + 1} is one too many: the statement has {len(rows)}."
    ]
    as_now = figures_csv(statement_of(document), sha256_hex(document["statement"]))
    assert check_figures(document, io.StringIO(as_now, newline="")) == Compared([], FIGURES)


def test_no_table_with_less_than_a_statement_of_now_tells_is_taken_for_its(document):
    [says] = differing(document, f"{','.join(FIGURES_BEFORE)}\n")
    assert says == "Row 1 (the heading) has 18 fields where the statement has 21."


def test_every_kind_of_charge_has_words_on_paper():
    assert set(WHAT) == set(LineKind)
