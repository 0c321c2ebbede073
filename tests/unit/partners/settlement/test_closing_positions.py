"""Opening + payments + net position - what was carried = closing: what is open between a partner and the network."""

import json
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.settlement.payments.legs import FOLLOWING, Direction, LegState
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from partners.settlement.window_store import WindowStore
from shared.kernel.errors import ConflictError, UnprocessableError
from tests.fakes.collateral import default_by_two
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.windows_world import PARTNERS, whole


def stated(office, partner, window):
    return json.loads(office.statements().document(partner, window))["statement"]


def open_cents(office, until_window):
    """What is open, settlement by settlement and without any statement.

    Each party's position, less what it paid or was paid, less what was carried out of the settlement; and what waits
    in later windows.
    """
    store, windows = WindowStore(office.dynamodb, "settlement"), office.windows()
    found: Counter[str] = Counter()
    carried = {one.reference: one for number in range(1, windows.newest().number + 1) for one in store.carried(number)}
    for number in range(1, until_window + 1):
        for settled in whole(windows, number).currencies:
            found.update({position.party: position.net_cents for position in settled.positions})
    for one in PaymentStore(office.dynamodb, "settlement").all():
        if one.window > until_window:
            continue
        for leg in one.legs:
            if leg.state in (LegState.SUCCEEDED, LegState.DISPUTED):
                found[leg.party] += leg.amount_cents if leg.direction is Direction.IN else -leg.amount_cents
        if one.stage.value in ("paying", "settled", "aborted"):
            for default in one.defaults:
                found[default.party] += default.collateral_cents
        for party, _, cents in one.write_offs:
            found[party] += cents
        for reference in one.carried:
            found[carried[reference].party] -= carried[reference].amount_cents
    for number in range(until_window + 1, windows.newest().number + 1):
        for one in store.carried(number):
            found[one.party] += one.amount_cents
    return found


def anything(rng, office, number):
    """Whatever may be done next about the settlement of a window, done or refused."""
    payments = office.payments()
    found = [one for one in payments.settlements(number) if one.currency == "USD"]
    if not found:
        return
    [one] = found
    parties = [party for party, _ in one.net_cents] or PARTNERS
    acts = [
        lambda: payments.approve(number, "USD", "bob"),
        lambda: payments.collect(number, "USD", "ann"),
        lambda: payments.pay(number, "USD", "bob"),
        lambda: payments.try_again(number, "USD", rng.choice(parties), "ann"),
        lambda: payments.give_up(number, "USD", rng.choice(parties), "ann"),
        lambda: default_by_two(payments, number, "USD", rng.choice(parties), rng.randrange(5)),
        lambda: default_by_two(payments, number, "USD", rng.choice(parties), write_off_cents=rng.randrange(90)),
    ]
    if rng.random() < 0.1:
        acts.append(lambda: payments.abort(number, "USD", "ann"))
    if one.legs:
        leg = rng.choice(one.legs)
        word = BankWord(leg.key, rng.choice(sorted(FOLLOWING[leg.state]) or [LegState.SUCCEEDED]))
        acts += [lambda: payments.tell(number, "USD", [word], "bank")] * 6
    try:
        rng.choice(acts)()
    except (ConflictError, UnprocessableError):
        return


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_the_closing_position_is_what_is_open_whatever_becomes_of_payments(seed):
    rng = random.Random(seed)
    office = Office(seed, entries=24, days=5)
    office.begin()
    for window in range(1, 6):
        assert office.pass_days(1) == window
        office.payments().calculate(window, "ann")
        for _ in range(25):
            anything(rng, office, rng.randint(max(1, window - 2), window))
            office.clock.advance(ms=rng.choice((-1, 0, 1, 60_000)))
        office.issuing().work()
        is_open = open_cents(office, window)
        for partner in PARTNERS:
            one = stated(office, partner, window)
            assert one["closing_cents"] == is_open[partner]
            before = stated(office, partner, window - 1)["closing_cents"] if window > 1 else 0
            assert one["opening_cents"] == before


def told(office, window, *words):
    office.payments().tell(window, "USD", [BankWord(*word) for word in words], "bank")


@pytest.fixture
def office():
    """Window 1 calculated and collected from: harvest is the only creditor or the only debtor."""
    office = Office(entries=12, days=1)
    office.begin()
    office.pass_days(2)
    payments = office.payments()
    payments.calculate(1, "ann")
    payments.approve(1, "USD", "bob")
    payments.collect(1, "USD", "ann")
    office.issuing().work()
    return office


def test_a_payment_that_comes_back_is_stated_twice_and_its_carried_amount_opens_nothing_new(office):
    payments = office.payments()
    [debtor, *others] = payments.settlement(1, "USD").legs
    told(office, 1, *((leg.key, LegState.SUCCEEDED) for leg in (debtor, *others)))
    payments.pay(1, "USD", "bob")
    told(office, 1, (debtor.key, LegState.RETURNED))
    office.pass_days(1)
    office.issuing().work()
    one = stated(office, debtor.party, 2)
    assert [(paid["reference"], paid["cents"]) for paid in one["payments"]] == [
        (debtor.key, debtor.amount_cents),
        (f"{debtor.key}:returned", -debtor.amount_cents),
    ]
    assert (one["opening_cents"], one["carried_cents"]) == (-debtor.amount_cents, -debtor.amount_cents)
    assert one["closing_cents"] == one["net_cents"] == -debtor.amount_cents


def test_collateral_is_a_payment_once_creditors_are_paid_from_it(office):
    payments = office.payments()
    [debtor, *others] = payments.settlement(1, "USD").legs
    told(office, 1, *((leg.key, LegState.SUCCEEDED) for leg in others), (debtor.key, LegState.FAILED))
    default_by_two(payments, 1, "USD", debtor.party, 1)
    office.pass_days(1)
    office.issuing().work()
    assert stated(office, debtor.party, 2)["payments"] == []
    payments.pay(1, "USD", "bob")
    office.pass_days(1)
    office.issuing().work()
    one = stated(office, debtor.party, 3)
    assert [(paid["reference"], paid["cents"]) for paid in one["payments"]] == [(f"1-USD:{debtor.party}:collateral", 1)]
    assert one["closing_cents"] == 1 - debtor.amount_cents


def test_a_payment_recorded_late_under_an_earlier_time_is_in_the_next_statement(office):
    [debtor, *_] = office.payments().settlement(1, "USD").legs
    office.pass_days(1)
    office.issuing().work()
    office.clock.advance(days=-1)
    told(office, 1, (debtor.key, LegState.SUCCEEDED))
    office.clock.advance(days=1)
    office.pass_days(1)
    office.issuing().work()
    stated_in = [
        window
        for window in (1, 2, 3)
        for paid in stated(office, debtor.party, window)["payments"]
        if paid["reference"] == debtor.key
    ]
    assert stated_in == [3]


def test_statements_late_by_a_window_count_no_payment_of_a_later_settlement():
    office = Office(entries=24, days=2)
    office.begin()
    for window in (1, 2):
        office.pass_days(1)
        payments = office.payments()
        payments.calculate(window, "ann")
        payments.approve(window, "USD", "bob")
        legs = payments.collect(window, "USD", "ann").legs
        told(office, window, *((leg.key, LegState.SUCCEEDED) for leg in legs))
    office.issuing().work()
    for partner in PARTNERS:
        for window in (1, 2):
            references = [paid["reference"] for paid in stated(office, partner, window)["payments"]]
            assert all(reference.startswith(f"{window}-USD") for reference in references)


def test_what_is_written_off_is_stated_and_no_more_open(office):
    payments = office.payments()
    [debtor, *_] = payments.settlement(1, "USD").legs
    for window in (1, 2):
        if window == 2:
            payments.calculate(2, "ann")
            payments.approve(2, "USD", "bob")
            payments.collect(2, "USD", "ann")
        for leg in payments.settlement(window, "USD").legs:
            failed = leg.party == debtor.party
            told(office, window, (leg.key, LegState.FAILED if failed else LegState.SUCCEEDED))
        old_cents = (window - 1) * debtor.amount_cents
        default_by_two(payments, window, "USD", debtor.party, write_off_cents=old_cents)
        payments.pay(window, "USD", "bob")
        office.pass_days(1)
        office.issuing().work()
    one, is_open = stated(office, debtor.party, 3), open_cents(office, 3)
    written_off = (f"2-USD:{debtor.party}:written_off", debtor.amount_cents)
    assert [(paid["reference"], paid["cents"]) for paid in one["payments"]] == [written_off]
    assert one["closing_cents"] == is_open[debtor.party]
    assert payments.settlement(2, "USD").defaults[0].write_off_cents == debtor.amount_cents
