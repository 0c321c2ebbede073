"""Payments of invoices in memory."""

from partners.billing.invoice_payment import InvoicePayment


class FakeInvoicePaymentBook:
    """`before_add` is called before each write: somebody else's may come between."""

    def __init__(self) -> None:
        self.rows: dict[str, list[InvoicePayment]] = {}
        self.before_add = lambda: None

    def add(self, partner_id: str, payment: InvoicePayment, after: int) -> bool:
        self.before_add()
        rows = self.rows.setdefault(partner_id, [])
        if len(rows) != after:
            return False
        rows.append(payment)
        return True

    def payments(self, partner_id: str) -> list[InvoicePayment]:
        return list(self.rows.get(partner_id, []))
