"""Funding: the operator records payments, both see how a partner stands."""

from typing import Any

from chalicelib.api.schemas.fields import NoBody, WhyBody
from chalicelib.api.schemas.funding import (
    OwnFundingReply,
    OwnPaymentReply,
    PartnerFundingParams,
    PartnerFundingReply,
    PaymentBody,
    PaymentParams,
    PaymentReply,
    StandingReply,
)
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.api.schemas.terms import FundingBody
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import (
    InvalidReasonError,
    NotInThisStateError,
    SecondPersonNeededError,
    UnknownPartnerError,
)
from partners.contracts.standing import FundingStanding
from partners.funding.errors import (
    DepositTooSmallError,
    InvalidPaymentError,
    PaymentCurrencyError,
    PaymentDecidedError,
    PaymentKeyReusedError,
    UnknownPaymentError,
)
from partners.funding.exposure import near_limit
from partners.funding.model import Payment
from partners.funding.service import FundingView
from shared.kernel.clock import to_rfc3339

resource = Resource("partners", __name__)


@resource.post(
    "/v1/partners/{partner_id}/payments",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=PaymentBody,
    reply=PaymentReply,
    idempotent=True,
    errors=(
        UnknownPartnerError,
        NotInThisStateError,
        InvalidPaymentError,
        InvalidReasonError,
        PaymentCurrencyError,
        PaymentKeyReusedError,
        DepositTooSmallError,
    ),
)
def record_payment(call: Call[PartnerParams, PaymentBody]) -> Reply:
    """Record money that came from a partner, or went to it.

    Deposits, and what is given back of them: settlements record by themselves what they collect, pay and take of a
    deposit. A record is never changed. Tills know within two minutes. What of a partner and UTC day comes to more than
    1,000.00 lifts no limit before another operator confirms it: it says `waits`.
    """
    body = call.body
    payment = bootstrap.services().funding.record(
        call.caller.acting_as,
        call.idempotency_key,
        call.params.partner_id,
        body.paid_cents,
        body.currency,
        body.reason,
    )
    return Reply(_payment(payment))


@resource.post(
    "/v1/partners/{partner_id}/payments/{payment_id}/confirm",
    scope=Scope.OPERATOR,
    params=PaymentParams,
    before=lambda call: _as_recorded(call.params),
    body=WhyBody,
    reply=PaymentReply,
    status=200,
    errors=(UnknownPartnerError, UnknownPaymentError, SecondPersonNeededError, PaymentDecidedError),
)
def confirm_payment(call: Call[PaymentParams, WhyBody]) -> Reply:
    """Confirm that money came which another operator has recorded: what waited lifts the partner's limit.

    Look at the account first. Again is a success. Tills know within two minutes.
    """
    params = call.params
    found = bootstrap.services().funding.confirm(call.caller.acting_as, params.partner_id, params.payment_id)
    return Reply(_payment(found))


@resource.post(
    "/v1/partners/{partner_id}/payments/{payment_id}/decline",
    scope=Scope.OPERATOR,
    params=PaymentParams,
    before=lambda call: _as_recorded(call.params),
    body=WhyBody,
    reply=PaymentReply,
    status=200,
    errors=(UnknownPartnerError, UnknownPaymentError, PaymentDecidedError, DepositTooSmallError),
)
def decline_payment(call: Call[PaymentParams, WhyBody]) -> Reply:
    """Say that money which waits to be confirmed never came: as much is recorded with the opposite sign.

    Anybody may, whoever recorded it too. Again is a success.
    """
    params = call.params
    found = bootstrap.services().funding.decline(call.caller.acting_as, params.partner_id, params.payment_id)
    return Reply(_payment(found))


@resource.get(
    "/v1/partners/{partner_id}/funding",
    scope=Scope.OPERATOR,
    params=PartnerFundingParams,
    reply=PartnerFundingReply,
    errors=(UnknownPartnerError, InvalidCursorError),
)
def get_partner_funding(call: Call[PartnerFundingParams, NoBody]) -> Reply:
    """Show how a partner stands against its funding, what is held of its deposit, and a page of its payments."""
    funding, partner_id = bootstrap.services().funding, call.params.partner_id
    view = funding.view(partner_id)
    page, cursor = _page(view, call.params)
    return Reply(
        PartnerFundingReply(
            partner_id=partner_id,
            payments=[_payment(one) for one in page],
            deposit_held_cents=funding.held_cents(partner_id),
            next_cursor=cursor,
            **_common(view),
        )
    )


@resource.get(
    "/v1/funding", scope=Scope.REPORTS, params=PageParams, reply=OwnFundingReply, errors=(InvalidCursorError,)
)
def get_funding(call: Call[PageParams, NoBody]) -> Reply:
    """Show how you stand against your funding, and a page of your payments."""
    view = bootstrap.services().funding.view(call.caller.partner_id)
    page, cursor = _page(view, call.params)
    payments = [OwnPaymentReply(**_own(one)) for one in page]
    return Reply(OwnFundingReply(payments=payments, next_cursor=cursor, **_common(view)))


def _page(view: FundingView, params: PageParams) -> tuple[list[Payment], str | None]:
    def place(one: Payment) -> str:
        return f"{one.at_ms:013d}#{one.payment_id}"

    newest_first = sorted(view.payments, key=place, reverse=True)
    return page_of(newest_first, place, ("funding", view.partner.partner_id), params, descending=True)


def _common(view: FundingView) -> dict[str, Any]:
    funding = view.funding
    return {
        "currency": view.partner.currency,
        "funding": FundingBody(kind=funding.kind, net_debit_cap_cents=funding.net_debit_cap_cents),
        "standing": None if view.standing is None else _standing(view.standing),
        "waiting_cents": view.waiting_cents,
    }


def _standing(found: FundingStanding) -> StandingReply:
    return StandingReply(
        as_of=to_rfc3339(found.as_of_ms),
        stopped=found.stopped,
        alert=near_limit(found),
        exposure_cents=found.exposure_cents,
        limit_cents=found.limit_cents,
        used_cents=found.used_cents,
    )


def _as_recorded(params: PaymentParams) -> PaymentReply:
    return _payment(bootstrap.services().funding.payment(params.partner_id, params.payment_id))


def _payment(payment: Payment) -> PaymentReply:
    return PaymentReply(
        partner_id=payment.partner_id,
        by=payment.by,
        reason=payment.reason,
        confirmed_by=payment.confirmed_by or None,
        declined_by=payment.declined_by or None,
        **_own(payment),
    )


def _own(payment: Payment) -> dict[str, Any]:
    return {
        "payment_id": payment.payment_id,
        "paid_cents": payment.amount_cents,
        "currency": payment.currency,
        "at": to_rfc3339(payment.at_ms),
        "paid_ahead_cents": payment.paid_ahead_cents,
        "waits": payment.waits,
    }
