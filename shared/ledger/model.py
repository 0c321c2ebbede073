"""The journal's plain types: an entry says what happened, an account is the state after an entry."""

from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.clock import month_number


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
    SPEND = "spend"
    PAYOUT = "payout"
    TRANSFER = "transfer"
    JOIN = "join"
    LEAVE = "leave"
    MERGE = "merge"
    UNMERGE = "unmerge"
    CLOSE = "close"


class Place(StrEnum):
    """Where points and cashback can be.

    ACTIVE, PENDING, HELD and DEBT are the member's; DEBT is zero or negative. TRANSFER is what one account has
    given and the other has yet to take: as both entries are written together, it is empty over the whole book.
    """

    ISSUER = "issuer"
    ACTIVE = "active"
    PENDING = "pending"
    HELD = "held"
    DEBT = "debt"
    ACCEPTOR = "acceptor"
    BREAKAGE = "breakage"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"


POINTS = "points"
"""The unit of points. The unit of cashback is its currency, of which it counts cents."""

NEVER = 9_999 * 12 + 11
"""The expiry month of what does not expire."""


def entry_id(member: str, seq: int) -> str:
    """The name of entry `seq` of a member's journal."""
    return f"{member}-{seq}"


@dataclass(frozen=True, slots=True)
class Lot:
    """`quantity` of one unit, granted by one issuer, that expires together at the end of month `expiry_month`.

    `unit` is POINTS, or the currency of cashback, whose quantity is in cents. Months are numbered
    year x 12 + (month - 1); see `shared.kernel.clock.month_number`.
    """

    issuer: str
    expiry_month: int
    quantity: int
    unit: str = POINTS


@dataclass(frozen=True, slots=True)
class Move:
    """A lot going from one place to another."""

    source: Place
    target: Place
    lot: Lot


@dataclass(frozen=True, slots=True)
class Pending:
    """What purchase `purchase_seq` earned and may be spent from `matures_at_ms` on.

    `owner` is the member in whose journal the purchase stands, None for the account's own.
    """

    purchase_seq: int
    matures_at_ms: int
    lot: Lot
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """The terms in force when the entry was decided, so that it explains itself for ever.

    `earn_points` for every `earn_per_cents` paid; prices in millionths of a currency unit per point.
    `cashback_bps` hundredths of a percent of what was paid come back as cashback.
    """

    terms_version: int
    earn_points: int
    earn_per_cents: int
    issue_price_micros: int
    redeem_price_micros: int
    cashback_bps: int = 0


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
        return sum(lot.quantity for lot in self.lots)


@dataclass(frozen=True, slots=True)
class Debt:
    """What a return took back of `issuer`'s but the member had spent; later earns repay it. `unit` as in Lot."""

    issuer: str
    quantity: int
    unit: str = POINTS


@dataclass(frozen=True, slots=True)
class Undone:
    """How much of entry `seq` was taken back: cents of a purchase or of spent cashback, points of a redemption.

    `owner` is the member in whose journal the entry stands, None for the account's own.
    """

    seq: int
    quantity: int
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Follower:
    """A member whose cards use this account, as one of the household or, if `merged`, as the same customer.

    `seq` is the member's entry that made it so, its last one for as long as it is so.
    """

    member: str
    seq: int
    merged: bool


@dataclass(frozen=True, slots=True)
class Former:
    """The account that answered for this one; requests made then may be repeated until `until_ms`."""

    leader: str
    until_ms: int


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

    `lots` are points and `cash` is cashback, both in spending order: earliest expiry first, then order of
    issue. `recent` holds one fingerprint for each of the newest entries, oldest first, without gaps. `chain`
    is the hash of the entry that left this state and, through it, of every entry before.

    Where the member `follows` another one, that member's account answers for both and this one holds nothing;
    `former` are the accounts that did so until lately. A `closed` account holds nothing but cashback whose payout
    the bank returned, and takes no entry but such reversals and payouts of it.
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
    cash: tuple[Lot, ...] = ()
    follows: str | None = None
    former: tuple[Former, ...] = ()
    followers: tuple[Follower, ...] = ()
    closed: bool = False

    @property
    def points_active(self) -> int:
        return sum(lot.quantity for lot in self.lots)

    @property
    def points_pending(self) -> int:
        return sum(waiting.lot.quantity for waiting in self.pending if waiting.lot.unit == POINTS)

    @property
    def points_held(self) -> int:
        return sum(hold.points for hold in self.holds)

    @property
    def points_owed(self) -> int:
        return sum(debt.quantity for debt in self.debts if debt.unit == POINTS)

    def cash_active(self, currency: str) -> int:
        """Cents of cashback that may be spent now where `currency` is taken."""
        return sum(lot.quantity for lot in self.cash if lot.unit == currency)

    def cash_pending(self, currency: str) -> int:
        """Cents of cashback that may be spent later."""
        return sum(waiting.lot.quantity for waiting in self.pending if waiting.lot.unit == currency)

    def cash_owed(self, currency: str) -> int:
        """Cents of cashback that later purchases repay."""
        return sum(debt.quantity for debt in self.debts if debt.unit == currency)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those in which there is cashback or a debt of it, sorted."""
        units = {lot.unit for lot in (*self.cash, *(waiting.lot for waiting in self.pending))}
        return tuple(sorted((units | {debt.unit for debt in self.debts}) - {POINTS}))

    def owner_of(self, entry: "Entry") -> str | None:
        """Whose journal `entry` stands in, as pending and undone things name it."""
        return None if entry.member == self.member else entry.member

    def undone_of(self, entry: "Entry") -> int:
        """How much of `entry` was taken back so far."""
        return self.undone_at(entry.member, entry.seq)

    def undone_at(self, member: str, seq: int) -> int:
        """The same of the entry of that number in a member's journal."""
        owner = None if member == self.member else member
        return sum(one.quantity for one in self.undone if (one.owner, one.seq) == (owner, seq))


@dataclass(frozen=True, slots=True)
class Entry:
    """Entry `seq` of a member's journal: what happened, and in `account` the state after it.

    `points` are what the caller asked to grant, take, reserve or give back, `cashback_cents` likewise.
    `moves` say where points and cashback went, lot by lot: first what time alone had done by
    `recorded_at_ms` (timed-out holds, matured and expired points), then what the command did, last what of
    that had expired already. `value_cents` is what redeemed points were worth at the till; `refers_to` the
    id of the entry that this one captures, voids or undoes, `counterpart` that of the entry written with it
    in another account. `undone_at_ms` is when the redemption that this entry cancels was recorded, None of a
    cancellation of before that was noted. `lapses_by_month` says that points which ran out count from the end of their
    month, and not from when this was recorded, as in entries of before.
    `visit` marks the first entry of its (member, partner, location, receipt) that enrols, earns a point, or
    redeems points or cashback.
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
    refers_to: str | None = None
    reason: str | None = None
    cashback_cents: int | None = None
    counterpart: str | None = None
    undone_at_ms: int | None = None
    lapses_by_month: bool = False

    @property
    def entry_id(self) -> str:
        return entry_id(self.member, self.seq)

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
        """Lots that had run out by `recorded_at_ms` or were given up, and left the account with this entry."""
        return self.lots_to(Place.BREAKAGE)

    def had_run_out(self, lot: Lot) -> bool:
        """Whether the month of a lot was over when this was recorded."""
        return lot.expiry_month < month_number(self.recorded_at_ms)


@dataclass(frozen=True, slots=True)
class Applied:
    """A command's lasting effect. `replayed` says that an earlier, identical request made it."""

    entry: Entry
    replayed: bool
