"""Which members are paid at one bank account."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.fields import Body, Params, ReplyBody
from chalicelib.api.schemas.payouts import MemberAccount
from chalicelib.api.schemas.terms import PartnerProposalReply, ProposalNumber, Reason
from shared.members.card import MEMBER_DIGITS

MOST_MEMBERS = 10

Members = Annotated[
    list[Annotated[str, Field(pattern=rf"^[0-9]{{{MEMBER_DIGITS}}}$", examples=["4711000042"])]],
    Field(
        max_length=MOST_MEMBERS,
        description="Each as the ids of its payouts begin, up to the hyphen. None: nobody but who has told it.",
    ),
]


class MemberAccountParams(Params):
    """Which bank account, by its fingerprint."""

    member_account_fingerprint: MemberAccount


class MemberAccountProposalParams(Params):
    """Which proposal about which bank account."""

    member_account_fingerprint: MemberAccount
    proposal: ProposalNumber


class MemberAccountBody(Body):
    """Who may all be paid at the account, and why."""

    members: Members
    reason: Reason


class MemberAccountProposalReply(PartnerProposalReply):
    """Members that one operator proposes and another approves."""

    members: Members


class MemberAccountReply(ReplyBody):
    """Who may all be paid at an account, as two operators agreed, and the latest proposal of others."""

    member_account_fingerprint: MemberAccount
    members: Members
    proposal: MemberAccountProposalReply | None
