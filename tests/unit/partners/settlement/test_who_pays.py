"""Creditors are not paid on the word of one person: who says that money came in does not have it paid out."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.errors import SecondPersonNeededError
from partners.funding.model import Payment, recorders
from partners.settlement.payments.changes import advanced
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.funds import spare_cents
from partners.settlement.payments.legs import Booked, Direction, LegState
from partners.settlement.payments.model import Default, Stage
from partners.settlement.payments.telling import BankWord
from partners.settlement.payments.vouching import unseen_cents
from tests.fakes.collateral import default_by_two, desk_of
from tests.unit.partners.settlement.deposit_office import PREPAID, DepositOffice
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


def decided_alone(paying, by, party="alpha"):
    """As one person decided it before two had to agree."""
    one = paying.payments.settlement(1, "USD")
    alone = advanced(replace(one, defaults=(Default(party, 0, by),)), by, 0)
    assert paying.store.replace(one, replace(alone, version=one.version + 1))
    return alone


def test_who_had_let_a_debtor_default_alone_does_not_have_creditors_bear_it(paying):
    says(paying, LegState.FAILED, "ann")
    decided_alone(paying, "eve")
    with pytest.raises(SecondPersonNeededError):
        paying.payments.pay(1, "USD", "eve")
    assert paying.payments.pay(1, "USD", "bob").paid_out_cents == 0


def test_of_a_default_of_before_it_was_known_who_decided_it_two_people_know(paying):
    says(paying, LegState.FAILED, "ann")
    decided_alone(paying, "")
    refused(paying, "ann", "bob")
    one = says_so_too(paying, "alpha", "bob")
    assert settlement_from_bytes(settlement_to_bytes(one)) == one
    refused(paying, "bob")
    assert paying.payments.pay(1, "USD", "ann").stage is Stage.SETTLED


def says_so_too(paying, party, by):
    return desk_of(paying.payments).propose(1, "USD", Default(party, 0, by), "it does not answer")


@pytest.fixture
def of_two():
    """What ann told of alpha, and bob's decision about beta: all that a back office of two has."""
    found = Paying()
    found.submit(found.windows.close(alpha=-900, beta=-500, gamma=1400))
    found.payments.tell(1, "USD", [BankWord(IN, LegState.SUCCEEDED, "B-1")], "ann")
    found.payments.tell(1, "USD", [BankWord("1-USD:beta:in:1", LegState.FAILED, "B-2")], "bob")
    decided_alone(found, "bob", "beta")
    return found


def refused(paying, *people, window=1):
    for by in people:
        with pytest.raises(SecondPersonNeededError):
            paying.payments.pay(window, "USD", by)


def test_who_confirms_what_another_told_lets_that_one_pay(of_two):
    refused(of_two, "ann", "bob")
    says(of_two, LegState.SUCCEEDED, "bob")
    one = says(of_two, LegState.SUCCEEDED, "bob")
    assert (one.leg(IN).confirmed_by, len(one.leg(IN).history)) == (("bob",), 3), "noted once, and no step of its own"
    assert settlement_from_bytes(settlement_to_bytes(one)) == one
    refused(of_two, "bob")
    assert of_two.payments.pay(1, "USD", "ann").paid_out_cents == 900


def test_who_decides_the_same_default_lets_the_other_pay(of_two):
    for by in ("ann", "bob", "eve"):
        one = says_so_too(of_two, "beta", by)
        assert [one.confirmed_by for one in one.defaults] == [("ann",)]
    assert settlement_from_bytes(settlement_to_bytes(one)) == one
    refused(of_two, "ann")
    assert of_two.payments.pay(1, "USD", "bob").paid_out_cents == 900


def test_a_booking_that_is_told_of_once_more_is_confirmed_and_another_one_is_not(of_two):
    for name, confirmed_by in (("B-7", ()), ("B-1", ("bob",))):
        word = BankWord(IN, LegState.SUCCEEDED, name, Booked(True, name))
        one = of_two.payments.tell(1, "USD", [word], "bob")
        assert one.leg(IN).confirmed_by == confirmed_by


def test_what_came_back_no_longer_counts_against_who_had_told_of_it(paying):
    says(paying, LegState.SUCCEEDED, "ann")
    says(paying, LegState.RETURNED, "ann")
    paying.payments.try_again(1, "USD", "alpha", "ann")
    paying.payments.collect(1, "USD", "ann")
    paying.payments.tell(1, "USD", [BankWord("1-USD:alpha:in:2", LegState.SUCCEEDED, "B-3")], "bob")
    refused(paying, "bob")
    assert paying.payments.pay(1, "USD", "ann").paid_out_cents == 900


def test_money_that_one_person_told_of_in_another_window_is_not_drawn_by_them_either(paying):
    says(paying, LegState.SUCCEEDED, "eve")
    paying.payments.abort(1, "USD", "eve")
    paying.submit(paying.windows.close())
    refused(paying, "eve", window=2)
    assert paying.payments.pay(2, "USD", "bob").stage in (Stage.PAYING, Stage.SETTLED)


def test_of_money_that_somebody_else_has_paid_from_only_what_was_paid_out_may_not_be_drawn_any_more():
    paying = Paying()
    paying.submit(paying.windows.close(alpha=-900, beta=-300, gamma=500))
    failed = BankWord("1-USD:beta:in:1", LegState.FAILED, "B-2")
    paying.payments.tell(1, "USD", [BankWord(IN, LegState.SUCCEEDED, "B-1"), failed], "eve")
    default_by_two(paying.payments, 1, "USD", "beta")
    paying.clock.advance(ms=1)
    paying.payments.pay(1, "USD", "bob")
    paying.clock.advance(ms=1)
    paying.payments.tell(1, "USD", [BankWord("1-USD:beta:in:1", LegState.SUCCEEDED, "B-3")], "eve")
    one = paying.payments.settlement(1, "USD")
    assert (spare_cents(one), unseen_cents(one, "eve"), unseen_cents(one, "bob")) == (700, 700, 0)
    paying.payments.tell(1, "USD", [BankWord(IN, LegState.SUCCEEDED, "B-1")], "ann")
    assert unseen_cents(paying.payments.settlement(1, "USD"), "eve") == 300, "what came late nobody has paid from"


def test_who_did_not_pay_may_draw_on_what_others_said_beyond_what_was_paid_of_theirs():
    paying = Paying()
    paying.submit(paying.windows.close(alpha=-900, beta=-300, gamma=500))
    for by, leg in (("eve", IN), ("ann", "1-USD:beta:in:1")):
        paying.payments.tell(1, "USD", [BankWord(leg, LegState.SUCCEEDED, "B")], by)
    paying.clock.advance(ms=1)
    one = paying.payments.pay(1, "USD", "bob")
    assert (unseen_cents(one, "eve"), unseen_cents(one, "ann")) == (700, 300), "200 of the 500 were of the 900 at least"


def test_what_one_person_recorded_as_paid_in_is_not_paid_out_by_them_whoever_collected_it():
    office = owing_from_deposits()
    office.funding_of().record("eve", "k", "harvest", 10**6, "USD", "by bank transfer")
    office.funding_of().record("eve", "l", "greenleaf", 10**6, "USD", "by bank transfer")
    payments = office.payments()
    one = payments.collect(1, "USD", "bob")
    taken = [leg for leg in one.legs if leg.direction is Direction.DEPOSIT]
    assert taken
    assert all(leg.rests_on == (("eve", leg.amount_cents),) for leg in taken)
    assert settlement_from_bytes(settlement_to_bytes(one)) == one
    with pytest.raises(SecondPersonNeededError):
        payments.pay(1, "USD", "eve")
    for leg in taken:
        payments.tell(1, "USD", [BankWord(leg.key, LegState.SUCCEEDED)], "ann")
    assert payments.pay(1, "USD", "eve").paid_out_cents > 0, "ann has seen it too"


def owing_from_deposits() -> DepositOffice:
    """A settlement in which prepaid partners alone owe something, and a partner is owed it."""
    for seed in range(1, 400):
        office = DepositOffice(seed, entries=12, days=1)
        office.pass_days(2)
        payments = office.payments()
        payments.calculate(1, "bob")
        nets = dict(payments.approve(1, "USD", "carol").net_cents)
        owing = {party for party, cents in nets.items() if cents < 0}
        if owing and owing <= {*PREPAID} and any(cents > 0 for party, cents in nets.items() if party != "members"):
            return office
    raise AssertionError


def recorded(*cents_by):
    return [
        Payment(
            partner_id="p",
            payment_id=f"{at}",
            amount_cents=cents,
            currency="USD",
            reason="by transfer",
            by=by,
            at_ms=at,
            paid_ahead_cents=0,
        )
        for at, (by, cents) in enumerate(cents_by)
    ]


@pytest.mark.parametrize(
    ("paid_in", "known", "held", "cents", "expected"),
    [
        ([("ann", 500), ("eve", 500)], {}, 1_000, 500, (("ann", 500),)),
        ([("ann", 500), ("eve", 500)], {}, 1_000, 600, (("ann", 500), ("eve", 100))),
        ([("ann", 500), ("eve", 500)], {"ann": 500}, 500, 300, (("eve", 300),)),
        ([("eve", 500), ("ann", 500)], {"ann": 500}, 500, 300, (("eve", 300),)),
        ([("ann", 500), ("eve", 500)], {}, 600, 300, (("ann", 200), ("eve", 200))),
        ([("ann", 500), ("eve", 500)], {}, 500, 500, (("ann", 500), ("eve", 500))),
        ([("ann", 500), ("eve", 500), ("eve", -500)], {}, 500, 500, (("ann", 500), ("eve", 500))),
        ([("eve", 500), ("ann", 500), ("ann", -500)], {}, 500, 300, (("eve", 300), ("ann", 300))),
        ([("ann", 500), ("eve", 500), ("bob", -500)], {"ann": 500}, 0, 0, ()),
    ],
)
def test_a_deposit_rests_on_who_recorded_the_oldest_of_it_and_on_whom_it_would_not_do_without(
    paid_in, known, held, cents, expected
):
    assert recorders(recorded(*paid_in), known, held, cents) == expected


TAKEN = st.lists(
    st.tuples(
        st.sampled_from(["true", "true", "invented", "back", "slip", "collateral", "taken", "taken"]), st.integers(1, 9)
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(TAKEN)
def test_what_eve_invents_she_pays_out_in_no_way_whatever_is_given_back_and_taken(steps):
    """She pays whatever rests on others alone, bob the rest: he relies on her for that much."""
    rows, known, true_cents, relied_cents, gone_cents = [], Counter(), 0, 0, 0
    for what, cents in steps:
        held = sum(amount for _, amount in rows) - gone_cents
        if what in ("true", "invented"):
            rows.append(("eve" if what == "invented" else "bob", cents))
            true_cents += cents if what == "true" else 0
        elif cents > held or (what in ("back", "collateral") and cents > true_cents):
            continue
        elif what in ("back", "slip"):
            rows.append(("eve", -cents))
            true_cents -= cents if what == "back" else 0
        else:
            gone_cents, true_cents = gone_cents + cents, true_cents - cents
            if what == "taken":
                rests_on = dict(recorders(recorded(*rows), known, held, cents))
                assert sum(rests_on.values()) >= cents, "all of it rests on somebody"
                known.update(rests_on)
                relied_cents += rests_on.get("eve", 0)
            assert true_cents + relied_cents >= 0
