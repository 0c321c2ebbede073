"""Whatever becomes of settlements, a deposit is lowered by what it pays, once, and bounds what may be granted."""

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from partners.books.money import DEPOSITS
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.telling import BankWord
from shared.kernel.errors import ConflictError, InvalidRequestError, UnprocessableError
from shared.kernel.money import MICROS_PER_CENT
from tests.fakes.collateral import default_by_two
from tests.support.examples import examples
from tests.unit.partners.settlement.deposit_office import POSTPAID, PREPAID, DepositOffice
from tests.unit.partners.settlement.windows_world import PARTNERS

SAID = frozenset(LegState) - {LegState.PLANNED, LegState.SUBMITTED, LegState.DISPUTED}


def anything(rng: random.Random, office: DepositOffice, number: int) -> None:
    """Whatever may be done next about the settlement of a window or a deposit, done or refused."""
    payments = office.payments()
    partner_id, key = rng.choice(PARTNERS), str(rng.random())
    acts = [
        lambda: office.pays(partner_id, rng.randrange(1, 400), key),
        lambda: office.pays(partner_id, -rng.randrange(1, 200), key),
        lambda: office.pays(partner_id, -office.held_cents(partner_id), key),
    ]
    found = [one for one in payments.settlements(number) if one.currency == "USD"]
    if found:
        [one] = found
        parties = [party for party, _ in one.net_cents] or PARTNERS
        acts += [
            lambda: payments.approve(number, "USD", "bob"),
            lambda: payments.collect(number, "USD", "ann"),
            lambda: payments.collect(number, "USD", "ann"),
            lambda: payments.pay(number, "USD", "bob"),
            lambda: payments.try_again(number, "USD", rng.choice(parties), "ann"),
            lambda: payments.give_up(number, "USD", rng.choice(parties), "ann"),
            lambda: default_by_two(payments, number, "USD", rng.choice(parties), 0),
        ]
        if rng.random() < 0.1:
            acts.append(lambda: payments.abort(number, "USD", "ann"))
        if one.legs:
            leg = rng.choice(one.legs)
            word = BankWord(leg.key, rng.choice(sorted(leg.following) or [LegState.SUCCEEDED]), "B-1")
            acts += [lambda: payments.tell(number, "USD", [word], "bank")] * 6
            kept = BankWord(leg.key, rng.choice(sorted(SAID)), f"B-{rng.randrange(3)}", kept=True)
            acts.append(lambda: payments.tell(number, "USD", [kept], "bank"))
    try:
        rng.choice(acts)()
    except (ConflictError, InvalidRequestError, UnprocessableError):
        return


def check(office: DepositOffice) -> None:
    money = office.money()
    assert sum(money.values()) == 0
    held = {partner_id: office.held_cents(partner_id) for partner_id in PARTNERS}
    assert money.get(DEPOSITS, 0) == -sum(held.values())
    for partner_id in PARTNERS:
        # What is held is what the partner is ahead, and what it owes for all that is not settled.
        owes_micros = money.get(partner_id, 0) * MICROS_PER_CENT
        assert held[partner_id] * MICROS_PER_CENT == office.ahead_micros(partner_id) + owes_micros
    assert all(held[partner_id] >= 0 for partner_id in PREPAID)
    for one in office.settled():
        assert all(0 <= brought <= one.dues.asked[party] for party, brought in one.brought_cents.items())
        assert all(leg.party != POSTPAID for leg in one.legs if leg.direction is Direction.DEPOSIT)


@settings(max_examples=examples(quick=3, full=60), deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_held_is_what_was_paid_in_less_what_it_paid_and_bounds_what_is_granted(seed: int) -> None:
    rng = random.Random(seed)
    office = DepositOffice(seed, entries=24, days=4)
    for window in range(1, 5):
        for partner_id in PREPAID:
            office.pays(partner_id, rng.randrange(1, 900), f"{partner_id}-{window}")
        assert office.pass_days(1) == window
        payments = office.payments()
        if payments.calculate(window, "ann"):
            payments.approve(window, "USD", "bob")
            payments.collect(window, "USD", "ann")
        check(office)
        for _ in range(12):
            anything(rng, office, rng.randint(max(1, window - 2), window))
            office.clock.advance(ms=rng.choice((-1, 0, 1, 60_000)))
        office.payments().work()
        check(office)
        office.issuing().work()
        for partner_id in PARTNERS:
            deposit = stated(office, partner_id, window)
            assert deposit["closing_cents"] == office.held_cents(partner_id)
            before = stated(office, partner_id, window - 1)["closing_cents"] if window > 1 else 0
            assert deposit["opening_cents"] == before


def stated(office: DepositOffice, partner_id: str, window: int) -> dict[str, int]:
    document = json.loads(office.statements().document(partner_id, window))
    found: dict[str, int] = document["statement"]["deposit"]
    return found


def test_what_random_settlements_take_is_not_always_nothing() -> None:
    """The test above would hold of nothing."""
    office = DepositOffice(1, entries=24, days=1)
    for partner_id in PREPAID:
        office.pays(partner_id, 400, partner_id)
    office.pass_days(2)
    payments = office.payments()
    payments.calculate(1, "ann")
    payments.approve(1, "USD", "bob")
    taken = [leg for leg in payments.collect(1, "USD", "ann").legs if leg.direction is Direction.DEPOSIT]
    assert taken
    check(office)
