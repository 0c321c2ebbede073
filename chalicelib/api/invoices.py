"""Invoices: the operator issues them, the partner reads its own."""

from typing import TYPE_CHECKING

from chalicelib.api.invoice_shape import invoice_out, summary_out
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.invoices import (
    InvoiceBody,
    InvoiceParams,
    InvoiceReply,
    InvoicesReply,
    PartnerInvoiceParams,
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
    InvoiceTooEarlyError,
    LaterInvoiceIssuedError,
    UnknownInvoiceError,
)
from partners.contracts.errors import NoTermsInForceError, UnknownPartnerError

if TYPE_CHECKING:
    from partners.billing.invoice import Invoice

resource = Resource("invoices", __name__)

NOT_FOUND = (InvalidMonthError, UnknownInvoiceError)


@resource.post(
    "/v1/partners/{partner_id}/invoices",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=InvoiceBody,
    reply=InvoiceReply,
    errors=(
        InvalidMonthError,
        UnknownPartnerError,
        NoTermsInForceError,
        InvoiceTooEarlyError,
        LaterInvoiceIssuedError,
        InvoicedThroughStripeError,
    ),
)
def issue_invoice(call: Call[PartnerParams, InvoiceBody]) -> Reply:
    """Issue a partner's invoice of a month.

    From then on the month's bill is final. What changes later is adjusted by the next invoice. The same request again
    answers the invoice as first issued.
    """
    return Reply(invoice_out(bootstrap.services().invoices.issue(call.params.partner_id, call.body.month)))


@resource.get("/v1/invoices", scope=Scope.REPORTS, params=PageParams, reply=InvoicesReply, errors=(InvalidCursorError,))
def list_invoices(call: Call[PageParams, NoBody]) -> Reply:
    """List your invoices, newest first."""
    return _listed(call.caller.partner_id, "invoices", call.params)


@resource.get("/v1/invoices/{month}", scope=Scope.REPORTS, params=InvoiceParams, reply=InvoiceReply, errors=NOT_FOUND)
def get_invoice(call: Call[InvoiceParams, NoBody]) -> Reply:
    """Get your invoice of a month."""
    return Reply(invoice_out(_invoice(call.caller.partner_id, call.params.month)))


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
    reply=InvoiceReply,
    errors=NOT_FOUND,
)
def get_partner_invoice(call: Call[PartnerInvoiceParams, NoBody]) -> Reply:
    """Get a partner's invoice of a month."""
    return Reply(invoice_out(_invoice(call.params.partner_id, call.params.month)))


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


def _listed(partner_id: str, listing: str, params: PageParams) -> Reply:
    invoices = bootstrap.services().invoices.invoices(partner_id)
    page, next_cursor = page_of(invoices, lambda one: one.bill.month, (listing, partner_id), params, descending=True)
    return Reply(InvoicesReply(invoices=[summary_out(one) for one in page], next_cursor=next_cursor))
