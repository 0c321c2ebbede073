"""Settlements as they stood at an earlier moment, from the dates of their steps. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from partners.books.receivables import CarriedInto
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.legs import CAME_BACK, Leg
from partners.settlement.payments.model import PaidSettlement


def settlements_at(settlements: Iterable[PaidSettlement], at_ms: int) -> list[PaidSettlement]:
    """Those that were calculated by then, each with what had been done and said of its payments.

    A default has no date of its own. It shows once creditors are paid or the settlement is called off, which have one;
    before that nothing follows from it for who owes what.
    """
    return [then for one in settlements if (then := _at(one, at_ms)) is not None]


def carried_at(carried: CarriedInto, settlements: Iterable[PaidSettlement]) -> CarriedInto:
    """What had been carried into each window, by `settlements` as they stood then."""
    known = {reference for one in settlements for reference in one.carried}
    return lambda window: [one for one in carried(window) if one.reference in known]


def _at(one: PaidSettlement, at_ms: int) -> PaidSettlement | None:
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
