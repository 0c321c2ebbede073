"""Billing contacts on DynamoDB, table `billing`: pk `CONTACTS`, sk the partner.

Each write is on condition of the version before. A contact that was removed keeps its row, without an address.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.billing.contact import BillingContact
from shared.kernel.pynamo import bound, saved_over_version_before, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "CONTACTS"


class ContactRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    email = UnicodeAttribute(null=True)
    changed_at_ms = NumberAttribute()
    version = NumberAttribute()


class ContactStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(ContactRow, table, client)

    def contact(self, partner_id: str) -> BillingContact | None:
        try:
            with store_errors():
                row = self._row.get(PARTITION, partner_id, consistent_read=True)
        except self._row.DoesNotExist:
            return None
        return BillingContact(partner_id, row.email, int(row.changed_at_ms), int(row.version))

    def put(self, contact: BillingContact) -> bool:
        """Write what stands one version above what is stored; False if that is no longer so."""
        row = self._row(
            PARTITION,
            contact.partner_id,
            email=contact.email,
            changed_at_ms=contact.changed_at_ms,
            version=contact.version,
        )
        return saved_over_version_before(row)
