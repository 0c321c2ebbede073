"""What an operator does about a settlement has no Idempotency-Key: its own state takes each act once."""

import random

from hypothesis import given
from hypothesis import strategies as st

from partners.settlement.payments import changes
from partners.settlement.payments.legs import Direction, LegState, LegStep
from partners.settlement.payments.model import PaidSettlement
from shared.kernel.errors import TesseraError
from tests.fakes.collateral import default_of_two
from tests.unit.partners.settlement.test_payments import owing

PARTIES = ("alpha", "beta", "delta")
SAID = (LegState.PENDING, LegState.SUCCEEDED, LegState.FAILED, LegState.RETURNED)


def acted(one: PaidSettlement, act: str, party: str, state: LegState, at_ms: int) -> PaidSettlement:
    if act == "approve":
        return changes.approved(one, "bob", at_ms)
    if act == "collect":
        return changes.collecting(one, "ann", at_ms)
    if act == "pay":
        return changes.paying(one, "ann", at_ms)
    if act == "abort":
        return changes.aborted(one, "ann", at_ms)
    if act == "retry":
        return changes.tried_again(one, party, "ann", at_ms)
    if act == "default":
        return default_of_two(one, party, 0, at_ms)
    if act == "defer":
        return changes.given_up(one, party, "ann", at_ms)
    legs = [leg for leg in one.legs if leg.party == party]
    return changes.told(one, legs[-1].key, LegStep(state, at_ms, "ann")) if legs else one


ACTS = ("approve", "collect", "pay", "abort", "retry", "default", "defer", *("outcome",) * 5)


@given(st.integers(0, 10**9))
def test_an_act_that_is_sent_again_changes_nothing_more_or_is_refused(seed: int) -> None:
    rng = random.Random(seed)
    one = owing(alpha=-500, beta=300, delta=-40)
    sent: list[tuple[str, str, LegState]] = []
    for at_ms in range(2_000, 2_040):
        usual = ("approve", "collect", "pay") if rng.random() < 0.4 else ACTS
        act = (rng.choice(usual), rng.choice(PARTIES), rng.choice(SAID))
        try:
            one = acted(one, *act, at_ms)
        except TesseraError:
            continue
        sent.append(act)
        assert again(one, act, at_ms) in (one, None), act
    # However late it comes again: one attempt at a time, the next only when one came to nothing.
    for act in sent:
        one = again(one, act, 3_000) or one
    for party in PARTIES:
        legs = [leg for leg in one.legs if leg.party == party and leg.direction is Direction.IN]
        assert all(leg.state in (LegState.FAILED, LegState.RETURNED) or leg.key in one.late for leg in legs[:-1])


def again(one: PaidSettlement, act: tuple[str, str, LegState], at_ms: int) -> PaidSettlement | None:
    try:
        return acted(one, *act, at_ms)
    except TesseraError:
        return None
