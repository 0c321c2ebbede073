"""Operators come in, sign in, change, and are shut out."""

import pytest

from partners.access.errors import InvalidKeyError, UnknownKeyError
from partners.access.model import IssuedKey, StoredKey
from partners.access.service import Access
from partners.operators.errors import (
    InvalidOperatorError,
    OperatorDisabledError,
    OperatorExistsError,
    OwnRightsError,
    TooManyCredentialsError,
    UnknownOperatorError,
)
from partners.operators.model import Operator, Role
from partners.operators.service import Operators
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.ids import system_random
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import contracts_of
from tests.fakes.key_ring import FakeKeyRing
from tests.fakes.operator_book import FakeOperatorBook

ADMIN = frozenset({Role.ADMIN})
SETTLER = frozenset({Role.SETTLER})


class Office:
    """Ann is an admin, Bob a settler."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.book = FakeOperatorBook()
        self.ring = FakeKeyRing()
        self.access = Access(self.ring, contracts_of(clock=self.clock), self.clock, system_random, live=True)
        self.operators = Operators(self.book, self.access, self.clock)
        self.operators.add("ann", "Ann Lee", ADMIN)
        self.operators.add("bob", "Bob Ray", SETTLER)

    def lets_in(self, issued: IssuedKey) -> bool:
        try:
            self.operators.behind(self.access.resolve(issued.text))
        except InvalidKeyError:
            return False
        return True


@pytest.fixture
def office() -> Office:
    return Office()


def test_the_same_operator_again_is_a_success_and_another_under_the_id_is_not(office: Office) -> None:
    assert office.operators.add("bob", "Bob Ray", SETTLER) == office.operators.get("bob")
    with pytest.raises(OperatorExistsError):
        office.operators.add("bob", "Bob Ray", ADMIN)
    assert [one.operator_id for one in office.operators.all()] == ["ann", "bob"]


@pytest.mark.parametrize("changes", [{"operator_id": "Ann"}, {"operator_id": "a"}, {"name": " Ann"}, {"name": ""}])
def test_an_operator_has_an_id_and_a_name(changes: dict[str, str]) -> None:
    particulars = {"operator_id": "ann", "name": "Ann", **changes}
    with pytest.raises(InvalidOperatorError):
        Operator(**particulars, roles=ADMIN, created_at_ms=0)
    with pytest.raises(InvalidOperatorError):
        Operator("ann", "Ann", frozenset(), 0)


def test_a_token_lives_as_long_as_asked(office: Office) -> None:
    token = office.operators.open_token("ann", 60)
    office.clock.advance(ms=59_999)
    assert office.lets_in(token)
    office.clock.advance(ms=1)
    assert not office.lets_in(token)


def test_a_token_ends_with_its_credential(office: Office) -> None:
    ends_at_ms = office.clock() + 30_000
    short = office.operators.issue_credential("ann", expires_at_ms=ends_at_ms).key.key_id
    assert office.operators.open_token("ann", 20, credential_id=short).key.expires_at_ms == office.clock() + 20_000
    token = office.operators.open_token("ann", 600, credential_id=short)
    assert token.key.expires_at_ms == ends_at_ms
    office.clock.advance(ms=30_000)
    assert not office.lets_in(token)


def test_an_operator_ends_a_token_of_their_own_and_an_admin_anyone_s(office: Office) -> None:
    anns, bobs, second = [office.operators.open_token(who, 600) for who in ("ann", "bob", "bob")]
    with pytest.raises(UnknownKeyError):
        office.operators.end_token("bob", anns.key.key_id)
    office.operators.end_token("bob", bobs.key.key_id)
    office.operators.end_token("ann", second.key.key_id)
    assert [office.lets_in(one) for one in (anns, bobs, second)] == [True, False, False]


def test_a_credential_is_not_ended_as_if_it_were_a_token(office: Office) -> None:
    credential = office.operators.issue_credential("ann")
    with pytest.raises(UnknownKeyError):
        office.operators.end_token("ann", credential.key.key_id)
    token = office.operators.open_token("ann", 600)
    with pytest.raises(UnknownKeyError):
        office.operators.revoke_credential("ann", token.key.key_id)


def test_who_is_disabled_is_out_and_old_tokens_stay_void_when_enabled_again(office: Office) -> None:
    credential, token = office.operators.issue_credential("bob"), office.operators.open_token("bob", 600)
    first = office.operators.disable("ann", "bob")
    assert not office.lets_in(credential)
    assert not office.lets_in(token)
    for ask in (lambda: office.operators.open_token("bob", 60), lambda: office.operators.issue_credential("bob")):
        with pytest.raises(OperatorDisabledError):
            ask()
    office.clock.advance(ms=5)
    assert office.operators.disable("ann", "bob").disabled_at_ms == first.disabled_at_ms
    office.operators.enable("ann", "bob")
    office.clock.advance(ms=5)
    assert office.lets_in(credential)
    assert not office.lets_in(token)
    assert office.lets_in(office.operators.open_token("bob", 600))


def test_revoking_a_credential_voids_every_token(office: Office) -> None:
    leaked, other = office.operators.issue_credential("bob"), office.operators.issue_credential("bob")
    token = office.operators.open_token("bob", 600)
    office.operators.revoke_credential("bob", leaked.key.key_id)
    assert [office.lets_in(one) for one in (leaked, other, token)] == [False, True, False]
    with pytest.raises(UnknownKeyError):
        office.operators.revoke_credential("ann", other.key.key_id)


def test_two_credentials_may_be_in_use(office: Office) -> None:
    first, second = office.operators.issue_credential("bob"), office.operators.issue_credential("bob")
    with pytest.raises(TooManyCredentialsError):
        office.operators.issue_credential("bob")
    office.operators.revoke_credential("bob", first.key.key_id)
    third = office.operators.issue_credential("bob")
    listed = office.operators.credentials("bob")
    assert {key.key_id for key in listed} == {one.key.key_id for one in (first, second, third)}


def test_two_credentials_asked_for_at_once_do_not_overshoot_the_limit(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.operators.issue_credential("bob")
    add, others = office.ring.add_numbered, []

    def late(stored: StoredKey, number: int) -> bool:
        if not others:
            monkeypatch.setattr(office.ring, "add_numbered", add)
            others.append(office.operators.issue_credential("bob"))
        return add(stored, number)

    monkeypatch.setattr(office.ring, "add_numbered", late)
    with pytest.raises(TooManyCredentialsError):
        office.operators.issue_credential("bob")
    assert len(office.operators.credentials("bob")) == 2
    assert office.lets_in(others[0])
    assert office.lets_in(office.operators.issue_credential("ann"))


def test_nobody_changes_their_own_rights(office: Office) -> None:
    for ask in (
        lambda: office.operators.set_roles("ann", "ann", frozenset(Role)),
        lambda: office.operators.disable("ann", "ann"),
        lambda: office.operators.enable("ann", "ann"),
    ):
        with pytest.raises(OwnRightsError):
            ask()


def test_roles_are_those_of_now_whatever_the_token_is(office: Office) -> None:
    token = office.operators.open_token("bob", 600)
    for admin in ("ann", "carl"):
        office.operators.set_roles(admin, "bob", frozenset({Role.APPROVER}))
    assert office.operators.behind(office.access.resolve(token.text)).roles == {Role.APPROVER}


def test_a_change_is_made_to_the_operator_as_it_is_now(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """New roles that were on their way while someone else disabled the operator do not let the operator in again."""
    stale = office.operators.get("bob")
    office.operators.disable("ann", "bob")
    reads = iter([stale])
    real = office.book.get
    monkeypatch.setattr(office.book, "get", lambda operator_id: next(reads, None) or real(operator_id))
    changed = office.operators.set_roles("ann", "bob", frozenset({Role.VIEWER}))
    assert (changed.roles, changed.disabled_at_ms) == ({Role.VIEWER}, office.clock())


def test_a_change_that_loses_every_race_is_not_made(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.book, "change", lambda _: False)
    with pytest.raises(StoreUnavailableError):
        office.operators.disable("ann", "bob")


def test_an_operator_who_is_not_there_is_unknown(office: Office) -> None:
    for ask in (
        lambda: office.operators.get("eve"),
        lambda: office.operators.open_token("eve", 60),
        lambda: office.operators.credentials("eve"),
        lambda: office.operators.set_roles("ann", "eve", ADMIN),
    ):
        with pytest.raises(UnknownOperatorError):
            ask()
