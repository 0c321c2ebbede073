"""Usage plans of partners on DynamoDB, table `partners`: row `P#<partner>`, `LIMITS`.

The name sorts before what a till reads of a partner, see `partners.contracts.store.STANDING`.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.models import Model

from partners.access.limits import PartnerLimits, Tier
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SORT_KEY = "LIMITS"


class LimitsRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    tier = UnicodeAttribute()
    version = NumberAttribute()
    usage_id = UnicodeAttribute()
    attached = UnicodeSetAttribute(null=True)


class LimitStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(LimitsRow, table, client)

    def limits(self, partner_id: str) -> PartnerLimits | None:
        """The partner's plan, read strongly consistent; None if none was ever written."""
        try:
            with store_errors():
                row = self._row.get(f"P#{partner_id}", SORT_KEY, consistent_read=True)
        except self._row.DoesNotExist:
            return None
        return PartnerLimits(
            partner_id=partner_id,
            tier=Tier(row.tier),
            version=int(row.version),
            usage_id=row.usage_id,
            attached=frozenset(map(Tier, row.attached or ())),
        )

    def write(self, limits: PartnerLimits) -> bool:
        """Write the version that follows on the one there is; False if another came between, and nothing is written."""
        row = self._row(
            f"P#{limits.partner_id}",
            SORT_KEY,
            tier=limits.tier.value,
            version=limits.version,
            usage_id=limits.usage_id,
            attached={tier.value for tier in limits.attached} or None,
        )
        kind = self._row
        free = kind.pk.does_not_exist() if limits.version == 1 else kind.version == limits.version - 1
        try:
            with store_errors():
                row.save(condition=free)
        except ConditionRefusedError:
            return False
        return True
