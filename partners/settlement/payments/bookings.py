"""What the bank has booked of a payment, in whatever order its statements are read: each booking counts once. Pure.

The state of a payment follows from how often its money went its way and how often it came back, not from which was read
first. What can't follow from one payment made once, and come back once, is for a person to look at.
"""

from collections.abc import Sequence
from dataclasses import replace

from partners.settlement.payments import changes
from partners.settlement.payments.legs import CAME_BACK, IN_FLIGHT, Booked, Leg, LegState, LegStep
from partners.settlement.payments.model import PaidSettlement

BOOKED = "the bank has booked what can't be of one payment, look where its money is"
MOST_LISTED = 8
AND_MORE = "and more"
_THERE = frozenset({LegState.SUCCEEDED, LegState.DISPUTED})


def booked(one: PaidSettlement, name: str, booking: Booked, step: LegStep) -> tuple[PaidSettlement, str]:
    """What follows from a booking for a leg, and what of it a person must look at, in words; nothing if it is known.

    `step` is what the leg comes to by it, if it does: it succeeds, or fails or comes back. Raises UnknownLegError.
    """
    leg = one.leg(name)
    if any(booking.is_same(other) for other in leg.bookings):
        dated = replace(leg, bookings=with_day(leg.bookings, booking))
        return (one, "") if dated == leg else (changes.with_leg(one, leg, dated), _contradiction(dated))
    noted = _with_booking(leg, booking, step)
    return _moved(changes.with_leg(one, leg, noted), noted, booking, step), _contradiction(noted)


def is_known(bookings: Sequence[Booked], booking: Booked) -> bool:
    """Whether it says no more than they do, not even the day of one."""
    return any(map(booking.is_same, bookings)) and with_day(bookings, booking) == tuple(bookings)


def with_day(bookings: Sequence[Booked], booking: Booked) -> tuple[Booked, ...]:
    """With the day of what was told of by its reference alone; else another day's would be taken for it, too."""
    undated = replace(booking, on="")
    if booking in bookings:
        return tuple(bookings)
    return tuple(booking if one == undated else one for one in bookings)


def _with_booking(leg: Leg, booking: Booked, step: LegStep) -> Leg:
    """The leg with another booking, and before it the one that was told of by its reference alone, if it is another."""
    states = CAME_BACK if not booking.arrived else {LegState.SUCCEEDED}
    told = next((other.reference for other in leg.history if other.state in states), "")
    noted = any(other.arrived is booking.arrived for other in leg.bookings)
    # A booking without a name of the bank's own has another reference in each statement.
    named = booking.name == step.reference
    first = (Booked(booking.arrived, told),) if told and named and told != step.reference and not noted else ()
    return replace(leg, bookings=(*leg.bookings, *first, booking))


def _moved(one: PaidSettlement, leg: Leg, booking: Booked, step: LegStep) -> PaidSettlement:
    there, back = _times(leg)
    if leg.state in IN_FLIGHT:
        state = LegState.SUCCEEDED if booking.arrived else LegState.FAILED
        return changes.told(one, leg.key, replace(step, state=state))
    if booking.arrived:
        ends_dispute = leg.state is LegState.DISPUTED and there > back
        if ends_dispute or (leg.state is LegState.FAILED and not back):
            return changes.told(one, leg.key, step)
        if leg.state is LegState.FAILED:
            failed = leg.history[-1].reference
            return changes.came_and_went(one, leg.key, step, replace(step, state=LegState.RETURNED, reference=failed))
    elif leg.state in _THERE and there <= back:
        state = LegState.REVERSED if step.state is LegState.REVERSED else LegState.RETURNED
        return changes.told(one, leg.key, replace(step, state=state))
    return one


def _times(leg: Leg) -> tuple[int, int]:
    """How often money of a leg arrived, told of in whatever way, and how often it went back; a dispute took it once."""
    arrived = sum(one.arrived for one in leg.bookings)
    succeeded = any(step.state is LegState.SUCCEEDED for step in leg.history)
    disputed = sum(step.state is LegState.DISPUTED for step in leg.history)
    return max(arrived, int(succeeded)), len(leg.bookings) - arrived + disputed


def _contradiction(leg: Leg) -> str:
    """In words, what can't be of a payment that is made once and comes back once at most."""
    arrived, back = ([one for one in leg.bookings if one.arrived is arrived] for arrived in (True, False))
    disputed = sum(step.state is LegState.DISPUTED for step in leg.history)
    once = len(arrived) <= 1 + disputed and len(back) <= 1
    days = [one.on for one in (*back, *arrived)]
    in_order = not once or len(days) != 2 or "" in days or days == sorted(days, reverse=True)
    if once and in_order and leg.state is not LegState.PLANNED:
        return ""
    every = [f"{way} {one.on} {one.name}" for way, found in (("there", arrived), ("back", back)) for one in found]
    listed = [*sorted(" ".join(one.split()) for one in every[:MOST_LISTED]), *([AND_MORE] * (len(every) > MOST_LISTED))]
    return f"{BOOKED}: {', '.join(listed)}"
