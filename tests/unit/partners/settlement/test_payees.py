"""By which means a partner is paid: by its terms, and by files for the bank in euros alone."""

from dataclasses import replace

import pytest

from partners.contracts.payment import Funding, FundingKind, PaymentMethod
from partners.settlement.payments import changes
from partners.settlement.payments.agreed_store import AccountStore
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.member_payouts import MemberPayout
from partners.settlement.payments.payees import PayeeAccounts, Payees
from partners.settlement.statements.model import Way
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import FakeContractBook, agree, contracts_of, new_terms
from tests.fakes.dynamodb import FakeDynamoDB
from tests.unit.partners.settlement.test_payments import NOW, owing_in, said


@pytest.mark.parametrize(
    ("currency", "said_by_terms", "method"),
    [
        ("EUR", None, PaymentMethod.BANK_FILE),
        ("EUR", PaymentMethod.BANK_FILE, PaymentMethod.BANK_FILE),
        ("EUR", PaymentMethod.BY_HAND, PaymentMethod.BY_HAND),
        ("CHF", None, PaymentMethod.BY_HAND),
        ("CHF", PaymentMethod.BY_HAND, PaymentMethod.BY_HAND),
    ],
)
def test_a_partner_is_paid_as_its_terms_say_or_as_is_usual_in_its_currency(currency, said_by_terms, method):
    contracts = contracts_of()
    contracts.create_partner("alpha", "Alpha", currency)
    if said_by_terms is not None:
        agree(contracts, "alpha", new_terms(0, payment_method=said_by_terms))
    payees = Payees(AccountStore(FakeDynamoDB(), "settlement"), contracts, lambda: True, FakeClock())
    assert payees.means("alpha", Direction.OUT).method is method


def test_statements_tell_how_a_partner_is_paid_also_before_it_has_an_account_for_that():
    contracts = contracts_of("alpha")
    store = AccountStore(FakeDynamoDB(), "settlement")
    payees = Payees(store, contracts, lambda: True, FakeClock())
    usual = payees.way(contracts.partner("alpha"))
    assert usual == Way(payees.means("alpha", Direction.IN).method)
    funding = Funding(FundingKind.PREPAID)
    agree(contracts, "alpha", new_terms(0, payment_method=PaymentMethod.STRIPE, funding=funding))
    assert payees.way(contracts.partner("alpha")) == Way(PaymentMethod.STRIPE, deposit_first=True)
    accounts = PayeeAccounts(customer_id="cus_1", charged=True)
    payees.people.propose("ann", "alpha", accounts, "signed")
    assert not payees.way(contracts.partner("alpha")).charged
    payees.people.approve("bob", "alpha", 1, "seen")
    assert payees.way(contracts.partner("alpha")).charged


def test_terms_of_before_that_say_bank_files_in_another_currency_mean_by_hand():
    book = FakeContractBook()
    contracts = contracts_of("alpha", book=book)
    agree(contracts, "alpha", new_terms(0))
    [(key, terms)] = book.term_rows.items()
    book.term_rows[key] = replace(terms, payment_method=PaymentMethod.BANK_FILE)
    payees = Payees(AccountStore(FakeDynamoDB(), "settlement"), contracts, lambda: True, FakeClock())
    assert payees.means("alpha", Direction.IN).method is PaymentMethod.BY_HAND


@pytest.mark.parametrize(("currency", "method"), [("EUR", PaymentMethod.BANK_FILE), ("USD", PaymentMethod.BY_HAND)])
def test_members_are_paid_by_files_in_euros_alone_also_when_it_is_tried_again(currency, method):
    one = owing_in(currency, alpha=-300, members=300)
    one = changes.collecting(changes.approved(one, "bob", NOW), "ann", NOW)
    one = changes.paying(said(one, one.legs[0].key, LegState.SUCCEEDED), "ann", NOW, [MemberPayout("47-1", 300)])
    one = said(one, one.legs[-1].key, LegState.FAILED)
    one = changes.tried_again(one, "members:47-1", "ann", NOW)
    assert [leg.means.method for leg in one.legs if leg.payout] == [method, method]
