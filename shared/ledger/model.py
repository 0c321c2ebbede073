"""The journal's plain types: an entry says what happened, an account is the state after an entry."""

from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """What a journal entry records."""

    ENROL = "enrol"
    EARN = "earn"
    REDEEM = "redeem"
    RESERVE = "reserve"
    CAPTURE = "capture"
    VOID = "void"
    RETURN = "return"
    CANCEL = "cancel"
    ADJUST = "adjust"
    LAPSE = "lapse"


class Place(StrEnum):
    """Where points can be. ACTIVE, PENDING, HELD and DEBT are the member's; DEBT is zero or negative."""

    ISSUER = "issuer"
    ACTIVE = "active"
    PENDING = "pending"
    HELD = "held"
    DEBT = "debt"
    ACCEPTOR = "acceptor"
    BREAKAGE = "breakage"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class Lot:
    """`points` granted by one issuer that expire together, at the end of month `expiry_month`.

    Months are numbered year x 12 + (month - 1); see `shared.kernel.clock.month_number`.
    """

    issuer: str
    expiry_month: int
    points: int


@dataclass(frozen=True, slots=True)
class Move:
    """Points of one lot going from one place to another."""

    source: Place
    target: Place
    lot: Lot


@dataclass(frozen=True, slots=True)
class Pending:
    """Points of purchase `purchase_seq` that may be spent from `matures_at_ms` on."""

    purchase_seq: int
    matures_at_ms: int
    lot: Lot


@dataclass(frozen=True, slots=True)
class Rates:
    """The terms in force when the entry was decided, so that it explains itself for ever.

    `earn_points` for every `earn_per_cents` paid; prices in millionths of a currency unit per point.
    """

    terms_version: int
    earn_points: int
    earn_per_cents: int
    issue_price_micros: int
    redeem_price_micros: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Points that entry `seq` reserved at acceptor `partner` until `deadline_ms`, at the `rates` of then."""

    seq: int
    deadline_ms: int
    partner: str
    currency: str
    rates: Rates
    lots: tuple[Lot, ...]

    @property
    def points(self) -> int:
        return sum(lot.points for lot in self.lots)


@dataclass(frozen=True, slots=True)
class Debt:
    """Points of `issuer` that a return took back but the member had spent; later earns repay them."""

    issuer: str
    points: int


@dataclass(frozen=True, slots=True)
class Undone:
    """How much of entry `seq` was taken back: cents of a purchase, points of a redemption."""

    seq: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What an account remembers of one recent entry, to notice a repeated key or receipt.

    `day` counts days since the epoch; `key` and `receipt` are the first bytes of a hash. A match is a
    suspicion only: it is verified against the entry itself.
    """

    day: int
    key: bytes
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Account:
    """A member's state after entry `seq`.

    `lots` stand in spending order: earliest expiry first, then order of issue. `recent` holds one
    fingerprint for each of the newest entries, oldest first, without gaps. `chain` is the hash of the
    entry that left this state and, through it, of every entry before.
    """

    member: str
    seq: int
    at_ms: int
    card_issue: int
    lots: tuple[Lot, ...]
    recent: tuple[Fingerprint, ...]
    chain: bytes
    pending: tuple[Pending, ...] = ()
    holds: tuple[Hold, ...] = ()
    debts: tuple[Debt, ...] = ()
    undone: tuple[Undone, ...] = ()

    @property
    def points_active(self) -> int:
        return sum(lot.points for lot in self.lots)

    @property
    def points_pending(self) -> int:
        return sum(waiting.lot.points for waiting in self.pending)

    @property
    def points_held(self) -> int:
        return sum(hold.points for hold in self.holds)

    @property
    def points_owed(self) -> int:
        return sum(debt.points for debt in self.debts)

    def undone_of(self, seq: int) -> int:
        """How much of entry `seq` was taken back so far."""
        return sum(undone.quantity for undone in self.undone if undone.seq == seq)


@dataclass(frozen=True, slots=True)
class Entry:
    """Entry `seq` of a member's journal: what happened, and in `account` the state after it.

    `points` are what the caller asked to grant, take, reserve or give back. `moves` say where points went,
    lot by lot: first what time alone had done by `recorded_at_ms` (timed-out holds, matured and expired
    points), then what the command did, last what of that had expired already. `value_cents` is what
    redeemed points were worth at the till; `refers_to` the entry that this one captures, voids or undoes.
    `visit` marks the first entry of its (member, partner, location, receipt) that enrols, earns a point or
    redeems.
    """

    member: str
    seq: int
    op: Op
    partner: str
    location: str
    receipt: str | None
    occurred_at_ms: int
    recorded_at_ms: int
    currency: str | None
    amount_cents: int | None
    points: int
    value_cents: int | None
    moves: tuple[Move, ...]
    rates: Rates | None
    visit: bool
    key_hash: bytes
    body_hash: bytes
    account: Account
    refers_to: int | None = None
    reason: str | None = None

    @property
    def entry_id(self) -> str:
        return f"{self.member}-{self.seq}"

    def lots_from(self, *sources: Place) -> tuple[Lot, ...]:
        """Lots that left one of `sources`, in order."""
        return tuple(move.lot for move in self.moves if move.source in sources)

    def lots_to(self, *targets: Place) -> tuple[Lot, ...]:
        """Lots that reached one of `targets`, in order."""
        return tuple(move.lot for move in self.moves if move.target in targets)

    @property
    def lots_moved(self) -> tuple[Lot, ...]:
        """Lots granted, or taken at the till and so attributed to their issuers."""
        return (*self.lots_from(Place.ISSUER), *self.lots_to(Place.ACCEPTOR))

    @property
    def lots_expired(self) -> tuple[Lot, ...]:
        """Lots that had run out by `recorded_at_ms` and left the account with this entry."""
        return self.lots_to(Place.BREAKAGE)


@dataclass(frozen=True, slots=True)
class Applied:
    """A command's lasting effect. `replayed` says that an earlier, identical request made it."""

    entry: Entry
    replayed: bool
