"""The trial balance of money as of now."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Protocol

from partners.books.money import ADVANCES, DEPOSITS, Account, MoneyBalance, money_balance, money_contradictions
from partners.books.receivable_service import WindowBook, numbers_of
from partners.books.settled import PaidSettlements, Settled
from partners.contracts.model import Partner
from partners.funding.model import Payment
from partners.settlement.by_party import News
from partners.settlement.model import Carried
from partners.settlement.payments.advances import Advance
from partners.settlement.payments.agreed import Agreed
from partners.settlement.payments.sums import Known, Moves


class ClosedWindows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def news(self) -> Mapping[int, News]: ...


class PaymentBook(PaidSettlements, Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def moves(self, known: Known) -> list[Moves]: ...

    def differing(self) -> list[tuple[int, str]]: ...

    def mark(self, window: int, currency: str) -> None: ...


class PartnerList(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...


class Funding(Protocol):
    """See `partners.funding.service.FundingService`."""

    def by_hand(self, partner_id: str) -> list[Payment]: ...


class AdvanceBook(Protocol):
    """See `partners.settlement.payments.agreed_store.AdvanceStore`."""

    def get(self, subject: str) -> Agreed[Advance]: ...


class MoneyBooks:
    """Use case of the trial balance of money."""

    def __init__(
        self,
        payments: PaymentBook,
        windows: WindowBook,
        closed: ClosedWindows,
        partners: PartnerList,
        funding: Funding,
        advances: AdvanceBook,
    ) -> None:
        self._partners = partners
        self._funding = funding
        self._advances = advances
        self._payments = payments
        self._windows = windows
        self._closed = closed

    def balance(self) -> tuple[tuple[MoneyBalance, ...], tuple[str, ...]]:
        """Every account of money, and in words what contradicts them. Reads what every closed window and every finished
        settlement came to, and the unfinished ones whole.

        Raises StoreUnavailableError.
        """
        numbers = numbers_of(self._windows)
        news = self._closed.news()
        known = self._payments.known()
        settled = Settled(self._payments, known)

        @cache
        def carried(number: int) -> Sequence[Carried]:
            return self._windows.carried(number)

        balances = money_balance(news, self._payments.moves(known), self._brought())
        found = money_contradictions(balances, news, settled.open, settled.windows, numbers, carried, settled.origin)
        return balances, tuple(found)

    def recount(self) -> list[str]:
        """The finished settlements of which what is kept was not what they come to, by all of their payments.

        They are read whole from now on, until they are summed up anew. Raises StoreUnavailableError.
        """
        found = self._payments.differing()
        for window, currency in found:
            self._payments.mark(window, currency)
        return [f"{window}-{currency}" for window, currency in found]

    def _brought(self) -> Iterator[tuple[Account, int]]:
        """What came in or was given back outside of settlements: as operators recorded it, and advanced it."""
        partners = self._partners.partners()
        for partner in partners:
            for payment in self._funding.by_hand(partner.partner_id):
                yield (payment.currency, DEPOSITS), payment.amount_cents
        for currency in sorted({partner.currency for partner in partners}):
            if cents := self._advances.get(currency).value.advanced_cents:
                yield (currency, ADVANCES), cents
