"""Invoices on DynamoDB, table `partners`: one row an invoice, pk `INVOICES#<partner>`, sk its month.

A row is added and never changed. Row `NEWEST-INVOICE#<partner>` has the newest month, and is written in the same
transaction: who adds an invoice says which was the newest that it knows of, for its adjustments follow from those.
"""

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.billing.invoice import Invoice
from partners.billing.invoice_codec import pack_invoice, unpack_invoice
from shared.kernel.aws import transacted
from shared.kernel.pynamo import bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class InvoiceRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    invoice = BinaryAttribute(legacy_encoding=False)


class NewestRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    month = UnicodeAttribute()


class InvoiceStore:
    """Every method may raise StoreUnavailableError. Reads see every row added before."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._row = bound(InvoiceRow, table, client)
        self._newest = bound(NewestRow, table, client)

    def add(self, invoice: Invoice, newest: str | None) -> bool:
        """Write an invoice, after that of the month `newest`; False, and nothing is written, if another was added
        since, or the partner has one of this month."""
        partner_id, month = invoice.bill.partner_id, invoice.bill.month
        row = self._row(_pk(partner_id), month, invoice=pack_invoice(invoice))
        after = self._newest(f"NEWEST-INVOICE#{partner_id}", "MONTH", month=month)
        # Older partners have invoices without this row.
        unchanged: Any = {
            "ConditionExpression": "attribute_not_exists(pk) OR #month = :newest",
            "ExpressionAttributeNames": {"#month": "month"},
            "ExpressionAttributeValues": {":newest": {"S": newest or ""}},
        }
        free: Any = {"ConditionExpression": "attribute_not_exists(pk)"}
        actions: Any = [
            {"Put": {"TableName": self._table, "Item": row.serialize(), **free}},
            {"Put": {"TableName": self._table, "Item": after.serialize(), **unchanged}},
        ]
        return transacted(self._client, actions)

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
