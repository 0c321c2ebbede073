"""Books of money in which nothing ever was."""

from datetime import date

from partners.books.money_service import MoneyBooked
from shared.kernel.clock import DAY_MS, midnight_ms


class NoMoney:
    def balance(self, day: date | None = None) -> MoneyBooked:
        return MoneyBooked(0 if day is None else midnight_ms(day) + DAY_MS - 1, ())
