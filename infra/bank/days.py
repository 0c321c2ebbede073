"""Days on which a bank carries payments in euros out: those of TARGET, the system of the Eurosystem."""

from datetime import date, timedelta

from dateutil.easter import easter

from partners.settlement.payments.legs import Direction

_SATURDAY = 5


def check_day(on: date, today: date, direction: Direction) -> None:
    """Raises ValueError for a day on which no bank would carry a file out: it is over, or TARGET is closed on it, or it
    is too soon to collect, for a debtor's bank has a direct debit between businesses one day of TARGET before.
    """
    if on < today:
        raise ValueError(f"{on} is over: a bank carries nothing out on it any more.")
    if is_closed(on):
        raise ValueError(f"On {on} banks carry nothing out: TARGET is closed. The next day is {_next(on)}.")
    if direction is Direction.IN and on < (first := _next(_next(today) + timedelta(days=1))):
        raise ValueError(f"On {on} no bank collects what it gets on {today}. The first day is {first}.")


def is_closed(day: date) -> bool:
    """On Saturdays, Sundays, New Year's Day, Good Friday, Easter Monday, May 1 and the first two days of Christmas."""
    sunday: date = easter(day.year)
    feasts = {(1, 1), (5, 1), (12, 25), (12, 26)}
    by_easter = {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    return day.weekday() >= _SATURDAY or (day.month, day.day) in feasts or day in by_easter


def _next(day: date) -> date:
    while is_closed(day):
        day += timedelta(days=1)
    return day
