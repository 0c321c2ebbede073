"""Which payments operators recorded, told from what settlements did without reading any settlement."""

from dataclasses import replace

import pytest

from partners.funding.model import Payment, by_hand, settled_id
from partners.settlement.payments.funded import FundingChange, charge, moved
from partners.settlement.payments.legs import Direction, LegState, LegStep, planned

PAID = planned("7-USD", "harvest", Direction.IN, 1, 500, 1, "ann")
for state in (LegState.SUBMITTED, LegState.SUCCEEDED, LegState.RETURNED):
    PAID = PAID.with_step(LegStep(state, 2, "ann"))
CHANGES = [charge("7-USD", "harvest", -12_345, "ann"), *moved(PAID)]


def row(change: FundingChange) -> Payment:
    """As it was recorded before references were noted."""
    return Payment(
        partner_id="harvest",
        payment_id=settled_id("harvest", change.reference),
        amount_cents=0,
        part_micros=change.amount_micros,
        currency="USD",
        reason=change.reason,
        by=change.by,
        at_ms=1,
        paid_ahead_cents=0,
    )


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.reference)
def test_what_a_settlement_did_before_references_were_noted_is_told_by_its_reason_and_id(change: FundingChange) -> None:
    assert by_hand([row(change)]) == []
    assert by_hand([replace(row(change), reference=change.reference)]) == []
    claimed = replace(row(change), payment_id="ab" * 16)
    assert by_hand([claimed]) == [claimed], "an operator may give any reason"
    assert by_hand([replace(row(change), reason="by bank transfer")]) != []


def test_all_that_a_settlement_does_is_tried() -> None:
    assert [change.reference for change in CHANGES] == [
        "7-USD:harvest:charged",
        "7-USD:harvest:in:1",
        "7-USD:harvest:in:1:returned",
    ]
