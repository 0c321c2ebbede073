"""Settlements as reports need them: those of which anything may be open, and those that amounts were carried from.

All others are finished, and nothing of them is open: that there is one of their window is all that is asked.
"""

from functools import cache
from typing import Protocol

from partners.books.past import InTransit, in_transit, settlement_at
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
        self._whole = cache(self._read)
        self.origin = cache(self._origin)
        found = map(self.origin, sorted(of_then))
        self.open = [one for one in found if one is not None]
        self.finished = tuple(one for one in known.finished if at_ms is None or one.last_ms <= at_ms)
        self.windows = {one.window for one in self.finished} | {one.window for one in self.open}

    @property
    def in_transit(self) -> list[InTransit]:
        """What the bank had booked and nobody had recorded, or the other way round. Of now, all that is recorded
        counts.
        """
        if self._at_ms is None:
            return []
        return [of for one in self.whole for of in in_transit(one, self._at_ms)]

    @property
    def whole(self) -> list[PaidSettlement]:
        """Those of `open`, with all that was done about them since."""
        found = (self._whole(one.settlement_id) for one in self.open)
        return [one for one in found if one is not None]

    def _origin(self, settlement_id: str) -> PaidSettlement | None:
        """The settlement of an id, as it stood."""
        one = self._whole(settlement_id)
        return one if one is None or self._at_ms is None else settlement_at(one, self._at_ms)

    def _read(self, settlement_id: str) -> PaidSettlement | None:
        if settlement_id in self._unfinished:
            return self._unfinished[settlement_id]
        window, _, currency = settlement_id.partition("-")
        return self._payments.get(int(window), currency)
