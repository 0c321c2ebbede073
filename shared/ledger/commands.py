"""What may be asked of an account."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.ledger.model import NEVER, Entry, Op, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command carries.

    `key_hash` identifies (partner, idempotency key), `body_hash` everything the caller asked for;
    both 16 bytes. `card_issue` is the issue of the card shown, None if the request names an entry instead.
    `reason` is kept in the entry: what an operator decided by, None for what a partner asks.
    """

    member: str
    card_issue: int | None
    partner: str
    location: str
    receipt: str | None
    occurred_at_ms: int
    key_hash: bytes
    body_hash: bytes
    reason: str | None = None

    @property
    def key_never_expires(self) -> bool:
        """Whether the key is looked for in all of the history.

        So it must be where no age refuses a repeated request: the request bears no time of its own.
        """
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol(Command):
    """Open the account with entry 1, under a card of this issue."""

    card_issue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Earn(Command):
    """Grant `points` and `cashback_cents` (0 or more each) of issuer `partner` for a purchase of `amount_cents`.

    They may be spent from `matures_at_ms` on (None: at once), points until the end of `expiry_month` and cashback until
    that of `cashback_expiry_month`. The purchase may be `late_limit_ms` old (None: as old as the ledger allows). An
    `imported` one may have any age; its key and receipt are compared with all of the member's history.
    """

    currency: str
    amount_cents: int
    points: int
    expiry_month: int
    rates: Rates
    matures_at_ms: int | None = None
    cashback_cents: int = 0
    cashback_expiry_month: int = NEVER
    late_limit_ms: int | None = None
    imported: bool = False

    @property
    def key_never_expires(self) -> bool:
        """Of an imported purchase, which may have any age."""
        return self.imported


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

    `points_for` gives the points, and `cashback_for` the cents of cashback, that an amount of cents earns by the
    purchase's own rules. An `imported` one may have any age; its key is compared with all of the member's history.
    What the member has spent of it becomes a debt to the issuer or, if `network_bears`, granted by the network; what
    repaid a debt becomes one again.
    """

    purchase: Entry
    amount_cents: int | None
    points_for: Callable[[int], int]
    cashback_for: Callable[[int], int]
    imported: bool = False
    network_bears: bool = False

    @property
    def key_never_expires(self) -> bool:
        """Of an imported return, which may have any age."""
        return self.imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Command):
    """Give back `quantity` (None: all that is left) of `redemption`.

    That is an entry that redeemed or captured points, or one that spent or paid out cashback: then the quantity
    is in cents. What was paid out comes back for good: it was asked for in time, and expires no more.
    """

    redemption: Entry
    quantity: int | None

    @property
    def key_never_expires(self) -> bool:
        """Of a payout, whose reversal happens when it is asked for."""
        return self.redemption.op is Op.PAYOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Command):
    """Grant (positive) or take (negative) `points` by the operator's decision, for `reason`.

    Granted points are `issuer`'s and expire with `expiry_month`; taken points leave in spending order, and it is the
    network that granted or took them. With `currency` and `rates` it is the issuer, at that price: points granted repay
    what the member owes it first. Points that such an adjustment has granted go back with another one, which `undoes`
    it at its own price, as far as they were not taken back yet; what the member has spent of them the network granted.
    """

    issuer: str
    points: int
    expiry_month: int
    currency: str | None = None
    rates: Rates | None = None
    undoes: Entry | None = None

    @property
    def key_never_expires(self) -> bool:
        """Always: what was approved a month ago may have been applied then."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PassTime(Command):
    """Record what time alone has done: timed-out holds, matured and expired points. Refused if that is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend(Command):
    """Take `cashback_cents` (1 or more) of cashback in `currency` at acceptor `partner`."""

    currency: str
    cashback_cents: int
    rates: Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout(Command):
    """Take `cashback_cents` of cashback in `currency` to be paid out in money, at least `minimum_cents`."""

    currency: str
    cashback_cents: int
    minimum_cents: int

    @property
    def key_never_expires(self) -> bool:
        """Always: it happens when it is asked for."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Command):
    """End the account. What it still holds is lost to the member, which `forfeit` must allow."""

    forfeit: bool

    @property
    def key_never_expires(self) -> bool:
        """Always: it happens when it is asked for."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCommand(Command):
    """A command on two accounts at once: `member`'s and `other`'s, whose card is of `other_card_issue`.

    Its key is remembered by `member`'s account.
    """

    other: str
    other_card_issue: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(PairCommand):
    """Move `points` (1 or more) from `member` to `other`, in spending order, with their issuers and expiry."""

    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(PairCommand):
    """Make `member` one of the household of `other`: all that it holds and does is `other`'s from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(PairCommand):
    """Make `member` stand alone again, taking `points` (0 or more) out of the household of `other`."""

    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(PairCommand):
    """Make `member` the same customer as `other`, who holds all from now on."""

    @property
    def key_never_expires(self) -> bool:
        """Always: it happens when it is asked for."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge(PairCommand):
    """Undo a merge: `member` gets back what it brought."""

    @property
    def key_never_expires(self) -> bool:
        """Always: it happens when it is asked for."""
        return True
