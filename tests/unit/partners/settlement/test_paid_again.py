"""Nobody has a creditor paid again by saying alone that it was not paid, or from money that came late by their word."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.errors import SecondPersonNeededError
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.legs import IN_FLIGHT, Booked, Direction, Leg, LegState
from partners.settlement.payments.model import Stage
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.telling import BankWord
from shared.kernel.errors import ConflictError, NotFoundError, UnprocessableError
from tests.fakes.collateral import default_by_two
from tests.unit.partners.settlement.test_funds import Paying

IN, OUT = "1-USD:alpha:in:1", "1-USD:beta:out:1"


def tell(paying, window, leg, state, by, booking=None):
    paying.clock.advance(ms=1)
    return paying.payments.tell(window, "USD", [BankWord(leg, state, "B-1", booking)], by)


def refused(paying, window, by, *payments, windows=()):
    paying.clock.advance(ms=1)
    with pytest.raises(SecondPersonNeededError) as found:
        paying.payments.pay(window, "USD", by)
    listed = [{"payment": key} for key in payments], [{"window": one} for one in windows]
    assert (found.value.data.get("payments", []), found.value.data.get("windows", [])) == listed
    assert all(key in found.value.detail for key in payments)


@pytest.fixture
def paid():
    """What ann said of alpha, bob has paid to beta."""
    found = Paying()
    found.submit(found.windows.close(alpha=-900, beta=900))
    tell(found, 1, IN, LegState.SUCCEEDED, "ann")
    found.clock.advance(ms=1)
    found.payments.pay(1, "USD", "bob")
    return found


def test_who_alone_said_that_a_payout_failed_does_not_pay_it_again(paid):
    tell(paid, 1, OUT, LegState.FAILED, "eve")
    assert paid.payments.pay(1, "USD", "eve").paid_out_cents == 0, "nothing is to be paid yet"
    paid.payments.try_again(1, "USD", "beta", "bob")
    refused(paid, 1, "eve", OUT)
    again = paid.payments.pay(1, "USD", "ann")
    assert again.paid_out_cents == 900
    assert paid.payments.pay(1, "USD", "eve") == again, "again is a success, whoever asks"


def test_who_says_the_same_of_a_payout_lets_the_other_pay_it_again(paid):
    tell(paid, 1, OUT, LegState.FAILED, "eve")
    tell(paid, 1, OUT, LegState.FAILED, "eve")
    paid.payments.try_again(1, "USD", "beta", "eve")
    refused(paid, 1, "eve", OUT)
    one = tell(paid, 1, OUT, LegState.FAILED, "bob")
    assert one.leg(OUT).confirmed_by == ("bob",)
    assert settlement_from_bytes(settlement_to_bytes(one)) == one
    again = paid.payments.pay(1, "USD", "eve")
    assert (again.paid_out_cents, again.legs[-1].confirmed_by) == (900, ())


def test_what_arrived_after_all_is_not_tried_again(paid):
    tell(paid, 1, OUT, LegState.FAILED, "eve")
    paid.payments.try_again(1, "USD", "beta", "eve")
    one = tell(paid, 1, OUT, LegState.SUCCEEDED, "eve")
    assert (one.stage, paid.payments.pay(1, "USD", "eve"), one.legs[-1].state) == (Stage.SETTLED, one, LegState.PLANNED)
    assert sum(carried.amount_cents for carried in paid.windows.carried.values()) == 0


def test_a_member_who_was_paid_late_has_cashback_again_only_if_that_comes_back():
    found = Paying()
    found.submit(found.windows.close(alpha=-900, members=900))
    tell(found, 1, IN, LegState.SUCCEEDED, "ann")
    [out] = [leg.key for leg in found.payments.pay(1, "USD", "bob").legs if not leg.is_inwards]
    tell(found, 1, out, LegState.FAILED, "ann")
    found.payments.try_again(1, "USD", "members:47-1", "ann")
    late = tell(found, 1, out, LegState.SUCCEEDED, "ann")
    assert (late.stage, late.given_back) == (Stage.SETTLED, ())
    assert tell(found, 1, out, LegState.RETURNED, "ann").given_back == ("1-USD:members:47-1:out:2",)


@pytest.mark.parametrize("told_late", [False, True])
def test_nobody_pays_by_a_word_that_they_take_back_in_a_later_window(paid, told_late):
    if told_late:
        paid = late_by_eve()
        paid.payments.pay(1, "USD", "bob")
    else:
        tell(paid, 1, OUT, LegState.FAILED, "eve")
        paid.payments.give_up(1, "USD", "beta", "eve")
    paid.windows.close(gamma=-900)
    paid.windows.close()
    leg, state = (IN, LegState.RETURNED) if told_late else (OUT, LegState.SUCCEEDED)
    tell(paid, 1, leg, state, "eve")
    paid.submit(2)
    tell(paid, 2, "2-USD:gamma:in:1", LegState.SUCCEEDED, "ann")
    refused(paid, 2, "eve", leg)
    tell(paid, 1, leg, state, "eve")
    refused(paid, 2, "eve", leg)
    # Who says that it arrived has not seen that it failed.
    assert tell(paid, 1, leg, state, "bob").leg(leg).confirmed_by == ("bob",)
    refused(paid, 2, "eve", leg)
    assert paid.payments.pay(2, "USD", "bob").paid_out_cents == 900


def test_no_later_attempt_makes_an_earlier_one_seen(paid):
    tell(paid, 1, OUT, LegState.FAILED, "eve")
    paid.payments.try_again(1, "USD", "beta", "eve")
    paid.payments.pay(1, "USD", "bob")
    tell(paid, 1, "1-USD:beta:out:2", LegState.FAILED, "bob")
    paid.payments.try_again(1, "USD", "beta", "eve")
    refused(paid, 1, "eve", OUT)
    refused(paid, 1, "bob", "1-USD:beta:out:2")
    assert paid.payments.pay(1, "USD", "ann").paid_out_cents == 900


@pytest.mark.parametrize("state", [LegState.RETURNED, LegState.REVERSED, LegState.FAILED])
@pytest.mark.parametrize("own_money", [0, 900])
def test_what_is_owed_again_by_one_word_is_not_paid_by_that_person(paid, state, own_money):
    """Not though enough was collected in the later window."""
    if state is LegState.FAILED:
        tell(paid, 1, OUT, LegState.FAILED, "eve")
        paid.payments.give_up(1, "USD", "beta", "eve")
    else:
        tell(paid, 1, OUT, LegState.SUCCEEDED, "bob")
        tell(paid, 1, OUT, state, "eve")
    window = paid.windows.close(gamma=-own_money)
    paid.submit(window)
    if own_money:
        tell(paid, window, "2-USD:gamma:in:1", LegState.SUCCEEDED, "ann")
    refused(paid, window, "eve", OUT)
    tell(paid, 1, OUT, state, "bob")
    assert paid.payments.pay(window, "USD", "eve").paid_out_cents == 900


def test_an_aborted_window_hides_nobody_s_word(paid):
    tell(paid, 1, OUT, LegState.SUCCEEDED, "bob")
    tell(paid, 1, OUT, LegState.RETURNED, "eve")
    paid.submit(paid.windows.close())
    paid.payments.abort(2, "USD", "eve")
    paid.submit(paid.windows.close())
    refused(paid, 3, "eve", OUT)
    assert paid.payments.pay(3, "USD", "bob").paid_out_cents == 900


def test_the_same_booking_of_another_file_confirms_that_a_payout_came_back(paid):
    back = Booked(False, "B-9")
    tell(paid, 1, OUT, LegState.SUCCEEDED, "bob")
    tell(paid, 1, OUT, LegState.RETURNED, "eve", back)
    assert tell(paid, 1, OUT, LegState.FAILED, "ann", back).leg(OUT).confirmed_by == ("ann",)


def late_by_eve() -> Paying:
    paying = Paying()
    paying.submit(paying.windows.close(alpha=-900, beta=900))
    tell(paying, 1, IN, LegState.FAILED, "ann")
    paying.payments.try_again(1, "USD", "alpha", "ann")
    paying.payments.collect(1, "USD", "ann")
    tell(paying, 1, "1-USD:alpha:in:2", LegState.SUCCEEDED, "ann")
    assert tell(paying, 1, IN, LegState.SUCCEEDED, "eve").late == (IN,)
    return paying


def test_what_came_late_by_one_word_is_not_seen_because_somebody_paid_from_other_money():
    paying = late_by_eve()
    paying.clock.advance(ms=1)
    assert paying.payments.pay(1, "USD", "bob").paid_out_cents == 900
    paying.submit(paying.windows.close())
    refused(paying, 2, "eve", IN)
    assert paying.payments.pay(2, "USD", "ann").paid_out_cents == 900


def test_money_is_not_seen_because_somebody_paid_nothing_of_it():
    paying = Paying()
    paying.submit(paying.windows.close(alpha=-600))
    tell(paying, 1, IN, LegState.SUCCEEDED, "eve")
    paying.clock.advance(ms=1)
    assert paying.payments.pay(1, "USD", "bob").stage is Stage.SETTLED
    paying.submit(paying.windows.close(beta=500))
    refused(paying, 2, "eve", windows=[1])
    tell(paying, 1, IN, LegState.SUCCEEDED, "ann")
    assert paying.payments.pay(2, "USD", "eve").paid_out_cents == 500


def test_a_payout_that_was_drawn_from_another_window_frees_nothing_by_one_word():
    """Its own window has nothing to spare then: that it is less in want is by that word, too."""
    paying = Paying()
    paying.windows.close(alpha=-500)
    paying.windows.close(beta=500)
    paying.submit(1)
    paying.submit(2)
    tell(paying, 1, IN, LegState.SUCCEEDED, "ann")
    paying.payments.pay(2, "USD", "eve")
    out = "2-USD:beta:out:1"
    tell(paying, 2, out, LegState.SUCCEEDED, "ann")
    tell(paying, 2, out, LegState.RETURNED, "eve")
    paying.windows.waiting.clear()
    paying.windows.brought.clear()
    paying.submit(paying.windows.close(gamma=500))
    refused(paying, 3, "eve", windows=[2])


class Bank:
    """What became of each payment, which ann and bob say as it is; eve says anything, and she alone pays."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.paying = Paying()
        self.truth: dict[str, LegState] = {}
        self.owed = Counter[str]()

    @property
    def payments(self) -> SettlementPayments:
        return self.paying.payments

    def legs(self) -> list[Leg]:
        return [leg for one in self.paying.store.all() for leg in one.legs if leg.was_submitted]

    def became_of(self, leg: Leg) -> LegState:
        outcome = self.rng.choice([LegState.SUCCEEDED] * 4 + [LegState.FAILED])
        return self.truth.setdefault(leg.key, outcome)

    def there(self, direction: Direction) -> Counter[str]:
        """By party, what it has truly paid or been paid."""
        found = Counter[str]()
        for leg in self.legs():
            if leg.direction is direction and self.became_of(leg) is LegState.SUCCEEDED:
                found[leg.party] += leg.amount_cents
        return found

    def owed_back(self) -> Counter[str]:
        """By party, what it is known to have been paid late, and owes in the open window."""
        found = Counter[str]()
        for carried in self.paying.windows.carried.values():
            found[carried.party] -= min(0, carried.amount_cents)
        return found

    def closes(self) -> None:
        net = {party: self.rng.randrange(-500, 500) for party in ("alpha", "beta", "gamma")}
        self.owed.update({party: max(0, cents) for party, cents in net.items()})
        self.paying.submit(self.paying.windows.close(**net))

    def goes_on(self) -> None:
        """One thing that anybody does."""
        rng, payments = self.rng, self.payments
        number = rng.randrange(len(self.paying.windows.net)) + 1
        self.paying.clock.advance(ms=1)
        one = payments.settlement(number, "USD")
        failed = [leg.party for leg in one.legs if leg.state is LegState.FAILED] or ["alpha"]
        acts = [
            *[lambda: payments.pay(number, "USD", "eve")] * 5,
            *[lambda: payments.try_again(number, "USD", rng.choice(failed), "ann")] * 2,
            lambda: payments.collect(number, "USD", "ann"),
            lambda: payments.give_up(number, "USD", rng.choice(failed), "ann"),
            lambda: default_by_two(payments, number, "USD", rng.choice(failed)),
        ]
        if sent := [leg for leg in one.legs if leg.was_submitted]:
            leg = rng.choice(sent)
            acts += [lambda: self.is_told(number, leg)] * 6 + [lambda: self.lied_about(number, leg)] * 2
        rng.choice(acts)()

    def is_told(self, number: int, leg: Leg) -> None:
        state = self.became_of(leg)
        came_back = leg.direction is Direction.OUT and leg.state is LegState.SUCCEEDED and self.rng.random() < 0.1
        if state is LegState.SUCCEEDED and came_back:
            state = self.truth[leg.key] = LegState.RETURNED
        self.payments.tell(number, "USD", [BankWord(leg.key, state, "B")], self.rng.choice(["ann", "bob"]))

    def lied_about(self, number: int, leg: Leg) -> None:
        self.became_of(leg)
        states = [LegState.SUCCEEDED, LegState.FAILED] if leg.state in IN_FLIGHT else [LegState.RETURNED]
        state = LegState.SUCCEEDED if leg.state is LegState.FAILED else self.rng.choice(states)
        self.payments.tell(number, "USD", [BankWord(leg.key, state, "E")], "eve")


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_one_person_says_and_pays_no_more_goes_out_than_came_in_nor_than_is_owed(seed):
    bank = Bank(random.Random(seed))
    for _ in range(80):
        if not bank.paying.windows.net or bank.rng.random() < 0.05:
            bank.closes()
        try:
            bank.goes_on()
        except (ConflictError, NotFoundError, UnprocessableError, SecondPersonNeededError):
            continue
        came, went = bank.there(Direction.IN), bank.there(Direction.OUT)
        assert went.total() <= came.total()
        assert went <= bank.owed + came + bank.owed_back(), "beyond claims nobody gets more than what they paid"
