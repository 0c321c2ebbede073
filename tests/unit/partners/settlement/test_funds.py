"""What the network itself has to put in is paid from what other settlements collected, or two people advance it."""

import hashlib
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.errors import SecondPersonNeededError, UnsupportedCurrencyError
from partners.contracts.model import NETWORK
from partners.settlement.by_party import nets_of
from partners.settlement.model import Book, Carried, CurrencyNets, CurrencySettlement, PartnerPosition
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments import legs, member_payouts
from partners.settlement.payments.advances import Advance, Advances
from partners.settlement.payments.agreed_store import AdvanceStore
from partners.settlement.payments.errors import AdvanceInUseError, NotFundedError, UnknownSettlementError
from partners.settlement.payments.funds import spare_cents
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.model import PaidSettlement, Stage
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from partners.settlement.window import Window, WindowState
from shared.kernel.errors import ConflictError, NotFoundError, UnprocessableError
from tests.fakes.by_bank import AllByBank
from tests.fakes.cashback import FakeCashback
from tests.fakes.clock import FakeClock
from tests.fakes.collateral import default_by_two
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.dynamodb import FakeDynamoDB
from tests.unit.partners.settlement.windows_world import FakeFunding


class ClosedWindows:
    """Windows 1, 2, ... in USD, each closed with positions of its own and what was carried into it."""

    def __init__(self) -> None:
        self.net: list[Counter[str]] = []
        self.states: dict[int, WindowState] = {}
        self.carried: dict[str, Carried] = {}
        self.brought: dict[int, list[Carried]] = {}
        self.waiting: Counter[str] = Counter()

    def close(self, **net_cents: int) -> int:
        self.net.append(Counter(net_cents))
        self.net[-1].update(self.waiting)
        self.waiting.clear()
        self.states[len(self.net)] = WindowState.CLOSED
        return len(self.net)

    def window(self, number: int) -> Window:
        return Window(number, 0, self.states[number])

    def windows(self) -> list[Window]:
        return [self.window(number) for number in self.states]

    def nets(self, number: int) -> tuple[CurrencyNets, ...]:
        return nets_of(self.part(number))

    def part(self, number: int, party: str = "") -> Book:
        del party
        net = self.net[number - 1]
        parties = [PartnerPosition(party, (), cents * 10_000, cents) for party, cents in sorted(net.items())]
        rest = -sum(net.values())
        network = PartnerPosition(NETWORK, (), rest * 10_000, rest)
        return Book((CurrencySettlement("USD", (*parties, network), ()),), (), ())

    def brought_into(self, number: int) -> list[Carried]:
        return self.brought.get(number, [])

    def carry(self, amounts: list[Carried]) -> None:
        for carried in amounts:
            if carried.reference not in self.carried:
                self.carried[carried.reference] = carried
                self.brought.setdefault(len(self.net) + 1, []).append(carried)
                self.waiting[carried.party] += carried.amount_cents

    def stand(self, number: int, state: WindowState) -> Window:
        self.states[number] = state
        return self.window(number)

    def payouts(self, number: int, currency: str) -> Any:
        """A payout to a member, of all that members are owed."""
        owed = self.net[number - 1]["members"]
        return (MemberPayout("47-1", owed),) if owed else ()


class Paying:
    """Settlements paid by ann, approved by bob; all on one table in memory."""

    def __init__(self) -> None:
        self.windows, clock, rows = ClosedWindows(), FakeClock(), FakeDynamoDB()
        self.clock = clock
        self.store = PaymentStore(rows, "settlement")
        self.funds = Advances(AdvanceStore(rows, "settlement"), self.store, self.windows, clock)
        self.cashback = FakeCashback()
        self.payments = SettlementPayments(
            self.store,
            self.windows,
            FakeFunding(),
            self.cashback,
            AllByBank(),
            self.funds,
            NothingPaidIn(),
            clock,
        )

    def submit(self, number: int) -> PaidSettlement:
        self.payments.calculate(number, "ann")
        self.payments.approve(number, "USD", "bob")
        return self.payments.collect(number, "USD", "ann")

    def says(self, number: int, state: LegState, direction: Direction = Direction.IN) -> PaidSettlement:
        """The bank, of all payments of a direction."""
        legs = [leg for leg in self.payments.settlement(number, "USD").legs if leg.direction is direction]
        return self.payments.tell(number, "USD", [BankWord(leg.key, state) for leg in legs], "bank")

    def collect(self, number: int) -> PaidSettlement:
        self.submit(number)
        return self.says(number, LegState.SUCCEEDED)

    def pay(self, number: int) -> PaidSettlement:
        return self.payments.pay(number, "USD", "bob")

    def advance(self, cents: int) -> None:
        waits = self.funds.people.propose("ann", "USD", Advance(cents), "until window 1 is collected")
        if waits.waits:
            self.funds.approve("bob", "USD", waits.proposal.number, "so be it")

    def advanced_cents(self) -> int:
        return self.funds.people.of("USD").value.advanced_cents

    def refused(self, number: int) -> tuple[int, list[int]]:
        """What is missing, and which windows are said to be uncollected."""
        before = self.payments.settlement(number, "USD")
        with pytest.raises(NotFundedError) as refusal:
            self.pay(number)
        assert self.payments.settlement(number, "USD") == before
        fields: Any = refusal.value.data
        return fields["missing_cents"], [one["window"] for one in fields["windows"]]


@pytest.fixture
def paying() -> Paying:
    """alpha granted for 6.00 in window 1; beta honoured what costs 5.00 in window 2."""
    paying = Paying()
    paying.windows.close(alpha=-600)
    paying.windows.close(beta=500)
    return paying


def test_points_honoured_in_a_later_window_are_paid_once_those_who_granted_them_have_paid(paying):
    assert paying.submit(2).stage is Stage.FUNDED
    assert paying.refused(2) == (500, [1]), "window 1 is not even calculated"
    paying.submit(1)
    assert paying.refused(2) == (500, [1]), "the collection is on its way"
    paying.says(1, LegState.SUCCEEDED)
    one = paying.pay(2)
    assert (one.stage, one.paid_out_cents, one.collected_cents) == (Stage.PAYING, 500, 0)
    assert paying.pay(2) == one
    paying.windows.close(gamma=200)
    paying.submit(3)
    assert paying.refused(3) == (100, []), "of the 6.00 are 1.00 left"


def test_windows_of_which_nobody_can_be_collected_from_are_not_said_to_be_uncollected(paying):
    for net_cents in ({}, {"gamma": 200}, {"members": -300}):
        paying.windows.close(**net_cents)
    owing = paying.windows.close(alpha=-1)
    paying.submit(2)
    assert paying.refused(2) == (500, [1, owing])

    def in_euro(number):
        return [CurrencyNets("EUR", one.nets) for one in nets_of(paying.windows.part(number))]

    paying.windows.nets = in_euro
    assert paying.refused(2) == (500, [])


def test_what_another_settlement_collected_for_its_own_creditors_is_kept_for_them(paying):
    paying.windows.close(alpha=-900, gamma=900)
    paying.collect(3)
    paying.submit(2)
    assert paying.refused(2) == (500, [1])
    paying.pay(3)
    paying.says(3, LegState.FAILED, Direction.OUT)
    assert paying.refused(2) == (500, [1]), "what failed is to be tried again"
    paying.payments.give_up(3, "USD", "gamma", "ann")
    assert paying.pay(2).stage is Stage.PAYING, "gamma's is carried, and drawn on in the window where it is"


def test_a_default_in_an_earlier_window_leaves_nothing_to_pay_later_ones_from(paying):
    paying.submit(1)
    paying.says(1, LegState.FAILED)
    default_by_two(paying.payments, 1, "USD", "alpha", 350)
    paying.submit(2)
    assert paying.refused(2) == (150, []), "but for its collateral"
    paying.advance(150)
    assert paying.pay(2).stage is Stage.PAYING


def test_two_people_advance_what_is_missing_and_take_out_no_more_than_is_left(paying):
    paying.submit(2)
    waits = paying.funds.people.propose("ann", "USD", Advance(500), "window 1 is collected on Monday")
    with pytest.raises(SecondPersonNeededError):
        paying.funds.approve("ann", "USD", waits.proposal.number, "so be it")
    assert paying.refused(2) == (500, [1])
    paying.funds.approve("bob", "USD", waits.proposal.number, "so be it")
    paying.pay(2)
    with pytest.raises(AdvanceInUseError, match="500 cents"):
        paying.advance(499)
    assert paying.advanced_cents() == 500
    paying.collect(1)
    paying.advance(0)
    assert paying.advanced_cents() == 0
    with pytest.raises(UnsupportedCurrencyError):
        paying.funds.people.of("XXX")


@pytest.mark.parametrize("other", ["pay", "advance"])
def test_of_two_who_take_the_same_money_at_once_one_is_refused(paying, other, monkeypatch):
    paying.windows.close(gamma=500)
    paying.submit(2)
    paying.submit(3)
    paying.advance(500)
    drawn, meanwhile = paying.funds.drawn, []

    def drawn_while_another_does(after):
        actions = drawn(after)
        if actions and not meanwhile:
            meanwhile.append(other)
            paying.pay(3) if other == "pay" else paying.advance(0)
        return actions

    monkeypatch.setattr(paying.funds, "drawn", drawn_while_another_does)
    with pytest.raises(NotFundedError):
        paying.pay(2)
    assert paying.payments.settlement(2, "USD").paid_out_cents == 0
    assert meanwhile == [other]


def test_what_was_paid_before_funds_were_asked_for_stays_paid_and_is_missing_for_the_next(paying, monkeypatch):
    paying.submit(2)
    with monkeypatch.context() as before:
        before.setattr(paying.funds, "drawn", lambda _: [])
        one = paying.pay(2)
    assert paying.pay(2) == one
    assert spare_cents(one) == -500
    paying.windows.close(gamma=150)
    paying.collect(1)
    paying.submit(3)
    assert paying.refused(3) == (50, [])


def test_no_payout_to_a_member_is_claimed_before_it_can_be_paid(paying):
    paying.windows.close(members=700)
    paying.collect(1)
    paying.submit(3)
    assert paying.refused(3) == (100, [])
    assert paying.cashback.claimed == []
    paying.advance(100)
    assert [leg.payout for leg in paying.pay(3).legs] == paying.cashback.claimed == ["47-1"]


def test_a_payout_is_not_claimed_before_it_can_be_paid_though_members_position_is_less(paying):
    """An operator has reversed more of earlier payouts than members are paid in this window."""
    number = paying.windows.close(members=-500)
    paying.windows.payouts = lambda *_: (MemberPayout("47-2", 500),)
    paying.submit(number)
    assert paying.refused(number)[0] == 500
    assert (paying.cashback.claimed, paying.payments.settlement(number, "USD").legs) == ([], ())


def test_no_more_payouts_are_asked_about_than_are_paid_at_once(paying, monkeypatch):
    """Else there were a number of them beyond which no request would ever answer."""
    monkeypatch.setattr(member_payouts, "MOST_PAYOUTS", 3)
    number = paying.windows.close(members=700)
    paying.windows.payouts = lambda *_: tuple(MemberPayout(f"47-{one}", 7) for one in range(100, 200))
    paying.cashback.reversed["47-101"] = "by hand"
    paying.advance(700)
    paying.submit(number)
    asked, reversed_among = [], paying.cashback.reversed_among
    paying.cashback.reversed_among = lambda payouts: asked.extend(payouts) or reversed_among(payouts)
    one = paying.pay(number)
    assert [leg.payout for leg in one.legs] == paying.cashback.claimed == ["47-100", "47-102", "47-103"]
    assert asked == ["47-100", "47-101", "47-102", "47-103"]


def test_what_the_bank_says_of_many_payouts_is_found_without_asking_each_of_each(paying, monkeypatch):
    """A thousand words of a thousand payouts would else take seconds."""
    number = paying.windows.close(members=4_000)
    paying.windows.payouts = lambda *_: tuple(MemberPayout(f"4711000042-{one:09d}", 100) for one in range(40))
    paying.advance(4_000)
    paying.submit(number)
    words = [BankWord(leg.end_to_end_id, LegState.SUCCEEDED, "B") for leg in paying.pay(number).legs]
    hashed, sha256 = [], hashlib.sha256
    monkeypatch.setattr(legs.hashlib, "sha256", lambda key: hashed.append(key) or sha256(key))
    assert paying.payments.tell(number, "USD", words, "bank").stage is Stage.SETTLED
    assert len(hashed) == len(words) == 40


def anything(rng: random.Random, paying: Paying) -> None:
    """Whatever may be done next, done or refused; but no collection comes back, nor succeeds late."""
    payments, number = paying.payments, rng.randint(1, len(paying.windows.net))
    try:
        one = payments.settlement(number, "USD")
    except UnknownSettlementError:
        payments.calculate(number, "ann")
        return
    parties = [party for party, _ in one.net_cents] or ["alpha"]
    acts = [
        lambda: payments.approve(number, "USD", "bob"),
        lambda: payments.collect(number, "USD", "ann"),
        lambda: payments.try_again(number, "USD", rng.choice(parties), "ann"),
        lambda: payments.give_up(number, "USD", rng.choice(parties), "ann"),
        lambda: default_by_two(payments, number, "USD", rng.choice(parties), rng.randrange(90)),
        *([lambda: payments.pay(number, "USD", "bob")] * 4),
    ]
    if rng.random() < 0.1:
        acts += [lambda: payments.abort(number, "USD", "ann"), lambda: paying.advance(rng.randrange(900))]
    waits = [leg for leg in one.legs if leg.state in (LegState.SUBMITTED, LegState.PENDING)]
    if waits:
        state = rng.choice([LegState.SUCCEEDED, LegState.SUCCEEDED, LegState.FAILED])
        acts += [lambda: payments.tell(number, "USD", [BankWord(rng.choice(waits).key, state)], "bank")] * 6
    rng.choice(acts)()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**9))
def test_at_any_time_no_more_is_paid_out_than_was_collected_taken_of_collateral_and_advanced(seed):
    rng, paying = random.Random(seed), Paying()
    for _ in range(120):
        if not paying.windows.net or rng.random() < 0.04:
            paying.windows.close(**{party: rng.randrange(-500, 500) for party in ("alpha", "beta", "gamma")})
        try:
            anything(rng, paying)
        except (ConflictError, NotFoundError, UnprocessableError, SecondPersonNeededError):
            continue
        found = paying.store.all()
        paid = sum(one.paid_out_cents for one in found)
        assert paid <= sum(one.collected_cents for one in found) + paying.advanced_cents()
