"""Payments of the operator's invoices on DynamoDB, table `partners`: pk `INVOICE-PAYMENTS#<partner>`, sk the number.

They are numbered 1, 2, ... for each partner, added and never changed. Who adds one knows all before it, or is refused.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.billing.invoice_payment import InvoicePayment
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class InvoicePaymentRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    payment_id = UnicodeAttribute()
    month = UnicodeAttribute()
    amount_cents = NumberAttribute()
    day = UnicodeAttribute()
    reference = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    at_ms = NumberAttribute()
    reverses = UnicodeAttribute(null=True)


class InvoicePaymentStore:
    """Every method may raise StoreUnavailableError. Reads see every row added before."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(InvoicePaymentRow, table, client)

    def add(self, partner_id: str, payment: InvoicePayment, after: int) -> bool:
        """Write a payment as the next of `after`; False, and nothing is written, if there are more already."""
        row = self._row(
            _pk(partner_id),
            f"{after + 1:08d}",
            payment_id=payment.payment_id,
            month=payment.month,
            amount_cents=payment.amount_cents,
            day=payment.day,
            reference=payment.reference,
            reason=payment.reason,
            by=payment.by,
            at_ms=payment.at_ms,
            reverses=payment.reverses,
        )
        try:
            with store_errors():
                row.save(condition=self._row.pk.does_not_exist())
        except ConditionRefusedError:
            return False
        return True

    def payments(self, partner_id: str) -> list[InvoicePayment]:
        """All of the partner's, reversals among them, in the order in which they were recorded."""
        with store_errors():
            return [_payment(row) for row in self._row.query(_pk(partner_id), consistent_read=True)]


def _pk(partner_id: str) -> str:
    return f"INVOICE-PAYMENTS#{partner_id}"


def _payment(row: InvoicePaymentRow) -> InvoicePayment:
    return InvoicePayment(
        payment_id=row.payment_id,
        month=row.month,
        amount_cents=int(row.amount_cents),
        day=row.day,
        reference=row.reference,
        reason=row.reason,
        by=row.by,
        at_ms=int(row.at_ms),
        reverses=row.reverses,
    )
