"""A file of the bank's is taken as far as it can be: late money, contradictions, more lines than a request takes."""

import io
import json
from argparse import Namespace
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from rich.console import Console

from chalicelib.api.settlements import word_of
from infra.bank.accounts import fingerprint
from infra.cli import bank_run
from partners.settlement.payments import changes
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.member_payouts import MemberPayout
from partners.settlement.payments.model import Stage
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from tests.fakes.by_bank import AllByBank
from tests.fakes.cashback import FakeCashback
from tests.fakes.clock import FakeClock
from tests.fakes.collateral import default_of_two
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.funds import AllThere
from tests.unit.infra.test_bank_files import IBAN, IN, camt, entry
from tests.unit.partners.settlement.stripe_legs_world import TheWindow
from tests.unit.partners.settlement.test_payments import NOW, open_cents, owing_in, said
from tests.unit.partners.settlement.windows_world import FakeFunding


class Recording:
    """A settlement that the command reads and records in, in memory; each request is counted."""

    operator = "ann"

    def __init__(self, monkeypatch, folder, **net_cents):
        self.accounts = folder / "accounts.json"
        network = {"name": "Lakeside Rewards", "iban": IBAN, "bic": "COBADEFFXXX", "creditor_id": "DE98ZZZ09999999999"}
        self.accounts.write_text(json.dumps({"network": network, "parties": {}}))
        self.requests, self.store = [], PaymentStore(FakeDynamoDB(), "settlement")
        self.payments = SettlementPayments(
            self.store,
            TheWindow(),
            FakeFunding(),
            FakeCashback(),
            AllByBank(),
            AllThere(),
            NothingPaidIn(),
            FakeClock(),
        )
        self.store.add(changes.collecting(changes.approved(owing_in("EUR", **net_cents), "bob", NOW), "ann", NOW))
        payees = SimpleNamespace(bank_account=lambda _: fingerprint(IBAN))
        self.services = SimpleNamespace(settlement_payments=self.payments, payees=payees)
        monkeypatch.setattr(bank_run, "caller_for", lambda *_: SimpleNamespace(acting_as="ann"))
        monkeypatch.setattr(bank_run, "carried_out", lambda operation, call, handler: self.record(call.body.outcomes))

    @property
    def one(self):
        return self.payments.settlement(7, "EUR")

    @one.setter
    def one(self, after):
        before = self.one
        assert self.store.replace(before, replace(after, version=before.version + 1))

    def record(self, outcomes):
        self.requests.append(len(outcomes))
        self.payments.tell(7, "EUR", [word_of(outcome) for outcome in outcomes], self.operator)

    def reads(self, file):
        text = io.StringIO()
        chosen = Namespace(window=7, currency="EUR", file=file, accounts=self.accounts)
        return bank_run.read_bank_answer(Console(file=text, width=200), self.services, chosen), text.getvalue()


@pytest.fixture
def bank(monkeypatch, tmp_path):
    return Recording(monkeypatch, tmp_path, alpha=-900, beta=-500, gamma=400)


def test_money_that_comes_after_its_collection_had_failed_does_not_keep_a_file_from_being_taken(bank, tmp_path):
    """Once, however often the file is read; what was decided meanwhile decides where it goes."""
    bank.one = default_of_two(said(bank.one, IN, LegState.FAILED), "alpha", 0, NOW)
    path = tmp_path / "late.xml"
    path.write_bytes(camt(entry(IN, "9.00", "CRDT"), entry("7-EUR:beta:in:1", "5.00", "CRDT")))
    for good in (False, True):
        found, text = bank.reads(path)
        assert (found, "it had failed and was paid late" in text) == (good, True)
    assert bank.requests == [2]
    assert (bank.one.late, bank.one.leg("7-EUR:beta:in:1").state) == ((IN,), LegState.SUCCEEDED)
    assert open_cents(bank.one) == {"alpha": 900}
    assert open_cents(changes.paying(bank.one, "ann", NOW))["alpha"] == 0, "what it owes for the default is paid"


def test_another_operator_who_reads_the_same_statement_confirms_it_once(bank, tmp_path, monkeypatch):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(entry(IN, "9.00", "CRDT")))
    assert bank.reads(path)[0]
    assert "recorded already" in bank.reads(path)[1]
    bank.operator = "bob"
    monkeypatch.setattr(bank_run, "caller_for", lambda *_: SimpleNamespace(acting_as="bob"))
    assert bank.reads(path)[0]
    assert (bank.one.leg(IN).confirmed_by, bank.requests) == (("bob",), [1, 1])
    assert "recorded already" in bank.reads(path)[1]


@pytest.mark.parametrize("arrived", [False, True])
def test_the_same_statement_confirms_that_a_payout_did_not_arrive_or_came_back(tmp_path, monkeypatch, arrived):
    bank = Recording(monkeypatch, tmp_path, alpha=-900, beta=900)
    bank.one = changes.paying(said(bank.one, IN, LegState.SUCCEEDED), "ann", NOW)
    out, path = "7-EUR:beta:out:1", tmp_path / "statement.xml"
    path.write_bytes(camt(*[entry(out, "9.00", "DBIT")] * arrived, entry(out, "9.00", "CRDT")))
    bank.reads(path)
    assert bank.one.leg(out).state is (LegState.RETURNED if arrived else LegState.FAILED)
    bank.operator = "bob"
    monkeypatch.setattr(bank_run, "caller_for", lambda *_: SimpleNamespace(acting_as="bob"))
    bank.reads(path)
    assert bank.one.leg(out).confirmed_by == ("bob",)
    assert "recorded already" in bank.reads(path)[1]


def test_a_line_that_contradicts_what_is_recorded_is_printed_and_stays_a_trouble_and_all_others_are_taken(
    bank, tmp_path
):
    bank.one = said(bank.one, IN, LegState.SUCCEEDED)
    path = tmp_path / "answer.csv"
    lines = (f"{IN},9.00,EUR,failed,B-1", "7-EUR:beta:in:1,5.00,EUR,succeeded,B-2")
    path.write_text("end_to_end_id,amount,currency,state,reference\n" + "\n".join(lines))
    good, text = bank.reads(path)
    assert (good, f"{IN} is succeeded, the bank says failed B-1" in text) == (False, True)
    assert bank.one.leg("7-EUR:beta:in:1").state is LegState.SUCCEEDED
    [trouble] = bank.one.troubles
    good, text = bank.reads(path)
    assert (good, "recorded already" in text, f"{IN}: {trouble.text}" in text) == (True, True, True)
    bank.payments.see(7, "EUR", "alpha", trouble.text)
    assert (bank.reads(path)[0], bank.one.troubles) == (True, ())


def test_a_line_of_another_amount_is_printed_and_all_others_are_taken(bank, tmp_path):
    path = tmp_path / "statement.xml"
    path.write_bytes(camt(entry(IN, "8.00", "CRDT"), entry("7-EUR:beta:in:1", "5.00", "CRDT")))
    for known in (False, True):
        good, text = bank.reads(path)
        assert (good, f"Left out: {IN} is of 900 cents EUR, not 800 cents EUR." in text) == (False, True)
        assert ("All else that the file says" in text) is known
    assert bank.requests == [1]
    assert (bank.one.leg(IN).state, bank.one.leg("7-EUR:beta:in:1").state) == (LegState.SUBMITTED, LegState.SUCCEEDED)


def test_charges_that_are_booked_with_a_payment_are_printed_and_it_is_taken(bank, tmp_path):
    path, part = tmp_path / "statement.xml", '</Refs><AmtDtls><InstdAmt><Amt Ccy="EUR">9.00</Amt></InstdAmt></AmtDtls>'
    path.write_bytes(camt(entry(IN, "12.50", "DBIT").replace("</Refs>", part)))
    good, text = bank.reads(path)
    assert (good, f"Charges of 350 cents EUR are booked with {IN}." in text) == (True, True)
    assert bank.one.leg(IN).state is LegState.FAILED


def test_a_file_of_more_outcomes_than_one_request_takes_is_recorded_in_several(monkeypatch, tmp_path):
    monkeypatch.setattr(bank_run, "MOST_OUTCOMES", 3)
    bank = Recording(monkeypatch, tmp_path, alpha=-9_000, beta=400, members=3)
    due = [MemberPayout(f"47-{number}", 1) for number in range(3)]
    bank.one = changes.paying(said(bank.one, IN, LegState.SUCCEEDED), "ann", NOW, due)
    path = tmp_path / "statement.xml"
    out = [leg for leg in bank.one.legs if leg.direction is Direction.OUT]
    amounts = [f"{Decimal(leg.amount_cents).scaleb(-2):f}" for leg in out]
    path.write_bytes(
        camt(*(entry(leg.end_to_end_id, amount, "DBIT") for leg, amount in zip(out, amounts, strict=True)))
    )
    for _ in range(2):
        assert bank.reads(path)[0]
    assert (bank.requests, bank.one.stage) == ([3, 1], Stage.SETTLED)


@pytest.mark.parametrize("came", ["", "succeeded", "failed"])
def test_a_line_that_needs_a_reference_and_has_none_is_printed_and_all_others_are_taken(monkeypatch, tmp_path, came):
    """Also where the payment succeeds in the same file, or another line has told of it before."""
    bank = Recording(monkeypatch, tmp_path, alpha=-900, beta=500, members=400)
    bank.one = changes.paying(said(bank.one, IN, LegState.SUCCEEDED), "ann", NOW, [MemberPayout("47-1", 400)])
    member, beta = "7-EUR:members:47-1:out:1", "7-EUR:beta:out:1"
    path = tmp_path / "answer.csv"
    told = "returned" if came == "succeeded" else "failed"
    lines = [f"{member},4.00,EUR,{came},B-1"] * bool(came)
    lines += [f"{member},4.00,EUR,{told},", f"{beta},5.00,EUR,succeeded,B-2"]
    path.write_text("end_to_end_id,amount,currency,state,reference\n" + "\n".join(lines))
    for _ in range(2):
        good, text = bank.reads(path)
        assert (good, f"Left out: {member} is told to be {told} without the bank's reference" in text) == (False, True)
    assert bank.requests == [1 + bool(came)]
    assert (bank.one.leg(member).state, bank.one.leg(beta).state) == (came or "submitted", LegState.SUCCEEDED)
