"""What a point that members hold can cost the network at a month's end. Pure.

Who honours a point is paid its own redeem price, whoever granted the point. So a point in one currency is valued at
the highest redeem price of all partners where it can be spent, those of other currencies at the exchange rates that
terms agree on. That is version 2; version 1, in books of format 1, was the redeem price of the point's own issuer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from partners.contracts.exchange import NANOS, ExchangeRate
from partners.contracts.life import PartnerState
from partners.contracts.model import Contract, Partner, Terms, in_force

OF_ITS_ISSUER, HIGHEST = 1, 2
VERSION = HIGHEST
"""Of the valuation in books that are closed from now on."""
METHOD = "highest-redeem-price"
SPENT_AT = frozenset({PartnerState.ACTIVE, PartnerState.SUSPENDED})
"""Who is suspended honours nothing until it is active again, which needs no new terms."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A partner at a month's end: the terms in force by then, and whether points can be spent there.

    It has no version and no price if it had agreed on no terms. The price is in millionths of its currency.
    """

    partner_id: str
    currency: str
    honours: bool
    terms_version: int | None = None
    redeem_price_micros: int | None = None
    exchange_rates: tuple[ExchangeRate, ...] = ()


@dataclass(frozen=True, slots=True)
class Worth:
    """What a point costs at most in a currency, and at which partner; 0 and nobody's if it can be spent nowhere.

    `unknown` are partners whose price is not in it, since no terms compare their currency with this one.
    """

    currency: str
    price_micros: int = 0
    partner_id: str | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Valuation:
    """What points are valued by: all partners, and the currency in which those of nobody but the network are valued."""

    partners: tuple[Priced, ...]
    network_currency: str

    @cached_property
    def currencies(self) -> Mapping[str, str]:
        """In which each partner keeps its books."""
        return {one.partner_id: one.currency for one in self.partners}

    def currency_of(self, issuer: str) -> str:
        """That of the issuer's books. Points of the network, as of who is no partner, have the network's."""
        return self.currencies.get(issuer, self.network_currency)

    def worths(self) -> tuple[Worth, ...]:
        """What a point costs in each currency that partners keep their books in, by currency."""
        currencies = sorted(set(self.currencies.values()))
        return tuple(
            _worth(to, self.partners, {from_: _rate(from_, to, self.partners) for from_ in currencies})
            for to in currencies
        )


def valuation_of(contracts: Mapping[Partner, Contract], ends_at_ms: int) -> Valuation:
    """The valuation of a month that ends at a moment, by what had been agreed by then, so later agreements don't
    change it. Raises ValueError if there was no partner.

    The network's currency is that of the partner that came first, so that it never changes.
    """
    there = [one for one in contracts if one.created_at_ms < ends_at_ms]
    if not there:
        raise ValueError("there was no partner yet")
    first = min(there, key=lambda one: (one.created_at_ms, one.partner_id))
    by_id = sorted(there, key=lambda one: one.partner_id)
    return Valuation(tuple(_priced(one, contracts[one], ends_at_ms) for one in by_id), first.currency)


def _priced(partner: Partner, contract: Contract, ends_at_ms: int) -> Priced:
    states = [state for since_ms, state in contract.states if since_ms < ends_at_ms]
    # Who is older than the states of partners has been active since it came.
    honours = (states[-1] if states else PartnerState.ACTIVE) in SPENT_AT
    agreed = [one for one in contract.versions if one.approval is None or one.approval.approved_at_ms < ends_at_ms]
    terms: Terms | None = in_force(agreed, ends_at_ms - 1)
    if terms is None:
        return Priced(partner.partner_id, partner.currency, honours)
    version, price_micros = terms.version, terms.redeem_price_micros
    return Priced(partner.partner_id, partner.currency, honours, version, price_micros, terms.exchange_rates)


def _worth(currency: str, partners: Iterable[Priced], rates: Mapping[str, Fraction | None]) -> Worth:
    best = Worth(currency)
    unknown = []
    for one in partners:
        if not one.honours or not one.redeem_price_micros:
            continue
        rate = rates[one.currency]
        if rate is None:
            unknown.append(one.partner_id)
            continue
        # Rounded up: never less than it can cost.
        micros = -(-one.redeem_price_micros * rate.numerator // rate.denominator)
        if micros > best.price_micros:
            best = Worth(currency, micros, one.partner_id)
    return Worth(currency, best.price_micros, best.partner_id, tuple(unknown))


def _rate(from_: str, to: str, partners: Sequence[Priced]) -> Fraction | None:
    """What a unit of one currency is worth in another at most, by terms of who honours points, else of anybody."""
    if from_ == to:
        return Fraction(1)
    trading = max(_rates(from_, to, (one for one in partners if one.honours)), default=None)
    return max(_rates(from_, to, partners), default=None) if trading is None else trading


def _rates(from_: str, to: str, partners: Iterable[Priced]) -> Iterator[Fraction]:
    for one in partners:
        for rate in one.exchange_rates:
            if (one.currency, rate.currency) == (from_, to):
                yield Fraction(rate.nanos, NANOS)
            elif (one.currency, rate.currency) == (to, from_):
                yield Fraction(NANOS, rate.nanos)
