"""The trial balance of money as of now."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from partners.books.money import MoneyBalance, money_balance, money_contradictions
from partners.books.receivable_service import PaidSettlements, WindowBook
from partners.settlement.model import Book, Carried
from partners.settlement.window import HAS_POSITIONS


class ClosedWindows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def outline(self, number: int) -> Book: ...


class MoneyBooks:
    """Use case of the trial balance of money."""

    def __init__(self, payments: PaidSettlements, windows: WindowBook, closed: ClosedWindows) -> None:
        self._payments = payments
        self._windows = windows
        self._closed = closed

    def balance(self) -> tuple[tuple[MoneyBalance, ...], tuple[str, ...]]:
        """Every account of money, and in words what contradicts them. Reads all closed windows.

        Raises StoreUnavailableError.
        """
        windows = self._windows.windows()
        books = {one.number: self._closed.outline(one.number) for one in windows if one.state in HAS_POSITIONS}
        settlements = self._payments.all()

        @cache
        def carried(number: int) -> Sequence[Carried]:
            return self._windows.carried(number)

        balances = money_balance(books, settlements)
        numbers = [one.number for one in windows]
        return balances, tuple(money_contradictions(balances, books, settlements, numbers, carried))
