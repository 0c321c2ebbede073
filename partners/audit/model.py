"""What an audit finds and counts, in parts that add up to a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_FINDINGS = 100
"""A part keeps so many findings, the first by subject, and the number of all."""


class Check(StrEnum):
    """What contradicts itself."""

    ENTRY = "entry"
    HISTORY = "history"
    PAIR = "pair"
    VISIT = "visit"
    TERMS = "terms"
    BOOK = "book"
    PAGE = "page"
    POSTING = "posting"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One contradiction. `subject` is an entry id, a partner and day, or an issuer; never personal data."""

    subject: str
    check: Check
    contradiction: str


IssuerPlace = tuple[str, str, str]
"""An issuer, a unit (points, or the currency of cashback), and where that is or went: `active`, `pending`, `held`,
`debt`, `issued`, `reversed`, `acceptor` (redeemed or paid out), `breakage` (expired or forfeited), `adjustment`,
`transfer` (given by one account, not taken by another) and `transfer_young` (the same of the last minutes)."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of the work counted and found. Parts add up in any order; see `merging.merged`.

    `flows` are points and cents that the entries' postings moved to each place, `states` those that accounts hold
    there by their own word. `visits` is the number of entries that make one. `lines` stand in `pages` of
    `partner_days`.
    """

    members: int = 0
    entries: int = 0
    visits: int = 0
    partner_days: int = 0
    pages: int = 0
    lines: int = 0
    flows: Mapping[IssuerPlace, int] = field(default_factory=dict)
    states: Mapping[IssuerPlace, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    findings_in_all: int = 0


PartnerDay = tuple[str, str]
"""A partner and a UTC day of recording, `2026-11-21`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A partner's day in four numbers: lines, visits, sum of the entries' numbers, sum of the lines' hashes.

    Sums do not depend on order, so parts add up. The last two are modulo 2**128: two days with the same
    tally have the same lines.
    """

    lines: int = 0
    visits: int = 0
    numbers: int = 0
    hashes: int = 0


Tallies = Mapping[PartnerDay, Tally]


@dataclass(frozen=True, slots=True)
class Run:
    """One audit of everything. Pages are compared for what was recorded before `settled_before_ms`.

    `layout` tells versions of the code apart that do not tally alike; `verdict` is None until the end.
    """

    run_id: str
    begun_at_ms: int
    settled_before_ms: int
    segments: int
    layout: str
    verdict: "Verdict | None" = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run came to. The ledger holds if nothing was found."""

    run_id: str
    ended_at_ms: int
    total: Part

    @property
    def holds(self) -> bool:
        return self.total.findings_in_all == 0


@dataclass(frozen=True, slots=True)
class Share:
    """What a task of an audit came to so far: a segment of the journal, or a month of pages.

    The versions of the task in `tallied` brought tallies along, of these `months`.
    """

    part: Part = field(default_factory=Part)
    tallied: tuple[int, ...] = ()
    months: frozenset[str] = frozenset()
