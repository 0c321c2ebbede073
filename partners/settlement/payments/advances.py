"""What the network puts in of its own, agreed on by two people, and what settlements may draw on besides.

All who draw in a currency write its row in the transaction with their settlement, on condition of the version that was
read before the settlements were: of two at once the second reads again, so nothing is paid out twice.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from partners.contracts.currencies import CENT_CURRENCIES
from partners.contracts.errors import SecondPersonNeededError, UnsupportedCurrencyError
from partners.settlement.model import CurrencyNets
from partners.settlement.payments.agreed import Agreed, Book, TwoPeople, approved
from partners.settlement.payments.errors import AdvanceInUseError, NotFundedError
from partners.settlement.payments.funds import drawn_cents, spare_cents, uncollected
from partners.settlement.payments.model import NO_PARTNERS, PaidSettlement, Stage
from partners.settlement.payments.sums import Known
from partners.settlement.window import Window, WindowState
from shared.kernel.clock import Clock

Action = Mapping[str, Any]
"""Of a transaction of DynamoDB."""


@dataclass(frozen=True, slots=True)
class Advance:
    """`advanced_cents` of a currency are there that nobody else has to pay: what the network put in, in all."""

    advanced_cents: int = 0


class AdvanceBook(Book[Advance], Protocol):
    """See `partners.settlement.payments.agreed_store.AdvanceStore`."""

    def action(self, one: Agreed[Advance]) -> Action: ...


class PaymentBook(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def known(self, currency: str = "") -> Known: ...


class WindowList(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def windows(self) -> list[Window]: ...

    def nets(self, number: int) -> Iterable[CurrencyNets]: ...


class Advances:
    """Use cases of advances. Every method may raise StoreUnavailableError, and UnsupportedCurrencyError.

    What is advanced is proposed by one operator and approved by another, see `TwoPeople`. A new amount is all that is
    advanced from then on, and never less than what creditors were paid of it.
    """

    def __init__(self, book: AdvanceBook, payments: PaymentBook, windows: WindowList, clock: Clock) -> None:
        self._book = book
        self._payments = payments
        self._windows = windows
        self._clock = clock
        self.people = TwoPeople(book, _check_currency, clock)

    def approve(self, by: str, currency: str, number: int, reason: str) -> Agreed[Advance]:
        """Raises AdvanceInUseError, and what `TwoPeople.approve` raises."""

        def agreed(one: Agreed[Advance]) -> Agreed[Advance]:
            after = approved(one, number, by, reason, self._clock())
            if after.value.advanced_cents < one.value.advanced_cents:
                in_use = -sum(one.spare_cents for one in self._payments.known(currency).sums)
                if after.value.advanced_cents < in_use:
                    raise AdvanceInUseError(currency, in_use)
            return after

        return self.people.change(currency, agreed)

    def drawn(self, after: PaidSettlement) -> list[Action]:
        """What is written with a settlement that has planned its payouts: nothing, if it collected enough for them.

        Raises NotFundedError if other settlements have less to spare than it pays beyond that, and no more is advanced;
        SecondPersonNeededError if it is there by the word of who pays alone.
        """
        if not drawn_cents(after):
            return []
        # Before the settlements: whoever draws after they were read has changed it.
        one = self._book.get(after.currency)
        known = self._payments.known(after.currency)
        others = [other for other in known.sums if other.window != after.window]
        left = sum(other.spare_cents for other in others) + spare_cents(after) + one.value.advanced_cents
        if left < 0:
            unfinished = (other for other in known.unfinished if other.window != after.window)
            waiting = uncollected(unfinished) | set(self._uncalculated(after.currency, known.windows))
            raise NotFundedError(after.settlement_id, -left, sorted(waiting))
        payer = next(step.by for step in reversed(after.history) if step.stage is Stage.PAYING)
        unseen = [other for other in others if other.unseen.get(payer)]
        if left < sum(other.unseen[payer] for other in unseen):
            raise SecondPersonNeededError(after.settlement_id, windows=[other.window for other in unseen])
        return [self._book.action(replace(one, version=one.version + 1))]

    def _uncalculated(self, currency: str, calculated: Collection[int]) -> Iterator[int]:
        """Windows with debtors of which no settlement in this currency is calculated yet."""
        for window in self._windows.windows():
            if window.state not in (WindowState.CLOSED, WindowState.SETTLING) or window.number in calculated:
                continue
            nets = (net for one in self._windows.nets(window.number) if one.currency == currency for net in one.nets)
            if any(net.net_cents < 0 and net.party not in NO_PARTNERS for net in nets):
                yield window.number


def _check_currency(currency: str) -> None:
    if currency not in CENT_CURRENCIES:
        raise UnsupportedCurrencyError("No partner can have its books in it.", currency=currency[:80])
