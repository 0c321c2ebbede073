"""What a till asks and what it gets: plain types."""

from dataclasses import dataclass

from shared.kernel.money import Money
from shared.ledger.model import Entry


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """`contact` is an e-mail address or phone number; without a `receipt` the enrolment is its own visit."""

    contact: str
    location_id: str
    receipt: str | None
    occurred_at_ms: int


@dataclass(frozen=True, slots=True)
class PurchaseRequest:
    """`amount_cents` is what was paid in money, in minor units of `currency`, 0 or more."""

    card_number: str
    location_id: str
    receipt: str
    occurred_at_ms: int
    amount_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class RedeemRequest:
    """`points` to take, 1 or more."""

    card_number: str
    location_id: str
    receipt: str
    occurred_at_ms: int
    points: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    card_number: str
    entry: Entry
    replayed: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """What a purchase would earn now, and why."""

    points: int
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Purchased:
    """`expires_on` is the last day of the granted points, None if none were granted."""

    entry: Entry
    replayed: bool
    points_balance: int
    explanation: tuple[str, ...]
    expires_on: str | None


@dataclass(frozen=True, slots=True)
class Redeemed:
    """`value` is what the till takes off the receipt."""

    entry: Entry
    replayed: bool
    points_balance: int
    value: Money


@dataclass(frozen=True, slots=True)
class CardView:
    """A member as every partner may see them: points and when they expire, not who issued them.

    `expiring` holds (points, last day they are valid), soonest first.
    """

    card_number: str
    points_balance: int
    expiring: tuple[tuple[int, str], ...]
