"""Invoices: bills of months that are over, written once. Pure."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from partners.billing.model import Bill
from partners.billing.price import cents_text
from shared.kernel.clock import DAY_MS

ISSUED_AFTER_MS = DAY_MS
"""After a month's end: by then the month is over in every time zone, and posting, which retries for half a day, has
drained or set aside what it can't read."""
DAYS_UNTIL_DUE = 14
"""So long after it is issued an invoice is due, the operator's own and Stripe's."""
LOOKED_BACK_MONTHS = 3
"""So many invoices before are counted again for each new one. By then nothing comes but what is posted by hand."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What an earlier month costs more (or less) than has been invoiced for it so far."""

    month: str
    amount_cents: int
    explanation: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a partner owes for a month: its bill, and adjustments of months invoiced before.

    A negative total is a credit. With `nothing_due` it is no invoice and goes to nobody: it keeps that the month is
    done with, in which no location was open, no visit was recorded, and nothing of others is adjusted.
    """

    partner_name: str
    issued_at_ms: int
    bill: Bill
    adjustments: tuple[Adjustment, ...] = ()
    nothing_due: bool = False

    @property
    def number(self) -> str:
        """Unique in the network: a partner has one invoice a month."""
        return f"{self.bill.month}-{self.bill.partner_id}"

    @property
    def total_cents(self) -> int:
        return self.bill.total_cents + sum(adjustment.amount_cents for adjustment in self.adjustments)

    @property
    def due_at_ms(self) -> int | None:
        """None where there is nothing to pay."""
        return self.issued_at_ms + DAYS_UNTIL_DUE * DAY_MS if self.total_cents > 0 else None


def months_to_recount(issued: Sequence[Invoice], by_hand: Container[str]) -> list[str]:
    """The months of the latest of the `issued`, and those of which anything was posted `by_hand`, in order."""
    months = [invoice.bill.month for invoice in issued]
    latest = months[-LOOKED_BACK_MONTHS:]
    return [month for month in months if month in latest or month in by_hand]


def adjustments(issued: Sequence[Invoice], recounted: Mapping[str, Bill]) -> tuple[Adjustment, ...]:
    """For each month of `recounted` what its bill of now differs by from all that `issued` charge for it."""
    by_month = {invoice.bill.month: invoice.bill for invoice in issued}
    found = []
    for month, bill in sorted(recounted.items()):
        charged = charged_cents(issued, month)
        if bill.total_cents != charged:
            found.append(Adjustment(month, bill.total_cents - charged, _in_words(bill, by_month[month], charged)))
    return tuple(found)


def charged_cents(issued: Sequence[Invoice], month: str) -> int:
    """All that `issued` charge for a month: its own invoice, and the adjustments of later ones."""
    own = sum(invoice.bill.total_cents for invoice in issued if invoice.bill.month == month)
    return own + sum(one.amount_cents for invoice in issued for one in invoice.adjustments if one.month == month)


def _in_words(now: Bill, then: Bill, charged: int) -> str:
    changes = []
    if now.visits != then.visits:
        changes.append(f"{now.visits:,} visits instead of {then.visits:,}")
    days, days_then = now.usage.total_location_days, then.usage.total_location_days
    if days != days_then:
        changes.append(f"{days:,} location-days instead of {days_then:,}")
    sums = f"{cents_text(now.total_cents)} - {cents_text(charged)} invoiced"
    difference = cents_text(now.total_cents - charged)
    return f"{now.month}: {', '.join(changes) or 'counted again'}; {sums} = {difference}"
