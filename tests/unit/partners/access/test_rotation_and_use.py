"""Rotation with an overlap, when a key was last used, and where it is good from."""

import random

import pytest

from partners.access.errors import (
    EndedKeyError,
    InvalidKeyError,
    InvalidKeyRequestError,
    RotationOpenError,
    TooManyKeysError,
    UnknownKeyError,
)
from partners.access.model import MOST_NETWORKS, Scope, StoredKey, good_from
from partners.access.service import MOST_KEYS, Access
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import contracts_of
from tests.fakes.key_ring import FakeKeyRing

TILL = frozenset({Scope.EARN, Scope.REDEEM})
HOUR_MS = 3_600_000


class Office:
    def __init__(self) -> None:
        self.clock, self.ring = FakeClock(), FakeKeyRing()
        contracts = contracts_of("harvest", clock=self.clock)
        self.access = Access(self.ring, contracts, self.clock, random.Random(1).randbytes, live=True)

    def opens(self, text: str) -> bool:
        try:
            self.access.resolve(text)
        except InvalidKeyError:
            return False
        return True


@pytest.fixture
def office() -> Office:
    return Office()


def test_both_keys_open_until_the_overlap_is_over(office: Office) -> None:
    old = office.access.issue_key("harvest", TILL, allowed_networks=("192.0.2.0/24",))
    new, then = office.access.rotate("harvest", old.key.key_id, 600)
    assert (new.key.scopes, new.key.allowed_networks) == (TILL, ("192.0.2.0/24",))
    assert (new.key.replaces, then.replaced_by) == (old.key.key_id, new.key.key_id)
    assert office.access.key_of("harvest", old.key.key_id) == then
    office.clock.advance(ms=599_999)
    assert [office.opens(one.text) for one in (old, new)] == [True, True]
    office.clock.advance(ms=1)
    assert [office.opens(one.text) for one in (old, new)] == [False, True]


def test_rotation_never_makes_a_key_live_longer(office: Office) -> None:
    soon_ms = office.clock() + 1_000
    old = office.access.issue_key("harvest", TILL, expires_at_ms=soon_ms)
    new, then = office.access.rotate("harvest", old.key.key_id, 600)
    assert (then.expires_at_ms, new.key.expires_at_ms) == (soon_ms, soon_ms)
    later, _ = office.access.rotate("harvest", office.access.issue_key("harvest", TILL).key.key_id, 600, soon_ms)
    assert later.key.expires_at_ms == soon_ms


def test_a_successor_ends_when_the_first_key_would_have_also_after_one_was_lost(office: Office) -> None:
    for ends_at_ms in (None, office.clock() + 100 * HOUR_MS):
        old = office.access.issue_key("harvest", TILL, expires_at_ms=ends_at_ms)
        lost, _ = office.access.rotate("harvest", old.key.key_id, 600)
        office.access.revoke("harvest", lost.key.key_id)
        again, _ = office.access.rotate("harvest", old.key.key_id, 600)
        assert (lost.key.expires_at_ms, again.key.expires_at_ms) == (ends_at_ms, ends_at_ms)


def test_without_an_overlap_the_old_key_ends_at_once_however_young_it_is(office: Office) -> None:
    old = office.access.issue_key("harvest", TILL)
    office.access.rotate("harvest", old.key.key_id, 0)
    office.clock.advance(ms=1)
    assert not office.opens(old.text)


def test_two_keys_of_a_rotation_are_in_use_at_most(office: Office) -> None:
    first = office.access.issue_key("harvest", TILL)
    second, _ = office.access.rotate("harvest", first.key.key_id, 600)
    for key in (first.key, second.key):
        with pytest.raises(RotationOpenError):
            office.access.rotate("harvest", key.key_id, 600)
    office.clock.advance(ms=600_000)
    third, _ = office.access.rotate("harvest", second.key.key_id, 600)
    assert sum(office.opens(one.text) for one in (first, second, third)) == 2
    assert [key.key_id for key in office.access.keys("harvest", active=False)] == [first.key.key_id]


def test_a_rotation_whose_reply_was_lost_is_made_again_when_the_successor_is_revoked(office: Office) -> None:
    old = office.access.issue_key("harvest", TILL)
    lost, _ = office.access.rotate("harvest", old.key.key_id, 600)
    office.access.revoke("harvest", lost.key.key_id)
    again, then = office.access.rotate("harvest", old.key.key_id, 600)
    assert then.replaced_by == again.key.key_id
    assert office.opens(again.text)


def test_of_two_rotations_at_once_one_leaves_no_key_behind(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    old = office.access.issue_key("harvest", TILL)
    monkeypatch.setattr(office.ring, "mark_replaced", lambda *_: False)
    with pytest.raises(RotationOpenError):
        office.access.rotate("harvest", old.key.key_id, 600)
    assert office.access.keys("harvest", active=True) == [old.key]


def test_what_has_ended_or_is_another_s_is_not_rotated(office: Office) -> None:
    old = office.access.issue_key("harvest", TILL)
    with pytest.raises(UnknownKeyError):
        office.access.rotate("lakeside", old.key.key_id, 600)
    office.access.revoke("harvest", old.key.key_id)
    with pytest.raises(EndedKeyError):
        office.access.rotate("harvest", old.key.key_id, 600)


def test_use_is_noted_once_an_hour_however_often_it_is_used(office: Office) -> None:
    text = office.access.issue_key("harvest", TILL).text
    for _ in range(180):
        office.access.note_use(office.access.resolve(text))
        office.clock.advance(ms=60_000)
    assert office.ring.writes_of_use == 3
    noted_ms = office.access.resolve(text).last_used_at_ms
    assert noted_ms is not None
    assert office.clock() - noted_ms <= HOUR_MS


def test_of_two_authorizers_that_read_before_either_wrote_one_writes(office: Office) -> None:
    key = office.access.resolve(office.access.issue_key("harvest", TILL).text)
    office.access.note_use(key)
    office.access.note_use(key)
    assert office.ring.writes_of_use == 1


@pytest.mark.parametrize(
    ("networks", "address", "good"),
    [
        ((), "203.0.113.9", True),
        (("192.0.2.0/24",), "192.0.2.255", True),
        (("192.0.2.0/24",), "192.0.3.0", False),
        (("192.0.2.0/24", "2001:db8::/32"), "2001:db8:1::7", True),
        (("192.0.2.0/24",), "2001:db8::1", False),
        (("192.0.2.0/24",), "::ffff:192.0.2.7", True),
        (("2001:db8::/32",), "192.0.2.7", False),
        (("192.0.2.7/32",), "192.0.2.7", True),
        (("0.0.0.0/0",), "unknown", False),
        (("0.0.0.0/0",), "", False),
    ],
)
def test_where_a_key_is_good_from(networks: tuple[str, ...], address: str, good: bool) -> None:
    assert good_from(networks, address) is good


@pytest.mark.parametrize("network", ["192.0.2.1/24", "192.0.2.0/33", "everywhere", "2001:db8::1/32", ""])
def test_what_is_no_network_is_refused(office: Office, network: str) -> None:
    with pytest.raises(InvalidKeyRequestError):
        office.access.issue_key("harvest", TILL, allowed_networks=(network,))
    assert office.ring.rows == {}


def test_a_key_is_good_from_so_many_networks_at_most(office: Office) -> None:
    many = tuple(f"192.0.2.{number}/32" for number in range(MOST_NETWORKS + 1))
    with pytest.raises(InvalidKeyRequestError):
        office.access.issue_key("harvest", TILL, allowed_networks=many)


def test_a_partner_has_so_many_keys_in_use_at_most_and_those_that_ended_do_not_count(office: Office) -> None:
    first, *_ = [office.access.issue_key("harvest", TILL) for _ in range(MOST_KEYS - 1)]
    office.access.issue_key("harvest", TILL, expires_at_ms=office.clock() + 1_000)
    with pytest.raises(TooManyKeysError):
        office.access.issue_key("harvest", TILL)
    successor, _ = office.access.rotate("harvest", first.key.key_id, 0)
    office.clock.advance(ms=1_000)
    office.access.issue_key("harvest", TILL)
    with pytest.raises(TooManyKeysError):
        office.access.issue_key("harvest", TILL)
    office.access.revoke("harvest", successor.key.key_id)
    office.access.issue_key("harvest", TILL)


def test_two_keys_asked_for_at_once_do_not_overshoot_the_limit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(MOST_KEYS - 1):
        office.access.issue_key("harvest", TILL)
    add, others = office.ring.add_numbered, []

    def late(stored: StoredKey, number: int) -> bool:
        if not others:
            monkeypatch.setattr(office.ring, "add_numbered", add)
            others.append(office.access.issue_key("harvest", TILL))
        return add(stored, number)

    monkeypatch.setattr(office.ring, "add_numbered", late)
    with pytest.raises(TooManyKeysError):
        office.access.issue_key("harvest", TILL)
    assert others[0].key in office.access.keys("harvest", active=True)
    assert len(office.access.keys("harvest", active=True)) == MOST_KEYS
