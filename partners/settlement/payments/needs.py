"""What paying settlements needs of others."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from partners.settlement.model import Book, Carried, CurrencyNets
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments.advances import Action
from partners.settlement.payments.funded import FundingChange
from partners.settlement.payments.legs import Direction, Means
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.window import Window, WindowState


class PaymentBook(Protocol):
    """Where settlements are kept; see `partners.settlement.payments.store.PaymentStore`."""

    def add(self, one: PaidSettlement) -> bool: ...

    def replace(self, before: PaidSettlement, after: PaidSettlement, also: Sequence[Action] = ()) -> bool: ...

    def get(self, window: int, currency: str) -> PaidSettlement | None: ...

    def unfinished(self) -> list[PaidSettlement]: ...

    def finish(self, one: PaidSettlement) -> None: ...

    def of_window(self, window: int) -> list[PaidSettlement]: ...


class Windows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def window(self, number: int) -> Window: ...

    def nets(self, number: int) -> tuple[CurrencyNets, ...]: ...

    def part(self, number: int, party: str) -> Book: ...

    def brought_into(self, number: int) -> list[Carried]: ...

    def carry(self, amounts: Sequence[Carried]) -> None: ...

    def stand(self, number: int, state: WindowState) -> Window: ...

    def payouts(self, number: int, currency: str) -> tuple[MemberPayout, ...]: ...


class Cashback(Protocol):
    """Members' payouts; see `partners.settlement.payments.member_cashback.MemberCashback`."""

    def claim(self, payout_ids: Sequence[str], settlement_id: str) -> set[str]: ...

    def is_reversed(self, payout_id: str) -> bool: ...

    def reversed_among(self, payout_ids: Iterable[str]) -> set[str]: ...

    def note_earlier(self) -> None: ...

    def give_back(self, payout_id: str, idempotency_key: str) -> bool: ...


class Funding(Protocol):
    """See `partners.funding.service.FundingService`."""

    def settle(self, change: FundingChange) -> None: ...


class Methods(Protocol):
    """See `partners.settlement.payments.payees.Payees`."""

    def means(self, party: str, direction: Direction) -> Means: ...


class Drawing(Protocol):
    """See `partners.funding.deposits.Drawing`."""

    def begin(self) -> None: ...

    def cents(self, partner_id: str) -> int: ...

    def check_there(self, partner_id: str, cents: int) -> None: ...

    def vouched(self, before: PaidSettlement, after: PaidSettlement) -> PaidSettlement: ...

    def actions(self, before: PaidSettlement, after: PaidSettlement) -> Sequence[Action]: ...


class Deposits(Protocol):
    """See `partners.funding.deposits.Deposits`."""

    def drawing(self, currency: str) -> Drawing: ...


class Funds(Protocol):
    """See `partners.settlement.payments.advances.Advances`."""

    def drawn(self, after: PaidSettlement) -> Sequence[Action]: ...
