"""A customer is enrolled once, under one contact, whatever is retried."""

import pytest

from shared.kernel.ids import digest
from shared.ledger.errors import IdempotencyKeyReusedError, OccurredTooLongAgoError
from shared.members.errors import AlreadyEnrolledError, EnrolmentBusyError, InvalidContactError
from shared.members.service import Enrolment, Members
from tests.fakes.clock import DAY_MS, FakeClock
from tests.fakes.journal import FakeJournal
from tests.fakes.profiles import FakeProfiles


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def profiles():
    return FakeProfiles(FakeJournal())


@pytest.fixture
def members(profiles, clock):
    return Members(profiles, profiles.journal, clock, lambda: b"pepper", "9770", sleep=lambda _: None)


def _wish(clock, key="k1", contact="ann@example.com", **fields):
    return Enrolment(
        **{
            "contact": contact,
            "partner": "alpha",
            "location": "s1",
            "receipt": None,
            "occurred_at_ms": clock(),
            "key_hash": digest("key", "alpha", key)[:16],
            "body": contact.encode(),
            **fields,
        }
    )


def test_enrolling_opens_an_account_and_gives_a_card_that_names_it(members, clock):
    applied = members.enrol(_wish(clock))
    number = members.card_number(applied.entry)
    assert members.card(number).member == applied.entry.member
    assert applied.entry.seq == 1


def test_the_same_enrolment_twice_is_one_account(members, profiles, clock):
    first = members.enrol(_wish(clock))
    again = members.enrol(_wish(clock))
    assert again.replayed
    assert again.entry == first.entry
    assert len(profiles.journal.items) == 1


def test_a_reply_lost_after_the_commit_finds_the_account_it_opened(members, profiles, clock):
    profiles.lose_replies = 1
    assert members.enrol(_wish(clock)).replayed
    assert len(profiles.journal.items) == 1


@pytest.mark.parametrize("days", [31, -1])
def test_an_enrolment_is_found_again_when_it_could_not_be_made_any_more(members, profiles, clock, days):
    wish = _wish(clock)
    first = members.enrol(wish)
    clock.advance(days=days)
    again = members.enrol(wish)
    assert (again.entry, again.replayed) == (first.entry, True)


def test_a_transaction_that_only_collided_is_tried_again(members, profiles, clock):
    profiles.conflicts = 2
    assert not members.enrol(_wish(clock)).replayed


def test_the_same_key_for_another_customer_is_refused(members, profiles, clock):
    members.enrol(_wish(clock))
    with pytest.raises(IdempotencyKeyReusedError):
        members.enrol(_wish(clock, contact="bob@example.com"))
    assert len(profiles.contacts) == 1


def test_a_contact_enrols_once_however_it_is_written(members, clock):
    members.enrol(_wish(clock))
    with pytest.raises(AlreadyEnrolledError):
        members.enrol(_wish(clock, key="k2", contact="ANN@example.com"))


def test_a_taken_member_number_makes_way_for_the_next_and_a_retry_finds_it(members, profiles, clock):
    first = members.enrol(_wish(clock))
    profiles.journal.items["taken-by-another"] = profiles.journal.items.pop(first.entry.member)
    profiles.contacts.clear()
    stranger = members.enrol(_wish(clock, key="stranger", contact="eve@example.com"))
    profiles.journal.items[first.entry.member] = profiles.journal.items.pop(stranger.entry.member)
    second = members.enrol(_wish(clock))
    assert second.entry.member != first.entry.member
    assert members.enrol(_wish(clock)).entry == second.entry


def test_no_free_number_is_said_and_nothing_is_written(members, profiles, clock):
    profiles.conflicts = 1_000
    with pytest.raises(EnrolmentBusyError):
        members.enrol(_wish(clock))
    assert profiles.contacts == {}


def test_an_unreadable_contact_is_refused_before_anything_is_asked(members, profiles, clock):
    with pytest.raises(InvalidContactError):
        members.enrol(_wish(clock, contact="ann"))
    assert profiles.journal.calls == []


def test_an_enrolment_of_long_ago_is_refused(members, clock):
    with pytest.raises(OccurredTooLongAgoError):
        members.enrol(_wish(clock, occurred_at_ms=clock() - 31 * DAY_MS))


def test_neither_contact_nor_its_plain_hash_stands_in_the_journal(members, profiles, clock):
    members.enrol(_wish(clock))
    stored = repr(profiles.journal.items)
    assert "ann@" not in stored
    assert digest("body", "ann@example.com")[:16].hex() not in stored
