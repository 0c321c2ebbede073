"""What access relies on in its store: the fake and the real one answer to the same tests."""

from dataclasses import replace
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

    def test_a_token_of_an_operator_reads_back_as_added(self, ring, stored):
        scopes = frozenset({Scope.OPERATOR})
        key = ApiKey("test" + stored.key.key_id[4:], "network", scopes, False, 5, expires_at_ms=9, operator_id="ann")
        ring.add(StoredKey(key, b"\x00" * 32))
        assert ring.key(key.key_id) == StoredKey(key, b"\x00" * 32)

    def test_keys_added_by_number_come_one_after_the_other_and_no_number_twice(self, ring, stored):
        partner_id = f"numbered-{stored.key.key_id}"
        first = replace(stored, key=replace(stored.key, partner_id=partner_id))
        second = replace(first, key=replace(first.key, key_id=f"{next(_ids):010d}"))
        assert ring.numbered(partner_id) == 0
        assert ring.add_numbered(first, 1)
        assert not ring.add_numbered(second, 1)
        assert not ring.add_numbered(second, 3)
        assert (ring.key(second.key.key_id), ring.keys(partner_id)) == (None, [first.key])
        assert ring.add_numbered(second, 2)
        assert ring.numbered(partner_id) == 2
        assert ring.key(first.key.key_id) == first
        assert ring.keys(partner_id) == [first.key, second.key]

    def test_what_was_never_added_is_not_there(self, ring):
        assert ring.key("never-made") is None

    def test_a_revoked_key_says_when_and_is_otherwise_the_same(self, ring, stored):
        ring.add(stored)
        ring.mark_revoked(stored.key.key_id, 77)
        found = ring.key(stored.key.key_id)
        assert found.key.revoked_at_ms == 77
        assert (found.key.scopes, found.text_hash) == (stored.key.scopes, stored.text_hash)

    def test_who_issued_and_who_first_confirmed_a_key_stay(self, ring, stored):
        ring.add(replace(stored, key=replace(stored.key, issued_by="ann")))
        ring.mark_confirmed(stored.key.key_id, "bob")
        ring.mark_confirmed(stored.key.key_id, "carl")
        found = ring.key(stored.key.key_id).key
        assert (found.issued_by, found.confirmed_by) == ("ann", "bob")

    def test_the_first_revocation_stays(self, ring, stored):
        ring.add(stored)
        ring.mark_revoked(stored.key.key_id, 77)
        ring.mark_revoked(stored.key.key_id, 99)
        assert ring.key(stored.key.key_id).key.revoked_at_ms == 77

    def test_a_partner_s_keys_are_listed_in_order_and_no_other_partner_s_and_no_token(self, ring):
        name = f"lister-{next(_ids)}"
        own = [ApiKey(f"{next(_ids):010d}", name, frozenset({Scope.EARN}), True, at_ms) for at_ms in (7, 5, 30)]
        other = ApiKey(f"{next(_ids):010d}", f"{name}x", frozenset({Scope.EARN}), True, 6)
        token = ApiKey(f"{next(_ids):010d}", "network", frozenset({Scope.OPERATOR}), True, 6, 9, operator_id=name)
        for key in (*own, other, token):
            ring.add(StoredKey(key, bytes(32)))
        assert ring.keys(name) == sorted(own, key=lambda key: key.created_at_ms)
        assert token.key_id not in {key.key_id for key in ring.keys("network")}

    def test_networks_and_predecessor_read_back_as_added(self, ring, stored):
        networks = ("192.0.2.0/24", "2001:db8::/32")
        rich = replace(stored, key=replace(stored.key, allowed_networks=networks, replaces="0000000009"))
        ring.add(rich)
        assert ring.key(rich.key.key_id) == rich

    def test_a_key_is_replaced_by_one_of_two_who_try(self, ring, stored):
        ring.add(stored)
        key_id = stored.key.key_id
        assert ring.mark_replaced(key_id, None, "first", 50)
        assert not ring.mark_replaced(key_id, None, "second", 60)
        found = ring.key(key_id).key
        assert (found.replaced_by, found.expires_at_ms) == ("first", 50)
        assert ring.mark_replaced(key_id, "first", "third", 40)
        ring.mark_revoked(key_id, 20)
        assert not ring.mark_replaced(key_id, "third", "fourth", 30)

    def test_a_use_is_marked_once_in_a_while(self, ring, stored):
        ring.add(stored)
        key_id = stored.key.key_id
        assert ring.mark_used(key_id, 100, 40)
        assert not ring.mark_used(key_id, 120, 60)
        assert ring.key(key_id).key.last_used_at_ms == 100
        assert ring.mark_used(key_id, 200, 100)
        assert ring.key(key_id).key.last_used_at_ms == 200
