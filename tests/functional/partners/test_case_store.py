"""Cases on both engines."""

from dataclasses import replace

from partners.cases.model import CaseState, Quantities, Side, Step, StepKind, Subject, opened
from partners.cases.store import CaseStore
from tests.support.clouds import DynamoEngine


def marked(store: CaseStore) -> dict[int, int]:
    """When cases are due that are marked as open."""
    return {number: mark.due_at_ms for (partner, number), mark in store.marks().of.items() if partner == "stored"}


def test_a_case_is_added_once_changed_by_who_read_it_and_ended_by_an_entry_of_its_own(
    dynamodb_engine: DynamoEngine,
) -> None:
    store = CaseStore(dynamodb_engine.client, dynamodb_engine.tables["SettlementTable"])
    step = Step(StepKind.OPENED, Side.PARTNER, "key1", 5, "Zwei für eine", "req")
    first = opened(1, "stored", Subject(window=7), Quantities(points=-5), step)
    second = replace(first, number=2)
    assert store.add(first, "request-1")
    assert not store.add(replace(first, number=9), "request-1")
    assert not store.add(first, "request-2")
    assert store.add(second, "request-2")
    assert (store.opened_by("stored", "request-1"), store.opened_by("stored", "request-3")) == (1, None)
    assert store.newest("stored", 99, 1) == [second]
    assert store.newest("stored", 2, 5) == [first]
    assert store.get("another", 1) is None
    changed = replace(first, entry_id="0000000001-7", version=2)
    assert marked(store) == {1: first.due_at_ms, 2: second.due_at_ms}
    assert store.replace(changed, ended_by="0000000001-7")
    assert not store.replace(changed)
    assert store.get("stored", 1) == changed
    assert store.has_ended_a_case("0000000001-7")
    assert not store.replace(replace(second, version=2), ended_by="0000000001-7")
    assert store.get("stored", 2) == second
    later = replace(second, due_at_ms=second.due_at_ms + 7, version=2)
    assert store.replace(later)
    assert not store.mark(replace(second, state=CaseState.REFUSED)), "it has changed since"
    assert marked(store) == {1: first.due_at_ms, 2: later.due_at_ms}
    assert store.replace(replace(changed, state=CaseState.WITHDRAWN, version=3))
    assert marked(store) == {2: later.due_at_ms}
    store.note_compared(1)
    assert store.marks().compared_at_ms == 1
