"""Invoices: the operator issues them, the partner reads its own."""

from typing import TYPE_CHECKING

from chalicelib.api.invoice_shape import invoice_out, partner_invoice_out, payment_out, summary_out
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.invoices import (
    InvoiceBody,
    InvoiceParams,
    InvoicePaymentBody,
    InvoicePaymentParams,
    InvoicePaymentReply,
    InvoiceReply,
    InvoiceReversalBody,
    InvoicesReply,
    PartnerInvoiceParams,
    PartnerInvoiceReply,
    PartnerInvoicesParams,
)
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.billing.errors import (
    InvalidMonthError,
    InvoicedThroughStripeError,
    InvoiceOverpaidError,
    InvoicePaymentDayError,
    InvoicePaymentReversedError,
    InvoiceTooEarlyError,
    LaterInvoiceIssuedError,
    NothingToInvoiceError,
    UnknownInvoiceError,
    UnknownInvoicePaymentError,
)
from partners.contracts.errors import NoTermsInForceError, UnknownPartnerError
from partners.funding.errors import PaymentKeyReusedError

if TYPE_CHECKING:
    from partners.billing.invoice import Invoice
    from partners.billing.invoice_payment import InvoiceStanding

resource = Resource("invoices", __name__)

NOT_FOUND = (InvalidMonthError, UnknownInvoiceError)


@resource.post(
    "/v1/partners/{partner_id}/invoices",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=InvoiceBody,
    reply=PartnerInvoiceReply,
    errors=(
        InvalidMonthError,
        UnknownPartnerError,
        NoTermsInForceError,
        InvoiceTooEarlyError,
        LaterInvoiceIssuedError,
        InvoicedThroughStripeError,
        NothingToInvoiceError,
    ),
)
def issue_invoice(call: Call[PartnerParams, InvoiceBody]) -> Reply:
    """Issue a partner's invoice of a month.

    From then on the month's bill is final. What changes later is adjusted by the next invoice. The same request again
    answers the invoice as first issued. Of a month without a location and a visit there is none.
    """
    return _for_operator(bootstrap.services().invoices.issue(call.params.partner_id, call.body.month))


@resource.get("/v1/invoices", scope=Scope.REPORTS, params=PageParams, reply=InvoicesReply, errors=(InvalidCursorError,))
def list_invoices(call: Call[PageParams, NoBody]) -> Reply:
    """List your invoices, newest first."""
    return _listed(call.caller.partner_id, "invoices", call.params)


@resource.get("/v1/invoices/{month}", scope=Scope.REPORTS, params=InvoiceParams, reply=InvoiceReply, errors=NOT_FOUND)
def get_invoice(call: Call[InvoiceParams, NoBody]) -> Reply:
    """Get your invoice of a month."""
    invoice = _invoice(call.caller.partner_id, call.params.month)
    return Reply(invoice_out(invoice, _standing(invoice)))


@resource.get(
    "/v1/partners/{partner_id}/invoices",
    scope=Scope.OPERATOR,
    params=PartnerInvoicesParams,
    reply=InvoicesReply,
    errors=(UnknownPartnerError, InvalidCursorError),
)
def list_partner_invoices(call: Call[PartnerInvoicesParams, NoBody]) -> Reply:
    """List a partner's invoices, newest first."""
    return _listed(call.params.partner_id, "partner invoices", call.params)


@resource.get(
    "/v1/partners/{partner_id}/invoices/{month}",
    scope=Scope.OPERATOR,
    params=PartnerInvoiceParams,
    reply=PartnerInvoiceReply,
    errors=NOT_FOUND,
)
def get_partner_invoice(call: Call[PartnerInvoiceParams, NoBody]) -> Reply:
    """Get a partner's invoice of a month."""
    return _for_operator(_invoice(call.params.partner_id, call.params.month))


@resource.post(
    "/v1/partners/{partner_id}/invoices/{month}/payments",
    scope=Scope.OPERATOR,
    params=PartnerInvoiceParams,
    body=InvoicePaymentBody,
    reply=InvoicePaymentReply,
    idempotent=True,
    errors=(*NOT_FOUND, InvoicePaymentDayError, InvoiceOverpaidError, PaymentKeyReusedError),
)
def record_invoice_payment(call: Call[PartnerInvoiceParams, InvoicePaymentBody]) -> Reply:
    """Record money that came in for a partner's invoice.

    All of it or a part, never more than is open. A payment is recorded once for its key and never changed; one that
    comes back is reversed. Invoices at Stripe are paid there.
    """
    body, params = call.body, call.params
    payment = bootstrap.services().invoice_payments.record(
        call.caller.acting_as,
        call.idempotency_key,
        params.partner_id,
        params.month,
        body.amount_cents,
        body.received_on,
        body.reference,
        body.reason,
    )
    return Reply(payment_out(payment))


@resource.post(
    "/v1/partners/{partner_id}/invoices/{month}/payments/{payment_id}/reverse",
    scope=Scope.OPERATOR,
    params=InvoicePaymentParams,
    body=InvoiceReversalBody,
    reply=InvoicePaymentReply,
    idempotent=True,
    errors=(
        *NOT_FOUND,
        UnknownInvoicePaymentError,
        InvoicePaymentReversedError,
        InvoicePaymentDayError,
        PaymentKeyReusedError,
    ),
)
def reverse_invoice_payment(call: Call[InvoicePaymentParams, InvoiceReversalBody]) -> Reply:
    """Record that a payment of an invoice came back.

    The whole of it: the invoice is open by it again, and due when it was.
    """
    body, params = call.body, call.params
    reversal = bootstrap.services().invoice_payments.reverse(
        call.caller.acting_as,
        call.idempotency_key,
        params.partner_id,
        params.month,
        params.payment_id,
        body.returned_on,
        body.reason,
    )
    return Reply(payment_out(reversal))


@resource.pdf("/v1/invoices/{month}/pdf", scope=Scope.REPORTS, params=InvoiceParams, errors=NOT_FOUND)
def get_invoice_pdf(call: Call[InvoiceParams, NoBody]) -> Reply:
    """Get your invoice of a month as a PDF document.

    Send the header `Accept: application/pdf`.
    """
    return _pdf(call.caller.partner_id, call.params.month)


@resource.pdf(
    "/v1/partners/{partner_id}/invoices/{month}/pdf",
    scope=Scope.OPERATOR,
    params=PartnerInvoiceParams,
    errors=NOT_FOUND,
)
def get_partner_invoice_pdf(call: Call[PartnerInvoiceParams, NoBody]) -> Reply:
    """Get a partner's invoice of a month as a PDF document.

    Send the header `Accept: application/pdf`.
    """
    return _pdf(call.params.partner_id, call.params.month)


def _pdf(partner_id: str, month: str) -> Reply:
    invoice = _invoice(partner_id, month)
    from partners.billing.invoice_pdf import invoice_pdf

    return Reply(invoice_pdf(invoice, bootstrap.services().settings.network_name))


def _invoice(partner_id: str, month: str) -> "Invoice":
    return bootstrap.services().invoices.invoice(partner_id, month)


def _standing(invoice: "Invoice") -> "InvoiceStanding":
    return bootstrap.services().invoice_payments.standings(invoice.bill.partner_id, [invoice])[0]


def _for_operator(invoice: "Invoice") -> Reply:
    return Reply(partner_invoice_out(invoice, _standing(invoice)))


def _listed(partner_id: str, listing: str, params: PageParams) -> Reply:
    invoices = bootstrap.services().invoices.invoices(partner_id)
    page, next_cursor = page_of(invoices, lambda one: one.bill.month, (listing, partner_id), params, descending=True)
    standings = bootstrap.services().invoice_payments.standings(partner_id, page)
    rows = [summary_out(*one) for one in zip(page, standings, strict=True)]
    return Reply(InvoicesReply(invoices=rows, next_cursor=next_cursor))
