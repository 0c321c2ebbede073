"""The adjustments' store on both engines: rows read back, states change once."""

import pytest

from partners.adjustments.model import Adjustment, AdjustmentState
from partners.adjustments.store import AdjustmentStore
from tests.support.clouds import DynamoEngine

PROPOSED, APPROVED, APPLIED = AdjustmentState.PROPOSED, AdjustmentState.APPROVED, AdjustmentState.APPLIED


@pytest.fixture
def book(dynamodb_engine: DynamoEngine) -> AdjustmentStore:
    return AdjustmentStore(dynamodb_engine.client, dynamodb_engine.partners_table)


def adjustment(adjustment_id: str) -> Adjustment:
    return Adjustment(adjustment_id, "0000000042", "harvest", -7_000, 24_346, "Käse", "ann", 1_795_260_000_000)


def test_an_adjustment_goes_through_its_states_once(book: AdjustmentStore) -> None:
    proposed = adjustment("ad" * 16)
    assert book.add(proposed)
    assert not book.add(proposed)
    assert book.get(proposed.adjustment_id) == proposed
    assert book.move(proposed.adjustment_id, PROPOSED, APPROVED, "bob", None)
    assert not book.move(proposed.adjustment_id, PROPOSED, APPROVED, "eve", None)
    assert book.move(proposed.adjustment_id, APPROVED, APPLIED, "bob", "0000000042-9")
    stored = book.get(proposed.adjustment_id)
    assert stored is not None
    assert (stored.state, stored.decided_by, stored.entry_id) == (APPLIED, "bob", "0000000042-9")
    assert stored in book.all()


def test_what_does_not_exist_is_none_and_does_not_move(book: AdjustmentStore) -> None:
    assert book.get("00" * 16) is None
    assert not book.move("00" * 16, PROPOSED, APPROVED, "bob", None)
    assert book.get("00" * 16) is None
