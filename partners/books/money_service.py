"""The trial balance of money, as of now or of an earlier day."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol, TypeVar

from partners.books.money import (
    ADVANCES,
    DEPOSITS,
    IN_TRANSIT,
    Account,
    MoneyBalance,
    bank_contradictions,
    deposit_contradictions,
    money_balance,
    money_contradictions,
)
from partners.books.past import InTransit, booked_cents, carried_at, moment_of
from partners.books.receivable_service import WindowBook, numbers_of
from partners.books.receivables import CarriedInto
from partners.books.settled import PaidSettlements, Settled
from partners.contracts.model import Partner
from partners.funding.model import Payment
from partners.settlement.by_party import News
from partners.settlement.model import Carried
from partners.settlement.payments.advances import Advance
from partners.settlement.payments.agreed import Agreed
from partners.settlement.payments.sums import Known, Moves, moves_of
from shared.kernel.clock import Clock
from shared.kernel.errors import StoreUnavailableError

Found = TypeVar("Found")
MOST_READINGS = 8
"""So often what changes meanwhile is read, 0.4 s each with years of settlements; then another request goes on."""


class ClosedWindows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def news(self, at_ms: int | None = None) -> Mapping[int, News]: ...


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


class Deposits(Protocol):
    """See `partners.funding.deposits.Deposits`."""

    def at_rest(self, read: Callable[[], Found]) -> Found: ...


@dataclass(frozen=True, slots=True)
class MoneyBooked:
    """Every account of money at a moment, in words what contradicts them, and what was in transit then."""

    at_ms: int
    accounts: tuple[MoneyBalance, ...]
    contradictions: tuple[str, ...] = ()
    in_transit: tuple[InTransit, ...] = ()


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
        deposits: Deposits,
        clock: Clock,
    ) -> None:
        self._partners = partners
        self._funding = funding
        self._advances = advances
        self._payments = payments
        self._windows = windows
        self._closed = closed
        self._deposits = deposits
        self._clock = clock

    def balance(self, day: date | None = None) -> MoneyBooked:
        """Every account of money, and in words what contradicts them: now, or at the end of an earlier `day`.

        Reads what every closed window and every finished settlement came to, and whole the settlements that are not
        finished, or about which anything was done after that day. All of it again while it changes meanwhile,
        MOST_READINGS times. Raises DayToComeError, StoreUnavailableError.
        """
        now_ms = self._clock()
        at_ms = moment_of(day, now_ms)
        return self._deposits.at_rest(lambda: self._at_rest(at_ms, None if at_ms == now_ms else at_ms))

    def _at_rest(self, at_ms: int, past_ms: int | None) -> MoneyBooked:
        """Of settlements that all stayed as they were while it was read."""
        known = self._payments.known()
        for _ in range(MOST_READINGS):
            found = self._balance(known, at_ms, past_ms)
            again = self._payments.known()
            if _versions(again) == _versions(known):
                return found
            known = again
        raise StoreUnavailableError("settlements change as fast as they are read")

    def _balance(self, known: Known, at_ms: int, past_ms: int | None) -> MoneyBooked:
        settled = Settled(self._payments, known, past_ms)
        # Windows later than settlements: a window that is closed meanwhile has no settlement yet.
        numbers, news = numbers_of(self._windows), self._closed.news(past_ms)

        @cache
        def read(number: int) -> Sequence[Carried]:
            return self._windows.carried(number)

        carried: CarriedInto = read if past_ms is None else carried_at(read, settled.origin)
        finished = self._payments.moves(Known((), settled.finished))
        moves = [*finished, *map(moves_of, settled.open)]
        in_transit = tuple(settled.in_transit)
        brought = list(self._brought(past_ms))
        others = [((one.currency, IN_TRANSIT), one.cents) for one in in_transit]
        accounts = money_balance(news, moves, [*brought, *others])
        booked = [(currency, cents) for (currency, _), cents in brought]
        booked += [(one.currency, booked_cents(one, past_ms)) for one in settled.whole]
        paid_in = Counter[str]()
        for (currency, account), cents in brought:
            paid_in[currency] += cents if account == DEPOSITS else 0
        found = [
            *money_contradictions(accounts, news, settled.open, settled.windows, numbers, carried, settled.origin),
            *deposit_contradictions(accounts, moves, settled.open, paid_in),
            *bank_contradictions(accounts, finished, booked),
        ]
        return MoneyBooked(at_ms, accounts, tuple(found), in_transit)

    def recount(self) -> list[str]:
        """The finished settlements of which what is kept was not what they come to, by all of their payments.

        They are read whole from now on, until they are summed up anew. Raises StoreUnavailableError.
        """
        found = self._payments.differing()
        for window, currency in found:
            self._payments.mark(window, currency)
        return [f"{window}-{currency}" for window, currency in found]

    def _brought(self, past_ms: int | None) -> Iterator[tuple[Account, int]]:
        """What came in or was given back outside of settlements: as operators recorded it, and advanced it. By a
        moment, if one is given; of now all that is there counts, whatever clock it was recorded by.
        """
        partners = self._partners.partners()
        for partner in partners:
            for payment in self._funding.by_hand(partner.partner_id):
                if past_ms is None or payment.at_ms <= past_ms:
                    yield (payment.currency, DEPOSITS), payment.amount_cents
        for currency in sorted({partner.currency for partner in partners}):
            found = self._advances.get(currency)
            advance = found.value if past_ms is None else found.at(past_ms, Advance())
            if cents := advance.advanced_cents:
                yield (currency, ADVANCES), cents


def _versions(known: Known) -> dict[str, int]:
    finished = {one.settlement_id: one.version for one in known.finished}
    return finished | {one.settlement_id: one.version for one in known.unfinished}
