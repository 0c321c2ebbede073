import contextlib
import hashlib
import hmac
import random
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.access.errors import InvalidKeyError, InvalidKeyRequestError, UnknownKeyError
from partners.access.model import Scope
from partners.access.service import Access
from partners.contracts.errors import UnknownPartnerError
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import contracts_of
from tests.fakes.key_ring import FakeKeyRing

TILL = frozenset({Scope.EARN, Scope.REDEEM, Scope.MEMBERS})
OPERATOR = frozenset({Scope.OPERATOR})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ring() -> FakeKeyRing:
    return FakeKeyRing()


def deployment(ring: FakeKeyRing, clock: FakeClock, *, live: bool) -> Access:
    return Access(ring, contracts_of("harvest", clock=clock), clock, random.Random(1).randbytes, live=live)


@pytest.fixture
def access(ring: FakeKeyRing, clock: FakeClock) -> Access:
    return deployment(ring, clock, live=True)


def test_a_key_resolves_to_its_partner_and_scopes(access, clock):
    issued = access.issue_key("harvest", TILL, expires_at_ms=clock() + 1)
    key = access.resolve(issued.text)
    assert key == issued.key
    assert (key.partner_id, key.scopes, key.live, key.created_at_ms) == ("harvest", TILL, True, clock())


@pytest.mark.parametrize(("live", "beginning"), [(True, "tsk_live_"), (False, "tsk_test_")])
def test_a_deployment_issues_keys_of_its_own_mode_which_say_so(ring, clock, live, beginning):
    access = deployment(ring, clock, live=live)
    for issued in (access.issue_key("harvest", TILL), access.issue_credential("ann", lambda: None)):
        assert issued.text.startswith(beginning)
        assert access.resolve(issued.text).live is live
    assert access.issue_token("ann", clock() + 1).text.startswith(beginning.replace("tsk", "tso"))


@pytest.mark.parametrize("live", [True, False])
def test_a_key_of_the_other_mode_is_refused_without_a_read_even_if_it_is_stored_here(ring, clock, live):
    issued = deployment(ring, clock, live=not live).issue_key("harvest", TILL)
    with pytest.raises(InvalidKeyError):
        deployment(ring, clock, live=live).resolve(issued.text)
    assert ring.reads == 0


def test_only_a_hash_of_the_text_is_kept(access, ring):
    issued = access.issue_key("harvest", TILL)
    [stored] = ring.rows.values()
    assert stored.text_hash == hashlib.sha256(issued.text.encode()).digest()
    assert issued.text not in repr(asdict(stored))
    assert issued.text[20:] not in repr(asdict(stored))


def test_a_partner_may_have_several_keys(access):
    first, second = access.issue_key("harvest", TILL), access.issue_key("harvest", TILL)
    assert access.resolve(first.text) != access.resolve(second.text)


@given(st.data())
def test_a_key_with_any_single_wrong_character_is_refused_without_a_read(data):
    ring = FakeKeyRing()
    access = Access(
        ring, contracts_of("harvest"), FakeClock(), random.Random(data.draw(st.integers())).randbytes, live=True
    )
    text = access.issue_key("harvest", TILL).text
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.characters().filter(lambda one: one != text[place]))
    with pytest.raises(InvalidKeyError):
        access.resolve(text[:place] + wrong + text[place + 1 :])
    assert ring.reads == 0


def test_every_cause_of_refusal_looks_the_same(access, ring, clock):
    revoked, expired = access.issue_key("harvest", TILL), access.issue_key("harvest", TILL, expires_at_ms=clock() + 10)
    unknown = access.issue_key("harvest", TILL)
    forged = access.issue_key("harvest", TILL)
    access.revoke("harvest", revoked.key.key_id)
    clock.advance(ms=10)
    ring.rows[forged.key.key_id] = ring.rows.pop(unknown.key.key_id)
    refusals = []
    for text in (revoked.text, expired.text, unknown.text, forged.text, "", "tsk_live_junk", revoked.text + " "):
        with pytest.raises(InvalidKeyError) as refusal:
            access.resolve(text)
        refusals.append((refusal.value.detail, refusal.value.data))
    assert len(refusals) == 7
    assert all(one == refusals[0] for one in refusals)


def test_every_well_formed_key_takes_one_comparison_of_whole_hashes_in_constant_time(access, ring, clock, monkeypatch):
    good, revoked = access.issue_key("harvest", TILL), access.issue_key("harvest", TILL)
    forged, unknown = access.issue_key("harvest", TILL), access.issue_key("harvest", TILL)
    access.revoke("harvest", revoked.key.key_id)
    ring.rows[forged.key.key_id] = ring.rows.pop(unknown.key.key_id)
    compared, compare = [], hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((len(a), len(b))) or compare(a, b))
    for issued in (good, revoked, forged, unknown):
        with contextlib.suppress(InvalidKeyError):
            access.resolve(issued.text)
    assert compared == [(32, 32)] * 4


def test_a_key_works_until_the_millisecond_it_expires(access, clock):
    issued = access.issue_key("harvest", TILL, expires_at_ms=clock() + 10)
    clock.advance(ms=9)
    access.resolve(issued.text)
    clock.advance(ms=1)
    with pytest.raises(InvalidKeyError):
        access.resolve(issued.text)


def test_revoking_ends_a_key_for_good_and_no_other(access):
    ended, other = access.issue_key("harvest", TILL), access.issue_key("harvest", TILL)
    access.revoke("harvest", ended.key.key_id)
    with pytest.raises(InvalidKeyError):
        access.resolve(ended.text)
    assert access.resolve(other.text) == other.key


def test_revoking_again_keeps_the_first_time(access, clock):
    key_id = access.issue_key("harvest", TILL).key.key_id
    first = access.revoke("harvest", key_id)
    assert first.revoked_at_ms == clock()
    clock.advance(days=1)
    assert access.revoke("harvest", key_id) == first


def test_an_unknown_key_cannot_be_revoked(access):
    with pytest.raises(UnknownKeyError):
        access.revoke("harvest", "0000000000")


def test_a_key_of_another_partner_is_as_unknown_as_one_that_never_was(access):
    key_id = access.issue_key("harvest", TILL).key.key_id
    with pytest.raises(UnknownKeyError):
        access.revoke("lakeside", key_id)
    assert access.key_of("harvest", key_id).revoked_at_ms is None


def test_a_key_is_issued_to_a_partner_that_exists(access, ring):
    with pytest.raises(UnknownPartnerError):
        access.issue_key("nobody", TILL)
    assert ring.rows == {}


def test_a_key_of_the_network_is_a_named_operator_s(access, clock):
    credential, token = access.issue_credential("ann", lambda: None), access.issue_token("ann", clock() + 1)
    found = [access.resolve(one.text) for one in (credential, token)]
    assert [(key.partner_id, key.operator_id) for key in found] == [("network", "ann")] * 2
    assert [sorted(key.scopes) for key in found] == [["sign-in"], ["operator"]]


@pytest.mark.parametrize(
    ("partner_id", "scopes"),
    [
        ("harvest", frozenset()),
        ("network", frozenset()),
        ("harvest", OPERATOR),
        ("harvest", TILL | OPERATOR),
        ("network", TILL),
        ("network", TILL | OPERATOR),
        ("network", OPERATOR),
        ("network", frozenset({Scope.SIGN_IN})),
        ("harvest", frozenset({Scope.SIGN_IN})),
    ],
)
def test_the_operator_s_scope_belongs_to_the_network_alone(access, ring, partner_id, scopes):
    with pytest.raises(InvalidKeyRequestError):
        access.issue_key(partner_id, scopes)
    assert ring.rows == {}


def test_a_key_that_would_be_expired_at_birth_is_refused(access, clock):
    with pytest.raises(InvalidKeyRequestError):
        access.issue_key("harvest", TILL, expires_at_ms=clock())
