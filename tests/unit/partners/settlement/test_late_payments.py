"""What succeeds after it had failed: the money is somewhere, once, whatever was decided meanwhile."""

from partners.contracts.model import MEMBERS
from partners.settlement.payments import changes
from partners.settlement.payments.consequences import carries, funding_changes, to_give_back
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.member_payouts import MemberPayout
from partners.settlement.payments.model import Stage
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from tests.fakes.by_bank import AllByBank
from tests.fakes.cashback import FakeCashback
from tests.fakes.clock import FakeClock
from tests.fakes.collateral import default_by_two
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.funds import AllThere
from tests.unit.partners.settlement.stripe_legs_world import TheWindow
from tests.unit.partners.settlement.test_payments import NOW, collected, open_cents, owing, said
from tests.unit.partners.settlement.windows_world import FakeFunding

IN, OUT = "7-USD:alpha:in:1", "7-USD:beta:out:1"


def test_money_that_comes_late_counts_here_if_nothing_was_decided_about_its_failure():
    one = changes.collecting(changes.approved(owing(alpha=-500, beta=300), "bob", NOW), "ann", NOW)
    one = said(one, IN, LegState.FAILED, LegState.SUCCEEDED)
    assert (one.stage, one.late, one.collected_cents) == (Stage.FUNDED, (), 500)
    one = said(changes.paying(one, "ann", NOW), OUT, LegState.FAILED, LegState.SUCCEEDED)
    assert (one.stage, one.late, carries(one)) == (Stage.SETTLED, (), ())


def test_money_that_comes_when_it_is_asked_for_again_is_owed_to_who_paid_it_and_creditors_get_no_more_of_it():
    one = changes.collecting(changes.approved(owing(alpha=-500, beta=300), "bob", NOW), "ann", NOW)
    one = changes.tried_again(said(one, IN, LegState.FAILED), "alpha", "ann", NOW)
    one = said(changes.collecting(one, "ann", NOW), IN, LegState.SUCCEEDED)
    assert (one.stage, one.collected_cents, open_cents(one)) == (Stage.COLLECTING, 0, {"alpha": 500})
    assert said(one, IN, LegState.SUCCEEDED) == one
    assert said(one, "7-USD:alpha:in:2", LegState.SUCCEEDED).stage is Stage.FUNDED
    one = said(one, IN, LegState.RETURNED)
    assert (one.stage, open_cents(one)["alpha"]) == (Stage.COLLECTING, 0)


def test_what_is_paid_out_though_it_was_left_to_a_later_window_is_owed_by_who_got_it():
    one = changes.paying(collected(owing(alpha=-500, beta=500)), "ann", NOW)
    one = said(changes.given_up(said(one, OUT, LegState.FAILED), "beta", "ann", NOW), OUT, LegState.SUCCEEDED)
    assert [(found.reference, found.amount_cents) for found in carries(one)] == [
        ("7-USD:beta:given_up", 500),
        (f"{OUT}:late", -500),
    ]
    assert [change.amount_micros for change in funding_changes(one) if change.reference == OUT] == [-5_000_000]


def test_a_member_who_is_paid_after_the_cashback_went_back_has_it_given_back_no_second_time():
    one = changes.paying(collected(owing(alpha=-300, members=300)), "ann", NOW, [MemberPayout("47-1", 300)])
    key = one.legs[-1].key
    one = changes.given_up(said(one, key, LegState.FAILED), f"{MEMBERS}:47-1", "ann", NOW)
    for state in (LegState.SUCCEEDED, LegState.RETURNED):
        one = said(one, key, state)
        assert [leg.key for leg in to_give_back(one)] == [key]
    assert open_cents(one) == {MEMBERS: 300}


def test_late_money_is_in_the_open_window_once_and_a_trouble_until_somebody_has_seen_it():
    window, funding, store = TheWindow(), FakeFunding(), PaymentStore(FakeDynamoDB(), "settlement")
    payments = SettlementPayments(
        store, window, funding, FakeCashback(), AllByBank(), AllThere(), NothingPaidIn(), FakeClock()
    )
    payments.calculate(7, "ann")
    payments.approve(7, "USD", "bob")
    payments.collect(7, "USD", "ann")
    payments.tell(7, "USD", [BankWord(IN, LegState.FAILED)], "ann")
    default_by_two(payments, 7, "USD", "alpha", 0)
    for _ in range(2):
        one = payments.settlement(7, "USD")
        one = payments.tell(7, "USD", [BankWord(IN, LegState.SUCCEEDED, "B-1")], "ann") if not one.late else one
        assert [(found.leg, "owed to who paid it" in found.text) for found in one.troubles] == [(IN, True)]
    assert {name: found.amount_cents for name, found in window.carried.items()} == {f"{IN}:late": 500}
    assert funding.recorded["alpha", IN].amount_micros == 5_000_000
    assert (payments.work(), payments.troubles()) == (0, 1)
    assert payments.tell(7, "USD", [BankWord(IN, LegState.SUCCEEDED, "B-1")], "ann").troubles == one.troubles
    [trouble] = one.troubles
    for payee, text in (("alpha", "something else"), ("beta", trouble.text)):
        assert payments.see(7, "USD", payee, text).troubles == one.troubles
    for _ in range(2):
        assert payments.see(7, "USD", "alpha", trouble.text).troubles == ()
