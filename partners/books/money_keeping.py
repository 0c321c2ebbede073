"""Keeping the trial balance of money of a month's end, and deriving it again."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from partners.billing.model import Month, month_before
from partners.books.money_service import MoneyBooked
from partners.books.month_money import (
    bridge_contradictions,
    money_contradictions_since,
    money_document,
    recorded_late,
)


class Money(Protocol):
    """See `partners.books.money_service.MoneyBooks`."""

    def balance(self, day: date | None = None) -> MoneyBooked: ...


@dataclass(frozen=True, slots=True)
class MoneyDerived:
    """In words, what contradicts a balance that is kept, and what of it is another by now, for it was recorded late."""

    contradictions: tuple[str, ...]
    late: tuple[str, ...]


def close_money(money: Money, month: Month, before: bytes | None) -> tuple[bytes, tuple[str, ...]]:
    """The balance of a month that is over, and in words what contradicts it; `before` is the document of the month
    before, None if none is kept.

    Raises StoreUnavailableError.
    """
    opened, closed = money.balance(month_before(month).last_day), money.balance(month.last_day)
    document = money_document(month.name, opened, closed, before)
    return document, (*closed.contradictions, *bridge_contradictions(document, before))


def derive_again(money: Money, month: Month, document: bytes, before: bytes | None) -> MoneyDerived:
    """What is found of a month whose balance is kept as `document`. Raises StoreUnavailableError."""
    now = money.balance(month.last_day)
    since = money_contradictions_since(document, now)
    found = (*now.contradictions, *bridge_contradictions(document, before), *since)
    return MoneyDerived(found, tuple(recorded_late(document, now)))
