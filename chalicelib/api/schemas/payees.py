"""Where partners' positions are paid."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.fields import Body, PartnerId, ReplyBody
from chalicelib.api.schemas.terms import Reason

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


class StripeAccountsBody(Body):
    """Where a partner whose terms say `stripe` is collected from and paid, and why that is changed."""

    customer_id: Customer | None = None
    connected_account_id: ConnectedAccount | None = None
    collection: Collection = "send_invoice"
    reason: Reason


class StripeAccountsReply(ReplyBody):
    """Where a partner is collected from and paid at Stripe. `version` counts the changes."""

    partner_id: PartnerId
    customer_id: Customer | None
    connected_account_id: ConnectedAccount | None
    collection: Collection
    version: Annotated[int, Field(ge=0, examples=[1])]
