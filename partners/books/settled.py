"""Settlements as reports need them: those of which anything may be open, and those that amounts were carried from.

All others are finished, and nothing of them is open: that there is one of their window is all that is asked.
"""

from functools import cache
from typing import Protocol

from partners.books.past import settlement_at
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.sums import Known


class PaidSettlements(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def known(self) -> Known: ...

    def get(self, window: int, currency: str) -> PaidSettlement | None: ...


class Settled:
    """The settlements there are by now, or as they stood `at_ms`. May raise StoreUnavailableError."""

    def __init__(self, payments: PaidSettlements, known: Known, at_ms: int | None = None) -> None:
        self._payments = payments
        self._at_ms = at_ms
        self._unfinished = {one.settlement_id: one for one in known.unfinished}
        # What nothing was done about since then stood as it does now, finished.
        open_then = (one for one in known.finished if at_ms is not None and one.first_ms <= at_ms < one.last_ms)
        of_then = {*self._unfinished, *(one.settlement_id for one in open_then)}
        self.origin = cache(self._origin)
        found = map(self.origin, sorted(of_then))
        self.open = [one for one in found if one is not None]
        finished = {one.window for one in known.finished if at_ms is None or one.first_ms <= at_ms}
        self.windows = finished | {one.window for one in self.open}

    def _origin(self, settlement_id: str) -> PaidSettlement | None:
        """The settlement of an id, as it stood."""
        one = self._unfinished.get(settlement_id)
        if one is None:
            window, _, currency = settlement_id.partition("-")
            one = self._payments.get(int(window), currency)
        return one if one is None or self._at_ms is None else settlement_at(one, self._at_ms)
