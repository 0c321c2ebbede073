"""API keys on DynamoDB, table `partners`, pk `K#<key id>`, sk `KEY`: the only file of this room that calls it."""

from typing import TYPE_CHECKING

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.models import Model

from partners.access.model import ApiKey, Scope, StoredKey
from shared.kernel.pynamo import bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SORT_KEY = "KEY"


class KeyRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    text_hash = BinaryAttribute(legacy_encoding=False)
    partner_id = UnicodeAttribute()
    scopes = UnicodeSetAttribute()
    live = BooleanAttribute()
    created_at_ms = NumberAttribute()
    expires_at_ms = NumberAttribute(null=True)
    revoked_at_ms = NumberAttribute(null=True)


class KeyStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(KeyRow, table, client)

    def add(self, stored: StoredKey) -> None:
        """Raises ConditionRefusedError if the id is taken, of which the chance is nil."""
        key = stored.key
        row = self._row(
            f"K#{key.key_id}",
            SORT_KEY,
            text_hash=stored.text_hash,
            partner_id=key.partner_id,
            scopes={scope.value for scope in key.scopes},
            live=key.live,
            created_at_ms=key.created_at_ms,
            expires_at_ms=key.expires_at_ms,
            revoked_at_ms=key.revoked_at_ms,
        )
        with store_errors():
            row.save(condition=self._row.pk.does_not_exist())

    def key(self, key_id: str) -> StoredKey | None:
        """The key, read strongly consistent: a key just issued works, one just revoked does not."""
        try:
            with store_errors():
                row = self._row.get(f"K#{key_id}", SORT_KEY, consistent_read=True)
        except self._row.DoesNotExist:
            return None
        key = ApiKey(
            key_id=key_id,
            partner_id=row.partner_id,
            scopes=frozenset(Scope(scope) for scope in row.scopes),
            live=row.live,
            created_at_ms=int(row.created_at_ms),
            expires_at_ms=None if row.expires_at_ms is None else int(row.expires_at_ms),
            revoked_at_ms=None if row.revoked_at_ms is None else int(row.revoked_at_ms),
        )
        return StoredKey(key, row.text_hash)

    def mark_revoked(self, key_id: str, at_ms: int) -> None:
        """Mark a key revoked, unless it is already: the first time stays."""
        first_time = self._row.revoked_at_ms.set(self._row.revoked_at_ms | at_ms)
        with store_errors():
            self._row(f"K#{key_id}", SORT_KEY).update([first_time], condition=self._row.pk.exists())
