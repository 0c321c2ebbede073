"""What contracts say of commission and breakage, as positions need it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from partners.contracts.errors import UnknownPartnerError
from partners.contracts.model import Terms, in_force
from partners.visits.lines import added
from partners.visits.model import DayTotals, Move, MoveKind
from shared.kernel.clock import DAY_MS, midnight_ms


@dataclass(frozen=True, slots=True)
class DayRates:
    """A partner's rates on a UTC day: those in force when it begins, or later, if its first terms began on it.

    Prices in micros of its currency. Who is `closed` has no breakage share, whatever terms say.
    """

    currency: str
    redeem_price_micros: int
    commission_bps: int = 0
    breakage_share_bps: int = 0
    closed: bool = False
    cashback_breakage_share_bps: int = 0


class Rates(Protocol):
    """Where rates come from."""

    def on(self, partner_id: str, day: str) -> DayRates | None:
        """None of who has no terms on that day."""
        ...


class _NoRates:
    def on(self, partner_id: str, day: str) -> DayRates | None:  # noqa: ARG002
        return None


NO_RATES: Rates = _NoRates()
"""Neither commission nor breakage share."""


class Agreed(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def terms(self, partner_id: str) -> list[Terms]: ...

    def closed_at_ms(self, partner_id: str) -> int | None: ...


class TermsRates:
    """Rates by the terms agreed on, for a period that ends at `until_ms`.

    Who is closed by then has no breakage share in it: that a partner was closed says that it is owed nothing, and its
    points go on running out for as long as they are spendable. It reads each partner's once, so make one for each
    computation.
    """

    def __init__(self, agreed: Agreed, until_ms: int) -> None:
        self._agreed = agreed
        self._until_ms = until_ms
        self._versions: dict[str, list[Terms]] = {}
        self._closed: dict[str, bool] = {}

    def on(self, partner_id: str, day: str) -> DayRates | None:
        versions = self._of(partner_id)
        begins_at_ms = midnight_ms(date.fromisoformat(day))
        terms = in_force(versions, begins_at_ms) or _first_between(versions, begins_at_ms, begins_at_ms + DAY_MS)
        if terms is None:
            return None
        closed = self._is_closed(partner_id)
        return DayRates(
            terms.currency,
            terms.redeem_price_micros,
            terms.commission_bps,
            0 if closed else terms.breakage_share_bps,
            closed,
            0 if closed else terms.cashback_breakage_share_bps,
        )

    def _is_closed(self, partner_id: str) -> bool:
        if partner_id not in self._closed:
            closed_at_ms = self._agreed.closed_at_ms(partner_id)
            self._closed[partner_id] = closed_at_ms is not None and closed_at_ms <= self._until_ms
        return self._closed[partner_id]

    def _of(self, partner_id: str) -> list[Terms]:
        if partner_id not in self._versions:
            try:
                self._versions[partner_id] = self._agreed.terms(partner_id)
            except UnknownPartnerError:
                self._versions[partner_id] = []
        return self._versions[partner_id]


def _first_between(versions: Sequence[Terms], from_ms: int, until_ms: int) -> Terms | None:
    """Later terms of the same day may be agreed on when what it moved has been settled: they change nothing of that."""
    begun = [terms for terms in versions if from_ms <= terms.effective_from_ms < until_ms]
    return min(begun, key=lambda terms: (terms.effective_from_ms, -terms.version), default=None)


_SHARES = ("breakage_share_bps", "cashback_breakage_share_bps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a partner's terms would be instead; None stays as it was. Prices in micros of its currency."""

    partner_id: str
    issue_price_micros: int | None = None
    redeem_price_micros: int | None = None
    commission_bps: int | None = None
    breakage_share_bps: int | None = None
    cashback_breakage_share_bps: int | None = None


class ProposedRates:
    """`rates`, but those of one partner as proposed. Closed, it has no breakage share by these either."""

    def __init__(self, rates: Rates, proposal: Proposal) -> None:
        self._rates = rates
        self._proposal = proposal

    def on(self, partner_id: str, day: str) -> DayRates | None:
        rates = self._rates.on(partner_id, day)
        if rates is None or partner_id != self._proposal.partner_id:
            return rates
        named = {
            name: value
            for name in ("redeem_price_micros", "commission_bps", *_SHARES)
            if (value := getattr(self._proposal, name)) is not None
            if name not in _SHARES or not rates.closed
        }
        return replace(rates, **named)


def repriced(day_totals: Iterable[DayTotals], proposal: Proposal) -> Iterator[DayTotals]:
    """What days add up to if the partner's points had been granted and honoured at the proposed prices."""
    prices = {MoveKind.ISSUED: proposal.issue_price_micros, MoveKind.REDEEMED: proposal.redeem_price_micros}

    def moved(move: Move) -> Move:
        price_micros = prices.get(move.kind)
        return move if price_micros is None else replace(move, price_micros=price_micros)

    for day in day_totals:
        if day.partner_id == proposal.partner_id:
            moves = tuple(moved(move) for move in day.totals.moves)
            yield replace(day, totals=added([replace(day.totals, moves=moves)]))
        else:
            yield day
