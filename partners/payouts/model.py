"""A payout, who asked for it and where it goes, and its reversal."""

from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.money import Money
from shared.ledger.model import Entry

ONE_PERSON_LIMIT_CENTS = 5_000
"""Up to so much, of a currency and on a UTC day, one operator pays out alone; for more, a second one must approve."""


class RequestState(StrEnum):
    """PROPOSED waits for a second person, APPLIED is in the journal."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class PaidOut:
    """`cashback` left the account, or came back to it if `entry` is a reversal."""

    entry: Entry
    replayed: bool
    cashback: Money
    cashback_balance: Money


@dataclass(frozen=True, slots=True)
class PayoutRequest:
    """That `asked_by`, an operator, wants cashback paid out. `member` and `card_issue` are of the card that was named;
    another account may answer for it, and the entry is that one's.

    `account` is the fingerprint of the bank account that it goes to, if one was told. `decided_by` is the second
    person, None where none was needed; `entry_id` the payout's once it is applied.
    """

    request_id: str
    member: str
    card_issue: int
    cashback: Money
    account: str | None
    asked_by: str
    asked_at_ms: int
    state: RequestState = RequestState.PROPOSED
    decided_by: str | None = None
    entry_id: str | None = None

    @property
    def place(self) -> str:
        """Where it stands among all requests, by when it was asked."""
        return f"{self.asked_at_ms:015d}#{self.request_id}"

    def is_of(self, asked: "PayoutRequest") -> bool:
        """Whether this is what came of a request. The account of a rejected one is not kept."""
        account = asked.account if self.state is RequestState.REJECTED else self.account
        mine = (self.member, self.card_issue, self.cashback, account, self.asked_by)
        return mine == (asked.member, asked.card_issue, asked.cashback, asked.account, asked.asked_by)


@dataclass(frozen=True, slots=True)
class Asked:
    """What has become of a request: `paid` once its entry is in the journal."""

    request: PayoutRequest
    paid: PaidOut | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked for a payout, the second person if there was one, and the fingerprint of the account that it goes to.

    Of one made before that was kept it is known only who asked.
    """

    asked_by: str
    approved_by: str | None = None
    account: str | None = None
