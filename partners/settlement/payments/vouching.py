"""On whose word it rests that money is there: nobody has creditors paid from what they alone have said. Pure.

A collection rests on who said that it succeeded, what is taken from a deposit on who recorded that it was paid in.
Whoever says the same again confirms it. On a default two people agree; earlier ones rest on who decided them.
"""

from dataclasses import replace

from partners.contracts.errors import SecondPersonNeededError
from partners.settlement.payments.changes import with_leg
from partners.settlement.payments.funds import spare_cents
from partners.settlement.payments.legs import Direction, Leg, LegState
from partners.settlement.payments.model import PaidSettlement, Stage


def check_payer(one: PaidSettlement, by: str) -> None:
    """Nobody has creditors paid from what they vouched for alone. Raises SecondPersonNeededError.

    A default of before two had to agree may rest on `by` alone, also where it is not known who decided it.
    """
    decided = any(not {other.by, *other.confirmed_by} - {by, ""} for other in one.defaults)
    if decided or _resting_on(one, by):
        raise SecondPersonNeededError(one.settlement_id)


def confirmed(one: PaidSettlement, before: Leg, state: LegState, by: str) -> PaidSettlement:
    """With `by` saying, too, that money of a debtor is there that was there `before`."""
    leg = one.leg(before.key)
    same = before.state is leg.state is state is LegState.SUCCEEDED and leg.is_inwards
    if not same or by in leg.confirmed_by or _vouchers(leg) == {by}:
        return one
    return with_leg(one, leg, replace(leg, confirmed_by=(*leg.confirmed_by, by)))


def unseen_cents(one: PaidSettlement, by: str) -> int:
    """What another settlement has to spare by the word of `by` alone, said since somebody else paid from its money."""
    paid_ms = max((step.at_ms for step in one.history if step.stage is Stage.PAYING and step.by != by), default=-1)
    unseen = sum(leg.amount_cents for leg in _resting_on(one, by) if leg.history[-1].at_ms > paid_ms)
    return min(unseen, max(0, spare_cents(one)))


def unseen_by(one: PaidSettlement) -> dict[str, int]:
    """`unseen_cents` by who said so, without those of whom it is nothing."""
    found = {by: unseen_cents(one, by) for by in {by for leg in one.legs for by in _vouchers(leg)}}
    return {by: cents for by, cents in found.items() if cents}


def _resting_on(one: PaidSettlement, by: str) -> list[Leg]:
    """Money of debtors that is there by the word of `by`, and that nobody else has confirmed."""
    return [leg for leg in one.legs if by in _vouchers(leg) and not set(leg.confirmed_by) - {by}]


def _vouchers(leg: Leg) -> set[str]:
    if not leg.is_inwards or leg.state is not LegState.SUCCEEDED:
        return set()
    return {by for by, _ in leg.rests_on} if leg.direction is Direction.DEPOSIT else {leg.history[-1].by}
