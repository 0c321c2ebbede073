"""Payouts whose members have the cashback again are paid to nobody: in a default no creditor goes without for them."""

import json
import random
import zlib
from collections import Counter

import pytest

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.funds import spare_cents
from partners.settlement.payments.legs import Direction
from partners.settlement.payments.model import PaidSettlement
from tests.unit.partners.settlement.test_old_debts import Network, paid, sums


class TakenBack(Network):
    """Windows that pay members by several payouts, some of which an operator has reversed."""

    def __init__(self) -> None:
        super().__init__()
        self.payouts: dict[int, dict[str, int]] = {}
        self.windows.payouts = self._payouts
        self.funds.drawn = lambda after: []

    def _payouts(self, number, currency):
        del currency
        owed = max(0, self.windows.net[number - 1][MEMBERS])
        named = self.payouts.get(number, {})
        rest = owed - sum(named.values())
        payouts = {**named, f"{number}-rest": rest} if rest > 0 else named
        return tuple(MemberPayout(entry, cents) for entry, cents in payouts.items())

    def will_pay(self, **cents: int) -> None:
        """Members, by entry, in the next window, among what they are owed."""
        self.payouts[len(self.windows.net) + 1] = cents

    def take_back(self, *entries: str) -> None:
        self.cashback.reversed.update(dict.fromkeys(entries, "by hand"))


@pytest.fixture
def network() -> TakenBack:
    return TakenBack()


def carried(one: PaidSettlement) -> dict[str, int]:
    return {other.reference: other.amount_cents for other in carries(one)}


def test_a_creditor_is_paid_whole_by_what_is_there_if_the_members_claim_is_taken_back(network):
    network.will_pay(a=400)
    network.take_back("a")
    one = network.settles("alpha", collateral=200, alpha=-600, gamma=-600, beta=800, members=400)
    assert (paid(one), one.collected_cents, spare_cents(one)) == ({"beta": 800}, 800, 0)
    assert carried(one) == {"1-USD:alpha:default": -400, "1-USD:members:taken_back": 400}
    assert (one.unclaimed_cents, one.borne_cents("network"), one.borne_cents(MEMBERS)) == (400, 400, 0)


def test_what_is_taken_back_bears_a_default_up_to_what_it_comes_to(network):
    network.will_pay(a=300, b=100)
    network.take_back("a")
    one = network.settles("alpha", alpha=-600, gamma=-600, beta=800, members=400)
    assert paid(one) == {"beta": 500, MEMBERS: 100}
    assert carried(one) == {
        "1-USD:alpha:default": -600,
        "1-USD:beta:reduced": 300,
        "1-USD:members:taken_back": 300,
    }


def test_without_a_default_what_is_taken_back_stays_in_the_account(network):
    network.will_pay(a=400)
    network.take_back("a")
    one = network.settles(alpha=-600, gamma=-600, beta=800, members=400)
    assert (paid(one), spare_cents(one), carried(one)) == ({"beta": 800}, 400, {})


def test_a_payout_that_bore_an_old_default_and_is_taken_back_lets_no_other_payout_bear_it(network):
    network.will_pay(a=400)
    network.settles("alpha", alpha=-400, members=400)
    network.will_pay(a=400, b=500)
    network.take_back("a")
    one = network.settles("alpha", delta=-500, members=500)
    assert (paid(one), one.paid_out_cents, one.borne_cents("network")) == ({MEMBERS: 500}, 500, 400)
    assert carried(one) == {"2-USD:alpha:default": -400, "2-USD:members:taken_back": 400}
    one = network.settles(delta=-1, members=-400)
    assert (network.windows.waiting, one.collected_cents, spare_cents(one)) == ({}, 401, 401)


def test_what_bore_a_default_bears_none_in_the_next_window_where_the_reversal_is_counted(network):
    network.will_pay(a=400)
    network.take_back("a")
    network.settles("alpha", alpha=-400, gamma=-400, beta=400, members=400)
    one = network.settles("alpha", "delta", delta=-300, gamma=-100, beta=400, members=-400)
    assert (dict(one.net_cents).get(MEMBERS, 0), paid(one), spare_cents(one)) == (0, {"beta": 100}, 0)
    assert carried(one) == {"2-USD:alpha:default": -400, "2-USD:beta:reduced": 300, "2-USD:delta:default": -300}
    one = network.settles(gamma=-1)
    assert (paid(one), one.collected_cents, spare_cents(one)) == ({"beta": 300}, 701, 401)


def test_what_is_left_of_it_bears_a_default_in_the_next_window_too(network):
    network.will_pay(a=400)
    network.take_back("a")
    first = network.settles("alpha", alpha=-100, gamma=-700, beta=400, members=400)
    assert (spare_cents(first), carried(first)["1-USD:members:taken_back"]) == (300, 100)
    one = network.settles("alpha", "delta", delta=-350, gamma=-50, beta=400, members=-400)
    assert (paid(one), spare_cents(first) + spare_cents(one)) == ({"beta": 350}, 0)


def test_it_is_kept_with_the_settlement_and_those_of_before_have_none_of_it(network):
    network.will_pay(a=400)
    network.take_back("a")
    one = network.settles("alpha", alpha=-600, beta=200, members=400)
    kept = settlement_to_bytes(one)
    assert settlement_from_bytes(kept) == one
    row = json.loads(zlib.decompress(kept))
    del row["unclaimed_cents"]
    assert settlement_from_bytes(zlib.compress(json.dumps(row).encode())).unclaimed_cents == 0


def test_who_is_really_to_be_paid_shares_all_that_is_there_and_every_cent_is_somewhere(in_full: bool) -> None:
    """Random windows, of which the network may keep something or put it in; old debts come with the later ones."""
    for seed in range(100 if in_full else 12):
        rng, network, parties = random.Random(seed), TakenBack(), ["alpha", "beta", "gamma", "delta"]
        reversed_cents = 0
        for number in range(1, 6):
            new = {party: rng.choice([0, 1, -1]) * rng.randint(1, 2_000) for party in parties}
            payouts = {f"{number}-{each}": rng.randint(1, 600) for each in range(rng.randrange(4))}
            new[MEMBERS] = sum(payouts.values()) - reversed_cents
            new["gamma"] -= sum(new.values()) + rng.choice([0, rng.randint(-300, 300)])
            taken_back = [entry for entry in payouts if rng.random() < 0.5]
            network.will_pay(**payouts)
            network.take_back(*taken_back)
            reversed_cents = sum(payouts[entry] for entry in taken_back)
            one = network.settles(*rng.sample(parties, rng.randrange(3)), **new)
            sums(one)
            shares(one, network)


def test_over_two_windows_nothing_is_paid_that_is_not_there_and_nothing_there_is_kept_back(in_full: bool) -> None:
    """Random windows in which partners owe what partners and members are owed, so the network puts in nothing. What it
    has of reversed payouts is in the account, as far as no default was borne with it.
    """
    kinds = Counter[tuple[int, bool, bool]]()
    for seed in range(300 if in_full else 25):
        rng, network, parties = random.Random(seed), TakenBack(), ["alpha", "beta", "gamma", "delta"]
        there_cents = reversed_cents = 0
        for number in (1, 2):
            new = {party: rng.choice([0, 1, -1]) * rng.randint(1, 2_000) for party in parties}
            payouts = {f"{number}-{each}": rng.randint(1, 600) for each in range(rng.randrange(4))}
            new["gamma"] -= sum(new.values()) + sum(payouts.values())
            taken_back = [entry for entry in payouts if rng.random() < 0.6]
            network.will_pay(**payouts)
            network.take_back(*taken_back)
            new[MEMBERS] = sum(payouts.values()) - reversed_cents
            reversed_cents = sum(payouts[entry] for entry in taken_back)
            one = network.settles(*rng.sample(parties, rng.randrange(4)), **new)
            due = network.windows.payouts(number, "USD")
            to_members = sum(each.amount_cents for each in due if each.entry_id not in network.cashback.reversed)
            payable = sum(cents for party, cents in one.dues.claims.items() if party != MEMBERS) + to_members
            # What it bore of an old default and is paid now, it keeps; what was taken back of payouts that members' own
            # debt had set off, too: the next window counts that.
            old, _ = one._borne
            of_old = dict(one.old.cuts).get(NETWORK, 0) + min(one.unclaimed_cents, one.dues.cuts.get(MEMBERS, 0))
            regained = of_old - old.network_cents
            left_cents = there_cents + one.collected_cents - max(0, regained) - (reversed_cents - one.unclaimed_cents)
            share = payable - one.shortfall.total_cents + one.shortfall.network_cents
            assert share <= min(left_cents, payable)
            # What is old is borne by those who had it, also where the network has something that is new.
            assert old.reductions or share == min(left_cents, payable)
            there_cents += one.collected_cents - one.paid_out_cents
            assert there_cents >= 0
            kinds[number, one.taken_back_cents > 0, share < payable] += 1
    assert kinds[1, True, True]
    assert kinds[2, False, True]


def shares(one: PaidSettlement, network: TakenBack) -> None:
    payouts = {paid.entry_id: paid.amount_cents for paid in network.windows.payouts(one.window, "USD")}
    payable = sum(cents for entry, cents in payouts.items() if entry not in network.cashback.reversed)
    claims, borne = dict(one.dues.claims), one.shortfall
    assert one.unclaimed_cents == max(0, claims.get(MEMBERS, 0) - payable)
    assert borne.total_cents == one.missing_cents
    claims[MEMBERS] = min(claims.get(MEMBERS, 0), payable)
    assert all(0 < cents <= claims[party] for party, cents in borne.reductions.items())
    to_partners = sum(leg.amount_cents for leg in one.legs if leg.direction is Direction.OUT and leg.party != MEMBERS)
    whole = sum(claims.values())
    share = to_partners + claims[MEMBERS] - borne.reductions.get(MEMBERS, 0)
    assert share == whole - sum(borne.reductions.values())
    if not one.old.debts and not one.old.cuts:
        # What members owe was collected with an earlier window's payouts, which were taken back after they were due.
        held = max(0, -dict(one.net_cents).get(MEMBERS, 0))
        drawn = max(0, whole - sum(one.dues.asked.values()) - held)
        assert share == min(one.collected_cents + held + drawn, whole)
