"""An invoice on paper."""

from datetime import date

from partners.billing.invoice import Adjustment, Invoice
from partners.billing.model import BillLine, LineKind, month_of
from partners.billing.price import cents_text
from shared.kernel.clock import utc_day
from shared.kernel.paper import Column, Paper

COUNTED = (
    "A location-day is a day of the location's own calendar on which it was open. A loyalty visit is one receipt of "
    "one member at one location on which the customer enrolled, earned a point or redeemed; it belongs to the month "
    "(UTC) in which it was recorded. Each line is rounded to whole cents, half a cent up. Taxes are not included. The "
    "visits behind every figure are listed by the API under /v1/visits."
)
ITEMS = {
    LineKind.LOCATIONS: "Locations",
    LineKind.MINIMUM: "Minimum",
    LineKind.CAP: "Spend cap",
    LineKind.TRIAL: "Free trial",
}


def invoice_pdf(invoice: Invoice, network_name: str) -> bytes:
    """The invoice as a PDF document in A4; the same bytes each time."""
    bill = invoice.bill
    kind = "Credit note" if invoice.total_cents < 0 else "Invoice"
    paper = Paper(f"{kind} {invoice.number}", network_name, f"{kind} {invoice.number}", invoice.issued_at_ms)
    paper.heading(kind, network_name)
    paper.particulars(
        [
            ("Number", invoice.number),
            ("Billed to", paper.named(invoice.partner_name, bill.partner_id)),
            ("Month", f"{_month(bill.month)} ({bill.month}-01 to {month_of(bill.month).last_day})"),
            ("Issued on", _of(invoice.issued_at_ms)),
            *((("Due on", _of(invoice.due_at_ms)),) if invoice.due_at_ms is not None else ()),
            ("Terms", f"version {bill.terms_version}"),
            ("Currency", bill.currency),
        ]
    )
    amount = Column(f"Amount {bill.currency}", 17, figures=True)
    rows = [_line(line) for line in bill.lines]
    strong = []
    if invoice.adjustments:
        strong.append(len(rows))
        rows.append((f"Total for {_month(bill.month)}", "", cents_text(bill.total_cents)))
        rows += map(_adjustment, invoice.adjustments)
    strong.append(len(rows))
    rows.append(
        ("To your credit" if invoice.total_cents < 0 else "Amount due", "", cents_text(abs(invoice.total_cents)))
    )
    paper.table([Column("Item", 33), Column("Calculation", 50), amount], rows, strong)
    paper.section("What was counted")
    usage = bill.usage
    located = [(one, _count(usage.location_days.get(one)), _count(usage.visits.get(one))) for one in usage.locations]
    counted = [Column("Location", 50), Column("Location-days", 25, True), Column("Loyalty visits", 25, True)]
    located.append(("All locations", _count(usage.total_location_days), _count(usage.total_visits)))
    paper.table(counted, located, [len(usage.locations)])
    if bill.late_visits:
        paper.note(f"{bill.late_visits:,} of the visits happened before the month and were reported in it.")
    paper.note(COUNTED)
    return paper.to_bytes()


def _line(line: BillLine) -> tuple[str, str, str]:
    what, _, steps = line.explanation.rpartition(": ")
    if line.kind is LineKind.VISITS:
        item = what.capitalize() if line.location is None else f"Location {what.replace(': ', ', ', 1)}"
    else:
        item = ITEMS[line.kind]
    return item, _without_amount(steps, line.amount_cents), cents_text(line.amount_cents)


def _adjustment(adjustment: Adjustment) -> tuple[str, str, str]:
    _, _, steps = adjustment.explanation.partition(": ")
    amount = cents_text(adjustment.amount_cents)
    return f"Adjustment of {_month(adjustment.month)}", _without_amount(steps, adjustment.amount_cents), amount


def _without_amount(steps: str, amount_cents: int) -> str:
    """Without the result, where it stands in the next column anyway."""
    return steps.removesuffix(f" = {cents_text(amount_cents)}")


def _count(number: int | None) -> str:
    return f"{number or 0:,}"


def _month(name: str) -> str:
    return f"{month_of(name).first_day:%B %Y}"


def _of(moment_ms: int) -> str:
    day = date.fromisoformat(utc_day(moment_ms))
    return f"{day.day} {day:%B %Y}"
