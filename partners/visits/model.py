"""Lines and totals of what happened at a partner, and the pages that hold them."""

from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.money import MICROS_PER_CENT
from shared.ledger.model import Op

SEQUENCE_DIGITS = 40
START = "0" * SEQUENCE_DIGITS
"""Stands before every stream sequence number, padded to 40 digits so that text order is number order."""
REDRIVEN = "redrive"
FROM_JOURNAL = "journal"
"""Stands for the shard of a line that was read from the journal, whose place in the stream nobody knows any more."""
PAR_MICROS = MICROS_PER_CENT
"""What a cent of cashback costs and is worth."""


class MoveKind(StrEnum):
    """Granted by the partner of the page; honoured by it; owed to it; run out, adjusted or, where an account was
    closed, written off of what it owed in an entry of it.

    Cashback likewise. The network's page has what was paid out; what an account held when it was closed is
    forfeited, what ran out before has expired. What is adjusted of it was granted by its issuer before, and is the
    network's to pay for now.
    """

    ISSUED = "issued"
    REDEEMED = "redeemed"
    OWED = "owed"
    EXPIRED = "expired"
    ADJUSTED = "adjusted"
    WRITTEN_OFF = "written_off"
    CASHBACK_ISSUED = "cashback_issued"
    CASHBACK_REDEEMED = "cashback_redeemed"
    CASHBACK_PAID_OUT = "cashback_paid_out"
    CASHBACK_OWED = "cashback_owed"
    CASHBACK_FORFEITED = "cashback_forfeited"
    CASHBACK_WRITTEN_OFF = "cashback_written_off"
    CASHBACK_ADJUSTED = "cashback_adjusted"
    CASHBACK_EXPIRED = "cashback_expired"


RAN_OUT = frozenset({MoveKind.EXPIRED, MoveKind.CASHBACK_EXPIRED})
"""Of an issuer's in an entry at whatever partner: a share of it may be the issuer's."""


@dataclass(frozen=True, slots=True)
class Share:
    """`points` that were granted by `issuer`.

    `terms_day` is, of points that ran out, the last day of their month (UTC), by whose terms a breakage share is;
    None of points that were given up, and in entries of before that was so: by the terms of the day of recording.
    """

    issuer: str
    points: int
    terms_day: str | None = None


@dataclass(frozen=True, slots=True)
class CashMove:
    """Cents of cashback in `currency`, granted by `issuer`, that moved one way; undone ones are negative.

    `terms_day` as in Share, of what expired.
    """

    kind: MoveKind
    issuer: str
    currency: str
    cents: int
    terms_day: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One journal entry as the partner that acted in it sees it.

    `points` are what the entry was asked for. What it moved is signed, undoing being negative, and priced
    at `price_micros` a point, in millionths of a unit of `currency`: `issued` points of the partner itself
    were granted, and those in `honoured` taken, by who had granted them. The member's debt to the partner
    grew by `owed`. Without a price, `adjusted` points came by the operator's decision, or were given back to their
    issuer after they were spent, and `expired` ones,
    of any issuer, had run out or were given up and left with this entry; `written_off` ones were owed by an
    account that closed.

    `cashback_cents` in `currency` are what the entry was asked for, `cash` is where cashback went.

    `terms_day` is the UTC day by whose terms what it gives back was settled, where that is another than its own.
    """

    entry_id: str
    op: Op
    location: str
    receipt: str | None
    recorded_at_ms: int
    occurred_at_ms: int
    currency: str | None
    amount_cents: int | None
    points: int
    value_cents: int | None
    price_micros: int | None
    issued: int
    owed: int
    honoured: tuple[Share, ...]
    adjusted: tuple[Share, ...]
    expired: tuple[Share, ...]
    written_off: tuple[Share, ...]
    cashback_cents: int | None
    cash: tuple[CashMove, ...]
    visit: bool
    terms_day: str | None = None


@dataclass(frozen=True, slots=True)
class VisitMark:
    """One loyalty visit: where, when the entry that makes it was recorded, and when it happened."""

    location: str
    recorded_at_ms: int
    occurred_at_ms: int


@dataclass(frozen=True, slots=True)
class PayoutMark:
    """Cashback that left an account to be paid out in money: by which entry, when that was recorded, and how much."""

    entry_id: str
    recorded_at_ms: int
    currency: str
    cents: int


@dataclass(frozen=True, slots=True)
class Move:
    """All that moved of one issuer's one way at one price, undone subtracted.

    `quantity` is in points, of which only issued and redeemed ones have a currency and a price. That of
    cashback is in cents, always at par. `terms_day` as in Line: redeemed points that came back on a later day are
    a move of their own, and as in Share: so are those that ran out with each month.
    """

    kind: MoveKind
    issuer: str
    currency: str | None
    price_micros: int
    quantity: int
    terms_day: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What lines add up to. `moves` are sorted, one for each (kind, issuer, currency, price, terms day)."""

    visits: int = 0
    enrolments: int = 0
    purchases: int = 0
    redemptions: int = 0
    sales_cents: int = 0
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Chain:
    """The pages of one partner, UTC day (`2026-11-21`, by recording time) and stream shard."""

    partner: str
    day: str
    shard: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """The line of a journal entry, and the padded sequence number under which a shard delivered it."""

    sequence: str
    chain: Chain
    line: Line


@dataclass(frozen=True, slots=True)
class PageMark:
    """A page of a known partner and day without its lines: its place, how far it reaches, what it adds up to."""

    sort_key: str
    upto: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of one chain's entries with a sequence number in (`after`, `upto`], in stream order.

    The pages of a chain form a list without gaps: each begins where the one before it ends, the first
    at START. A page is written once and never changed. One without lines says that its range is decided, so that
    nothing of it is posted any more. A `redriven` page stands outside that list: it holds one line that the page
    covering its sequence number had to leave out, or that no stream delivers any more. Raises ValueError for a
    range that does not ascend, or a redriven page that is not of one line.
    """

    chain: Chain
    after: str
    upto: str
    lines: tuple[Line, ...]
    totals: Totals
    redriven: bool = False

    def __post_init__(self) -> None:
        if self.after >= self.upto or (self.redriven and len(self.lines) != 1):
            raise ValueError(f"a page of {len(self.lines)} lines can't cover ({self.after}, {self.upto}]")

    @property
    def sort_key(self) -> str:
        """Unique among the pages of a partner's day, and the order in which they are listed."""
        return f"{REDRIVEN}#{self.lines[0].entry_id}" if self.redriven else f"{self.chain.shard}#{self.after}"

    @property
    def mark(self) -> PageMark:
        return PageMark(self.sort_key, self.upto, self.totals)


@dataclass(frozen=True, slots=True)
class PagePart:
    """The range that a page covers of its shard, and its totals; the `shard` of one posted by hand is REDRIVEN."""

    shard: str
    after: str
    upto: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class DayTotals:
    """What happened at one partner on one UTC day."""

    partner_id: str
    day: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The place of a line among a partner's pages: day, page (its sort key), index within the page."""

    day: str
    page: str
    line: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A line and where it stands."""

    line: Line
    bookmark: Bookmark


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines in page order. `next` is where to go on, None at the end."""

    lines: tuple[Listed, ...]
    next: Bookmark | None
