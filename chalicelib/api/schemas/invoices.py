"""Invoices."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.api.schemas.bills import BillReply
from chalicelib.api.schemas.fields import (
    Body,
    Currency,
    Day,
    DayText,
    Instant,
    Month,
    Params,
    PartnerId,
    ReplyBody,
    SignedCents,
    WhyBody,
)
from chalicelib.api.schemas.funding import PaymentId
from chalicelib.api.schemas.listings import NextCursor
from chalicelib.api.schemas.terms import OperatorId, Reason
from chalicelib.listing import PageParams
from shared.kernel.fields import AMOUNT_LIMIT_CENTS

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
    """An invoice in one line, and how it stands now; a negative total is a credit.

    `overdue`: something is open after `due_at`, however much was paid. `open_cents` is what is left to pay.
    """

    number: InvoiceNumber
    partner_id: PartnerId
    month: Month
    issued_at: Instant
    currency: Currency
    total_cents: SignedCents
    status: Literal["open", "part_paid", "paid", "overdue", "credit"]
    due_at: Instant | None = Field(description="Null where there is nothing to pay.")
    paid_cents: SignedCents
    open_cents: SignedCents


class OwnInvoicePaymentOut(ReplyBody):
    """Money that came in for an invoice on `day`; negative: a payment that came back, which this `reverses`."""

    payment_id: PaymentId
    amount_cents: SignedCents
    day: DayText
    reference: str | None
    reverses: PaymentId | None


class InvoicePaymentReply(OwnInvoicePaymentOut):
    """The same, and who recorded it, when and why."""

    recorded_by: OperatorId
    recorded_at: Instant
    reason: str | None


class WholeInvoiceOut(InvoiceSummaryOut):
    """What a partner owes for a month: its bill, and adjustments of months invoiced before. These never change."""

    partner_name: str
    bill: BillReply
    adjustments: list[AdjustmentOfMonthOut]


class InvoiceReply(WholeInvoiceOut):
    """Your invoice of a month, with what you paid for it: `payments` as they were recorded, oldest first."""

    payments: list[OwnInvoicePaymentOut]


class PartnerInvoiceReply(WholeInvoiceOut):
    """A partner's invoice of a month, with what it paid for it: `payments` as they were recorded, oldest first."""

    payments: list[InvoicePaymentReply]


Reference = Annotated[
    str,
    Field(min_length=1, max_length=140, description="What the bank calls it.", examples=["camt 2026-12-03/17"]),
]


class InvoicePaymentBody(WhyBody):
    """Money that came in for an invoice."""

    amount_cents: Annotated[int, Field(ge=1, le=AMOUNT_LIMIT_CENTS, examples=[34_500])]
    received_on: Day
    reference: Reference


class InvoicePaymentParams(Params):
    """Which payment of which invoice."""

    partner_id: PartnerId
    month: Month
    payment_id: PaymentId


class InvoiceReversalBody(Body):
    """When a payment came back, and why."""

    returned_on: Day
    reason: Reason


class InvoicesReply(ReplyBody):
    """A page of invoices, newest first."""

    invoices: list[InvoiceSummaryOut]
    next_cursor: NextCursor


class PartnerInvoicesParams(PageParams):
    """A page of a partner's invoices."""

    partner_id: PartnerId
