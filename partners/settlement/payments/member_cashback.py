"""Cashback paid out: a settlement sends the money, or the member has the cashback back, and never both.

Who has a payout is written down by whoever comes first: a settlement when it plans to pay it, an operator together with
the journal entry that takes it back. Once a settlement has planned its payment, only that settlement gives it back.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from partners.payouts.model import PaidOut
from partners.settlement.payments.errors import PayoutInSettlementError
from partners.settlement.payments.legs import Leg
from partners.settlement.payments.model import PaidSettlement
from shared.ledger.model import Entry


class Payouts(Protocol):
    """See `partners.payouts.service.Payouts`."""

    def is_reversed(self, payout_id: str) -> bool: ...

    def reversed_among(self, payout_ids: Iterable[str]) -> set[str]: ...

    def give_back(self, payout_id: str, idempotency_key: str) -> bool: ...

    def reverse(
        self, operator: str, idempotency_key: str, payout_id: str, commit: Callable[[Entry], None] | None = None
    ) -> PaidOut: ...


class Claims(Protocol):
    """See `partners.settlement.payments.claim_store.ClaimStore`."""

    def settlement(self, payout_id: str) -> str | None: ...

    def claim(self, payout_ids: Sequence[str], settlement_id: str) -> set[str]: ...

    def note(self, payout_ids: Sequence[str], settlement_id: str) -> None: ...

    @property
    def are_all_noted(self) -> bool: ...

    def set_all_noted(self) -> None: ...

    def take_back(self, payout_id: str, settlement_id: str | None, entry: Entry) -> None: ...


class PaymentBook(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def get(self, window: int, currency: str) -> PaidSettlement | None: ...

    def each(self) -> Iterator[PaidSettlement]: ...


class MemberCashback:
    """Use cases of payouts that settlements pay. All may raise StoreUnavailableError and UnknownPayoutError."""

    def __init__(self, payouts: Payouts, claims: Claims, payments: PaymentBook) -> None:
        self._payouts = payouts
        self._claims = claims
        self._payments = payments

    def claim(self, payout_ids: Sequence[str], settlement_id: str) -> set[str]:
        """Have a settlement pay payouts; those that it has. Again is the same.

        They are asked about before, see `reversed_among`: whoever has had one reversed since has written that the
        member has it, so that it can't be claimed. Only of reversals of before nothing was written.
        """
        return self._claims.claim(payout_ids, settlement_id)

    def is_reversed(self, payout_id: str) -> bool:
        return self._payouts.is_reversed(payout_id)

    def reversed_among(self, payout_ids: Iterable[str]) -> set[str]:
        """Those whose cashback is the member's again."""
        return self._payouts.reversed_among(payout_ids)

    def give_back(self, payout_id: str, idempotency_key: str) -> bool:
        """What a settlement could not pay is the member's again; False if that has to be tried again later."""
        return self._payouts.give_back(payout_id, idempotency_key)

    def reverse(self, operator: str, idempotency_key: str, payout_id: str) -> PaidOut:
        """Give the cashback back that no settlement has planned to pay. Raises PayoutInSettlementError, and what
        `Payouts.reverse` raises.
        """
        return self._payouts.reverse(
            operator, idempotency_key, payout_id, commit=lambda entry: self._take_back(payout_id, entry)
        )

    def note_earlier(self) -> None:
        """Once: settlements of before wrote nowhere which payouts they pay. When that is written, nobody who takes one
        back need read all that there ever were. If it dies, the next call does it all again.
        """
        if not self._claims.are_all_noted:
            for one in self._payments.each():
                self._claims.note(sorted({leg.payout for leg in one.legs if leg.payout}), one.settlement_id)
            self._claims.set_all_noted()

    def _take_back(self, payout_id: str, entry: Entry) -> None:
        """Raises PayoutInSettlementError, and LostRaceError if a settlement has claimed it since."""
        claimed = self._claims.settlement(payout_id)
        if claimed is None:
            every = iter(()) if self._claims.are_all_noted else self._payments.each()
            leg = next((leg for one in every if (leg := _leg(one, payout_id))), None)
        else:
            window, _, currency = claimed.partition("-")
            one = self._payments.get(int(window), currency)
            leg = _leg(one, payout_id) if one is not None else None
            if leg is None and (one is None or all(payout_id != payout.entry_id for payout in one.postponed)):
                raise PayoutInSettlementError(claimed, "about_to_be_paid")
        if leg is not None:
            raise PayoutInSettlementError(leg.key, leg.state.value)
        self._claims.take_back(payout_id, claimed, entry)


def _leg(one: PaidSettlement, payout_id: str) -> Leg | None:
    """The newest one that pays a payout. Settlements of before claims had none tell by it that they do."""
    return next((leg for leg in reversed(one.legs) if leg.payout == payout_id), None)
