"""Where partners' positions are paid."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import Body, PartnerId, ReplyBody
from chalicelib.api.schemas.terms import PartnerProposalReply, Reason

Customer = Annotated[
    str,
    Field(
        pattern=r"^cus_[A-Za-z0-9]{1,40}$",
        description="Its customer at Stripe, which is collected from.",
        examples=["cus_R1x9"],
    ),
]
ConnectedAccount = Annotated[
    str,
    Field(
        pattern=r"^acct_[A-Za-z0-9]{1,40}$",
        description="Its connected account at Stripe, which is paid.",
        examples=["acct_1Q2w"],
    ),
]
Collection = Annotated[
    Literal["send_invoice", "charge_automatically"],
    Field(description="What it owes is invoiced, or charged to what it has left at Stripe for that."),
]


Fingerprint = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        description="Of its IBAN: SHA-256 of `tessera-iban-v1:` and it. `tessera settlement fingerprint` prints it.",
        examples=["4bb7c9d2fe9e8cdf0c0de8b6a26e7e16c36bd92d9cf0ff1f1cf8b3c2b0d2a0f1"],
    ),
]


class PayeeAccountsBody(Body):
    """Where a partner is collected from and paid: at Stripe, by the bank, or both; and why that is changed."""

    customer_id: Customer | None = None
    connected_account_id: ConnectedAccount | None = None
    collection: Collection = "send_invoice"
    bank_account_fingerprint: Fingerprint | None = None
    reason: Reason


class PayeeAccountsOut(ReplyBody):
    """Where a partner is collected from and paid."""

    customer_id: Customer | None
    connected_account_id: ConnectedAccount | None
    collection: Collection
    bank_account_fingerprint: Fingerprint | None


class PayeeProposalReply(PartnerProposalReply):
    """Accounts that one operator proposes and another approves."""

    accounts: PayeeAccountsOut


class PayeeAccountsReply(PayeeAccountsOut):
    """Where a partner is collected from and paid, and the latest proposal. `version` counts the changes of both."""

    partner_id: PartnerId
    proposal: PayeeProposalReply | None
    version: Annotated[int, Field(ge=0, examples=[1])]
