"""Partners and their terms: the network operator's work."""

from chalicelib.api.plan_shape import plan_of, plan_out
from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.operator import (
    PartnerBody,
    PartnerParams,
    PartnerReply,
    PartnersReply,
    TermsBody,
    TermsReply,
)
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    InvalidNameError,
    InvalidPartnerIdError,
    InvalidPlanError,
    InvalidTermsError,
    PartnerExistsError,
    PricesOutOfLineError,
    TermsConflictError,
    TermsTooEarlyError,
    UnknownPartnerError,
    UnsupportedCurrencyError,
)
from partners.contracts.model import NewTerms, Partner, Terms
from shared.kernel.clock import to_rfc3339

resource = Resource("partners", __name__)


@resource.post(
    "/v1/partners",
    scope=Scope.OPERATOR,
    params=NoParams,
    body=PartnerBody,
    reply=PartnerReply,
    errors=(InvalidPartnerIdError, InvalidNameError, UnsupportedCurrencyError, PartnerExistsError),
)
def create_partner(call: Call[NoParams, PartnerBody]) -> Reply:
    """Bring a partner in.

    The same request again is a success and changes nothing.
    """
    body = call.body
    partner = bootstrap.services().contracts.create_partner(body.partner_id, body.name, body.currency)
    return Reply(_partner(partner))


@resource.get("/v1/partners", scope=Scope.OPERATOR, params=NoParams, reply=PartnersReply)
def list_partners(_: Call[NoParams, NoBody]) -> Reply:
    """List all partners."""
    return Reply(PartnersReply(partners=[_partner(one) for one in bootstrap.services().contracts.partners()]))


@resource.post(
    "/v1/partners/{partner_id}/terms",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=TermsBody,
    reply=TermsReply,
    errors=(
        UnknownPartnerError,
        InvalidTermsError,
        InvalidPlanError,
        TermsTooEarlyError,
        PricesOutOfLineError,
        TermsConflictError,
    ),
)
def add_terms(call: Call[PartnerParams, TermsBody]) -> Reply:
    """Agree on new terms with a partner.

    The first terms may begin at any time, later ones only ahead: history is never rewritten. No partner may
    be paid more for honouring a point than another pays for granting it: the redeem price may not exceed any
    current or future issue price in the same currency. The same request again is a success and changes nothing.
    """
    terms = bootstrap.services().contracts.add_terms(call.params.partner_id, _new_terms(call.body))
    return Reply(_terms(terms))


def _partner(partner: Partner) -> PartnerReply:
    return PartnerReply(
        partner_id=partner.partner_id,
        name=partner.name,
        currency=partner.currency,
        created_at=to_rfc3339(partner.created_at_ms),
    )


def _new_terms(body: TermsBody) -> NewTerms:
    return NewTerms(
        effective_from_ms=body.effective_from,
        earn_points=body.earn_points,
        earn_per_cents=body.earn_per_cents,
        issue_price_micros=body.issue_price_micros,
        redeem_price_micros=body.redeem_price_micros,
        expiry_months=body.expiry_months,
        waiting_days=body.waiting_days,
        late_days=body.late_days,
        cashback_bps=body.cashback_bps,
        plan=plan_of(body.plan),
    )


def _terms(terms: Terms) -> TermsReply:
    return TermsReply(
        partner_id=terms.partner_id,
        version=terms.version,
        effective_from=to_rfc3339(terms.effective_from_ms),
        earn_points=terms.earn_points,
        earn_per_cents=terms.earn_per_cents,
        issue_price_micros=terms.issue_price_micros,
        redeem_price_micros=terms.redeem_price_micros,
        expiry_months=terms.expiry_months,
        waiting_days=terms.waiting_days,
        late_days=terms.late_days,
        cashback_bps=terms.cashback_bps,
        plan=plan_out(terms.plan),
    )
