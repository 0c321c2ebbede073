"""Creditors are not paid on the word of one person: who says that money came in does not have it paid out."""

import pytest

from partners.contracts.errors import SecondPersonNeededError
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.service import BankWord
from partners.settlement.payments.store import _pack, _unpack
from tests.unit.partners.settlement.test_funds import Paying

IN = "1-USD:alpha:in:1"


@pytest.fixture
def paying():
    found = Paying()
    found.submit(found.windows.close(alpha=-900, beta=500, members=400))
    return found


def says(paying, state, by):
    return paying.payments.tell(1, "USD", [BankWord(IN, state, "B-1")], by)


def test_who_said_that_a_collection_succeeded_does_not_pay_creditors_from_it(paying):
    says(paying, LegState.SUCCEEDED, "eve")
    with pytest.raises(SecondPersonNeededError):
        paying.payments.pay(1, "USD", "eve")
    assert paying.cashback.claimed == [], "nothing is claimed either"
    for by in ("bob", "bob", "eve"):
        assert paying.payments.pay(1, "USD", by).paid_out_cents == 900, "again is a success, whoever asks"


def test_who_let_a_debtor_default_does_not_have_creditors_bear_it(paying):
    says(paying, LegState.FAILED, "ann")
    one = paying.payments.default(1, "USD", "alpha", 0, "eve")
    with pytest.raises(SecondPersonNeededError):
        paying.payments.pay(1, "USD", "eve")
    assert paying.payments.default(1, "USD", "alpha", 0, "bob") == one, "again is a success, whoever asks"
    assert paying.payments.pay(1, "USD", "bob").paid_out_cents == 0


def test_a_default_of_before_it_was_known_who_decided_it_reads(paying):
    says(paying, LegState.FAILED, "ann")
    one = paying.payments.default(1, "USD", "alpha", 0, "")
    assert (_unpack(_pack(one)), one.vouched_by) == (one, frozenset())
