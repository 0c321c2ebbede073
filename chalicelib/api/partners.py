"""Partners, their locations and terms: the network operator's work."""

from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.operator import (
    BandBody,
    LocationBody,
    LocationReply,
    PartnerBody,
    PartnerParams,
    PartnerReply,
    PartnersReply,
    PlanBody,
    TermsBody,
    TermsReply,
)
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    InvalidLocationIdError,
    InvalidNameError,
    InvalidPartnerIdError,
    InvalidPlanError,
    InvalidTermsError,
    LocationExistsError,
    PartnerExistsError,
    PricesOutOfLineError,
    TermsConflictError,
    TermsTooEarlyError,
    UnknownPartnerError,
    UnknownTimeZoneError,
    UnsupportedCurrencyError,
)
from partners.contracts.model import Band, NewTerms, Partner, Plan, PlanMode, Terms
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
    "/v1/partners/{partner_id}/locations",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=LocationBody,
    reply=LocationReply,
    errors=(
        UnknownPartnerError,
        InvalidLocationIdError,
        InvalidNameError,
        UnknownTimeZoneError,
        LocationExistsError,
    ),
)
def open_location(call: Call[PartnerParams, LocationBody]) -> Reply:
    """Open a location of a partner.

    The same request again is a success and changes nothing.
    """
    body = call.body
    location = bootstrap.services().contracts.open_location(
        call.params.partner_id, body.location_id, body.name, body.time_zone, body.opened_at
    )
    reply = LocationReply(
        partner_id=location.partner_id,
        location_id=location.location_id,
        name=location.name,
        time_zone=location.time_zone,
        opened_at=to_rfc3339(location.opened_at_ms),
    )
    return Reply(reply)


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
    bands = tuple(Band(band.up_to, band.flat_fee_cents, band.visit_fee_micros) for band in body.plan.bands)
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
        plan=Plan(body.plan.location_fee_cents, PlanMode(body.plan.mode), bands),
    )


def _terms(terms: Terms) -> TermsReply:
    plan = PlanBody(
        location_fee_cents=terms.plan.location_fee_cents,
        mode=terms.plan.mode.value,
        bands=[
            BandBody(
                up_to=band.up_to,
                flat_fee_cents=band.flat_fee_cents,
                visit_fee_micros=band.visit_fee_micros,
            )
            for band in terms.plan.bands
        ],
    )
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
        plan=plan,
    )
