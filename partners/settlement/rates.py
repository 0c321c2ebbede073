"""What contracts say of commission and breakage, as positions need it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from partners.contracts.errors import UnknownPartnerError
from partners.contracts.model import Terms, in_force
from partners.visits.lines import added
from partners.visits.model import DayTotals, Move, MoveKind
from shared.kernel.clock import DAY_MS


@dataclass(frozen=True, slots=True)
class DayRates:
    """A partner's rates on a UTC day: those in force when it begins, or later, if its first terms began on it.

    Prices in micros of its currency.
    """

    currency: str
    redeem_price_micros: int
    commission_bps: int = 0
    breakage_share_bps: int = 0


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


class TermsRates:
    """Rates by the terms agreed on. It reads each partner's once, so make one for each computation."""

    def __init__(self, agreed: Agreed) -> None:
        self._agreed = agreed
        self._versions: dict[str, list[Terms]] = {}

    def on(self, partner_id: str, day: str) -> DayRates | None:
        versions = self._of(partner_id)
        begins_at_ms = (date.fromisoformat(day) - date(1970, 1, 1)).days * DAY_MS
        terms = in_force(versions, begins_at_ms) or in_force(versions, begins_at_ms + DAY_MS - 1)
        if terms is None:
            return None
        return DayRates(terms.currency, terms.redeem_price_micros, terms.commission_bps, terms.breakage_share_bps)

    def _of(self, partner_id: str) -> list[Terms]:
        if partner_id not in self._versions:
            try:
                self._versions[partner_id] = self._agreed.terms(partner_id)
            except UnknownPartnerError:
                self._versions[partner_id] = []
        return self._versions[partner_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a partner's terms would be instead; None stays as it was. Prices in micros of its currency."""

    partner_id: str
    issue_price_micros: int | None = None
    redeem_price_micros: int | None = None
    commission_bps: int | None = None
    breakage_share_bps: int | None = None


class ProposedRates:
    """`rates`, but those of one partner as proposed."""

    def __init__(self, rates: Rates, proposal: Proposal) -> None:
        self._rates = rates
        self._proposal = proposal

    def on(self, partner_id: str, day: str) -> DayRates | None:
        rates = self._rates.on(partner_id, day)
        if rates is None or partner_id != self._proposal.partner_id:
            return rates
        named = {
            name: value
            for name in ("redeem_price_micros", "commission_bps", "breakage_share_bps")
            if (value := getattr(self._proposal, name)) is not None
        }
        return replace(rates, **named)


def repriced(day_totals: Iterable[DayTotals], proposal: Proposal) -> list[DayTotals]:
    """What days add up to if the partner's points had been granted and honoured at the proposed prices."""
    prices = {MoveKind.ISSUED: proposal.issue_price_micros, MoveKind.REDEEMED: proposal.redeem_price_micros}

    def moved(move: Move) -> Move:
        price_micros = prices.get(move.kind)
        return move if price_micros is None else replace(move, price_micros=price_micros)

    return [
        replace(day, totals=added([replace(day.totals, moves=tuple(moved(move) for move in day.totals.moves))]))
        if day.partner_id == proposal.partner_id
        else day
        for day in day_totals
    ]
