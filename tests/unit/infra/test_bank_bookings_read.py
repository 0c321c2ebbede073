"""What a bank's file may have beside the lines that we hope for: batches, others' lines, amounts that are none."""

import pytest

from infra.bank.answers import bank_answer, cents_of
from infra.bank.files import bank_file
from partners.settlement.payments import changes
from partners.settlement.payments.legs import Direction, LegState
from tests.unit.infra.test_bank_answers_taken import Recording
from tests.unit.infra.test_bank_files import IBAN, IN, ON, accounts, camt, entry, texts
from tests.unit.partners.settlement.test_payments import NOW, owing_in

__all__ = ["accounts"]
BETA = "7-EUR:beta:in:1"
NO_ID = "<EndToEndId>NOTPROVIDED</EndToEndId>"
HEAD = "end_to_end_id,amount,currency,state,reference\n"


@pytest.fixture
def collecting():
    return changes.collecting(changes.approved(owing_in("EUR", alpha=-900, beta=-500), "bob", NOW), "ann", NOW)


def whole(details: str, amount: str = "14.00", side: str = "CRDT", reference: str = "B-1") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def answer_to(one, path, *entries):
    path.write_bytes(camt(*entries))
    found = bank_answer(one, path, IBAN)
    return {word.leg: word.state.value for word in found.words}, found.differing


@pytest.fixture
def ids(collecting, accounts):
    """How the file of both collections is called, in the bank's words."""
    known = accounts.model_copy(update={"parties": dict.fromkeys(("alpha", "beta"), accounts.parties["alpha"])})
    file = bank_file(collecting, Direction.IN, known, ON)
    assert texts(file, "BtchBookg") == ["false"]
    return {"PmtInfId": texts(file, "PmtInfId")[0], "MsgId": texts(file, "MsgId")[0]}


@pytest.mark.parametrize("name", ["PmtInfId", "MsgId"])
@pytest.mark.parametrize(
    "form",
    [
        "<Btch><{0}>{1}</{0}></Btch>",
        "<TxDtls><Refs><{0}>{1}</{0}></Refs></TxDtls>",
        f"<TxDtls><Refs><{{0}}>{{1}}</{{0}}>{NO_ID}</Refs></TxDtls>",
        f"<Btch><{{0}}>{{1}}</{{0}}></Btch><TxDtls><Refs>{NO_ID}</Refs></TxDtls>",
        f"<Btch><{{0}}>{{1}}</{{0}}></Btch>{f'<TxDtls><Refs>{NO_ID}</Refs></TxDtls>' * 2}",
    ],
)
def test_a_file_that_is_booked_as_one_amount_is_all_its_payments(collecting, ids, tmp_path, name, form):
    path, batch = tmp_path / "statement.xml", form.format(name, ids[name])
    assert answer_to(collecting, path, whole(batch)) == ({IN: "succeeded", BETA: "succeeded"}, [])
    words, differing = answer_to(collecting, path, whole(batch, "13.00"))
    assert (words, [line.endswith("is of 1400 cents EUR, not 1300 cents EUR.") for line in differing]) == (
        {},
        [True] * 2,
    )
    assert answer_to(collecting, path, whole(form.format(name, "another"))) == ({}, [])


@pytest.mark.parametrize(("second", "words"), [("5.00", 2), ("4.00", 0)])
def test_transactions_that_name_their_file_alone_are_together_all_its_payments(
    collecting, ids, tmp_path, second, words
):
    named = f"<TxDtls><Refs><PmtInfId>{ids['PmtInfId']}</PmtInfId>{NO_ID}</Refs><Amt Ccy='EUR'>{{}}</Amt></TxDtls>"
    entry = whole(named.format("9.00") + named.format(second))
    found, differing = answer_to(collecting, tmp_path / "statement.xml", entry)
    assert (len(found), bool(differing)) == (words, not words)


def test_a_return_after_a_booking_of_the_whole_file_is_of_its_payment_alone(monkeypatch, collecting, ids, tmp_path):
    bank, path = Recording(monkeypatch, tmp_path, alpha=-900, beta=-500), tmp_path / "statement.xml"
    for entries in ([whole(f"<Btch><PmtInfId>{ids['PmtInfId']}</PmtInfId></Btch>")], [entry(BETA, "5.00", "DBIT")]):
        path.write_bytes(camt(*entries))
        assert bank.reads(path)[0]
    assert [bank.one.leg(key).state for key in (IN, BETA)] == [LegState.SUCCEEDED, LegState.RETURNED]


def test_transactions_without_amounts_are_what_their_entry_comes_to(collecting, tmp_path):
    path = tmp_path / "statement.xml"
    two = "".join(f"<TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs></TxDtls>" for key in (IN, BETA))
    assert answer_to(collecting, path, whole(two)) == ({IN: "succeeded", BETA: "succeeded"}, [])
    for wrong in (whole(two, "13.99"), whole(two.replace(BETA, "other"))):
        words, differing = answer_to(collecting, path, wrong)
        assert (words, IN in differing[0]) == ({}, True)


def test_lines_of_others_keep_no_file_from_being_read_whatever_is_in_them(collecting, tmp_path):
    foreign = "<TxDtls><Refs><EndToEndId>INV-9</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy='KWD'>1.234</Amt></TxAmt>"
    other = whole(f"{foreign}</AmtDtls></TxDtls>", "3.10")
    assert answer_to(collecting, tmp_path / "statement.xml", other, entry(IN, "9.00", "CRDT")) == (
        {IN: "succeeded"},
        [],
    )


@pytest.mark.parametrize("amount", ["4.005", "many", "Infinity", "1e3", "-9.00", "9,00"])
def test_a_payment_whose_amount_is_none_is_told_of_and_all_others_are_taken(collecting, tmp_path, amount):
    lines = entry(IN, amount, "CRDT"), entry(BETA, "5.00", "CRDT")
    words, differing = answer_to(collecting, tmp_path / "statement.xml", *lines)
    assert (words, differing) == ({BETA: "succeeded"}, [f"{IN} is of 900 cents EUR, not '{amount}' EUR."])


def test_what_is_called_like_a_payment_of_the_settlement_and_is_none_is_told_of(collecting, tmp_path):
    for name in ("7-EUR:alpha:in:2", IN.upper()):
        words, differing = answer_to(collecting, tmp_path / "statement.xml", entry(name, "9.00", "CRDT"))
        assert (words, differing) == ({}, [f"{name} is no payment of this settlement at the bank."])


def test_an_amount_has_two_decimals_at_most():
    amounts = {"9": 900, "9.5": 950, "9.05": 905, "9.": 900, " 9.0500 ": 905, "0.00": 0}
    assert {text: cents_of(text) for text in amounts} == amounts
    assert {cents_of(text) for text in ("", ".5", "9_0", "1e2", "NaN", "9.005", "+9", "٩", "9" * 16)} == {None}


@pytest.mark.parametrize(
    "line",
    [
        *(f"{IN},{amount},EUR,succeeded,R" for amount in ("Infinity", "NaN", "1e999999999", "9_0_0e-2", '"9,00"')),
        *(f"{IN},9.00", f"{IN},9.00,EUR,succeeded", f"{IN},9.00,EUR,succeeded,R,extra", f"{IN},9.00,EUR,,R"),
        *(f"{IN},9.00,EUR,succeeded,R\0", f"{IN},9.00,EUR,succeeded,{'R' * 81}"),
    ],
)
def test_a_csv_line_that_is_not_as_it_must_be_is_named(collecting, tmp_path, line):
    path = tmp_path / "answer.csv"
    path.write_text(f"{HEAD}{BETA},5.00,EUR,succeeded,R\n{line}\n")
    with pytest.raises(ValueError, match=r"answer\.csv, line 3"):
        bank_answer(collecting, path, IBAN)


def test_a_csv_file_may_begin_with_a_byte_order_mark(collecting, tmp_path):
    path = tmp_path / "answer.csv"
    path.write_text(f"{HEAD}{IN},9.00,EUR,succeeded,R\n", encoding="utf-8-sig")
    assert [word.leg for word in bank_answer(collecting, path, IBAN).words] == [IN]
