"""Payments between partner and network, and the running measure of what a partner owes."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from partners.contracts.reasons import check_reason
from partners.funding.errors import InvalidPaymentError
from shared.kernel.ids import digest
from shared.kernel.money import MICROS_PER_CENT

ONE_PERSON_LIMIT_CENTS = 100_000
"""So much of what operators record in a day (UTC) that a partner paid in lifts what it may grant at once. What would be
more waits until another operator has confirmed it: one slip, or one person, opens no door wider than that.
"""

_OF_A_SETTLEMENT = re.compile(
    r"Settlement (?P<settlement>\S+): (?:payment (?P<payment>\S+) (?P<state>\w+)|commission, breakage share, rounding)"
)
"""The reasons that `partners.settlement.payments.funded` gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that came from a partner (positive) or went to it (negative), recorded by an operator; never changed.

    A slip is put right by another payment with the opposite sign, one that `waits` by being declined.
    `paid_ahead_cents` is how far the partner was ahead of what it owed after it, as then known: what a prepaid partner
    could use, if it `tops_up`. What a settlement charges has `part_micros` beyond whole cents, of the same sign.
    `reference` is that of what a settlement did, empty of what an operator recorded, and of rows of before it was
    noted: see `settled`. What `needs_two` lifts no limit until it is `confirmed_by` somebody other than `by`; all else
    counts it like any other. If it is `declined_by` somebody instead, a payment with the opposite sign was recorded
    with that. Raises InvalidPaymentError, InvalidReasonError.
    """

    partner_id: str
    payment_id: str
    amount_cents: int
    currency: str
    reason: str
    by: str
    at_ms: int
    paid_ahead_cents: int
    part_micros: int = 0
    tops_up: bool = True
    reference: str = ""
    needs_two: bool = False
    confirmed_by: str = ""
    declined_by: str = ""

    def __post_init__(self) -> None:
        check_reason(self.reason)
        if self.amount_micros == 0:
            raise InvalidPaymentError("A payment is at least one cent, one way or the other.")

    @property
    def amount_micros(self) -> int:
        return self.amount_cents * MICROS_PER_CENT + self.part_micros

    @property
    def settled(self) -> bool:
        """Whether a settlement did it. Of before references were noted, its reason names what the id was made of."""
        if self.reference:
            return True
        named = _OF_A_SETTLEMENT.fullmatch(self.reason)
        if named is None:
            return False
        payment = named["payment"] or f"{named['settlement']}:{self.partner_id}:charged"
        found = (payment, f"{payment}:{named['state']}")
        return any(self.payment_id == settled_id(self.partner_id, reference) for reference in found)

    @property
    def waits(self) -> bool:
        """Whether it lifts no limit yet, and may do so."""
        return self.needs_two and not self.confirmed_by and not self.declined_by

    def asks_the_same(self, other: "Payment") -> bool:
        """Whether both were made by the same request."""
        return (self.partner_id, self.amount_cents, self.currency, self.reason, self.by) == (
            other.partner_id,
            other.amount_cents,
            other.currency,
            other.reason,
            other.by,
        )


def settled_id(partner_id: str, reference: str) -> str:
    """The id of what a settlement did."""
    return digest("settled", partner_id, reference).hex()[:32]


def waiting_cents(payments: Iterable[Payment]) -> int:
    """What of these payments lifts no limit yet."""
    return sum(one.amount_cents for one in payments if one.waits)


def by_hand(payments: Iterable[Payment]) -> list[Payment]:
    """Those of a partner's payments that operators recorded: all but what settlements did."""
    return [one for one in payments if not one.settled]


def recorders(
    paid_in: Iterable[Payment], known: Mapping[str, int], held_cents: int, cents: int
) -> tuple[tuple[str, int], ...]:
    """On whose word it rests that the next `cents` are there, of `held_cents` of what was paid in by hand, and how many
    of them on each: the oldest that is left comes first, and what is `known` of whom is not left.

    Of what was given back, or taken without its being known of whom, nobody can say whose it was. So they rest on each
    besides, as far as what is held would not do without all that this one recorded: no own word gets less by it.
    """
    came = (one for one in paid_in if one.amount_cents > 0 and not one.declined_by)
    ordered = sorted(came, key=lambda one: (one.at_ms, one.payment_id))
    used, lots = Counter(known), list[tuple[str, int]]()
    for one in ordered:
        of_known = min(one.amount_cents, used[one.by])
        used[one.by] -= of_known
        lots.append((one.by, one.amount_cents - of_known))
    left = Counter[str]()
    for by, some in lots:
        left[by] += some
    next_ones, gone_cents, to_find = Counter[str](), max(0, left.total() - held_cents), cents
    for by, some in lots:
        of_gone = min(some, gone_cents)
        taken = min(some - of_gone, to_find)
        gone_cents, to_find = gone_cents - of_gone, to_find - taken
        next_ones[by] += taken
    needed = {by: min(some, cents - max(0, held_cents - some)) for by, some in left.items()}
    found = ((by, max(next_ones[by], needed[by])) for by in left)
    return tuple((by, some) for by, some in found if some > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMeter:
    """What a partner's pages of one day came to when they were last read.

    `owed_micros` is what the pages that stand in chains add, read up to `marks` (by shard); `redriven_micros` what
    pages posted by hand add. `version` counts how often this was written.
    """

    partner_id: str
    day: str
    owed_micros: int = 0
    redriven_micros: int = 0
    marks: Mapping[str, str] = field(default_factory=dict)
    read_at_ms: int = 0
    version: int = 0

    @property
    def total_micros(self) -> int:
        return self.owed_micros + self.redriven_micros


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the pages posted by hand of one day came to, and how many of them were listed when they were read."""

    listed: int
    owed_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What all days before `before` came to together. No chain of theirs grows any more: `owed_micros` stays.

    From the journal a page may be posted by hand at any age, so what such pages add is kept `by_hand`, day by day.
    `version` counts how often this was written.
    """

    partner_id: str
    before: str
    owed_micros: int = 0
    by_hand: Mapping[str, ByHand] = field(default_factory=dict)
    version: int = 0

    @property
    def total_micros(self) -> int:
        return self.owed_micros + sum(one.owed_micros for one in self.by_hand.values())
