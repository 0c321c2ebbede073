"""Settlements as they stood at an earlier moment, from the dates of their steps. Pure."""

from dataclasses import replace

from partners.books.receivables import CarriedInto, Origin, is_told
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.legs import CAME_BACK, Leg
from partners.settlement.payments.model import PaidSettlement


def carried_at(carried: CarriedInto, origin: Origin) -> CarriedInto:
    """What had been carried into each window, by settlements as they stood then."""
    return lambda window: [one for one in carried(window) if is_told(one, origin)]


def settlement_at(one: PaidSettlement, at_ms: int) -> PaidSettlement | None:
    """With what had been done and said of its payments, None if it was not calculated by then.

    A default has no date of its own. It shows once creditors are paid or the settlement is called off, which have one;
    before that nothing follows from it for who owes what.
    """
    history = tuple(step for step in one.history if step.at_ms <= at_ms)
    if not history:
        return None
    legs = tuple(_leg_at(leg, at_ms) for leg in one.legs if leg.history[0].at_ms <= at_ms)
    returned = {leg.key for leg in legs if leg.state in CAME_BACK}
    paid = {leg.key for leg in legs if leg.moves}
    then = replace(
        one,
        history=history,
        legs=legs,
        came_back=tuple(key for key in one.came_back if key in returned),
        late=tuple(key for key in one.late if key in paid),
    )
    stood = {other.reference for other in carries(then)}
    return replace(then, carried=tuple(reference for reference in one.carried if reference in stood))


def _leg_at(leg: Leg, at_ms: int) -> Leg:
    return replace(leg, history=tuple(step for step in leg.history if step.at_ms <= at_ms))
