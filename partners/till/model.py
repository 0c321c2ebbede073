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
    cashback: Money
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Purchased:
    """`expires_on` is the last day of the granted points, None if none were granted; `cashback_expires_on` that of the
    cashback, None also if it never expires.

    Until `pending_until_ms` both are not in the balance and can't be spent; None if they can at once.
    """

    entry: Entry
    replayed: bool
    points_balance: int
    cashback: Money
    cashback_balance: Money
    explanation: tuple[str, ...]
    expires_on: str | None
    cashback_expires_on: str | None
    pending_until_ms: int | None


@dataclass(frozen=True, slots=True)
class Redeemed:
    """`value` is what the till takes off the receipt."""

    entry: Entry
    replayed: bool
    points_balance: int
    value: Money


@dataclass(frozen=True, slots=True)
class CashbackView:
    """Cashback of one currency: what can be spent now, what later, and what later purchases repay.

    `expiring` holds (cents, last day they are valid) of what can be spent, soonest first, and nothing of what never
    expires.
    """

    balance: Money
    pending: Money
    owed: Money
    expiring: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CardView:
    """A member as every partner may see them: points and when they expire, not who issued them; and cashback.

    `points_balance` can be spent now; pending points can be later, held ones are reserved somewhere, owed
    ones are taken from the next purchase at their issuer. `expiring` holds (points, last day they are
    valid), soonest first. All are those of the account that answers for the card, which `shared_with` other
    cards use as well.
    """

    card_number: str
    points_balance: int
    points_pending: int
    points_held: int
    points_owed: int
    expiring: tuple[tuple[int, str], ...]
    shared_with: int
    cashback: tuple[CashbackView, ...] = ()


@dataclass(frozen=True, slots=True)
class CashbackRequest:
    """`cashback` to spend, a cent or more."""

    card_number: str
    location_id: str
    receipt: str
    occurred_at_ms: int
    cashback: Money


@dataclass(frozen=True, slots=True)
class CashbackRedeemed:
    """`cashback` is what the till takes off the receipt."""

    entry: Entry
    replayed: bool
    cashback: Money
    cashback_balance: Money


@dataclass(frozen=True, slots=True)
class ReserveRequest:
    """`points` to set aside, 1 or more, for `ttl_seconds`."""

    card_number: str
    location_id: str
    receipt: str
    occurred_at_ms: int
    points: int
    ttl_seconds: int


@dataclass(frozen=True, slots=True)
class EndHoldRequest:
    """Capture `points` (None: all) of the hold, or void it."""

    hold_id: str
    location_id: str
    receipt: str
    occurred_at_ms: int
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """`hold_id` names the hold to capture or void; at `expires_at_ms` the points become active by themselves."""

    entry: Entry
    replayed: bool
    hold_id: str
    expires_at_ms: int
    points_balance: int
    value: Money


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """`points_released` are active again; `value` is what the till takes off for captured ones, 0 for none."""

    entry: Entry
    replayed: bool
    points_released: int
    points_balance: int
    value: Money


@dataclass(frozen=True, slots=True)
class ReturnRequest:
    """Goods of `amount_cents` (None: all that is left) of a purchase come back, on a receipt of their own."""

    purchase_id: str
    location_id: str
    receipt: str
    occurred_at_ms: int
    amount_cents: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class ReceiptReturnRequest:
    """Goods of `amount_cents` of the purchase on `original_receipt` come back, on a receipt of their own.

    `card_number` is the card that the purchase was recorded on, by now replaced or not.
    """

    card_number: str
    location_id: str
    receipt: str
    occurred_at_ms: int
    amount_cents: int
    currency: str
    original_location_id: str
    original_receipt: str


@dataclass(frozen=True, slots=True)
class Returned:
    """`total` came back. What is owed had been spent already: the member's debt, which your next grants repay."""

    entry: Entry
    replayed: bool
    total: Money
    points_taken_back: int
    points_owed: int
    points_balance: int
    cashback_taken_back: Money
    cashback_owed: Money
    cashback_balance: Money


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Give back `points` of a redemption or capture, or `cashback` of one of cashback; all that is left if None."""

    redemption_id: str
    location_id: str
    receipt: str
    occurred_at_ms: int
    points: int | None
    cashback: Money | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What `lapsed` had expired since it was redeemed and stays expired; `value` is what was taken off."""

    entry: Entry
    replayed: bool
    points_restored: int
    points_lapsed: int
    points_balance: int
    value: Money
    cashback_restored: Money
    cashback_lapsed: Money
    cashback_balance: Money


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """`points`, 1 or more, go from the account of `card_number` to that of `to_card_number`."""

    card_number: str
    to_card_number: str
    location_id: str
    occurred_at_ms: int
    points: int


@dataclass(frozen=True, slots=True)
class Transferred:
    """`entry` and `points_balance` are the giver's; the taker's are not the giver's to know."""

    entry: Entry
    replayed: bool
    points_balance: int


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """The member of `card_number` comes into the household whose account `household_card_number` names."""

    card_number: str
    household_card_number: str
    location_id: str
    occurred_at_ms: int


@dataclass(frozen=True, slots=True)
class Joined:
    """`points_brought` were the member's and are the household's; `points_balance` is the household's with them."""

    entry: Entry
    replayed: bool
    points_brought: int
    points_balance: int


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """The member of `card_number` leaves the household and takes `points`, 0 or more, along.

    Points go along only if the household's card is shown; to leave without any, one's own card is enough.
    """

    card_number: str
    household_card_number: str | None
    location_id: str
    occurred_at_ms: int
    points: int


@dataclass(frozen=True, slots=True)
class Left:
    """What the member's own account holds now. Pending points are those of its own earlier purchases."""

    entry: Entry
    replayed: bool
    points_balance: int
    points_pending: int
