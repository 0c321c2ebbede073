"""Settlements paid: two people, legs in any order of good and bad news, never a cent out that was not in before."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.errors import SecondPersonNeededError
from partners.contracts.model import NETWORK
from partners.funding.exposure import owed_micros
from partners.settlement.model import CurrencyNets, Net, PartnerPosition, net_of
from partners.settlement.payments import changes, model
from partners.settlement.payments.advances import Advances
from partners.settlement.payments.agreed_store import AdvanceStore
from partners.settlement.payments.consequences import carries, funding_changes
from partners.settlement.payments.errors import (
    CollateralTooLargeError,
    LegStateError,
    SettlementStateError,
    UnknownLegError,
    UnknownSettlementError,
)
from partners.settlement.payments.funds import drawn_cents
from partners.settlement.payments.legs import FOLLOWING, Direction, LegState, LegStep, planned
from partners.settlement.payments.member_payouts import MOST_PAYOUTS, MemberPayout, affordable
from partners.settlement.payments.model import PaidSettlement, Stage
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from partners.settlement.payments.waterfall import borne
from partners.settlement.window import WindowState
from partners.visits.lines import added
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.by_bank import AllByBank
from tests.fakes.cashback import FakeCashback
from tests.fakes.collateral import default_by_two, default_of_two
from tests.fakes.deposits import NothingPaidIn
from tests.simulation.ledger.faults import Fault, FaultyClient
from tests.support.entries import random_book
from tests.support.workers import DiedError
from tests.unit.partners.settlement.windows_world import PARTNERS, FakeFunding, World

NOW = 1_000


def owing(**net_cents: int) -> PaidSettlement:
    return owing_in("USD", **net_cents)


def owing_in(currency: str, **net_cents: int) -> PaidSettlement:
    positions = [PartnerPosition(party, (), cents * 10_000, cents) for party, cents in net_cents.items()]
    rest = -sum(net_cents.values())
    positions.append(PartnerPosition(NETWORK, (), rest * 10_000, rest))
    return model.calculated(7, CurrencyNets(currency, tuple(map(net_of, positions))), "ann", NOW)


def said(one: PaidSettlement, key: str, *states: LegState) -> PaidSettlement:
    for state in states:
        one = changes.told(one, key, LegStep(state, NOW, "bank"))
    return one


def collected(one: PaidSettlement) -> PaidSettlement:
    one = changes.collecting(changes.approved(one, "bob", NOW), "ann", NOW)
    for leg in one.legs:
        one = said(one, leg.key, LegState.SUCCEEDED)
    return one


def open_cents(one: PaidSettlement) -> Counter[str]:
    found: Counter[str] = Counter()
    for carried in carries(one):
        found[carried.party] += carried.amount_cents
    return found


def test_creditors_are_paid_when_all_is_collected():
    one = collected(owing(alpha=-500, beta=300))
    assert (one.stage, one.collected_cents) == (Stage.FUNDED, 500)
    one = changes.paying(one, "ann", NOW)
    assert [leg.key for leg in one.legs] == ["7-USD:alpha:in:1", "7-USD:beta:out:1"]
    one = said(one, "7-USD:beta:out:1", LegState.PENDING, LegState.SUCCEEDED)
    assert [step.stage.value for step in one.history] == [
        *("calculated", "approved", "collecting", "funded", "paying", "settled")
    ]
    assert carries(one) == ()


def test_nobody_approves_what_they_calculated_and_nothing_is_collected_before():
    one = owing(alpha=-500)
    with pytest.raises(SecondPersonNeededError):
        changes.approved(one, "ann", NOW)
    with pytest.raises(SettlementStateError):
        changes.collecting(one, "ann", NOW)
    assert changes.approved(changes.approved(one, "bob", NOW), "bob", NOW) == changes.approved(one, "bob", NOW)


def test_a_failed_collection_is_tried_again_under_another_key():
    one = changes.collecting(changes.approved(owing(alpha=-500), "bob", NOW), "ann", NOW)
    one = said(one, "7-USD:alpha:in:1", LegState.FAILED)
    with pytest.raises(SettlementStateError):
        changes.paying(one, "ann", NOW)
    one = changes.collecting(changes.tried_again(one, "alpha", "ann", NOW), "ann", NOW)
    assert one.newest_leg("alpha", Direction.IN).key == "7-USD:alpha:in:2"
    assert said(one, "7-USD:alpha:in:2", LegState.SUCCEEDED).stage is Stage.FUNDED


def test_what_a_defaulting_debtor_leaves_open_goes_down_the_waterfall():
    """By hand, docs/settlement.md: 900 are missing, 300 are collateral, 200 the network's, 400 the creditors'."""
    one = owing(alpha=-900, delta=-1_100, beta=1_200, gamma=600)
    assert one.network_net_cents == 200
    one = changes.collecting(changes.approved(one, "bob", NOW), "ann", NOW)
    one = said(said(one, "7-USD:delta:in:1", LegState.SUCCEEDED), "7-USD:alpha:in:1", LegState.FAILED)
    with pytest.raises(CollateralTooLargeError):
        default_of_two(one, "alpha", 901, NOW)
    one = default_of_two(one, "alpha", 300, NOW)
    assert (one.stage, one.missing_cents) == (Stage.PARTIALLY_FUNDED, 600)
    one = changes.paying(one, "ann", NOW)
    assert {leg.party: leg.amount_cents for leg in one.legs if leg.direction is Direction.OUT} == {
        "beta": 1_200 - 267,
        "gamma": 600 - 133,
    }
    assert one.paid_out_cents == one.collected_cents == 1_400
    assert open_cents(one) == {"alpha": -600, "beta": 267, "gamma": 133}


def test_members_are_paid_whole_payouts_until_the_claims_of_partners_are_used_up():
    """By hand: alpha owes 100 and fails, the network keeps 10, beta is owed 30, so members get 60 less: 1 of 3."""
    one = changes.collecting(changes.approved(owing(alpha=-100, beta=30, members=60), "bob", NOW), "ann", NOW)
    one = default_of_two(said(one, "7-USD:alpha:in:1", LegState.FAILED), "alpha", 25, NOW)
    assert one.shortfall.reductions == {"beta": 30, "members": 35}
    due = [MemberPayout("m1-3", 20), MemberPayout("m2-9", 25), MemberPayout("m1-4", 15)]
    one = changes.paying(one, "ann", NOW, due)
    assert [(leg.key, leg.amount_cents) for leg in one.legs[1:]] == [("7-USD:members:m1-3:out:1", 20)]
    assert open_cents(one) == {"alpha": -75, "beta": 30, "members": 40}
    assert [carried.reference for carried in carries(one)][-2:] == [
        "7-USD:members:m2-9:postponed",
        "7-USD:members:m1-4:postponed",
    ]


def test_one_settlement_pays_so_many_members_and_leaves_the_rest_to_the_next():
    due = [MemberPayout(f"m-{number}", 5) for number in range(MOST_PAYOUTS + 2)]
    one = changes.paying(collected(owing(alpha=-9_999_999, members=5 * len(due))), "ann", NOW, due)
    assert len([leg for leg in one.legs if leg.payout]) == MOST_PAYOUTS
    assert one.postponed == tuple(due[-2:])


def test_so_many_are_paid_also_where_a_default_leaves_money_for_more():
    due = [MemberPayout(f"m-{number}", 5) for number in range(MOST_PAYOUTS + 9)]
    assert affordable(due, reduced_by_cents=5 * 3) == MOST_PAYOUTS
    assert affordable(due, reduced_by_cents=5 * 12) == MOST_PAYOUTS - 3


def test_charged_is_what_no_entry_moved_fees_and_rounding_and_nothing_that_was_carried():
    """Net 1.2345 is 4.00 carried, -0.75 fees and the rest of entries; in cents it is 1.24."""
    nets = [
        Net("alpha", net_micros=1_234_500, net_cents=124, carried_micros=4_000_000, fees_micros=-750_000),
        Net("beta", net_micros=-50_000, net_cents=-5, carried_micros=-50_000, fees_micros=0),
        Net("members", net_micros=777, net_cents=0, carried_micros=0, fees_micros=0),
    ]
    one = model.calculated(7, CurrencyNets("USD", tuple(nets)), "ann", NOW)
    assert one.charged_micros == (("alpha", -750_000 + 5_500),)
    changed = {change.reference: change.amount_micros for change in funding_changes(one)}
    assert changed == {"7-USD:alpha:charged": -750_000 + 5_500}


def test_a_return_before_payout_is_collected_anew_and_after_it_carried():
    one = said(collected(owing(alpha=-500, beta=500)), "7-USD:alpha:in:1", LegState.RETURNED)
    assert one.stage is Stage.COLLECTING
    one = changes.collecting(changes.tried_again(one, "alpha", "ann", NOW), "ann", NOW)
    one = changes.paying(said(one, "7-USD:alpha:in:2", LegState.SUCCEEDED), "ann", NOW)
    one = said(one, "7-USD:beta:out:1", LegState.SUCCEEDED)
    one = said(one, "7-USD:alpha:in:2", LegState.RETURNED)
    one = said(one, "7-USD:beta:out:1", LegState.RETURNED)
    assert one.stage is Stage.SETTLED
    assert [(one.reference, one.amount_cents) for one in carries(one)] == [
        ("7-USD:alpha:in:2:returned", -500),
        ("7-USD:beta:out:1:returned", 500),
    ]


def test_a_settlement_is_aborted_before_any_payout_only_and_its_open_amounts_are_carried():
    one = changes.collecting(changes.approved(owing(alpha=-500, beta=-200, gamma=600), "bob", NOW), "ann", NOW)
    one = said(one, "7-USD:alpha:in:1", LegState.SUCCEEDED)
    with pytest.raises(SettlementStateError, match="Wait"):
        changes.aborted(one, "ann", NOW)
    one = changes.aborted(said(one, "7-USD:beta:in:1", LegState.FAILED), "ann", NOW)
    assert open_cents(one) == {"beta": -200, "gamma": 600}
    assert open_cents(said(one, "7-USD:alpha:in:1", LegState.RETURNED)) == {"beta": -200, "gamma": 600, "alpha": -500}
    with pytest.raises(SettlementStateError):
        changes.aborted(changes.paying(collected(owing(alpha=-5, beta=5)), "ann", NOW), "ann", NOW)


def test_a_payout_that_fails_may_be_left_to_a_later_window():
    one = changes.paying(collected(owing(alpha=-500, beta=500)), "ann", NOW)
    one = said(one, "7-USD:beta:out:1", LegState.FAILED)
    assert one.stage is Stage.PAYING
    one = changes.given_up(one, "beta", "ann", NOW)
    assert (one.stage, open_cents(one)) == (Stage.SETTLED, {"beta": 500})


@pytest.mark.parametrize("state", list(LegState))
@pytest.mark.parametrize("told", list(LegState))
def test_a_leg_goes_only_where_it_may_and_its_history_is_added_to(state, told):
    leg = planned("7-USD", "alpha", Direction.IN, 1, 5, NOW, "ann")
    paths = {LegState.PLANNED: (leg,)}
    while len(paths) < len(LegState):
        for known, (other, *_) in list(paths.items()):
            for after in FOLLOWING[known]:
                paths.setdefault(after, (other.moved(LegStep(after, NOW, "bank")),))
    leg = paths[state][0]
    if told is state:
        assert leg.moved(LegStep(told, 2_000, "bank")) is leg
    elif told in FOLLOWING[state]:
        assert leg.moved(LegStep(told, NOW, "bank")).history[:-1] == leg.history
    else:
        with pytest.raises(LegStateError):
            leg.moved(LegStep(told, NOW, "bank"))


def test_a_bank_takes_35_characters():
    short = planned("7-USD", "alpha", Direction.OUT, 1, 5, NOW, "ann")
    assert short.end_to_end_id == short.key == "7-USD:alpha:out:1"
    long = planned("99999999-USD", "a" * 20, Direction.OUT, 12, 5, NOW, "ann")
    assert len(long.end_to_end_id) == 35


@given(st.integers(0, 500), st.integers(-300, 300), st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 400)))
def test_the_waterfall_divides_all_that_is_missing(missing, network_net, claims):
    if missing > max(0, network_net) + sum(claims.values()):
        with pytest.raises(ValueError, match="missing"):
            borne(missing, network_net, claims)
        return
    found = borne(missing, network_net, claims)
    rest = missing - found.network_cents
    assert sum(found.reductions.values()) == rest
    for party, claim in claims.items():
        assert abs(found.reductions.get(party, 0) * sum(claims.values()) - rest * claim) < sum(claims.values())
        assert found.reductions.get(party, 0) <= claim


def test_a_cent_that_is_missing_of_equal_claims_is_missing_of_the_first_by_id():
    assert borne(2, 0, {"gamma": 7, "alpha": 7, "beta": 7}).reductions == {"alpha": 1, "beta": 1}


def payouts(one: PaidSettlement) -> list[MemberPayout]:
    """Three, which are all that members are owed."""
    owed = dict(one.net_cents).get("members", 0)
    first, second = owed // 2, owed // 3
    shares = [first, second, owed - first - second] if owed > 5 else []
    return [MemberPayout(f"m-{number}", cents) for number, cents in enumerate(shares)]


def anything(rng: random.Random, one: PaidSettlement) -> PaidSettlement:
    """Whatever may be done next, done or refused."""
    parties = [party for party, _ in one.net_cents] + [leg.payee for leg in one.legs if leg.payout]
    acts = [
        lambda: changes.approved(one, rng.choice(["ann", "bob"]), NOW),
        lambda: changes.collecting(one, "ann", NOW, deposit=lambda _: rng.choice([0, rng.randrange(900)])),
        lambda: changes.paying(one, "ann", NOW, payouts(one)),
        lambda: changes.tried_again(
            one, rng.choice(parties), "ann", NOW, deposit=lambda _: rng.choice([0, rng.randrange(900)])
        ),
        lambda: changes.given_up(one, rng.choice(parties), "ann", NOW),
    ]
    if rng.random() < 0.3:
        acts += [
            lambda: changes.aborted(one, "ann", NOW, payouts(one)),
            lambda: default_of_two(one, rng.choice(parties), rng.randrange(50), NOW),
        ]
    if one.legs:
        leg = rng.choice(one.legs)
        acts += [lambda: said(one, leg.key, rng.choice(sorted(leg.following) or [LegState.SUCCEEDED]))] * 6
    try:
        return rng.choice(acts)()
    except (SettlementStateError, SecondPersonNeededError, LegStateError, CollateralTooLargeError):
        return one


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_happens_no_more_is_paid_than_was_collected_and_nothing_owed_is_lost(seed):
    rng = random.Random(seed)
    owed = {party: rng.randrange(-900, 900) for party in ("alpha", "beta", "gamma", "delta")}
    one = owing(**owed, members=rng.choice([0, rng.randrange(6, 900)]))
    for _ in range(80):
        before, one = one, anything(rng, one)
        assert one.history[: len(before.history)] == before.history
        assert one.legs[: len(before.legs)] == before.legs or [leg.key for leg in one.legs[: len(before.legs)]] == [
            leg.key for leg in before.legs
        ]
        assert {carried.reference for carried in carries(before)} <= {carried.reference for carried in carries(one)}
        if one.stage is Stage.PAYING and before.stage is not Stage.PAYING:
            assert drawn_cents(one) <= max(0, -one.network_net_cents), "which has to be there: test_funds"
    if one.stage in (Stage.SETTLED, Stage.ABORTED):
        moved: Counter[str] = Counter()
        for leg in one.legs:
            if leg.state in (LegState.SUCCEEDED, LegState.DISPUTED):
                moved[leg.party] += -leg.amount_cents if leg.is_inwards else leg.amount_cents
        for other in one.defaults:
            moved[other.party] -= other.collateral_cents
        left = open_cents(one)
        assert all(moved[party] + left[party] == cents for party, cents in one.net_cents)


class Paid:
    """A closed window in which harvest owes and others are owed."""

    def __init__(self) -> None:
        self.world = World()
        self.funding, self.cashback = FakeFunding(), FakeCashback()
        self.world.post(random_book(random.Random(0), 10, PARTNERS, days=1))
        self.world.clock.advance(days=2)
        self.world.close_now()

    def payments(self, client=None) -> SettlementPayments:
        client = client or self.world.dynamodb
        store, windows = PaymentStore(client, "settlement"), self.world.windows(client)
        funds = Advances(AdvanceStore(client, "settlement"), store, windows, self.world.clock)
        return SettlementPayments(
            store,
            windows,
            self.funding,
            self.cashback,
            AllByBank(),
            funds,
            NothingPaidIn(),
            self.world.clock,
        )


def test_a_settlement_reads_back_and_its_window_stands_as_it_does():
    paid = Paid()
    payments, windows = paid.payments(), paid.world.windows()
    with pytest.raises(UnknownSettlementError):
        payments.settlement(1, "USD")
    [one] = payments.calculate(1, "ann")
    assert payments.calculate(1, "bob") == [one]
    assert windows.window(1).state is WindowState.SETTLING
    payments.approve(1, "USD", "bob")
    one = payments.collect(1, "USD", "ann")
    with pytest.raises(UnknownLegError):
        payments.tell(1, "USD", [BankWord("nobody's", LegState.SUCCEEDED)], "ann")
    one = payments.tell(1, "USD", [BankWord(leg.end_to_end_id, LegState.SUCCEEDED, "B1") for leg in one.legs], "ann")
    one = payments.pay(1, "USD", "bob")
    out = [leg for leg in one.legs if leg.direction is Direction.OUT]
    one = payments.tell(1, "USD", [BankWord(leg.key, LegState.SUCCEEDED) for leg in out], "ann")
    assert one == payments.settlement(1, "USD")
    assert (one.stage, windows.window(1).state) == (Stage.SETTLED, WindowState.SETTLED)
    assert paid.world.replays().replay(1).same


def test_when_all_is_paid_nobody_owes_or_is_owed_the_least_part_of_a_cent():
    paid = Paid()
    payments = paid.payments()
    payments.calculate(1, "ann")
    payments.approve(1, "USD", "bob")
    one = payments.collect(1, "USD", "ann")
    paid.funding.failures = 1
    words = [BankWord(leg.key, LegState.SUCCEEDED) for leg in one.legs]
    with pytest.raises(StoreUnavailableError):
        payments.tell(1, "USD", words, "bank")
    assert payments.work() == 1
    one = payments.pay(1, "USD", "bob")
    out = [leg for leg in one.legs if leg.direction is Direction.OUT]
    payments.tell(1, "USD", [BankWord(leg.key, LegState.SUCCEEDED) for leg in out], "bank")
    assert payments.work() == 0
    pages = paid.world.shelf.all_pages()
    for partner_id in PARTNERS:
        own = added([page.totals for page in pages if page.chain.partner == partner_id])
        assert owed_micros(partner_id, own) == paid.funding.paid_micros(partner_id), partner_id
    assert {one.amount_micros > 0 for one in paid.funding.recorded.values()} == {True, False}
    assert any(one.amount_micros % 10_000 for one in paid.funding.recorded.values())
    assert {one.by for one in paid.funding.recorded.values() if one.tops_up} == {"bank"}


def test_a_payment_that_comes_back_is_taken_off_the_funding_again():
    one = said(collected(owing(alpha=-500)), "7-USD:alpha:in:1", LegState.RETURNED)
    assert [(change.reference, change.amount_micros, change.tops_up) for change in funding_changes(one)[-2:]] == [
        ("7-USD:alpha:in:1", 5_000_000, True),
        ("7-USD:alpha:in:1:returned", -5_000_000, False),
    ]


def live(client_of, paid: Paid) -> None:
    """A collection that fails and is a default, payouts, one of which comes back: each call until it is answered."""

    def ask(act) -> None:
        for _ in range(9):
            try:
                act(paid.payments(client_of()))
            except (DiedError, StoreUnavailableError):
                continue
            return
        raise AssertionError("it never gets through")

    ask(lambda one: one.calculate(1, "ann"))
    ask(lambda one: one.approve(1, "USD", "bob"))
    ask(lambda one: one.collect(1, "USD", "ann"))
    debtors = list(paid.payments().settlement(1, "USD").legs)
    words = [BankWord(leg.key, LegState.FAILED if leg is debtors[0] else LegState.SUCCEEDED) for leg in debtors]
    ask(lambda one: one.tell(1, "USD", words, "ann"))
    ask(lambda one: default_by_two(one, 1, "USD", debtors[0].party, 10))
    ask(lambda one: one.pay(1, "USD", "bob"))
    out = [leg for leg in paid.payments().settlement(1, "USD").legs if leg.direction is Direction.OUT]
    ask(lambda one: one.tell(1, "USD", [BankWord(leg.key, LegState.SUCCEEDED) for leg in out], "ann"))
    ask(lambda one: one.tell(1, "USD", [BankWord(out[0].key, LegState.RETURNED)], "ann"))
    ask(lambda one: one.work())


def test_a_fault_at_any_call_of_a_settlement_changes_nothing(in_full):
    def lived(plan):
        paid = Paid()
        client = FaultyClient(paid.world.dynamodb, {"settlement": "settlement"})
        client.begin("payments", plan)
        live(lambda: client, paid)
        one = paid.payments().settlement(1, "USD")
        assert one.stage is Stage.SETTLED
        held = paid.world.windows()._store.carried(2)
        assert {carried.reference: carried for carried in held} == {one.reference: one for one in carries(one)}
        assert one.carried == tuple(carried.reference for carried in carries(one))
        assert list(paid.funding.recorded.values()) == list(funding_changes(one))
        assert paid.world.windows().window(1).state is WindowState.SETTLED
        return client.points

    points = lived({})
    assert {point.call for point in points} >= {"PutItem", "GetItem strong", "TransactWriteItems"}
    for number, point in list(enumerate(points))[:: 1 if in_full else 3]:
        for fault in {Fault.DIE_BEFORE, Fault.DIE_AFTER, Fault.LOST_REPLY} & set(point.faults):
            lived({number: fault})
