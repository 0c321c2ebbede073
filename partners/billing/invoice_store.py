"""Invoices on DynamoDB, table `partners`: one row an invoice, pk `INVOICES#<partner>`, sk its month.

A row is added and never changed.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.billing.invoice import Invoice
from partners.billing.invoice_codec import pack_invoice, unpack_invoice
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class InvoiceRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    invoice = BinaryAttribute(legacy_encoding=False)


class InvoiceStore:
    """Every method may raise StoreUnavailableError. Reads see every row added before."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(InvoiceRow, table, client)

    def add(self, invoice: Invoice) -> bool:
        """Write an invoice; False if the partner has one of this month, which stays as it is."""
        row = self._row(_pk(invoice.bill.partner_id), invoice.bill.month, invoice=pack_invoice(invoice))
        try:
            with store_errors():
                row.save(condition=self._row.pk.does_not_exist())
        except ConditionRefusedError:
            return False
        return True

    def invoice(self, partner_id: str, month: str) -> Invoice | None:
        try:
            with store_errors():
                row = self._row.get(_pk(partner_id), month, consistent_read=True)
        except self._row.DoesNotExist:
            return None
        return unpack_invoice(row.invoice)

    def invoices(self, partner_id: str) -> list[Invoice]:
        """The partner's invoices, oldest first."""
        with store_errors():
            return [unpack_invoice(row.invoice) for row in self._row.query(_pk(partner_id), consistent_read=True)]


def _pk(partner_id: str) -> str:
    return f"INVOICES#{partner_id}"
