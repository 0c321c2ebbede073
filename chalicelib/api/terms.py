"""Terms: one operator proposes them, another approves, and a partner sees its own."""

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.api.schemas.terms import (
    AtParams,
    OwnTermsReply,
    PartnerAtParams,
    PartnerTermsReply,
    ProposalParams,
    ProposalReply,
    ReasonBody,
    TermsBody,
)
from chalicelib.api.terms_shape import approved_terms_out, new_terms_of, proposal_out, terms_out
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    BankFileCurrencyError,
    ExchangeRateMissingError,
    InvalidPlanError,
    InvalidReasonError,
    InvalidTermsError,
    NotInThisStateError,
    PricesOutOfLineError,
    ProposalDecidedError,
    SecondPersonNeededError,
    TermsConflictError,
    TermsTooEarlyError,
    UnknownPartnerError,
    UnknownProposalError,
)
from shared.kernel.clock import to_rfc3339

resource = Resource("partners", __name__)


@resource.post(
    "/v1/partners/{partner_id}/terms",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=TermsBody,
    reply=ProposalReply,
    errors=(
        UnknownPartnerError,
        InvalidTermsError,
        InvalidPlanError,
        InvalidReasonError,
        NotInThisStateError,
        TermsTooEarlyError,
        BankFileCurrencyError,
        ExchangeRateMissingError,
        PricesOutOfLineError,
    ),
)
def propose_terms(call: Call[PartnerParams, TermsBody]) -> Reply:
    """Propose a partner's next terms.

    They come into force when another operator approves them. The first terms may begin at any time, later ones only
    ahead: history is never rewritten. No partner may be paid more for honouring a point than another pays for
    granting it: the redeem price may not exceed any current or future issue price in the same currency. The same
    request again gives the same proposal.
    """
    services, partner_id = bootstrap.services(), call.params.partner_id
    new = new_terms_of(call.body, services.contracts.partner(partner_id).currency)
    proposal = services.agreements.propose(call.caller.acting_as, partner_id, new, call.body.reason)
    return Reply(proposal_out(proposal))


@resource.post(
    "/v1/partners/{partner_id}/terms/proposals/{proposal}/approve",
    scope=Scope.OPERATOR,
    params=ProposalParams,
    before=lambda call: _as_it_is(call.params),
    body=ReasonBody,
    reply=ProposalReply,
    status=200,
    errors=(
        UnknownPartnerError,
        UnknownProposalError,
        InvalidReasonError,
        SecondPersonNeededError,
        ProposalDecidedError,
        NotInThisStateError,
        TermsTooEarlyError,
        BankFileCurrencyError,
        ExchangeRateMissingError,
        PricesOutOfLineError,
        TermsConflictError,
    ),
)
def approve_terms(call: Call[ProposalParams, ReasonBody]) -> Reply:
    """Approve terms that another operator has proposed.

    They become the partner's next version, which never changes. Again is a success.
    """
    params, agreements = call.params, bootstrap.services().agreements
    decided = agreements.approve(call.caller.acting_as, params.partner_id, params.proposal, call.body.reason)
    return Reply(proposal_out(decided))


@resource.post(
    "/v1/partners/{partner_id}/terms/proposals/{proposal}/decline",
    scope=Scope.OPERATOR,
    params=ProposalParams,
    before=lambda call: _as_it_is(call.params),
    body=ReasonBody,
    reply=ProposalReply,
    status=200,
    errors=(UnknownPartnerError, UnknownProposalError, InvalidReasonError, ProposalDecidedError),
)
def decline_terms(call: Call[ProposalParams, ReasonBody]) -> Reply:
    """Withdraw terms that you have proposed, or reject those of another operator.

    Again is a success.
    """
    params, agreements = call.params, bootstrap.services().agreements
    decided = agreements.decline(call.caller.acting_as, params.partner_id, params.proposal, call.body.reason)
    return Reply(proposal_out(decided))


@resource.get(
    "/v1/partners/{partner_id}/terms",
    scope=Scope.OPERATOR,
    params=PartnerAtParams,
    reply=PartnerTermsReply,
    errors=(UnknownPartnerError,),
)
def show_partner_terms(call: Call[PartnerAtParams, NoBody]) -> Reply:
    """Show a partner's terms: what is in force at a moment, all versions and all proposals."""
    partner_id = call.params.partner_id
    services = bootstrap.services()
    view = services.contracts.terms_view(partner_id, call.params.at)
    return Reply(
        PartnerTermsReply(
            at=to_rfc3339(view.at_ms),
            in_force=None if view.in_force is None else approved_terms_out(view.in_force),
            versions=[approved_terms_out(one) for one in view.versions],
            proposals=[proposal_out(one) for one in services.agreements.proposals(partner_id)],
        )
    )


@resource.get("/v1/terms", scope=Scope.REPORTS, params=AtParams, reply=OwnTermsReply)
def show_terms(call: Call[AtParams, NoBody]) -> Reply:
    """Show your terms: what is in force at a moment, and all versions."""
    view = bootstrap.services().contracts.terms_view(call.caller.partner_id, call.params.at)
    return Reply(
        OwnTermsReply(
            at=to_rfc3339(view.at_ms),
            in_force=None if view.in_force is None else terms_out(view.in_force),
            versions=[terms_out(one) for one in view.versions],
        )
    )


def _as_it_is(params: ProposalParams) -> ProposalReply:
    return proposal_out(bootstrap.services().agreements.proposal(params.partner_id, params.proposal))
