"""Partners, locations and terms. No invalid one can be constructed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from partners.contracts.currencies import CENT_CURRENCIES
from partners.contracts.errors import (
    ClosedBeforeOpeningError,
    InvalidLocationIdError,
    InvalidNameError,
    InvalidPartnerIdError,
    InvalidTermsError,
    UnsupportedCurrencyError,
)
from partners.contracts.exchange import ExchangeRate, check_rates
from partners.contracts.life import PartnerState, Since
from partners.contracts.payment import WITHOUT_LIMIT, Funding, FundingKind, PaymentMethod
from partners.contracts.plan import Plan
from partners.contracts.standing import FundingStanding
from partners.contracts.two_people import check_second_person
from shared.kernel.clock import month_number
from shared.kernel.money import MICROS_PER_CENT
from shared.ledger.limits import LATE_LIMIT_DAYS
from shared.ledger.model import NEVER

PARTNER_ID = re.compile(r"[a-z][a-z0-9-]{1,19}")
LOCATION_ID = re.compile(r"[A-Za-z0-9._-]{1,20}")
NAME_CHARACTERS = 80
NETWORK = "network"
"""The party that stands between all partners; no partner may take its name."""
MEMBERS = "members"
"""All customers as one party, to whom the network pays cashback out; no partner may take its name either."""
NO_PLACE = "-"
"""Stands for the location in an entry that happened at no store."""
LONGEST_EXPIRY_MONTHS = 120
USUAL_ANSWER_DAYS, MOST_ANSWER_DAYS = 14, 90
LONGEST_WAITING_DAYS = 90
MOST_CASHBACK_BPS = 5_000
"""Half of what was paid: more is a slip of the keyboard."""
MOST_TIMES_PAID = 1_000
"""Points of a purchase cost no more; they are worth some hundredths of it."""
SHORTEST_MONTH_DAYS = 28
WHOLE_BPS = 10_000


@dataclass(frozen=True, slots=True)
class Partner:
    """An independent retailer that issues and honours points and keeps its books in one currency.

    Who is older than the states of partners is active.

    Raises InvalidPartnerIdError, InvalidNameError, UnsupportedCurrencyError.
    """

    partner_id: str
    name: str
    currency: str
    created_at_ms: int
    state: PartnerState = PartnerState.ACTIVE

    def __post_init__(self) -> None:
        if not PARTNER_ID.fullmatch(self.partner_id):
            raise InvalidPartnerIdError(
                "A partner id has 2 to 20 of a-z, 0-9 and '-', and begins with a letter.",
                partner_id=self.partner_id[:80],
            )
        if self.partner_id in (NETWORK, MEMBERS):
            raise InvalidPartnerIdError(
                f"'{NETWORK}' and '{MEMBERS}' name parties of their own.", partner_id=self.partner_id
            )
        _check_name(self.name)
        if self.currency not in CENT_CURRENCIES:
            raise UnsupportedCurrencyError(
                "Give an ISO 4217 code in capitals, of a currency that divides into hundredths.",
                currency=self.currency[:80],
            )


@dataclass(frozen=True, slots=True)
class Location:
    """A store (or web shop) of a partner, under the partner's own number for it.

    It trades from `opened_at_ms` on and until `closed_at_ms` (None: no end is known), itself excluded. Raises
    InvalidLocationIdError, InvalidNameError, ClosedBeforeOpeningError.
    """

    partner_id: str
    location_id: str
    name: str
    time_zone: str
    opened_at_ms: int
    closed_at_ms: int | None = None

    def __post_init__(self) -> None:
        if not LOCATION_ID.fullmatch(self.location_id):
            raise InvalidLocationIdError(
                "A location id has 1 to 20 of A-Z, a-z, 0-9, '.', '_' and '-'.",
                location_id=self.location_id[:80],
            )
        _check_name(self.name)
        if self.closed_at_ms is not None and self.closed_at_ms < self.opened_at_ms:
            raise ClosedBeforeOpeningError(self.opened_at_ms, self.closed_at_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerms:
    """What partner and network agree on: an earning rate, prices of a point, expiry, funding and billing plan.

    `earn_points` for every `earn_per_cents` paid. Prices in millionths of a unit of the partner's
    currency: `issue_price_micros` is what the partner pays for a point it grants, `redeem_price_micros`
    what it is paid for a point it honours. The second can't exceed the first, or a partner would earn
    money by granting points to itself; `partners.contracts.prices` sees to it that two partners can't. Points of
    a purchase can be spent from `waiting_days` after it on, so
    that goods can come back first; its cashback likewise. A purchase made under these terms may reach us
    `late_days` after it, from a till that was offline. In a case that is opened under them either side has
    `answer_days` for its turn, unless another day is set. `cashback_bps` hundredths of a percent of what was paid
    come back as cashback, which the partner pays for at par.

    The network keeps `commission_bps` hundredths of a percent of what the partner is paid for points it honours
    (points x redeem price; of cashback nothing), and gives it back `breakage_share_bps` of what its expired points
    would have cost to honour (points x its redeem price in force when they expire). Its cashback expires at the end of
    the month `cashback_expiry_months` after the purchase, or never if None, and it gets `cashback_breakage_share_bps`
    of what does. `funding` limits what it may
    grant; positions are settled in the partner's currency by `payment_method`. `exchange_rates` are what the two agree
    that it is worth, for comparing prices with partners of other currencies. Raises InvalidTermsError.
    """

    effective_from_ms: int
    earn_points: int
    earn_per_cents: int
    issue_price_micros: int
    redeem_price_micros: int
    expiry_months: int
    plan: Plan
    waiting_days: int = 0
    late_days: int = LATE_LIMIT_DAYS
    answer_days: int = USUAL_ANSWER_DAYS
    cashback_bps: int = 0
    commission_bps: int = 0
    breakage_share_bps: int = 0
    cashback_expiry_months: int | None = None
    cashback_breakage_share_bps: int = 0
    funding: Funding = WITHOUT_LIMIT
    payment_method: PaymentMethod = PaymentMethod.BY_HAND
    exchange_rates: tuple[ExchangeRate, ...] = ()

    def __post_init__(self) -> None:
        check_rates(self.exchange_rates)
        if self.effective_from_ms < 0:
            raise InvalidTermsError("Terms can't take effect before 1970.")
        if self.earn_points < 0:
            raise InvalidTermsError("earn_points can't be negative.")
        if self.earn_per_cents < 1:
            raise InvalidTermsError("earn_per_cents must be at least 1.")
        if self.issue_price_micros < 0 or self.redeem_price_micros < 0:
            raise InvalidTermsError("A price can't be negative.")
        if self.redeem_price_micros > self.issue_price_micros:
            raise InvalidTermsError("The redeem price can't exceed the issue price.")
        self._check_expiry()
        self._check_delays()
        if not 0 <= self.cashback_bps <= MOST_CASHBACK_BPS:
            raise InvalidTermsError(f"Cashback is 0 to {MOST_CASHBACK_BPS} hundredths of a percent.")
        parts = (self.commission_bps, self.breakage_share_bps, self.cashback_breakage_share_bps)
        if min(parts) < 0:
            raise InvalidTermsError("Commission and breakage shares can't be negative.")
        if max(parts) > WHOLE_BPS:
            raise InvalidTermsError(f"Commission and breakage shares are at most {WHOLE_BPS}: the whole.")

    def _check_expiry(self) -> None:
        if not 0 <= self.waiting_days <= LONGEST_WAITING_DAYS:
            raise InvalidTermsError(f"Points wait 0 to {LONGEST_WAITING_DAYS} days.")
        for what, months in (("Points", self.expiry_months), ("Cashback", self.cashback_expiry_months)):
            if months is None:
                continue
            if not 1 <= months <= LONGEST_EXPIRY_MONTHS:
                raise InvalidTermsError(f"{what} can expire after 1 to {LONGEST_EXPIRY_MONTHS} months.")
            if self.waiting_days >= SHORTEST_MONTH_DAYS * months:
                raise InvalidTermsError(f"{what} would expire before the wait is over: shorten it.")

    def _check_delays(self) -> None:
        if not 0 <= self.late_days <= LATE_LIMIT_DAYS:
            raise InvalidTermsError(f"A purchase may come 0 to {LATE_LIMIT_DAYS} days late.")
        if not 1 <= self.answer_days <= MOST_ANSWER_DAYS:
            raise InvalidTermsError(f"A case is answered within 1 to {MOST_ANSWER_DAYS} days.")


def cashback_expiry_month(terms: NewTerms, bought_at_ms: int) -> int:
    """The month with which the cashback of a purchase under `terms` expires, or NEVER."""
    months = terms.cashback_expiry_months
    return NEVER if months is None else month_number(bought_at_ms) + months


def check_worth(new: NewTerms) -> None:
    """Refuse a slip of the keyboard, with which a line's figures would have no room in 64 bits. Raises
    InvalidTermsError. Terms of before are what they are.
    """
    if new.earn_points * new.issue_price_micros > MOST_TIMES_PAID * new.earn_per_cents * MICROS_PER_CENT:
        raise InvalidTermsError(f"Points of a purchase would cost more than {MOST_TIMES_PAID:,} times what was paid.")


@dataclass(frozen=True, slots=True)
class Approval:
    """That `approved_by` agreed to terms that `proposed_by`, another person, had proposed for `reason`.

    Raises SecondPersonNeededError if both are one.
    """

    proposal: int
    proposed_by: str
    approved_by: str
    approved_at_ms: int
    reason: str

    def __post_init__(self) -> None:
        check_second_person(self.proposed_by, self.approved_by, str(self.proposal))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(NewTerms):
    """Agreed terms: version 1, 2, ... of one partner, never changed, in force until the next begin.

    `currency` is the partner's; prices, earning rate, fees and what is settled are in it. `approval` says who agreed;
    it is None of terms that are older than two-person approval.
    """

    partner_id: str
    version: int
    currency: str
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """What a till must know of a partner: its state, all versions of its terms, and how its funding stands.

    `standing` is None before it is first measured. `states` are all its states in order, none if it is older than they.
    """

    state: PartnerState
    versions: tuple[Terms, ...]
    standing: FundingStanding | None = None
    states: tuple[Since, ...] = ()

    def stopped(self, now_ms: int) -> bool:
        """Whether the partner may grant nothing: it has used its funding, or paid nothing in yet."""
        if self.standing is not None:
            return self.standing.stopped
        terms = in_force(self.versions, now_ms)
        return terms is not None and terms.funding.kind is FundingKind.PREPAID


@dataclass(frozen=True, slots=True)
class TermsView:
    """All versions of a partner's terms in order, and the one in force at a moment, if any."""

    at_ms: int
    in_force: Terms | None
    versions: tuple[Terms, ...]


def in_force(versions: Sequence[Terms], at_ms: int) -> Terms | None:
    """The version with the latest beginning not after `at_ms`; of equal beginnings the highest version."""
    begun = [terms for terms in versions if terms.effective_from_ms <= at_ms]
    return max(begun, key=lambda terms: (terms.effective_from_ms, terms.version), default=None)


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= NAME_CHARACTERS or name != name.strip() or not name.isprintable():
        raise InvalidNameError(f"A name has 1 to {NAME_CHARACTERS} printable characters and no space at either end.")
