"""The adjustments' store on both engines: rows read back, a proposal is decided once, and applied with its entry."""

import threading
from collections import Counter
from dataclasses import replace

import pytest

from partners.adjustments.alone import Alone, BeyondOnePersonError
from partners.adjustments.model import Adjustment, AdjustmentState
from partners.adjustments.store import AdjustmentStore
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.decide import decide
from shared.ledger.errors import LostRaceError
from shared.ledger.model import Entry
from shared.ledger.store import JournalStore
from tests.support.clouds import DynamoEngine
from tests.unit.ledger.commands import enrol

NOW_MS = 1_795_260_000_000
DAY = "2026-11-21"


@pytest.fixture
def journal(dynamodb_engine: DynamoEngine) -> JournalStore:
    return JournalStore(dynamodb_engine.client, dynamodb_engine.ledger_table)


@pytest.fixture
def book(dynamodb_engine: DynamoEngine, journal: JournalStore) -> AdjustmentStore:
    return AdjustmentStore(dynamodb_engine.client, dynamodb_engine.partners_table, journal)


def adjustment(adjustment_id: str) -> Adjustment:
    return Adjustment(adjustment_id, "0000000042", "harvest", -7_000, 24_346, "Käse", "ann", NOW_MS)


def entry_of(member: str) -> Entry:
    entry = decide(None, enrol("k1", NOW_MS, member=member), NOW_MS)
    assert isinstance(entry, Entry)
    return entry


def test_a_proposal_is_applied_once_together_with_its_entry(book: AdjustmentStore, journal: JournalStore) -> None:
    proposed, entry = adjustment("ad" * 16), entry_of("0000004711")
    assert book.add(proposed)
    assert not book.add(proposed)
    assert book.get(proposed.adjustment_id) == proposed
    book.apply(proposed.adjustment_id, "bob", entry)
    with pytest.raises(LostRaceError):
        book.apply(proposed.adjustment_id, "eve", entry_of("0000004712"))
    assert not book.reject(proposed.adjustment_id, "eve")
    applied = replace(proposed, state=AdjustmentState.APPLIED, decided_by="bob", entry_id=entry.entry_id)
    assert book.get(proposed.adjustment_id) == applied
    assert applied in book.all()
    assert journal.head("0000004711", consistent=True) == entry
    assert journal.head("0000004712", consistent=True) is None


def test_a_rejected_proposal_gets_no_entry(book: AdjustmentStore, journal: JournalStore) -> None:
    proposed = adjustment("ae" * 16)
    book.add(proposed)
    assert book.reject(proposed.adjustment_id, "bob")
    with pytest.raises(LostRaceError):
        book.apply(proposed.adjustment_id, "eve", entry_of("0000004713"))
    rejected = replace(proposed, state=AdjustmentState.REJECTED, decided_by="bob")
    assert book.get(proposed.adjustment_id) == rejected
    assert journal.head("0000004713", consistent=True) is None


def test_an_entry_whose_number_is_taken_leaves_a_proposal(book: AdjustmentStore, journal: JournalStore) -> None:
    proposed, entry = adjustment("af" * 16), entry_of("0000004714")
    book.add(proposed)
    journal.append(entry)
    with pytest.raises(LostRaceError):
        book.apply(proposed.adjustment_id, "bob", entry)
    assert book.get(proposed.adjustment_id) == proposed


def test_what_does_not_exist_is_none_and_can_not_be_rejected(book: AdjustmentStore) -> None:
    assert book.get("00" * 16) is None
    assert not book.reject("00" * 16, "bob")
    assert book.get("00" * 16) is None


def test_what_one_person_does_alone_at_many_servers_at_once_is_counted_once_and_never_more_than_the_limit(
    book: AdjustmentStore, dynamodb_engine: DynamoEngine
) -> None:
    outcomes: list[str] = []

    def apply(number: int) -> None:
        proposed = replace(adjustment(f"{number:032x}"), points=1_500)
        book.add(proposed)
        while True:
            try:
                book.apply(proposed.adjustment_id, "rush", entry_of(f"00005{number:05d}"), Alone("rush", DAY, 1_500))
            except BeyondOnePersonError:
                return outcomes.append("beyond")
            except (LostRaceError, StoreUnavailableError):
                continue
            return outcomes.append("applied")

    threads = [threading.Thread(target=apply, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcomes) == {"applied": 3, "beyond": 5}
    assert book.done_alone(DAY, "OPERATOR#rush") == 4_500
    states = [book.get(f"{number:032x}") for number in range(8)]
    assert [one.state for one in states if one].count(AdjustmentState.APPLIED) == 3


def test_what_waits_for_a_second_person_is_not_applied_by_one_alone(book: AdjustmentStore) -> None:
    proposed, alone = adjustment("b1" * 16), Alone("ann", DAY, 10)
    book.add(proposed)
    book.wait(proposed.adjustment_id)
    assert book.get(proposed.adjustment_id) == replace(proposed, beyond_one_person=True)
    with pytest.raises(LostRaceError):
        book.apply(proposed.adjustment_id, "ann", entry_of("0000004716"), alone)
    assert book.done_alone(DAY, "OPERATOR#ann") == 0
    book.apply(proposed.adjustment_id, "bob", entry_of("0000004716"))
    book.wait(proposed.adjustment_id)
    decided = book.get(proposed.adjustment_id)
    assert decided is not None
    assert decided.state is AdjustmentState.APPLIED


def test_one_for_a_case_reads_back_with_what_it_is_about(book: AdjustmentStore) -> None:
    proposed = replace(adjustment("c1" * 16), case=17, about="0000000042-7", amount_cents=4_210)
    assert book.add(proposed)
    assert book.get(proposed.adjustment_id) == proposed
