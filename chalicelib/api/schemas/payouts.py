"""Payouts: cashback that leaves an account to be paid out in money."""

from chalicelib.api.schemas.fields import (
    CardNumber,
    EntryId,
    Instant,
    MoneyOut,
    PositiveMoney,
    ReplyBody,
    WhyBody,
)


class PayoutBody(WhyBody):
    """Whose cashback to pay out, and how much of it."""

    card_number: CardNumber
    cashback: PositiveMoney


class PayoutReply(ReplyBody):
    """The cashback that left the account, or came back to it, and what it holds now in that currency."""

    entry_id: EntryId
    recorded_at: Instant
    cashback: MoneyOut
    cashback_balance: MoneyOut
