"""The trial balance of money as of now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Protocol

from partners.books.money import ADVANCES, DEPOSITS, Account, MoneyBalance, money_balance, money_contradictions
from partners.books.receivable_service import PaidSettlements, WindowBook
from partners.contracts.model import Partner
from partners.funding.model import Payment
from partners.settlement.by_party import News
from partners.settlement.model import Carried
from partners.settlement.payments.advances import Advance
from partners.settlement.payments.agreed import Agreed
from partners.settlement.payments.consequences import funding_changes
from partners.settlement.payments.model import PaidSettlement


class ClosedWindows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def news(self) -> Mapping[int, News]: ...


class PartnerList(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...


class Funding(Protocol):
    """See `partners.funding.service.FundingService`."""

    def by_hand(self, partner_id: str, settled: Iterable[str]) -> list[Payment]: ...


class AdvanceBook(Protocol):
    """See `partners.settlement.payments.agreed_store.AdvanceStore`."""

    def get(self, subject: str) -> Agreed[Advance]: ...


class MoneyBooks:
    """Use case of the trial balance of money."""

    def __init__(
        self,
        payments: PaidSettlements,
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
        """Every account of money, and in words what contradicts them. Reads what every closed window came to, and all
        payments.

        Raises StoreUnavailableError.
        """
        windows = self._windows.windows()
        news = self._closed.news()
        settlements = self._payments.all()

        @cache
        def carried(number: int) -> Sequence[Carried]:
            return self._windows.carried(number)

        balances = money_balance(news, settlements, self._brought(settlements))
        numbers = [one.number for one in windows]
        return balances, tuple(money_contradictions(balances, news, settlements, numbers, carried))

    def _brought(self, settlements: Sequence[PaidSettlement]) -> Iterator[tuple[Account, int]]:
        """What came in or was given back outside of settlements: as operators recorded it, and advanced it."""
        settled: defaultdict[str, list[str]] = defaultdict(list)
        for change in (change for one in settlements for change in funding_changes(one)):
            settled[change.partner_id].append(change.reference)
        partners = self._partners.partners()
        for partner in partners:
            for payment in self._funding.by_hand(partner.partner_id, settled[partner.partner_id]):
                yield (payment.currency, DEPOSITS), payment.amount_cents
        for currency in sorted({partner.currency for partner in partners}):
            if cents := self._advances.get(currency).value.advanced_cents:
                yield (currency, ADVANCES), cents
