"""The journal's plain types: commands come in, entries come out, an account is the state after an entry."""

from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """What a journal entry records."""

    ENROL = "enrol"
    EARN = "earn"
    REDEEM = "redeem"


@dataclass(frozen=True, slots=True)
class Lot:
    """`points` granted by one issuer that expire together, at the end of month `expiry_month`.

    Months are numbered year x 12 + (month - 1); see `shared.kernel.clock.month_number`.
    """

    issuer: str
    expiry_month: int
    points: int


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

    @property
    def points_active(self) -> int:
        return sum(lot.points for lot in self.lots)


@dataclass(frozen=True, slots=True)
class Entry:
    """Entry `seq` of a member's journal: what happened, and in `account` the state after it.

    `points` are granted (earn) or taken (redeem); `lots_moved` says from which issuer; `lots_expired`
    had run out by `recorded_at_ms` and left the account with this entry. `value_cents` is what redeemed
    points were worth at the till. `visit` marks the first entry of its (member, partner, location,
    receipt) that enrols, earns a point or redeems.
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
    lots_moved: tuple[Lot, ...]
    lots_expired: tuple[Lot, ...]
    rates: Rates | None
    visit: bool
    key_hash: bytes
    body_hash: bytes
    account: Account

    @property
    def entry_id(self) -> str:
        return f"{self.member}-{self.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command carries.

    `key_hash` identifies (partner, idempotency key), `body_hash` everything the caller asked for;
    both 16 bytes.
    """

    member: str
    card_issue: int
    partner: str
    location: str
    receipt: str | None
    occurred_at_ms: int
    key_hash: bytes
    body_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol(Command):
    """Open the account with entry 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earn(Command):
    """Grant `points` (0 or more) of issuer `partner` for a purchase of `amount_cents`."""

    currency: str
    amount_cents: int
    points: int
    expiry_month: int
    rates: Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem(Command):
    """Take `points` (1 or more) at acceptor `partner`, who gives `value_cents` for them."""

    currency: str
    points: int
    value_cents: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Applied:
    """A command's lasting effect. `replayed` says that an earlier, identical request made it."""

    entry: Entry
    replayed: bool
