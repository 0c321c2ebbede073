"""Settlements as they stood at an earlier moment, from the dates of their steps. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from partners.books.errors import DayToComeError
from partners.books.receivables import CarriedInto, Origin, is_told
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.legs import CAME_BACK, Direction, Leg, LegState, LegStep
from partners.settlement.payments.model import PaidSettlement
from shared.kernel.clock import DAY_MS, midnight_ms


@dataclass(frozen=True, slots=True)
class InTransit:
    """Of a payment, by its leg's key: `cents` that had come into a state at the bank and were not recorded so yet, or
    with the opposite sign, were recorded and not booked yet. Positive is what comes into the account. The bank booked
    it `on` a day, and it was recorded `recorded_at_ms`.
    """

    currency: str
    leg: str
    state: LegState
    cents: int
    on: str
    recorded_at_ms: int


def moment_of(day: date | None, now_ms: int) -> int:
    """The end of a UTC day, now if that is to come or no day is given. Raises DayToComeError."""
    if day is None:
        return now_ms
    if midnight_ms(day) > now_ms:
        raise DayToComeError(day.isoformat())
    return min(midnight_ms(day) + DAY_MS - 1, now_ms)


def carried_at(carried: CarriedInto, origin: Origin) -> CarriedInto:
    """What had been carried into each window, by settlements as they stood then."""
    return lambda window: [one for one in carried(window) if is_told(one, origin)]


def settlement_at(one: PaidSettlement, at_ms: int) -> PaidSettlement | None:
    """With what had been done and said of its payments, None if it was not calculated by then.

    A default of before their dates were noted shows once creditors are paid or the settlement is called off, which have
    one; before that nothing follows from it for who owes what.
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
        defaults=tuple(default for default in one.defaults if (one.decided_at_ms(default) or 0) <= at_ms),
        came_back=tuple(key for key in one.came_back if key in returned),
        late=tuple(key for key in one.late if key in paid),
    )
    stood = {other.reference for other in carries(then)}
    return replace(then, carried=tuple(reference for reference in one.carried if reference in stood))


def _leg_at(leg: Leg, at_ms: int) -> Leg:
    return replace(leg, history=tuple(step for step in leg.history if step.at_ms <= at_ms))


def in_transit(one: PaidSettlement, at_ms: int) -> Iterator[InTransit]:
    """What of a settlement the bank had booked at a moment and nobody had recorded, or the other way round."""
    for leg, step, on, booked_ms in _movements(one, at_ms):
        was_recorded, was_booked = step.at_ms <= at_ms, booked_ms <= at_ms
        if was_recorded is not was_booked:
            cents = _cents(leg, step) if was_booked else -_cents(leg, step)
            yield InTransit(one.currency, leg.key, step.state, cents, on, step.at_ms)


def booked_cents(one: PaidSettlement, at_ms: int | None = None) -> int:
    """What a settlement's payments had brought into the account by a moment, negative what they had taken from it; all
    that is recorded, if none is given.
    """
    moved = _movements(one, at_ms)
    return sum(_cents(leg, step) for leg, step, _, booked_ms in moved if at_ms is None or booked_ms <= at_ms)


def _movements(one: PaidSettlement, at_ms: int | None) -> Iterator[tuple[Leg, LegStep, str, int]]:
    """Of payments that were planned by then, each movement, the bank's day of it, empty if it is not known, and when it
    was booked: neither before it was planned, nor before what it follows.
    """
    for leg in one.legs:
        booked_ms = leg.history[0].at_ms
        if leg.direction is not Direction.DEPOSIT and (at_ms is None or booked_ms <= at_ms):
            for step in leg.moves:
                on = _booked_on(leg, step)
                booked_ms = max(booked_ms, midnight_ms(date.fromisoformat(on)) if on else step.at_ms)
                yield leg, step, on, booked_ms


def _cents(leg: Leg, step: LegStep) -> int:
    return leg.amount_cents if leg.is_inwards is not (step.state in CAME_BACK) else -leg.amount_cents


def _booked_on(leg: Leg, step: LegStep) -> str:
    """The bank's day of a movement, the first if it booked it more than once; empty if it is not known."""
    arrived = step.state is LegState.SUCCEEDED
    return min((one.on for one in leg.bookings if one.on and one.arrived is arrived), default="")
