"""Enrolling on the real tables: contact, profile and first entry together or not at all."""

import threading

import pytest

from shared.kernel.clock import system_clock
from shared.kernel.ids import digest
from shared.ledger.model import Applied
from shared.members.errors import AlreadyEnrolledError
from shared.members.service import Enrolment


def _wish(key, contact):
    return Enrolment(
        contact=contact,
        partner="alpha",
        location="s1",
        receipt="r1",
        occurred_at_ms=system_clock(),
        key_hash=digest("key", "alpha", key)[:16],
        body=contact.encode(),
    )


def test_one_customer_enrolled_by_many_servers_at_once_is_one_member(services):
    wish = _wish("rush", "rush@example.com")
    barrier = threading.Barrier(5)
    applied: list[Applied] = []

    def enrol():
        barrier.wait()
        applied.append(services.members.enrol(wish))

    threads = [threading.Thread(target=enrol) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(applied) == 5
    assert len({one.entry.entry_id for one in applied}) == 1
    assert [one.replayed for one in applied].count(False) <= 1


def test_a_second_enrolment_of_a_contact_leaves_nothing_behind(services):
    services.members.enrol(_wish("first", "twice@example.com"))
    with pytest.raises(AlreadyEnrolledError):
        services.members.enrol(_wish("second", "Twice@Example.com"))


def test_a_new_members_account_opens_with_its_enrolment(services):
    entry = services.members.enrol(_wish("fresh", "+14155552671")).entry
    history = list(services.ledger.history(entry.member))
    assert history == [entry]
    assert entry.visit
    assert services.ledger.account(entry.member).points_active == 0
