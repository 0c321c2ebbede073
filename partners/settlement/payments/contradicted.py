"""What the bank says of a payment in other words than bookings, and contradicts what is recorded: it is kept with the
payment, once, for a person to look at. Pure.
"""

from collections.abc import Sequence
from dataclasses import replace

from partners.settlement.payments import changes
from partners.settlement.payments.bookings import AND_MORE, MOST_LISTED
from partners.settlement.payments.legs import CAME_BACK, Leg, LegState, LegStep
from partners.settlement.payments.model import PaidSettlement

CONTRADICTS = "the bank says what contradicts what is recorded, ask it what became of the payment"


def contradicted(one: PaidSettlement, leg: Leg, step: LegStep) -> PaidSettlement | None:
    """With a word of the bank's noted as a trouble of a leg's; as it was if it was said before. None if it contradicts
    nothing, or is of a leg through Stripe, of which no bank tells.
    """
    if leg.may_be(step.state) or leg.means.through_stripe:
        return None
    if is_noted(leg, step.state, step.reference) or is_said([other.state for other in leg.history], step.state):
        return one
    noted = replace(leg, contradicted=(*leg.contradicted, step))
    return changes.also_troubled(changes.with_leg(one, leg, noted), leg.key, _in_words(noted))


def is_noted(leg: Leg, state: LegState, reference: str) -> bool:
    return any((other.state, other.reference) == (state, reference) for other in leg.contradicted)


def is_said(before: Sequence[LegState], state: LegState) -> bool:
    """Whether this was told of a payment that was in these states: a file may be read again, or after a later one."""
    if state is LegState.PENDING:
        return before[-1] is not LegState.SUBMITTED
    return state in before or (state in CAME_BACK and not CAME_BACK.isdisjoint(before))


def _in_words(leg: Leg) -> str:
    said = [f"{step.state} {' '.join(step.reference.split())}".strip() for step in leg.contradicted]
    return f"{CONTRADICTS}: {', '.join([*sorted(said[:MOST_LISTED]), *([AND_MORE] * (len(said) > MOST_LISTED))])}"
