"""Files for the bank, valid by the standard's XSD, and what the bank's files say of the payments in them."""

import io
import json
from argparse import Namespace
from dataclasses import replace
from datetime import date
from functools import partial
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from infra.bank.accounts import MemberAccount, check_agreed, fingerprint, read_accounts
from infra.bank.answers import bank_answer, news, read_camt
from infra.bank.files import bank_file
from infra.cli import bank_run
from partners.settlement.payments import changes
from partners.settlement.payments.bookings import booked
from partners.settlement.payments.legs import Booked, Direction, LegState, LegStep
from partners.settlement.payments.member_payouts import MemberPayout
from partners.settlement.payments.telling import BankWord
from tests.unit.partners.settlement.test_payments import NOW, owing_in, said

owing = partial(owing_in, "EUR")
ON = date(2026, 11, 25)
DAY_BEFORE_MS = 1_795_478_400_000
IN, OUT = "7-EUR:alpha:in:1", "7-EUR:beta:out:1"
IBAN = "DE89370400440532013000"


@pytest.fixture
def accounts(tmp_path):
    party = {"iban": IBAN, "bic": "COBADEFFXXX"}
    mandate = {"mandate_id": "M-17", "mandate_date": "2026-01-05"}
    network = {"name": "Lakeside Rewards", **party, "creditor_id": "DE98ZZZ09999999999"}
    written = {"network": network, "parties": {"alpha": {"name": "Käse & Söhne", **party, **mandate}}}
    written["parties"]["beta"] = {"name": "Beta", **party}
    path = tmp_path / "accounts.json"
    path.write_text(json.dumps(written))
    return read_accounts(path)


@pytest.fixture
def collecting():
    return changes.collecting(changes.approved(owing(alpha=-50_055, beta=40_000), "bob", NOW), "ann", NOW)


@pytest.fixture
def paying(collecting):
    return changes.paying(said(collecting, IN, LegState.SUCCEEDED), "ann", NOW)


def bank_words(one, path, iban):
    answer = bank_answer(one, path, iban)
    assert answer.differing == []
    return without_bookings(answer.words)


def without_bookings(words):
    return [replace(word, booking=None) for word in words]


def texts(file: bytes, name: str) -> list[str]:
    return [one.text for one in ET.fromstring(file).iter() if one.tag.endswith(f"}}{name}")]


def test_collections_are_a_debit_file_and_payouts_a_credit_file(collecting, paying, accounts):
    debits = bank_file(collecting, Direction.IN, accounts, ON)
    assert b"pain.008.001.02" in debits
    assert (texts(debits, "EndToEndId"), texts(debits, "InstdAmt"), texts(debits, "MndtId")) == (
        [IN],
        ["500.55"],
        ["M-17"],
    )
    credits = bank_file(paying, Direction.OUT, accounts, ON)
    assert b"pain.001.001.03" in credits
    assert (texts(credits, "EndToEndId"), texts(credits, "InstdAmt"), texts(credits, "NbOfTxs")[0]) == (
        [OUT],
        ["400.00"],
        "1",
    )


def test_each_payout_to_a_member_is_a_transfer_to_the_account_that_the_file_has_for_it(collecting, accounts):
    due = [MemberPayout("1234567890-12", 1_200), MemberPayout("1234567890-15", 300)]
    one = changes.paying(said(collecting, IN, LegState.SUCCEEDED), "ann", NOW, due)
    with pytest.raises(ValueError, match="members:1234567890-12 has no bank account"):
        bank_file(one, Direction.OUT, accounts, ON)
    account = MemberAccount(name="Ann Lee", iban=IBAN, bic="COBADEFFXXX")
    known = accounts.model_copy(update={"members": {payout.entry_id: account for payout in due}})
    file = bank_file(one, Direction.OUT, known, ON)
    assert texts(file, "EndToEndId") == [OUT, *(f"7-EUR:members:{payout.entry_id}:out:1" for payout in due)]
    assert texts(file, "InstdAmt") == ["400.00", "12.00", "3.00"]
    assert texts(file, "Ustrd")[1:] == ["Cashback, 1234567890-12", "Cashback, 1234567890-15"]


def test_the_same_payments_are_the_same_file(collecting, accounts):
    files = {bank_file(collecting, Direction.IN, accounts, ON) for _ in range(2)}
    assert len(files) == 1


@pytest.mark.parametrize("later", [0, 60_000])
def test_a_payment_tried_again_has_a_file_of_its_own_and_the_others_stay_in_theirs(accounts, later):
    known = accounts.model_copy(update={"parties": {**accounts.parties, "gamma": accounts.parties["beta"]}})
    funded = changes.collecting(changes.approved(owing(alpha=-900, beta=500, gamma=400), "bob", NOW), "ann", NOW)
    one = changes.paying(said(funded, IN, LegState.SUCCEEDED), "ann", NOW)
    first = bank_file(one, Direction.OUT, known, ON)
    assert texts(first, "EndToEndId") == [OUT, "7-EUR:gamma:out:1"]
    one = said(one, OUT, LegState.FAILED)
    assert bank_file(one, Direction.OUT, known, ON) == first
    one = changes.paying(changes.tried_again(one, "beta", "ann", NOW), "ann", NOW + later)
    second = bank_file(one, Direction.OUT, known, ON)
    assert texts(second, "EndToEndId") == ["7-EUR:beta:out:2"]
    assert texts(second, "MsgId") != texts(first, "MsgId")
    assert bank_file(one, Direction.OUT, known, ON, 1) == first
    one = said(said(one, "7-EUR:beta:out:2", LegState.FAILED), "7-EUR:gamma:out:1", LegState.FAILED)
    for party in ("gamma", "beta"):
        one = changes.tried_again(one, party, "ann", NOW)
    one = changes.paying(one, "ann", NOW + later)
    assert texts(bank_file(one, Direction.OUT, known, ON), "EndToEndId") == ["7-EUR:gamma:out:2", "7-EUR:beta:out:3"]
    assert [bank_file(one, Direction.OUT, known, ON, number) for number in (1, 2)] == [first, second]
    with pytest.raises(ValueError, match="no submission 4"):
        bank_file(one, Direction.OUT, known, ON, 4)


def test_a_file_that_no_bank_would_take_is_not_written(collecting, paying, accounts, tmp_path):
    with pytest.raises(ValueError, match="no payment that waits"):
        bank_file(collecting, Direction.OUT, accounts, ON)
    with pytest.raises(ValueError, match="gamma has no bank account"):
        bank_file(
            changes.collecting(changes.approved(owing(gamma=-5), "bob", NOW), "ann", NOW),
            Direction.IN,
            accounts,
            ON,
        )
    with pytest.raises(ValueError, match="beta has no mandate"):
        bank_file(
            changes.collecting(changes.approved(owing(beta=-5), "bob", NOW), "ann", NOW),
            Direction.IN,
            accounts,
            ON,
        )
    bad = accounts.model_copy(update={"network": accounts.network.model_copy(update={"iban": "no IBAN"})})
    with pytest.raises(Exception, match="not be valid"):
        bank_file(paying, Direction.OUT, bad, ON)
    path = tmp_path / "bad.json"
    path.write_text('{"network": {}, "parties": {}}')
    with pytest.raises(ValueError, match=r"network\.name"):
        read_accounts(path)


@pytest.mark.parametrize("whose", ["network", "parties", "members"])
@pytest.mark.parametrize("wrong", ["DE00370400440532013000", "DE98370400440532013001", "DE8937040044053201300", "12"])
def test_an_account_whose_check_digits_are_wrong_is_refused_with_whose_it_is_and_not_shown(
    accounts, tmp_path, whose, wrong
):
    written = json.loads(accounts.model_dump_json())
    written["members"] = {"1234567890-12": {"name": "Ann Lee", "iban": IBAN, "bic": "COBADEFFXXX"}}
    members = written["members"]["1234567890-12"]
    {"network": written["network"], "parties": written["parties"]["beta"], "members": members}[whose]["iban"] = wrong
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(written))
    with pytest.raises(ValueError, match=rf"{whose}[\w.-]*\.iban: .*check digits") as refused:
        bank_run.show_fingerprints(Console(file=io.StringIO()), path)
    assert str(refused.value).endswith("this is no IBAN, or its check digits are wrong")


def test_an_account_may_be_written_in_groups_and_goes_to_the_bank_without(collecting, accounts, tmp_path):
    written = json.loads(accounts.model_dump_json())
    written["parties"]["alpha"]["iban"] = "de89 3704 0044 0532 0130 00"
    path = tmp_path / "grouped.json"
    path.write_text(json.dumps(written))
    assert bank_file(collecting, Direction.IN, read_accounts(path), ON) == bank_file(
        collecting, Direction.IN, accounts, ON
    )


def test_no_partner_is_paid_at_an_account_that_two_people_did_not_agree_on(collecting, accounts):
    due = [MemberPayout("1234567890-12", 1_200)]
    legs = changes.paying(said(collecting, IN, LegState.SUCCEEDED), "ann", NOW, due).legs
    spaced = f" {IBAN[:4].lower()} {IBAN[4:]}"
    own, other = fingerprint(IBAN), fingerprint("DE02")
    check_agreed(accounts, legs, {"network": own, "alpha": own, "beta": fingerprint(spaced)}.get)
    with pytest.raises(ValueError, match="account of beta in the file is not the one"):
        check_agreed(accounts, legs, {"network": own, "alpha": own, "beta": other}.get)
    with pytest.raises(ValueError, match="agreed on a bank account of beta yet"):
        check_agreed(accounts, legs, {"network": own, "alpha": own}.get)
    with pytest.raises(ValueError, match="account of network in the file is not the one"):
        check_agreed(accounts, legs, {"network": other, "alpha": own, "beta": own}.get)
    with pytest.raises(ValueError, match="agreed on a bank account of network yet"):
        check_agreed(accounts, legs, {"alpha": own, "beta": own}.get)


def test_the_banks_answer_is_taken_of_the_account_alone_that_two_people_agreed_on(collecting, accounts, tmp_path):
    services = SimpleNamespace(
        settlement_payments=SimpleNamespace(settlement=lambda window, currency: collecting),
        payees=SimpleNamespace(bank_account=lambda party: fingerprint("DE02")),
    )
    file = tmp_path / "statement.xml"
    file.write_bytes(camt(entry(IN, "500.55", "CRDT")))
    chosen = Namespace(window=7, currency="EUR", file=file, accounts=tmp_path / "accounts.json")
    with pytest.raises(ValueError, match="account of network in the file is not the one that two operators agreed on"):
        bank_run.read_bank_answer(Console(file=io.StringIO()), services, chosen)


def test_the_command_writes_no_file_for_an_account_that_one_person_has_changed(
    collecting, accounts, tmp_path, monkeypatch
):
    monkeypatch.setattr(bank_run, "system_clock", lambda: DAY_BEFORE_MS)
    services = SimpleNamespace(
        settlement_payments=SimpleNamespace(settlement=lambda window, currency: collecting),
        payees=SimpleNamespace(bank_account=lambda party: fingerprint("DE02")),
    )
    file = tmp_path / "debits.xml"
    where = {"window": 7, "currency": "EUR", "file": file, "on": ON, "direction": "in", "submission": None}
    with pytest.raises(ValueError, match="not the one that two operators agreed on"):
        bank_run.write_bank_file(
            Console(file=io.StringIO()), services, Namespace(**where, accounts=tmp_path / "accounts.json")
        )
    assert not file.exists()
    text = io.StringIO()
    bank_run.show_fingerprints(Console(file=text, width=20), tmp_path / "accounts.json")
    parties = ("network", "alpha", "beta")
    assert text.getvalue().splitlines() == [f"{fingerprint(IBAN)}  {party}" for party in parties]


def camt(*entries: str, version: str = "02", iban: str = IBAN) -> bytes:
    account = f"<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>" if iban else ""
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    statement = f"<Stmt>{account}{''.join(entries)}</Stmt>"
    return f'<Document xmlns="{space}"><BkToCstmrStmt>{statement}</BkToCstmrStmt></Document>'.encode()


def entry(name: str, amount: str, side: str, status: str = "BOOK") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>{status}</Sts>'
        f"<AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs></TxDtls>"
        "</NtryDtls></Ntry>"
    )


@pytest.mark.parametrize("status", ["INFO", "<Cd>INFO</Cd>"])
def test_what_a_statement_has_for_information_books_nothing_and_is_told_of(collecting, tmp_path, status):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(entry(IN, "500.55", "CRDT", status), entry("other", "1.00", "DBIT", status)))
    answer = bank_answer(collecting, path, IBAN)
    besides = [f"What the bank says of {IN} for information books nothing."]
    assert (answer.words, answer.differing, answer.besides) == ([], [], besides)
    path.write_bytes(camt(entry(IN, "500.55", "CRDT", status), entry(IN, "500.55", "CRDT")))
    assert bank_words(collecting, path, IBAN) == [BankWord(IN, LegState.SUCCEEDED, "B-1")]


@pytest.mark.parametrize("status", ["BOOK", "<Cd>BOOK</Cd>"])
def test_a_statement_says_what_arrived_came_back_or_never_arrived(collecting, paying, tmp_path, status):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(entry(IN, "500.55", "CRDT", status), entry("other", "1.00", "DBIT", status)))
    assert bank_words(collecting, path, IBAN) == [BankWord(IN, LegState.SUCCEEDED, "B-1")]
    path.write_bytes(camt(entry(IN, "500.55", "DBIT", status)))
    assert bank_words(collecting, path, IBAN) == [BankWord(IN, LegState.FAILED, "B-1")]
    path.write_bytes(camt(entry(OUT, "400.00", "DBIT", status), entry(OUT, "400", "CRDT", status)))
    assert [word.state for word in bank_words(paying, path, IBAN)] == [LegState.SUCCEEDED, LegState.RETURNED]
    path.write_bytes(camt(entry(OUT, "400.00", "DBIT", "PDNG")))
    assert [word.state for word in bank_words(paying, path, IBAN)] == [LegState.PENDING]


CHARGE = '<Chrgs><Amt Ccy="EUR">0.10</Amt><CdtDbtInd>{}</CdtDbtInd></Chrgs>'


def test_charges_inside_a_transaction_are_not_the_payment(collecting, paying, tmp_path):
    path = tmp_path / "statement.xml"
    for one, leg, amount, side, other in (
        (collecting, IN, "500.55", "CRDT", "DBIT"),
        (paying, OUT, "400.00", "DBIT", "CRDT"),
    ):
        charged = entry(leg, amount, side).replace("</TxDtls>", f"{CHARGE.format(other)}</TxDtls>")
        path.write_bytes(camt(charged))
        assert bank_words(one, path, IBAN) == [BankWord(leg, LegState.SUCCEEDED, "B-1")]
        instructed = f'<AmtDtls><InstdAmt><Amt Ccy="EUR">{amount}</Amt></InstdAmt></AmtDtls>'
        with_charges = charged.replace(amount, {IN: "500.45", OUT: "400.10"}[leg], 1)
        path.write_bytes(camt(with_charges.replace("<Chrgs>", f"{instructed}<Chrgs>")))
        told = [word.state for word in bank_answer(one, path, IBAN).words]
        assert told == ([LegState.SUCCEEDED] if leg == OUT else []), "of a collection what has come counts alone"


@pytest.mark.parametrize(("iban", "told"), [("DE02120300000000202051", "DE02120300000000202051"), ("", "without")])
def test_a_statement_of_another_account_says_nothing_of_our_payments(collecting, tmp_path, iban, told):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(entry(IN, "500.55", "CRDT"), iban=iban))
    with pytest.raises(ValueError, match=f"another account than the network's own: .*{told}"):
        bank_words(collecting, path, IBAN)


def test_of_statements_of_several_accounts_only_the_networks_own_counts(collecting, tmp_path):
    path = tmp_path / "statement.xml"
    own, other = (camt(entry(IN, "500.55", side), iban=iban) for side, iban in (("CRDT", IBAN), ("DBIT", "DE02")))
    statements = [one.decode().partition("<Stmt>")[2].partition("</Stmt>")[0] for one in (other, own)]
    path.write_bytes(own.replace(statements[1].encode(), "</Stmt><Stmt>".join(statements).encode()))
    assert bank_words(collecting, path, IBAN[:4] + " " + IBAN[4:]) == [BankWord(IN, LegState.SUCCEEDED, "B-1")]


def imported(one, path):
    for word in news(one, bank_answer(one, path, IBAN).words):
        step = LegStep(word.state, NOW, "bank", word.reference)
        one = booked(one, word.leg, word.booking, step)[0] if word.booking else changes.told(one, word.leg, step)
    return one


@pytest.mark.parametrize(
    ("bookings", "end"),
    [
        ([("CRDT", "BOOK"), ("DBIT", "BOOK")], LegState.RETURNED),
        ([("DBIT", "BOOK"), ("CRDT", "BOOK")], LegState.RETURNED),
        ([("CRDT", "PDNG"), ("CRDT", "BOOK")], LegState.SUCCEEDED),
        ([("CRDT", "BOOK"), ("CRDT", "PDNG")], LegState.SUCCEEDED),
        ([("DBIT", "BOOK")], LegState.FAILED),
    ],
)
def test_a_statement_may_be_read_again_and_in_parts(collecting, tmp_path, bookings, end):
    path = tmp_path / "statement.xml"
    whole = camt(*(entry(IN, "500.55", side, status) for side, status in bookings))
    path.write_bytes(whole)
    once = imported(collecting, path)
    assert once.leg(IN).state is end
    assert imported(once, path) == once
    path.write_bytes(camt(entry(IN, "500.55", *bookings[-1])))
    assert imported(once, path) == once


def test_a_file_read_again_does_not_end_a_dispute_but_another_booking_does(collecting, tmp_path):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(entry(IN, "500.55", "CRDT")))
    disputed = said(imported(collecting, path), IN, LegState.DISPUTED)
    assert imported(disputed, path) == disputed
    path.write_bytes(camt(entry(IN, "500.55", "CRDT").replace("B-1", "B-2")))
    assert imported(disputed, path).leg(IN).state is LegState.SUCCEEDED


def test_an_answer_of_another_amount_or_currency_is_left_out_and_said(paying, tmp_path):
    path = tmp_path / "statement.xml"
    for wrong in (entry(OUT, "400.01", "DBIT"), entry(OUT, "400.00", "DBIT").replace('"EUR"', '"USD"')):
        path.write_bytes(camt(wrong, entry(OUT, "400.00", "DBIT")))
        answer = bank_answer(paying, path, IBAN)
        assert without_bookings(answer.words) == [BankWord(OUT, LegState.SUCCEEDED, "B-1")]
        assert [line.startswith(f"{OUT} is of 40000 cents EUR, not ") for line in answer.differing] == [True]
    csv = tmp_path / "answer.csv"
    csv.write_text(f"end_to_end_id,amount,currency,state,reference\n{OUT},400.01,EUR,succeeded,B-2\n")
    answer = bank_answer(paying, csv, IBAN)
    assert (answer.words, answer.differing) == ([], [f"{OUT} is of 40000 cents EUR, not 40001 cents EUR."])


def detailed(name: str, side: str, *, transaction: str, instructed: str, currency: str = "EUR") -> str:
    amounts = f'<InstdAmt><Amt Ccy="{currency}">{instructed}</Amt></InstdAmt>'
    amounts += f'<TxAmt><Amt Ccy="EUR">{transaction}</Amt></TxAmt>'
    whole = entry(name, transaction, side)
    return whole.replace("</Refs></TxDtls>", f"</Refs><AmtDtls>{amounts}</AmtDtls></TxDtls>")


def test_what_was_instructed_is_the_payment_where_the_bank_adds_its_charges(collecting, paying, tmp_path):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(detailed(IN, "DBIT", transaction="503.55", instructed="500.55")))
    assert bank_words(collecting, path, IBAN) == [BankWord(IN, LegState.FAILED, "B-1")]
    path.write_bytes(camt(detailed(OUT, "DBIT", transaction="403.00", instructed="400.00")))
    assert bank_words(paying, path, IBAN) == [BankWord(OUT, LegState.SUCCEEDED, "B-1")]
    path.write_bytes(camt(detailed(OUT, "DBIT", transaction="400.00", instructed="399.00")))
    assert bank_words(paying, path, IBAN) == [BankWord(OUT, LegState.SUCCEEDED, "B-1")]
    path.write_bytes(camt(detailed(OUT, "DBIT", transaction="403.00", instructed="400.00", currency="USD")))
    assert bank_answer(paying, path, IBAN).words == []


def test_a_collection_of_which_less_has_come_than_was_instructed_has_not_arrived_whole(collecting, tmp_path):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(detailed(IN, "CRDT", transaction="497.55", instructed="500.55")))
    answer = bank_answer(collecting, path, IBAN)
    assert (answer.words, answer.differing) == ([], [f"{IN} is of 50055 cents EUR, not 49755 cents EUR."])


@pytest.mark.parametrize(("arrived", "others", "words"), [("500.55", "", 1), ("497.55", "", 0), ("505.00", "5.00", 0)])
def test_what_was_instructed_is_not_what_arrived_where_only_the_entry_says_that(
    collecting, tmp_path, arrived, others, words
):
    path = tmp_path / "statement.xml"
    whole = entry(IN, arrived, "CRDT")
    whole = whole.replace("</Refs>", '</Refs><AmtDtls><InstdAmt><Amt Ccy="EUR">500.55</Amt></InstdAmt></AmtDtls>')
    other = f'<TxDtls><AmtDtls><InstdAmt><Amt Ccy="EUR">{others}</Amt></InstdAmt></AmtDtls></TxDtls>' if others else ""
    path.write_bytes(camt(whole.replace("</NtryDtls>", f"{other}</NtryDtls>")))
    answer = bank_answer(collecting, path, IBAN)
    assert (len(answer.words), len(answer.differing)) == (words, 1 - words)


TOO_MUCH = {"DBIT": ("999.99", "1050.01"), "CRDT": ("1000.01", "949.99")}


@pytest.mark.parametrize(
    ("side", "total", "charges"),
    [
        *(("DBIT", "1000.00", 0), ("DBIT", "1000.20", 20), ("DBIT", "1050.00", 5_000)),
        *(("CRDT", "1000.00", 0), ("CRDT", "999.80", 20), ("CRDT", "950.00", 5_000)),
        *((side, total, None) for side, found in TOO_MUCH.items() for total in (*found, "600.00", "1.00", "5000.00")),
    ],
)
def test_payouts_booked_together_are_what_was_instructed_but_for_charges_which_are_told(side, total, charges, tmp_path):
    collecting = changes.collecting(
        changes.approved(owing(alpha=-100_000, beta=60_000, gamma=40_000), "bob", NOW), "ann", NOW
    )
    one = changes.paying(said(collecting, IN, LegState.SUCCEEDED), "ann", NOW)
    parts = [
        f"<TxDtls><Refs><EndToEndId>7-EUR:{party}:out:1</EndToEndId></Refs>"
        f'<AmtDtls><InstdAmt><Amt Ccy="EUR">{amount}</Amt></InstdAmt></AmtDtls></TxDtls>'
        for party, amount in (("beta", "600.00"), ("gamma", "400.00"))
    ]
    before, _, rest = entry("", total, side).partition("<TxDtls>")
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(before + "".join(parts) + rest.partition("</TxDtls>")[2]))
    answer = bank_answer(one, path, IBAN)
    both = ["7-EUR:beta:out:1", "7-EUR:gamma:out:1"]
    state = "succeeded" if side == "DBIT" else "failed"
    assert [(word.leg, word.state.value) for word in answer.words] == [
        (key, state) for key in both if charges is not None
    ]
    assert len(answer.differing) == (2 if charges is None else 0)
    told = f"Charges of {charges} cents EUR are booked with {OUT} and what is booked together with it."
    assert answer.besides == ([told] if charges else [])


@pytest.mark.parametrize("tells", ["transaction", "entry"])
@pytest.mark.parametrize(
    ("leg", "side", "booked", "charges"),
    [
        *((OUT, "DBIT", booked, None) for booked in ("0.01", "399.99", "450.01", "4000.00")),
        *((OUT, "CRDT", booked, None) for booked in ("0.01", "349.99", "400.01", "4000.00")),
        *((IN, "DBIT", booked, None) for booked in ("500.54", "550.56")),
        *((OUT, "DBIT", "403.50", 350), (OUT, "CRDT", "396.50", 350), (IN, "DBIT", "504.05", 350)),
    ],
)
def test_what_was_instructed_is_the_payment_if_what_is_booked_differs_by_charges_alone(
    collecting, paying, tmp_path, tells, leg, side, booked, charges
):
    path = tmp_path / "statement.xml"
    written = detailed(leg, side, transaction=booked, instructed="400.00" if leg == OUT else "500.55")
    if tells == "entry":
        written = written.replace(f'<TxAmt><Amt Ccy="EUR">{booked}</Amt></TxAmt>', "")
    path.write_bytes(camt(written))
    answer = bank_answer(paying if leg == OUT else collecting, path, IBAN)
    assert (len(answer.words), len(answer.differing)) == ((0, 1) if charges is None else (1, 0))
    assert answer.besides == ([f"Charges of {charges} cents EUR are booked with {leg}."] if charges else [])


@pytest.mark.parametrize("amount", ["", "<Amt Ccy='EUR'>100.00</Amt>"])
@pytest.mark.parametrize("instructed", ["", "<AmtDtls><InstdAmt><Amt Ccy='EUR'>400.00</Amt></InstdAmt></AmtDtls>"])
def test_an_entry_of_the_payments_amount_is_not_the_payment_if_others_are_in_it(paying, tmp_path, amount, instructed):
    path = tmp_path / "statement.xml"
    other = f"<TxDtls><Refs><EndToEndId>other</EndToEndId></Refs>{amount}</TxDtls></NtryDtls>"
    whole = entry(OUT, "400.00", "DBIT").replace("</Refs>", f"</Refs>{instructed}").replace("</NtryDtls>", other)
    path.write_bytes(camt(whole))
    answer = bank_answer(paying, path, IBAN)
    assert (answer.words, len(answer.differing), answer.besides) == ([], 1, [])


def test_a_file_that_does_not_read_says_nothing(paying, tmp_path):
    path = tmp_path / "statement.xml"
    path.write_bytes(b"no XML")
    with pytest.raises(ValueError, match="does not read"):
        bank_words(paying, path, IBAN)
    with pytest.raises(ValueError, match="neither credit nor debit"):
        list(read_camt(camt("<Ntry/>"), IBAN))


def test_a_csv_says_the_same(paying, tmp_path):
    path = tmp_path / "answer.csv"
    head = "end_to_end_id,amount,currency,state,reference\n"
    path.write_text(f"{head}{OUT},400.00,EUR,succeeded,B-2\nother,1,CHF,failed,\n")
    assert bank_words(paying, path, IBAN) == [BankWord(OUT, LegState.SUCCEEDED, "B-2")]
    unsaid = [(f"{OUT},400.00,EUR,{state},", "bank can say") for state in ("submitted", "disputed")]
    for line, why in (*unsaid, (f"{OUT},x,EUR,failed,", "no amount")):
        path.write_text(head + line)
        with pytest.raises(ValueError, match=why):
            bank_words(paying, path, IBAN)
    path.write_text("leg,state\n")
    with pytest.raises(ValueError, match="first line"):
        bank_words(paying, path, IBAN)


def test_the_command_writes_the_file_and_records_the_answer(collecting, accounts, tmp_path, monkeypatch):
    recorded = []
    services = SimpleNamespace(
        settlement_payments=SimpleNamespace(settlement=lambda window, currency: collecting),
        payees=SimpleNamespace(bank_account=lambda party: fingerprint(IBAN)),
        member_accounts=SimpleNamespace(contradictions=lambda paid: []),
    )
    monkeypatch.setattr(bank_run, "caller_for", lambda *_: SimpleNamespace(acting_as="ann"))
    monkeypatch.setattr(bank_run, "carried_out", lambda operation, call, handler: recorded.append(call.body))
    monkeypatch.setattr(bank_run, "system_clock", lambda: DAY_BEFORE_MS)
    text, file = io.StringIO(), tmp_path / "debits.xml"
    where = {"window": 7, "currency": "EUR", "file": file, "on": ON, "direction": "in", "submission": None}
    chosen = Namespace(**where, accounts=tmp_path / "accounts.json")
    assert bank_run.write_bank_file(Console(file=text, width=200), services, chosen)
    assert file.read_bytes() == bank_file(collecting, Direction.IN, accounts, ON)
    failed = said(collecting, IN, LegState.FAILED)
    again = changes.collecting(changes.tried_again(failed, "alpha", "ann", NOW), "ann", NOW)
    services.settlement_payments.settlement = lambda window, currency: again
    chosen.submission = 1
    assert bank_run.write_bank_file(Console(file=text, width=200), services, chosen)
    assert "submission 1 of 2" in text.getvalue()
    assert "1 of its payments are answered" in text.getvalue()
    assert "1 payments of submission 2 wait for an answer" in text.getvalue()
    services.settlement_payments.settlement = lambda window, currency: collecting
    chosen.file = tmp_path / "statement.xml"
    chosen.file.write_bytes(camt(entry(IN, "500.55", "CRDT")))
    assert bank_run.read_bank_answer(Console(file=text, width=200), services, chosen)
    assert [(one.leg, one.state, one.reference) for one in recorded[0].outcomes] == [(IN, "succeeded", "B-1")]
    chosen.file.write_bytes(camt(entry("other", "1.00", "CRDT")))
    assert not bank_run.read_bank_answer(Console(file=text, width=200), services, chosen)
    chosen.file.write_bytes(camt(entry(IN, "500.55", "DBIT")))
    noted = booked(failed, IN, Booked(False, "B-1"), LegStep(LegState.FAILED, NOW, "ann"))[0]
    services.settlement_payments.settlement = lambda window, currency: noted
    assert bank_run.read_bank_answer(Console(file=text, width=200), services, chosen)
    assert "recorded already" in text.getvalue()
    assert len(recorded) == 1
    assert "has 1 payments" in text.getvalue()
