"""Partners' accounts at Stripe on DynamoDB, table `settlement`: pk `STRIPE`, sk the partner.

Each write is on condition of the version before.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.settlement.payments.stripe_accounts import StripeAccounts
from shared.kernel.pynamo import bound, saved_over_version_before, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "STRIPE"


class AccountsRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    customer_id = UnicodeAttribute(null=True)
    connected_account_id = UnicodeAttribute(null=True)
    charged = BooleanAttribute()
    version = NumberAttribute()


class AccountStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(AccountsRow, table, client)

    def accounts(self, partner_id: str) -> StripeAccounts:
        """Those of version 0, which has none, if nothing was written yet."""
        try:
            with store_errors():
                row = self._row.get(PARTITION, partner_id, consistent_read=True)
        except self._row.DoesNotExist:
            return StripeAccounts(partner_id)
        return StripeAccounts(
            partner_id, row.customer_id, row.connected_account_id, bool(row.charged), int(row.version)
        )

    def put(self, accounts: StripeAccounts) -> bool:
        """Write what stands one version above what is stored; False if that is no longer so."""
        row = self._row(
            PARTITION,
            accounts.partner_id,
            customer_id=accounts.customer_id,
            connected_account_id=accounts.connected_account_id,
            charged=accounts.charged,
            version=accounts.version,
        )
        return saved_over_version_before(row)
