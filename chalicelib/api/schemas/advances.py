"""What the network advances, so that creditors can be paid before debtors have paid."""

from chalicelib.api.schemas.fields import AmountCents, Body, Currency, Params, ReplyBody
from chalicelib.api.schemas.terms import PartnerProposalReply, ProposalNumber, Reason


class CurrencyParams(Params):
    """Which currency."""

    currency: Currency


class AdvanceProposalParams(Params):
    """Which proposal for which currency."""

    currency: Currency
    proposal: ProposalNumber


class AdvanceBody(Body):
    """What the network has put in from then on, in all, and why. Less than before takes some of it out again."""

    advanced_cents: AmountCents
    reason: Reason


class AdvanceProposalReply(PartnerProposalReply):
    """An advance that one operator proposes and another approves."""

    advanced_cents: AmountCents


class AdvanceReply(ReplyBody):
    """What two operators agreed the network advances, and the latest proposal of another amount."""

    currency: Currency
    advanced_cents: AmountCents
    proposal: AdvanceProposalReply | None
