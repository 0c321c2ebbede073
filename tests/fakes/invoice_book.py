"""Invoices in memory, packed as they are stored."""

from partners.billing.invoice import Invoice
from partners.billing.invoice_codec import pack_invoice, unpack_invoice


class FakeInvoiceBook:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], bytes] = {}

    def add(self, invoice: Invoice, newest: str | None) -> bool:
        key = invoice.bill.partner_id, invoice.bill.month
        known = max((month for partner, month in self.rows if partner == key[0]), default=None)
        if key in self.rows or known != newest:
            return False
        self.rows[key] = pack_invoice(invoice)
        return True

    def invoice(self, partner_id: str, month: str) -> Invoice | None:
        packed = self.rows.get((partner_id, month))
        return None if packed is None else unpack_invoice(packed)

    def invoices(self, partner_id: str) -> list[Invoice]:
        return [unpack_invoice(packed) for (partner, _), packed in sorted(self.rows.items()) if partner == partner_id]
