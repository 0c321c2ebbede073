"""API keys in memory; counts its reads."""

from dataclasses import replace

from partners.access.limits import Tier
from partners.access.model import ApiKey, Scope, StoredKey


class FakeKeyRing:
    def __init__(self) -> None:
        self.rows: dict[str, StoredKey] = {}
        self.added_by_number: dict[str, int] = {}
        self.reads = 0
        self.writes_of_use = 0

    def add(self, stored: StoredKey) -> None:
        assert stored.key.key_id not in self.rows
        self.rows[stored.key.key_id] = stored

    def numbered(self, partner_id: str) -> int:
        return self.added_by_number.get(partner_id, 0)

    def add_numbered(self, stored: StoredKey, number: int) -> bool:
        if number != self.numbered(stored.key.partner_id) + 1:
            return False
        self.added_by_number[stored.key.partner_id] = number
        self.add(stored)
        return True

    def key(self, key_id: str) -> StoredKey | None:
        self.reads += 1
        return self.rows.get(key_id)

    def keys(self, partner_id: str) -> list[ApiKey]:
        listed = [stored.key for stored in self.rows.values() if Scope.OPERATOR not in stored.key.scopes]
        own = [key for key in listed if key.partner_id == partner_id]
        return sorted(own, key=lambda key: (key.created_at_ms, key.key_id))

    def mark_replaced(self, key_id: str, seen: str | None, successor: str, ends_at_ms: int) -> bool:
        key = self.rows[key_id].key
        if key.replaced_by != seen or key.revoked_at_ms is not None:
            return False
        self._change(replace(key, replaced_by=successor, expires_at_ms=ends_at_ms))
        return True

    def mark_used(self, key_id: str, at_ms: int, not_since_ms: int) -> bool:
        key = self.rows[key_id].key
        if key.last_used_at_ms is not None and key.last_used_at_ms > not_since_ms:
            return False
        self.writes_of_use += 1
        self._change(replace(key, last_used_at_ms=at_ms))
        return True

    def mark_limited(self, key_id: str, usage_key: str, tier: Tier, version: int) -> bool:
        key = self.rows[key_id].key
        if key.usage_version >= version:
            return False
        self._change(replace(key, usage_key=usage_key, usage_tier=tier, usage_version=version))
        return True

    def _change(self, key: ApiKey) -> None:
        self.rows[key.key_id] = replace(self.rows[key.key_id], key=key)

    def mark_revoked(self, key_id: str, at_ms: int) -> None:
        stored = self.rows[key_id]
        if stored.key.revoked_at_ms is None:
            self.rows[key_id] = replace(stored, key=replace(stored.key, revoked_at_ms=at_ms))

    def mark_confirmed(self, key_id: str, by: str) -> None:
        key = self.rows[key_id].key
        self._change(replace(key, confirmed_by=key.confirmed_by or by))
