"""API keys on DynamoDB, table `partners`: the only file of this room that calls it.

| row | pk | sk |
| --- | --- | --- |
| key | `K#<key id>` | `KEY` |
| a partner's list of keys | `P#<partner>` | `KEY#<created at, ms>#<key id>` |
| how many were added by number | `P#<partner>` | `KEYS` |

A token has no place in the list, and its row is gone some days after it has expired.
"""

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from partners.access.limits import Tier
from partners.access.model import ApiKey, Scope, StoredKey
from shared.kernel.aws import transacted
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SORT_KEY = "KEY"
COUNT = "KEYS"
TOKEN_KEPT_SECONDS = 30 * 86_400


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
    operator_id = UnicodeAttribute(null=True)
    allowed_networks = UnicodeSetAttribute(null=True)
    replaces = UnicodeAttribute(null=True)
    replaced_by = UnicodeAttribute(null=True)
    last_used_at_ms = NumberAttribute(null=True)
    gone_after = NumberAttribute(null=True)
    usage_key = UnicodeAttribute(null=True)
    usage_tier = UnicodeAttribute(null=True)
    usage_version = NumberAttribute(null=True)
    issued_by = UnicodeAttribute(null=True)
    confirmed_by = UnicodeAttribute(null=True)


class ListedKeyRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class KeyCountRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    added = NumberAttribute()


class KeyStore:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._row = bound(KeyRow, table, client)
        self._listed = bound(ListedKeyRow, table, client)
        self._count = bound(KeyCountRow, table, client)

    def add(self, stored: StoredKey) -> None:
        """Raises ConditionRefusedError if the id is taken, of which the chance is nil.

        The list comes first: what it names and is not there does no harm.
        """
        key, row = stored.key, self._new_row(stored)
        with store_errors():
            if Scope.OPERATOR in key.scopes and key.expires_at_ms is not None:
                row.gone_after = key.expires_at_ms // 1000 + TOKEN_KEPT_SECONDS
            else:
                self._place(key).save()
            row.save(condition=self._row.pk.does_not_exist())

    def numbered(self, partner_id: str) -> int:
        """How many keys of a partner were added by number; strongly consistent."""
        try:
            with store_errors():
                return int(self._count.get(f"P#{partner_id}", COUNT, consistent_read=True).added)
        except self._count.DoesNotExist:
            return 0

    def add_numbered(self, stored: StoredKey, number: int) -> bool:
        """Add a key as the partner's `number`th, from 1; False, and nothing is written, if that one is there."""
        count = self._count(f"P#{stored.key.partner_id}", COUNT, added=number)
        free: Any = {"ConditionExpression": "attribute_not_exists(pk)"}
        next_one: Any = {
            "ConditionExpression": "added = :seen",
            "ExpressionAttributeValues": {":seen": {"N": f"{number - 1}"}},
        }
        actions: Any = [
            {"Put": {"TableName": self._table, "Item": count.serialize(), **(free if number == 1 else next_one)}},
            {"Put": {"TableName": self._table, "Item": self._place(stored.key).serialize()}},
            {"Put": {"TableName": self._table, "Item": self._new_row(stored).serialize(), **free}},
        ]
        return transacted(self._client, actions)

    def _place(self, key: ApiKey) -> ListedKeyRow:
        return self._listed(f"P#{key.partner_id}", f"KEY#{key.created_at_ms:013d}#{key.key_id}")

    def _new_row(self, stored: StoredKey) -> KeyRow:
        key = stored.key
        return self._row(
            f"K#{key.key_id}",
            SORT_KEY,
            text_hash=stored.text_hash,
            partner_id=key.partner_id,
            scopes={scope.value for scope in key.scopes},
            live=key.live,
            created_at_ms=key.created_at_ms,
            expires_at_ms=key.expires_at_ms,
            revoked_at_ms=key.revoked_at_ms,
            operator_id=key.operator_id,
            allowed_networks=set(key.allowed_networks) or None,
            replaces=key.replaces,
            issued_by=key.issued_by,
            confirmed_by=key.confirmed_by,
        )

    def key(self, key_id: str) -> StoredKey | None:
        """The key, read strongly consistent: a key just issued works, one just revoked does not."""
        try:
            with store_errors():
                row = self._row.get(f"K#{key_id}", SORT_KEY, consistent_read=True)
        except self._row.DoesNotExist:
            return None
        return StoredKey(_key(row), row.text_hash)

    def keys(self, partner_id: str) -> list[ApiKey]:
        """All keys of a partner in the order they were added, read strongly consistent."""
        with store_errors():
            in_list = self._listed.sk.startswith("KEY#")
            listed = [
                row.sk.rsplit("#", 1)[1] for row in self._listed.query(f"P#{partner_id}", in_list, consistent_read=True)
            ]
            rows = self._row.batch_get([(f"K#{key_id}", SORT_KEY) for key_id in listed], consistent_read=True)
            found = {row.pk: _key(row) for row in rows}
        return [found[f"K#{key_id}"] for key_id in listed if f"K#{key_id}" in found]

    def mark_replaced(self, key_id: str, seen: str | None, successor: str, ends_at_ms: int) -> bool:
        """Name a key's successor and when it ends; False if it was revoked, or is not replaced as `seen` any more."""
        row = self._row
        as_seen = row.replaced_by.does_not_exist() if seen is None else row.replaced_by == seen
        changes: list[Action] = [row.replaced_by.set(successor), row.expires_at_ms.set(ends_at_ms)]
        try:
            with store_errors():
                row(f"K#{key_id}", SORT_KEY).update(changes, condition=as_seen & row.revoked_at_ms.does_not_exist())
        except ConditionRefusedError:
            return False
        return True

    def mark_used(self, key_id: str, at_ms: int, not_since_ms: int) -> bool:
        """Mark a key used, unless it has been since; False if so."""
        used = self._row.last_used_at_ms
        due = self._row.pk.exists() & (used.does_not_exist() | (used <= not_since_ms))
        try:
            with store_errors():
                self._row(f"K#{key_id}", SORT_KEY).update([used.set(at_ms)], condition=due)
        except ConditionRefusedError:
            return False
        return True

    def mark_limited(self, key_id: str, usage_key: str, tier: Tier, version: int) -> bool:
        """Keep with a key by which usage plan its requests count; False if a later `version` is there already."""
        row = self._row
        due = row.pk.exists() & (row.usage_version.does_not_exist() | (row.usage_version < version))
        changes: list[Action] = [
            row.usage_key.set(usage_key),
            row.usage_tier.set(tier.value),
            row.usage_version.set(version),
        ]
        try:
            with store_errors():
                row(f"K#{key_id}", SORT_KEY).update(changes, condition=due)
        except ConditionRefusedError:
            return False
        return True

    def mark_revoked(self, key_id: str, at_ms: int) -> None:
        """Mark a key revoked, unless it is already: the first time stays."""
        first_time = self._row.revoked_at_ms.set(self._row.revoked_at_ms | at_ms)
        with store_errors():
            self._row(f"K#{key_id}", SORT_KEY).update([first_time], condition=self._row.pk.exists())

    def mark_confirmed(self, key_id: str, by: str) -> None:
        """Keep who has confirmed a key: the first one stays."""
        first = self._row.confirmed_by.set(self._row.confirmed_by | by)
        with store_errors():
            self._row(f"K#{key_id}", SORT_KEY).update([first], condition=self._row.pk.exists())


def _key(row: KeyRow) -> ApiKey:
    return ApiKey(
        key_id=row.pk.removeprefix("K#"),
        partner_id=row.partner_id,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        live=row.live,
        created_at_ms=int(row.created_at_ms),
        expires_at_ms=_ms(row.expires_at_ms),
        revoked_at_ms=_ms(row.revoked_at_ms),
        operator_id=row.operator_id,
        allowed_networks=tuple(sorted(row.allowed_networks or ())),
        replaces=row.replaces,
        replaced_by=row.replaced_by,
        last_used_at_ms=_ms(row.last_used_at_ms),
        usage_key=row.usage_key,
        usage_tier=None if row.usage_tier is None else Tier(row.usage_tier),
        usage_version=int(row.usage_version or 0),
        issued_by=row.issued_by,
        confirmed_by=row.confirmed_by,
    )


def _ms(stored: float | None) -> int | None:
    return None if stored is None else int(stored)
