"""What access relies on in its store: the fake and the real one answer to the same tests."""

from itertools import count

import pytest

from partners.access.model import ApiKey, Scope, StoredKey

_ids = count(1)


class KeyRingContract:
    """A subclass gives the fixture `ring`."""

    @pytest.fixture
    def stored(self) -> StoredKey:
        scopes = frozenset({Scope.EARN, Scope.REPORTS})
        return StoredKey(ApiKey(f"{next(_ids):010d}", "harvest", scopes, live=True, created_at_ms=5), bytes(range(32)))

    def test_a_key_reads_back_as_added(self, ring, stored):
        ring.add(stored)
        assert ring.key(stored.key.key_id) == stored

    def test_a_test_key_with_an_expiry_reads_back_as_added(self, ring, stored):
        key = ApiKey("test" + stored.key.key_id[4:], "network", frozenset({Scope.OPERATOR}), False, 5, expires_at_ms=9)
        ring.add(StoredKey(key, b"\x00" * 32))
        assert ring.key(key.key_id) == StoredKey(key, b"\x00" * 32)

    def test_what_was_never_added_is_not_there(self, ring):
        assert ring.key("never-made") is None

    def test_a_revoked_key_says_when_and_is_otherwise_the_same(self, ring, stored):
        ring.add(stored)
        ring.mark_revoked(stored.key.key_id, 77)
        found = ring.key(stored.key.key_id)
        assert found.key.revoked_at_ms == 77
        assert (found.key.scopes, found.text_hash) == (stored.key.scopes, stored.text_hash)

    def test_the_first_revocation_stays(self, ring, stored):
        ring.add(stored)
        ring.mark_revoked(stored.key.key_id, 77)
        ring.mark_revoked(stored.key.key_id, 99)
        assert ring.key(stored.key.key_id).key.revoked_at_ms == 77
