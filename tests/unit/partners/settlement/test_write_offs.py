"""What a debtor has owed since earlier defaults is given up by two people, and lost to who bore it; nobody else."""

import random

import pytest

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.consequences import carries, funding_changes
from partners.settlement.payments.errors import WriteOffTooLargeError
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.model import Default
from partners.settlement.payments.telling import BankWord
from partners.settlement.statements.paid import moved_in
from tests.fakes.collateral import default_by_two, desk_of
from tests.unit.partners.settlement.test_old_debts import Network, paid, sums


def all_of_it(most: int) -> int:
    return most


def given_up(one):
    kinds = ("written_off", "forgone")
    moved = {moved.payment.reference: moved.payment.cents for moved in moved_in(one)}
    return {reference: cents for reference, cents in moved.items() if reference.endswith(kinds)}


def test_what_is_written_off_is_lost_to_who_bore_it_and_owed_by_nobody_any_more():
    """600 are missing, 200 of it the network's, 267 beta's and 133 gamma's."""
    network = Network()
    network.settles("alpha", alpha=-600, beta=267, gamma=133)
    one = network.settles("alpha", delta=-500, epsilon=500, write_off=all_of_it)
    assert (paid(one), network.windows.waiting) == ({"epsilon": 500}, {})
    lost = {"2-USD:alpha:written_off": 600, "2-USD:beta:forgone": -267, "2-USD:gamma:forgone": -133}
    assert given_up(one) == lost
    changed = {one.reference: one.amount_micros for one in funding_changes(one)}
    assert {name: changed[name] // 10_000 for name in lost} == lost, "so nothing is left of it in their exposures"
    assert settlement_from_bytes(settlement_to_bytes(one)) == one
    sums(one)
    assert paid(network.settles(delta=-500, gamma=500)) == {"gamma": 500}


def test_of_what_is_written_off_in_part_the_network_bears_its_own_first():
    network = Network()
    network.settles("alpha", alpha=-600, beta=267, gamma=133)
    one = network.settles("alpha", write_off=lambda most: most - 300)
    assert (one.forgone.network_cents, dict(one.forgone.reductions)) == (200, {"beta": 67, "gamma": 33})
    assert network.windows.waiting == {"alpha": -300, "beta": 200, "gamma": 100}
    assert paid(network.settles()) == {"beta": 200, "gamma": 100}, "alpha pays what is left"


def test_what_is_taken_of_collateral_is_not_written_off_nor_ever_what_is_new():
    network = Network()
    network.settles("alpha", alpha=-600, beta=600)
    window = network.windows.close(alpha=-50, beta=50)
    network.submit(window)
    network.payments.tell(window, "USD", [BankWord("2-USD:alpha:in:1", LegState.FAILED)], "bank")
    desk = desk_of(network.payments)
    for collateral, most in ((0, 600), (100, 500), (650, 0)):
        with pytest.raises(WriteOffTooLargeError, match=f"{most} cents"):
            desk.propose(2, "USD", Default("alpha", collateral, "ann", write_off_cents=most + 1), "no answer")
    default_by_two(network.payments, 2, "USD", "alpha", 100, write_off_cents=500)
    network.payments.pay(2, "USD", "ann")
    assert network.windows.waiting == {"alpha": -50, "beta": 50}
    sums(network.says(2, LegState.SUCCEEDED, Direction.OUT))


def test_members_are_owed_theirs_all_the_same():
    network = Network()
    network.settles("alpha", alpha=-1_000, beta=400, members=600)
    one = network.settles("alpha", delta=-500, gamma=500, write_off=all_of_it)
    assert (paid(one), network.windows.waiting) == ({"gamma": 500}, {MEMBERS: 600})
    assert [one.borne_cents(party) for party in (NETWORK, MEMBERS)] == [0, 0]
    assert given_up(one) == {"2-USD:alpha:written_off": 1_000, "2-USD:beta:forgone": -400}
    network.funds.drawn = lambda after: []
    assert paid(network.settles())[MEMBERS] == 600, "by the network"


def test_a_window_that_is_called_off_writes_nothing_off():
    network = Network()
    network.settles("alpha", alpha=-1_000, beta=1_000)
    window = network.windows.close()
    network.submit(window)
    network.payments.tell(window, "USD", [BankWord("2-USD:alpha:in:1", LegState.FAILED)], "bank")
    default_by_two(network.payments, window, "USD", "alpha", write_off_cents=1_000)
    one = network.payments.abort(window, "USD", "ann")
    assert (network.windows.waiting, given_up(one)) == ({"alpha": -1_000, "beta": 1_000}, {})


def test_what_comes_after_it_was_written_off_is_owed_to_who_paid_it():
    network = Network()
    network.settles("alpha", alpha=-1_000, beta=1_000)
    network.settles("alpha", write_off=all_of_it)
    one = network.payments.tell(2, "USD", [BankWord("2-USD:alpha:in:1", LegState.SUCCEEDED, "B-9")], "bank")
    assert (network.windows.waiting, len(one.troubles)) == ({"alpha": 1_000}, 1)
    sums(one)


@pytest.mark.parametrize("seed", range(25))
def test_every_cent_that_is_given_up_was_borne_by_who_loses_it(seed):
    """Random windows in which debtors pay, default, and are let off parts of what is old."""
    rng, network = random.Random(seed), Network()
    parties = ["alpha", "beta", "gamma", "delta"]
    network.funds.drawn = lambda after: []
    for _ in range(5):
        new = {party: rng.choice([0, 1, -1]) * rng.randint(1, 2_000) for party in parties}
        new[MEMBERS] = rng.choice([0, rng.randint(1, 500)])
        new["gamma"] -= sum(new.values()) + rng.randint(-100, 300)
        percent = rng.choice([0, 30, 100])
        one = network.settles(
            *rng.sample(parties, 2), write_off=lambda most, percent=percent: most * percent // 100, **new
        )
        sums(one)
        forgone, borne, cents = one.forgone, one.shortfall, sum(default.write_off_cents for default in one.defaults)
        assert forgone.total_cents == cents == sum(map(one.written_off_cents, one.defaults))
        assert forgone.network_cents <= borne.network_cents
        assert all(lost <= borne.reductions[party] for party, lost in forgone.reductions.items())
        left = [one.borne_cents(NETWORK), one.borne_cents(MEMBERS), *one.reduced_cents.values()]
        owing = -sum(other.amount_cents for other in carries(one) if other.reference.endswith(":default"))
        assert sum(left) == owing == one.missing_cents - cents, "what is left to be borne is what is left of debts"
