"""JSON of usage plans."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import Body, PartnerId, ReplyBody
from chalicelib.api.schemas.terms import Reason
from partners.access.limits import Tier


class UsagePlanBody(Body):
    """The usage plan that a partner is to have, and why."""

    tier: Annotated[Tier, Field(strict=False, examples=["large"])]
    reason: Reason


class UsagePlanReply(ReplyBody):
    """How fast a partner may send requests.

    Until the plan is in force, the partner has its plan of before, or only the limit that all partners share.
    """

    partner_id: PartnerId
    tier: Tier
    requests_per_second: int
    requests_at_once: int
    in_force: bool
