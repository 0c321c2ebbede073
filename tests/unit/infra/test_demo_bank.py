"""The demo's bank reads the product's own files and answers with what the product reads."""

from datetime import date

import pytest

from infra.bank.accounts import read_accounts
from infra.bank.answers import bank_answer
from infra.bank.files import bank_file
from infra.demo.bank import payments, statement_of_account
from infra.demo.retailers import CURRENCY, RETAILERS
from infra.demo.settling import ACCOUNTS
from partners.settlement.model import CurrencyNets, PartnerPosition, net_of
from partners.settlement.payments.changes import approved, collecting
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.model import PaidSettlement, calculated


@pytest.fixture
def collected() -> PaidSettlement:
    cents = {one.partner_id: -100 * number for number, one in enumerate(RETAILERS, 1)}
    parties = [PartnerPosition(party, (), net * 10_000, net) for party, net in cents.items()]
    one = calculated(1, CurrencyNets(CURRENCY, tuple(map(net_of, parties))), "ann", 1)
    return collecting(approved(one, "bob", 2), "ann", 3)


def test_every_retailer_has_an_account_and_a_mandate(collected: PaidSettlement) -> None:
    sent = payments(bank_file(collected, Direction.IN, read_accounts(ACCOUNTS), date(2026, 11, 25)))
    assert [(one.amount, one.currency, one.side) for one in sent] == [
        (f"{number}.00", "EUR", "CRDT") for number in range(1, 7)
    ]


def test_what_bounces_has_failed_and_the_rest_has_arrived(collected: PaidSettlement, tmp_path) -> None:
    file = bank_file(collected, Direction.IN, read_accounts(ACCOUNTS), date(2026, 11, 25))
    iban = read_accounts(ACCOUNTS).network.iban
    answer = tmp_path / "answer.xml"
    answer.write_bytes(statement_of_account(file, iban, lambda payment: payment.amount == "2.00"))
    states = {collected.leg(word.leg).amount_cents: word.state for word in bank_answer(collected, answer, iban).words}
    assert states == {number * 100: LegState.FAILED if number == 2 else LegState.SUCCEEDED for number in range(1, 7)}
