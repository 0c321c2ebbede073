"""A member's payout that failed and was reversed by hand: the member has the cashback, so never the money too."""

import pytest

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.model import CurrencySettlement, PartnerPosition
from partners.settlement.payments import following, service
from partners.settlement.payments.consequences import carries, has_more
from partners.settlement.payments.errors import PayoutTakenBackError
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.member_payouts import MOST_PAYOUTS, MemberPayout
from partners.settlement.payments.model import Stage
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.by_bank import AllByBank
from tests.fakes.cashback import FakeCashback
from tests.fakes.clock import FakeClock
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.funds import AllThere
from tests.unit.partners.settlement.stripe_legs_world import TheWindow
from tests.unit.partners.settlement.windows_world import FakeFunding

PAYOUT = "4711000042-17"
PAYEE = f"{MEMBERS}:{PAYOUT}"
FIRST, SECOND = f"7-USD:{PAYEE}:out:1", f"7-USD:{PAYEE}:out:2"
CENTS = 300


class WindowWithPayout(TheWindow):
    """Omega owes what a member is paid out."""

    def __init__(self) -> None:
        super().__init__()
        nets = {"omega": -CENTS, MEMBERS: CENTS, NETWORK: 0}
        positions = tuple(PartnerPosition(party, (), cents * 10_000, cents) for party, cents in nets.items())
        self.positions = CurrencySettlement("USD", positions, ())

    def payouts(self, number, currency):
        del number, currency
        return (MemberPayout(PAYOUT, CENTS),)


@pytest.fixture
def window():
    return WindowWithPayout()


@pytest.fixture
def cashback():
    return FakeCashback()


@pytest.fixture
def payments(window, cashback):
    store = PaymentStore(FakeDynamoDB(), "settlement")
    made = SettlementPayments(
        store, window, FakeFunding(), cashback, AllByBank(), AllThere(), NothingPaidIn(), FakeClock()
    )
    made.calculate(7, "ann")
    made.approve(7, "USD", "bob")
    made.collect(7, "USD", "ann")
    made.tell(7, "USD", [BankWord("7-USD:omega:in:1", LegState.SUCCEEDED)], "ann")
    made.pay(7, "USD", "bob")
    made.tell(7, "USD", [BankWord(FIRST, LegState.FAILED, "B-1")], "ann")
    return made


def paid_whole(payments):
    """Asked until it has looked at all payouts and planned them."""
    one = payments.pay(7, "USD", "bob")
    while one.stage is Stage.FUNDED:
        assert has_more(one)
        one = payments.pay(7, "USD", "bob")
    return one


def carried(window) -> dict[str, int]:
    return {reference: one.amount_cents for reference, one in window.carried.items()}


def test_it_is_not_tried_again_and_can_be_deferred(payments, window, cashback):
    cashback.give_back(PAYOUT, "by hand")
    with pytest.raises(PayoutTakenBackError):
        payments.try_again(7, "USD", PAYEE, "ann")
    one = payments.give_up(7, "USD", PAYEE, "ann")
    assert (one.stage, [leg.key for leg in one.legs if leg.payout]) == (Stage.SETTLED, [FIRST])
    assert (carried(window), cashback.reversed) == ({f"7-USD:{PAYEE}:given_up": CENTS}, {PAYOUT: "by hand"})


def test_one_that_was_to_be_tried_again_is_not_submitted_and_is_given_up(payments, window, cashback):
    payments.try_again(7, "USD", PAYEE, "ann")
    cashback.give_back(PAYOUT, "by hand")
    for _ in range(2):
        one = payments.pay(7, "USD", "bob")
        assert (one.stage, one.leg(SECOND).state) == (Stage.SETTLED, LegState.PLANNED)
    assert (one.given_up, one.paid_out_cents) == ((PAYEE,), 0)
    assert (carried(window), cashback.reversed) == ({f"7-USD:{PAYEE}:given_up": CENTS}, {PAYOUT: "by hand"})


def test_one_whose_cashback_is_still_paid_out_is_tried_again(payments):
    payments.try_again(7, "USD", PAYEE, "ann")
    assert payments.pay(7, "USD", "bob").leg(SECOND).state is LegState.SUBMITTED


def test_of_many_that_are_tried_again_a_request_asks_about_so_many_and_another_goes_on(window, cashback, monkeypatch):
    monkeypatch.setattr(service, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(window, "payouts", lambda *_: tuple(MemberPayout(f"47-{each}", 60) for each in range(5)))
    made = SettlementPayments(
        PaymentStore(FakeDynamoDB(), "settlement"),
        window,
        FakeFunding(),
        cashback,
        AllByBank(),
        AllThere(),
        NothingPaidIn(),
        FakeClock(),
    )
    made.calculate(7, "ann")
    made.approve(7, "USD", "bob")
    made.collect(7, "USD", "ann")
    made.tell(7, "USD", [BankWord("7-USD:omega:in:1", LegState.SUCCEEDED)], "ann")
    first = [leg.key for leg in paid_whole(made).legs if leg.payout]
    made.tell(7, "USD", [BankWord(key, LegState.FAILED, "B-1") for key in first], "ann")
    for each in range(5):
        made.try_again(7, "USD", f"{MEMBERS}:47-{each}", "ann")
    for each in range(2):
        cashback.give_back(f"47-{each}", "by hand")
    asked, reversed_among = [], cashback.reversed_among
    monkeypatch.setattr(
        cashback, "reversed_among", lambda payouts: asked.append([*payouts]) or reversed_among(asked[-1])
    )
    more = [has_more(made.pay(7, "USD", "bob")) for _ in range(4)]
    assert more == [True, True, False, False]
    assert asked == [["47-0", "47-1"], ["47-2", "47-3"], ["47-4"]]
    one = made.settlement(7, "USD")
    again = {leg.payout: leg.state.value for leg in one.legs if leg.payout and leg.attempt == 2}
    assert again == {f"47-{each}": "planned" if each < 2 else "submitted" for each in range(5)}
    assert one.given_up == (f"{MEMBERS}:47-0", f"{MEMBERS}:47-1")


def test_of_more_payouts_than_one_settlement_pays_only_its_own_are_claimed(window, cashback, monkeypatch):
    """Tens of thousands would outlast the request; the next window looks at the others."""
    payouts = [MemberPayout(f"47-{number}", 1) for number in range(1, MOST_PAYOUTS + 6)]
    monkeypatch.setattr(window, "payouts", lambda *_: tuple(payouts))
    cashback.give_back("47-3", "by hand")
    made = SettlementPayments(
        PaymentStore(FakeDynamoDB(), "settlement"),
        window,
        FakeFunding(),
        cashback,
        AllByBank(),
        AllThere(),
        NothingPaidIn(),
        FakeClock(),
    )
    made.calculate(7, "ann")
    made.approve(7, "USD", "bob")
    made.collect(7, "USD", "ann")
    made.tell(7, "USD", [BankWord("7-USD:omega:in:1", LegState.SUCCEEDED)], "ann")
    one = paid_whole(made)
    paid = [payout.entry_id for payout in payouts[: MOST_PAYOUTS + 1] if payout.entry_id != "47-3"]
    assert [leg.payout for leg in one.legs if leg.payout] == cashback.claimed == paid
    assert one.postponed == tuple(payouts[MOST_PAYOUTS + 1 :])


def test_a_request_carries_so_many_and_the_schedule_the_rest_from_where_it_was_stopped(window, cashback, monkeypatch):
    payouts = [MemberPayout(f"47-{number}", 1) for number in range(1, MOST_PAYOUTS + 26)]
    monkeypatch.setattr(window, "payouts", lambda *_: tuple(payouts))
    monkeypatch.setattr(following, "CARRIED_AT_ONCE", 10)
    asked, carry = [], window.carry

    def until(most):
        def carried_some(amounts):
            for other in amounts:
                if len(asked) == most:
                    raise StoreUnavailableError("throttled")
                asked.append(other.reference)
                carry([other])

        return carried_some

    monkeypatch.setattr(window, "carry", until(10**9))
    store = PaymentStore(FakeDynamoDB(), "settlement")
    made = SettlementPayments(
        store, window, FakeFunding(), cashback, AllByBank(), AllThere(), NothingPaidIn(), FakeClock()
    )
    made.calculate(7, "ann")
    made.approve(7, "USD", "bob")
    made.collect(7, "USD", "ann")
    made.tell(7, "USD", [BankWord("7-USD:omega:in:1", LegState.SUCCEEDED)], "ann")
    one = paid_whole(made)
    assert (one.stage, len(one.postponed)) == (Stage.PAYING, 25)
    assert list(one.carried) == list(window.carried) == asked == [carried.reference for carried in carries(one)[:10]]
    monkeypatch.setattr(window, "carry", until(23))
    with pytest.raises(StoreUnavailableError):
        made.work()
    monkeypatch.setattr(window, "carry", until(10**9))
    assert len(made.settlement(7, "USD").carried) == 20
    assert (made.work(), made.work()) == (1, 0)
    assert [*made.settlement(7, "USD").carried] == [carried.reference for carried in carries(one)]
    assert len(window.carried) == 25
    assert len(asked) == 23 + 5
