"""Invoices."""

from typing import Annotated

from pydantic import Field

from chalicelib.api.schemas.bills import BillReply
from chalicelib.api.schemas.fields import (
    Currency,
    Instant,
    Month,
    Params,
    PartnerId,
    ReplyBody,
    SignedCents,
    WhyBody,
)
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.listing import PageParams

InvoiceNumber = Annotated[str, Field(description="Unique in the network.", examples=["2026-11-harvest"])]


class InvoiceParams(Params):
    """Which month."""

    month: Month


class PartnerInvoiceParams(Params):
    """Whose invoice of which month."""

    partner_id: PartnerId
    month: Month


class InvoiceBody(WhyBody):
    """The month to be invoiced."""

    month: Month


class AdjustmentOfMonthOut(ReplyBody):
    """What an earlier month costs more (or less) than was invoiced for it before."""

    month: Month
    amount_cents: SignedCents
    explanation: str = Field(
        examples=["2026-10: 1,234 visits instead of 1,222; 345.00 - 340.00 invoiced = 5.00"],
    )


class InvoiceSummaryOut(ReplyBody):
    """An invoice in one line; a negative total is a credit."""

    number: InvoiceNumber
    partner_id: PartnerId
    month: Month
    issued_at: Instant
    currency: Currency
    total_cents: SignedCents


class InvoiceReply(InvoiceSummaryOut):
    """What a partner owes for a month: its bill, and adjustments of months invoiced before. It never changes."""

    partner_name: str
    bill: BillReply
    adjustments: list[AdjustmentOfMonthOut]


class InvoicesReply(ReplyBody):
    """A page of invoices, newest first."""

    invoices: list[InvoiceSummaryOut]
    next_cursor: NextCursor


class PartnerInvoicesParams(PageParams):
    """A page of a partner's invoices."""

    partner_id: PartnerId
