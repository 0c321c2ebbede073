"""A payout, and its reversal."""

from dataclasses import dataclass

from shared.kernel.money import Money
from shared.ledger.model import Entry


@dataclass(frozen=True, slots=True)
class PaidOut:
    """`cashback` left the account, or came back to it if `entry` is a reversal."""

    entry: Entry
    replayed: bool
    cashback: Money
    cashback_balance: Money
