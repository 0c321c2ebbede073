"""The deposit on a statement: signed like the rest, on paper, in the table; and statements of before as they were."""

import csv
import io
import json
from dataclasses import replace

import pytest
from pypdf import PdfReader

from partners.settlement.payments.model import Default, PaidSettlement, Stage, StageStep
from partners.settlement.statements.deposited import DepositsCounted, deposits_counted
from partners.settlement.statements.document import signed, signed_message, statement_json, statement_of
from partners.settlement.statements.model import DepositMoves, PaidIn, Payment
from partners.settlement.statements.paid import Counted, Seen, taken_untold
from partners.settlement.statements.paid_codec import counted_from_json, counted_to_json
from partners.settlement.statements.paper import statement_pdf
from partners.settlement.statements.table import figures_csv
from partners.settlement.statements.verifying import check_document, check_previous
from shared.kernel.canonical import sha256_hex
from shared.kernel.clock import DAY_MS
from tests.fakes.signer import MemorySigner
from tests.unit.partners.settlement.statement_examples import MONDAY_MS, a_statement, holds

SIGNER = MemorySigner()
MOVES = DepositMoves(30_000, (PaidIn("d1", 20_000, MONDAY_MS), PaidIn("d2", -500, MONDAY_MS + DAY_MS)))


def with_deposit(**changes):
    taken = Payment("46-USD:harvest:deposit:1", 400, MONDAY_MS + DAY_MS)
    paid = Payment("46-USD:harvest:in:1", 100, MONDAY_MS + 2 * DAY_MS)
    return a_statement(**{"deposit": MOVES, "payments": (taken, paid), **changes})


def problems(plain):
    """Of a statement that was changed and then signed anew."""
    signature = {
        "algorithm": "Ed25519",
        "key_id": SIGNER.key().key_id,
        "value": SIGNER.sign(signed_message(plain)).hex(),
    }
    return [one.says for one in check_document({"statement": plain, "signature": signature}, [SIGNER.key()], holds)]


def test_the_deposit_is_signed_and_reads_back():
    document = json.loads(json.dumps(signed(with_deposit(), SIGNER)))
    assert document["statement"]["format"] == "tessera-statement/3"
    assert statement_of(document) == with_deposit()
    assert problems(document["statement"]) == []
    deposit = document["statement"]["deposit"]
    assert (deposit["paid_in_cents"], deposit["used_cents"], deposit["closing_cents"]) == (19_500, 400, 49_100)
    assert document["statement"]["closing_cents"] == a_statement().closing_cents, "it is in no position"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"paid_in_cents": 1}, "What was paid in does not add up."),
        ({"used_cents": 401}, "What was taken from the deposit does not add up."),
        ({"closing_cents": 49_101}, "What was held, paid in and taken does not give what is held of the deposit."),
        ({"paid_in": None}, "The statement lacks a figure of the deposit."),
        ({"used": []}, "What was taken from the deposit does not add up."),
    ],
)
def test_a_deposit_that_does_not_add_up_is_found_though_signed(change, says):
    plain = statement_json(with_deposit())
    plain["deposit"] |= change
    assert says in problems(plain)


@pytest.mark.parametrize("form", ["tessera-statement/1", "tessera-statement/2", "tessera-statement/4"])
def test_a_deposit_in_another_format_is_refused(form):
    assert problems(statement_json(with_deposit()) | {"format": form})


def test_a_payment_that_is_said_to_come_from_the_deposit_and_does_not_is_found():
    plain = statement_json(with_deposit())
    plain["deposit"]["used"] = [{"reference": "46-USD:harvest:in:1", "cents": 400}]
    assert problems(plain) == ["The statement has other members than tessera-statement/3."]


def test_a_deposit_begins_with_what_was_held():
    first = signed(with_deposit(number=1), SIGNER)["statement"]
    follows = {"opening_cents": first["closing_cents"], "previous_sha256": sha256_hex(first), "payments": ()}

    def second(deposit):
        return signed(a_statement(**follows, deposit=deposit), SIGNER)

    assert check_previous(second(DepositMoves(49_100)), {"statement": first}) == []
    for other in (DepositMoves(49_101), None):
        [found] = check_previous(second(other), {"statement": first})
        assert found.says == "The deposit does not begin with what the previous statement says is held."


def test_the_deposit_is_on_paper_and_in_the_table():
    def text_of(statement):
        pages = PdfReader(io.BytesIO(statement_pdf(statement, "ab" * 32))).pages
        return " ".join(page.extract_text() for page in pages).replace("\n", " ")

    text = text_of(with_deposit())
    for shown in ("Held before 300.00", "Paid in: d1 2026-11-15 200.00", "Paid in: d2 2026-11-16 -5.00"):
        assert shown in text
    assert "Taken: 46-USD:harvest:deposit:1 2026-11-16 -4.00" in text
    assert "Held now 491.00" in text
    assert "deposit" not in text_of(a_statement(deposit=DepositMoves()))
    rows = list(csv.DictReader(io.StringIO(figures_csv(with_deposit(), "ab" * 32))))
    assert [(row["item"], row["reference"], row["amount_cents"]) for row in rows if row["section"] == "deposit"] == [
        ("opening", "", "30000"),
        ("paid_in", "d1", "20000"),
        ("paid_in", "d2", "-500"),
        ("used", "46-USD:harvest:deposit:1", "-400"),
        ("closing", "", "49100"),
    ]


@pytest.fixture
def count():
    """Counts harvest's payments for a window, and gives what its statement tells of them."""
    kept = {}

    def counted(window, *paid, seen=None):
        before = kept.get(window - 1)
        before = replace(before, seen={"harvest": seen}) if before and seen else before
        kept[window] = deposits_counted(window, {"harvest": paid}, before, {}, kept.__getitem__)
        read = counted_from_json(counted_to_json(Counted(window, 5, deposits=kept[window])))
        assert read == Counted(window, 5, deposits=kept[window])
        return kept[window].moved.get("harvest", ())

    return counted


def test_what_was_paid_in_is_counted_once_in_whatever_order_it_is_read(count):
    one, two, three = (PaidIn(name, 1, 0) for name in ("one", "two", "three"))
    assert count(1, two) == (two,)
    assert count(2, two) == ()
    assert count(3, one, two, three) == (one, three)
    assert count(4, three, two, one) == ()


def test_what_turns_out_to_be_a_settlements_own_is_counted_back_and_what_was_paid_in_besides_is_not_missed(count):
    one, settled, two = PaidIn("one", 100, 1), PaidIn("settled", 900, 2), PaidIn("two", 50, 3)
    assert count(1, one, settled) == (one, settled)
    assert count(2, one, two) == (two, replace(settled, cents=-900))
    assert count(3, two, one) == ()


def test_what_was_a_settlements_own_alone_leaves_nothing_and_what_is_paid_in_next_counts(count):
    settled, one = PaidIn("settled", 900, 2), PaidIn("one", 100, 3)
    assert count(1, settled) == (settled,)
    assert count(2) == (replace(settled, cents=-900),)
    assert count(3) == ()
    assert count(4, one) == (one,)


def test_what_earlier_versions_only_counted_the_number_of_is_not_counted_again(count):
    one, two, three = (PaidIn(name, 1, 0) for name in ("one", "two", "three"))
    assert count(1, one, two) == (one, two)
    assert count(2, one, two, seen=(2, 1)) == ()
    assert count(3, one, two, three) == (three,)


def test_what_statements_counted_before_they_told_of_deposits_is_not_held():
    """Collateral had been taken: by so much less than what was paid in is held."""
    paid = PaidSettlement(
        1, "USD", (("harvest", -900),), (StageStep(Stage.PAYING, 7, "ann"),), defaults=(Default("harvest", 300),)
    )
    reference = "1-USD:harvest:collateral"
    before = Counted(1, 7, seen={"1-USD": Seen(1, 1)}, known={"1-USD": (reference,)})
    assert counted_from_json(counted_to_json(before)) == before
    assert taken_untold([paid], before, {1: before}.__getitem__) == {"harvest": -300}
    later = replace(before, deposits=DepositsCounted())
    assert taken_untold([paid], later, {1: later}.__getitem__) == {}
    untold = replace(before, known={"1-USD": ()})
    assert taken_untold([paid], untold, {1: untold}.__getitem__) == {}
