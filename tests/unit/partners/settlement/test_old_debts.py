"""A default that is carried on is borne by those who had it, not by who trades with others since."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.model import Carried
from partners.settlement.payments import following
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.model import Default, PaidSettlement, Stage
from partners.settlement.payments.old_debts import old_in
from partners.settlement.payments.telling import BankWord
from partners.settlement.statements.paid import moved_in
from tests.fakes.collateral import default_by_two
from tests.unit.partners.settlement.test_funds import Paying

SUCCEEDED, FAILED = LegState.SUCCEEDED, LegState.FAILED


def nothing(most: int) -> int:
    del most
    return 0


class Network(Paying):
    """Windows in which some debtors default, but for collateral."""

    def settles(
        self, *defaulting: str, collateral: int = 0, write_off: Callable[[int], int] = nothing, **net_cents: int
    ) -> PaidSettlement:
        """`write_off` says how much of what is old and missing of a defaulter."""
        window = self.windows.close(**net_cents)
        for leg in self.submit(window).legs:
            state = FAILED if leg.party in defaulting else SUCCEEDED
            self.payments.tell(window, "USD", [BankWord(leg.key, state)], "bank")
        for party in defaulting:
            one = self.payments.settlement(window, "USD")
            if one.stage is Stage.COLLECTING and one.owed_cents(party) > 0:
                default = Default(party, collateral)
                most = replace(one, defaults=(*one.defaults, default)).old_missing_cents(default)
                default_by_two(self.payments, window, "USD", party, collateral, write_off_cents=write_off(most))
        self.payments.pay(window, "USD", "bob")
        return self.says(window, SUCCEEDED, Direction.OUT)


def paid(one: PaidSettlement) -> dict[str, int]:
    return {leg.party: leg.amount_cents for leg in one.legs if leg.direction is Direction.OUT}


def test_who_trades_with_others_is_paid_whole_however_often_an_old_debt_is_not():
    network = Network()
    assert paid(network.settles("alpha", alpha=-1_000, beta=1_000)) == {}
    for _ in range(4):
        one = network.settles("alpha", delta=-1_000, gamma=1_000)
        assert (paid(one), dict(one.shortfall.reductions)) == ({"gamma": 1_000}, {"beta": 1_000})
    assert paid(network.settles(delta=-1_000, gamma=1_000)) == {"beta": 1_000, "gamma": 1_000}


def test_who_was_cut_pays_what_it_owes_itself_and_gets_the_old_debt_when_it_is_paid():
    network = Network()
    network.settles("alpha", alpha=-1_000, beta=1_000)
    one = network.settles("alpha", beta=-1_500, gamma=1_500)
    asked = {leg.party: leg.amount_cents for leg in one.legs if leg.direction is Direction.IN}
    assert (dict(one.net_cents)["beta"], asked) == (-500, {"alpha": 1_000, "beta": 1_500})
    assert paid(one) == {"gamma": 1_500}
    one = network.settles(beta=-1_000, gamma=1_000)
    assert (dict(one.net_cents)["beta"], paid(one)) == (0, {"beta": 1_000, "gamma": 1_000})


def test_who_was_cut_and_defaults_itself_is_paid_by_its_own_debt_first():
    network = Network()
    network.settles("alpha", alpha=-1_000, beta=1_000)
    one = network.settles("beta", beta=-1_500, gamma=1_500)
    assert (paid(one), dict(one.shortfall.reductions)) == ({"gamma": 1_000}, {"gamma": 500})
    assert network.windows.waiting == {"beta": -500, "gamma": 500}


def test_the_networks_part_of_an_old_default_stays_its_own_and_what_is_paid_goes_to_creditors_first():
    """600 are missing, 200 of it the network's. When 450 are paid, creditors lack 0 and the network 150."""
    network = Network()
    network.settles("alpha", alpha=-600, beta=267, gamma=133)
    one = network.settles("alpha", delta=-500, epsilon=400)
    assert (paid(one), dict(one.shortfall.reductions)) == ({"epsilon": 400}, {"beta": 267, "gamma": 133})
    assert (one.shortfall.network_cents, one.network_net_cents) == (200, 300)
    one = network.settles("alpha", collateral=450)
    assert paid(one) == {"beta": 267, "gamma": 133}
    assert network.windows.waiting == {"alpha": -150}


def test_members_bear_what_they_bore_of_it_before_and_no_newer_creditor_does():
    network = Network()
    network.settles("alpha", alpha=-1_000, beta=400, members=600)
    one = network.settles("alpha", delta=-500, gamma=500)
    assert paid(one) == {"gamma": 500}
    assert dict(one.shortfall.reductions) == {"beta": 400, MEMBERS: 600}


def test_a_window_that_is_called_off_leaves_old_debts_old():
    network = Network()
    network.settles("alpha", alpha=-1_000, beta=1_000)
    window = network.windows.close(beta=-300, gamma=300)
    network.payments.calculate(window, "ann")
    network.payments.abort(window, "USD", "ann")
    assert network.windows.waiting == {"alpha": -1_000, "beta": 700, "gamma": 300}
    one = network.settles("alpha")
    assert paid(one) == {"gamma": 300}
    assert network.windows.waiting == {"alpha": -1_000, "beta": 1_000}


@pytest.mark.parametrize("owed", [{"beta": 1_000}, {"members": 1_000}, {"beta": 600, "members": 300}])
def test_an_old_debt_in_an_earlier_window_than_what_others_are_owed_for_it_is_borne_by_no_newer_creditor(
    monkeypatch, owed
):
    """A call dies after it has carried the debt, or thousands are carried; and the window closes before the rest is."""
    network = Network()
    monkeypatch.setattr(following, "CARRIED_AT_ONCE", 0)
    network.settles("alpha", alpha=-1_000, **owed)
    monkeypatch.setattr(following, "CARRIED_AT_ONCE", 1)
    network.payments.see(1, "USD", "nobody", "nothing")
    assert network.windows.waiting == {"alpha": -1_000}
    monkeypatch.undo()
    network.funds.drawn = lambda after: []
    one = network.settles("alpha", delta=-1_000, gamma=1_000, epsilon=500)
    assert (paid(one), dict(one.shortfall.reductions)) == ({"gamma": 1_000, "epsilon": 500}, {})
    sums(one)
    network.payments.work()
    assert network.windows.waiting == {"alpha": -1_000, **owed}, "and who had it is owed it by the network"
    assert sum(paid(network.settles("alpha", delta=-1_000, gamma=1_000)).values()) == 1_000 + sum(owed.values())


@pytest.mark.parametrize("seed", range(40))
def test_no_newer_creditor_bears_what_is_missing_since_before_and_every_cent_is_somewhere(seed):
    """Random windows in which debtors pay, default, default in part; whatever is open of each position is carried."""
    rng = random.Random(seed)
    network, parties = Network(), ["alpha", "beta", "gamma", "delta", "epsilon"]
    network.funds.drawn = lambda after: []
    cut: Counter[str] = Counter()
    for _ in range(6):
        new = {party: rng.choice([0, 1, -1]) * rng.randint(1, 2_000) for party in parties}
        new["gamma"] -= sum(new.values()) + rng.randint(-100, 300)
        defaulting = rng.sample(parties, rng.randint(0, 3))
        before = Counter(network.windows.waiting)
        old = {party for party, cents in before.items() if cents < 0}
        one = network.settles(*defaulting, collateral=0, **new)
        sums(one)
        reductions = one.shortfall.reductions
        assert all(0 < cents <= one.dues.claims[party] for party, cents in reductions.items())
        defaulted = {default.party for default in one.defaults}
        if not any(new[party] < 0 for party in defaulted) and defaulted <= old:
            assert all(reductions[party] <= cut[party] for party in reductions), "an old debt is borne by who had it"
        cut = Counter(reductions)


def sums(one: PaidSettlement) -> None:
    moved = Counter[str]()
    for payment in moved_in(one):
        moved[payment.partner_id] += payment.payment.cents
    carried = Counter[str]()
    for other in carries(one):
        carried[other.party] += other.amount_cents
    for party, cents in one.net_cents:
        assert cents + moved[party] == carried[party] or party == MEMBERS
    if MEMBERS not in dict(one.net_cents):
        # Their payouts are made whole, so some money may be left.
        assert one.paid_out_cents + one.network_net_cents - one.shortfall.network_cents == one.collected_cents


class _Bore:
    """A settlement of which members bore 400."""

    reduced_cents: Mapping[str, int] = {}

    def borne_cents(self, party: str) -> int:
        return 400 if party == MEMBERS else 0


def test_what_members_reversed_payouts_bore_is_no_cut_of_theirs() -> None:
    debt = Carried("1-USD:alpha:default", "alpha", "USD", -400)
    borne = Carried("1-USD:members:taken_back", MEMBERS, "USD", 400)
    assert old_in([debt, borne], lambda _: _Bore()).cuts == ((NETWORK, 400),)
    assert old_in([debt, replace(borne, reference="1-USD:members:left")], lambda _: _Bore()).cuts == ((MEMBERS, 400),)
