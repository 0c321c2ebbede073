"""Payouts: cashback that leaves an account to be paid out in money."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.adjustments import KeyIdOut
from chalicelib.api.schemas.fields import (
    CardNumber,
    EntryId,
    Instant,
    MoneyOut,
    Params,
    PositiveMoney,
    ReplyBody,
    WhyBody,
)
from chalicelib.api.schemas.listings import NextCursor
from partners.contracts.payment import PaymentMethod
from partners.payouts.model import RequestState
from shared.members.card import MEMBER_DIGITS

MemberAccount = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        description="Of the IBAN that the member is paid at: SHA-256 of `tessera-iban-v1:` and it. "
        "`tessera settlement fingerprint` prints it.",
        examples=["4bb7c9d2fe9e8cdf0c0de8b6a26e7e16c36bd92d9cf0ff1f1cf8b3c2b0d2a0f1"],
    ),
]
Member = Annotated[str, Field(pattern=rf"^[0-9]{{{MEMBER_DIGITS}}}$", examples=["4711000042"])]
RequestId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["00112233445566778899aabbccddeeff"])]


class PayoutBody(WhyBody):
    """Whose cashback to pay out, how much of it, and to which bank account; that is needed for euros."""

    card_number: CardNumber
    cashback: PositiveMoney
    member_account_fingerprint: MemberAccount | None = None


class PayoutReply(ReplyBody):
    """The cashback that came back to an account, and what it holds now in that currency."""

    entry_id: EntryId
    recorded_at: Instant
    cashback: MoneyOut
    cashback_balance: MoneyOut


class PayoutRequestParams(Params):
    """Which request for a payout."""

    request_id: RequestId


class PayoutRequestReply(ReplyBody):
    """A request for a payout and how far it has come: `proposed` waits for a second operator.

    `card_member` is the customer whose card was named: digits 5 to 14 of its number. `member` is the account that the
    cashback is taken from: the same, but after a merge or in a household the one that answers. The payout's id begins
    so. Once it is `applied`, `entry_id` is that. `paid_by` says whether the money goes by bank file, or you move it by
    hand.
    """

    request_id: RequestId
    state: RequestState
    member: Member
    card_member: Member
    entry_id: EntryId | None
    cashback: MoneyOut
    paid_by: PaymentMethod
    member_account_fingerprint: MemberAccount | None
    asked_by: KeyIdOut
    asked_at: Instant
    decided_by: KeyIdOut | None


class AskedPayoutReply(PayoutRequestReply):
    """The same, and once it is applied when that was, and what the account held then in that currency."""

    recorded_at: Instant | None
    cashback_balance: MoneyOut | None


class PayoutRequestsReply(ReplyBody):
    """Requests for payouts that needed two operators, newest first."""

    requests: list[PayoutRequestReply]
    next_cursor: NextCursor


class PayoutOriginReply(ReplyBody):
    """A payout: who asked for it, the second operator if one was needed, and where it goes."""

    entry_id: EntryId
    recorded_at: Instant
    cashback: MoneyOut
    paid_by: PaymentMethod
    member_account_fingerprint: MemberAccount | None
    asked_by: KeyIdOut
    approved_by: KeyIdOut | None
