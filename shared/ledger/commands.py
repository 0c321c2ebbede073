"""What may be asked of an account."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.ledger.model import Entry, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command carries.

    `key_hash` identifies (partner, idempotency key), `body_hash` everything the caller asked for;
    both 16 bytes. `card_issue` is the issue of the card shown, None if the request names an entry instead.
    """

    member: str
    card_issue: int | None
    partner: str
    location: str
    receipt: str | None
    occurred_at_ms: int
    key_hash: bytes
    body_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol(Command):
    """Open the account with entry 1, under a card of this issue."""

    card_issue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Earn(Command):
    """Grant `points` (0 or more) of issuer `partner` for a purchase of `amount_cents`.

    They may be spent from `matures_at_ms` on (None: at once).
    """

    currency: str
    amount_cents: int
    points: int
    expiry_month: int
    rates: Rates
    matures_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem(Command):
    """Take `points` (1 or more) at acceptor `partner`, who gives `value_cents` for them."""

    currency: str
    points: int
    value_cents: int
    rates: Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve(Command):
    """Set `points` (1 or more) aside for acceptor `partner` until `ttl_ms` after the entry is recorded."""

    currency: str
    points: int
    value_cents: int
    ttl_ms: int
    rates: Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture(Command):
    """Take `points` (None: all) of the hold that entry `hold_seq` made; what is left becomes active again."""

    hold_seq: int
    points: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Command):
    """Make all points of the hold that entry `hold_seq` made active again."""

    hold_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Command):
    """Take back what `amount_cents` (None: all that is left) of `purchase` earned.

    `points_for` gives the points that an amount of cents earns by the purchase's own rule.
    """

    purchase: Entry
    amount_cents: int | None
    points_for: Callable[[int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Command):
    """Give back `points` (None: all that are left) of `redemption`, an entry that redeemed or captured."""

    redemption: Entry
    points: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Command):
    """Grant (positive) or take (negative) `points` by the operator's decision, for `reason`.

    Granted points are `issuer`'s and expire with `expiry_month`; taken points leave in spending order.
    """

    issuer: str
    points: int
    expiry_month: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassTime(Command):
    """Record what time alone has done: timed-out holds, matured and expired points. Refused if that is nothing."""
