"""What an operator asks of accounts, and what comes of it."""

from dataclasses import dataclass

from partners.contracts.reasons import check_reason
from shared.kernel.money import Money
from shared.ledger.model import Entry


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """The member of `card_number` is the same customer as that of `into_card_number`, whose account stays.

    `reason` is kept for ever and must not name the customer. Raises InvalidReasonError.
    """

    card_number: str
    into_card_number: str
    reason: str

    def __post_init__(self) -> None:
        check_reason(self.reason)


@dataclass(frozen=True, slots=True)
class CloseRequest:
    """End the account of `card_number`; `forfeit` says that what it still holds may be lost.

    `reason` is kept for ever and must not name the customer. Raises InvalidReasonError.
    """

    card_number: str
    forfeit: bool
    reason: str

    def __post_init__(self) -> None:
        check_reason(self.reason)


@dataclass(frozen=True, slots=True)
class Merged:
    """`points` were moved into the account that stays and now has `points_balance`."""

    entry: Entry
    replayed: bool
    points: int
    points_balance: int
    reversible_until_ms: int


@dataclass(frozen=True, slots=True)
class Unmerged:
    """`points_balance` of the account that stands alone again, with `points_pending` of its own purchases."""

    entry: Entry
    replayed: bool
    points_balance: int
    points_pending: int


@dataclass(frozen=True, slots=True)
class Closed:
    """What the account held and is lost to the member, and what the member owed and need not repay."""

    entry: Entry
    replayed: bool
    points_forfeited: int
    cashback_forfeited: tuple[Money, ...]
    points_written_off: int
    cashback_written_off: tuple[Money, ...]
