"""JSON of billing contacts."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import Body, Instant, PartnerId, ReplyBody
from chalicelib.api.schemas.terms import Reason

Email = Annotated[str, Field(min_length=3, max_length=254, examples=["bills@harvest.example"])]


class BillingContactBody(Body):
    """Where invoices are to be sent. The audit trail says that it was changed, and not to what."""

    email: Email


class PartnerBillingContactBody(BillingContactBody):
    """Where a partner's invoices are to be sent, and why it is changed."""

    reason: Reason


class BillingContactRemovalBody(Body):
    """Why invoices are to be sent nowhere."""

    reason: Reason


class BillingContactReply(ReplyBody):
    """Where a partner's invoices are sent; null before anybody has said so, and since it was removed.

    `version` counts the changes.
    """

    partner_id: PartnerId
    email: Email | None
    changed_at: Instant | None
    version: Annotated[int, Field(ge=0, examples=[1])]
