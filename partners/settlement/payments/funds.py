"""What is there in a currency to pay creditors from: what all settlements collected, less what they pay. Pure.

A settlement pays its creditors from what it collected itself. Only what the network itself has to put in, because it
was charged in another window than it is paid in, comes from what other settlements have to spare.
"""

from collections.abc import Iterable

from partners.contracts.model import MEMBERS
from partners.settlement.payments.legs import CAME_BACK, Direction, Leg, LegState
from partners.settlement.payments.model import BEFORE_PAYOUT, PaidSettlement, Stage

COLLECTS = frozenset({Stage.CALCULATED, Stage.APPROVED, Stage.COLLECTING})


def drawn_cents(one: PaidSettlement) -> int:
    """By how much what is paid to creditors is more than what was collected for them: the network's own part."""
    return max(0, one.paid_out_cents - one.collected_cents)


def may_draw(one: PaidSettlement, payouts_cents: int) -> bool:
    """Whether creditors claim more, of a settlement whose payouts are not planned yet, than was collected for them.

    Members claim what their payouts come to, though what they owe themselves may make their position less.
    """
    of_members = max(0, payouts_cents - one.dues.claims.get(MEMBERS, 0))
    return _claims(one) + of_members - sum(one.shortfall.reductions.values()) > one.collected_cents


def spare_cents(one: PaidSettlement) -> int:
    """What a settlement has collected beyond what it pays; negative where it pays more.

    Money counts while it is there: not what came back or is disputed. A payout counts from when it is planned until it
    has come back, or has failed and is given up. Before, what is collected is kept for the creditors.
    """
    collected = sum(leg.amount_cents for leg in one.legs if leg.is_inwards and leg.state is LegState.SUCCEEDED)
    there = collected + sum(default.collateral_cents for default in one.defaults)
    if one.stage in BEFORE_PAYOUT:
        return max(0, there - _claims(one))
    return there - kept_cents(one)


def kept_cents(one: PaidSettlement) -> int:
    """What has gone to creditors, or is kept for their payouts."""
    return sum(leg.amount_cents for leg in one.legs if is_kept_for(one, leg))


def uncollected(settlements: Iterable[PaidSettlement]) -> set[int]:
    """Windows with debtors that were not all collected from yet."""
    return {one.window for one in settlements if one.stage in COLLECTS and any(one.dues.asked.values())}


def _claims(one: PaidSettlement) -> int:
    return sum(one.dues.claims.values())


def is_kept_for(one: PaidSettlement, leg: Leg) -> bool:
    """Whether a payment is a payout whose money has gone, or is kept for it."""
    if leg.is_inwards or leg.state in CAME_BACK:
        return False
    if leg.state is LegState.FAILED:
        return leg is one.newest_leg(leg.payee, Direction.OUT) and leg.payee not in one.given_up
    return leg.state is not LegState.PLANNED or leg.payee not in one.given_up
