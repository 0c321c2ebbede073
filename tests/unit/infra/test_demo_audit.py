"""The audit reads every history, adds up what members hold, and fails on a journal that contradicts itself."""

import pytest

from infra.demo.audit import audit_members
from shared.ledger.errors import BrokenJournalError
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import earn, enrol, redeem

MEMBERS = ("0000000042", "0000000043")


@pytest.fixture
def journal() -> FakeJournal:
    clock, journal = FakeClock(), FakeJournal()
    ledger = Ledger(journal, clock)
    for member in MEMBERS:
        ledger.apply(enrol("join", clock(), member=member))
        ledger.apply(earn("a", clock(), 300, member=member, partner="alpha"))
        ledger.apply(earn("b", clock(), 120, member=member, partner="beta"))
        ledger.apply(redeem("c", clock(), 350, member=member, partner="beta"))
    return journal


def test_points_held_are_those_issued_and_not_yet_spent(journal: FakeJournal) -> None:
    done: list[int] = []
    audit = audit_members(Ledger(journal, FakeClock()), MEMBERS, lambda: done.append(1))
    assert (audit.members, audit.entries, len(done)) == (2, 8, 2)
    assert {issuer: points for issuer, points in audit.points_held.items() if points} == {"beta": 140}


def test_a_changed_entry_breaks_its_history(journal: FakeJournal) -> None:
    journal.items[MEMBERS[1]][1]["loc"] = {"S": "elsewhere"}
    with pytest.raises(BrokenJournalError, match=f"{MEMBERS[1]}-2"):
        audit_members(Ledger(journal, FakeClock()), MEMBERS, lambda: None)
