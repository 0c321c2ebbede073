"""Square's payments and refunds: what becomes of them, once."""

from typing import Any

import pytest

from partners.connectors.model import CardSource
from partners.connectors.words import CardPlace, Kind, State
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import UnverifiedWebhookError
from tests.fakes.connectors import fixture
from tests.unit.partners.connectors.desk import PLACES, REFERENCE, SECRET, URL, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def payment(desk: Desk, event_id: str = "e-1", kind: str = "payment.updated", **changes: Any) -> dict[str, Any]:
    body = fixture("square_payment_updated", desk.card)
    body["data"]["object"]["payment"].update(changes)
    return {**body, "event_id": event_id, "type": kind}


def refund(event_id: str = "e-2", kind: str = "refund.updated", **changes: Any) -> dict[str, Any]:
    body = fixture("square_refund_updated")
    body["data"]["object"]["refund"].update(changes)
    return {**body, "event_id": event_id, "type": kind}


def test_a_payment_counts_once_it_is_completed_and_its_refund_is_a_return(desk: Desk) -> None:
    till = desk.connect(Kind.SQUARE)
    heard = [
        desk.square(till, payment(desk, "e-0", "payment.created", status="APPROVED")),
        desk.square(till, payment(desk)),
        desk.square(till, payment(desk)),
        desk.square(till, payment(desk, "e-9", receipt_number="later")),
    ]
    assert heard == [Heard.IGNORED, Heard.NEW, Heard.KNOWN, Heard.NEW]
    desk.run()
    assert desk.points == 210
    assert desk.square(till, refund("e-1", "refund.created", status="PENDING")) is Heard.IGNORED
    assert desk.square(till, refund()) is Heard.NEW
    assert [fact.returned_cents for fact in desk.run()] == [1_000]
    assert desk.points == 160
    assert desk.queue(till) == []


def test_a_payment_in_cash_is_complete_when_it_is_created(desk: Desk) -> None:
    till = desk.connect(Kind.SQUARE)
    desk.square(till, payment(desk, kind="payment.created", source_type="CASH"))
    desk.run()
    assert desk.points == 210


def test_all_that_was_paid_may_go_back_and_the_tip_earned_nothing(desk: Desk) -> None:
    till = desk.connect(Kind.SQUARE)
    desk.square(till, payment(desk))
    desk.square(till, refund(amount_money={"amount": 4_710, "currency": "USD"}))
    assert [(fact.state, fact.returned_cents) for fact in desk.run()][-1] == (State.RECORDED, 4_210)
    assert desk.points == 0


@pytest.mark.parametrize(
    ("place", "changes", "points"),
    [
        (CardPlace.REFERENCE_ID, {"reference_id": "order 7"}, 0),
        (CardPlace.NOTE, {"reference_id": "", "note": "table 4, card CARD, no ice"}, 210),
        (CardPlace.NOTE, {"reference_id": "CARD", "note": "table 4"}, 0),
    ],
)
def test_the_card_is_found_at_the_place_that_the_connection_names(
    desk: Desk, place: CardPlace, changes: dict[str, str], points: int
) -> None:
    till = desk.connect(Kind.SQUARE, card_source=CardSource(place))
    desk.square(till, payment(desk, **{name: text.replace("CARD", desk.card) for name, text in changes.items()}))
    desk.run()
    assert desk.points == points
    assert desk.queue(till) == []


def test_the_signature_covers_the_url_and_the_merchant(desk: Desk) -> None:
    till = desk.connect(Kind.SQUARE)
    for body, secret, url in (
        (payment(desk), SECRET, f"{URL}/"),
        (payment(desk), "another_secret", URL),
        ({**payment(desk), "merchant_id": "SOMEONEELSE"}, SECRET, URL),
    ):
        with pytest.raises(UnverifiedWebhookError):
            desk.square(till, body, secret, url)


def test_other_events_and_refunds_of_nothing_are_nothing_to_us(desk: Desk) -> None:
    till = desk.connect(Kind.SQUARE)
    assert desk.square(till, {**payment(desk), "type": "order.updated"}) is Heard.IGNORED
    assert desk.square(till, refund(unlinked=True, payment_id=None)) is Heard.IGNORED


def test_an_event_that_comes_late_changes_nothing_of_what_a_newer_one_told(desk: Desk) -> None:
    till = desk.connect(Kind.SQUARE, locations={})
    newer = {"updated_at": "2026-11-15T11:59:00Z", "amount_money": {"amount": 5_000, "currency": "USD"}}
    desk.square(till, payment(desk, "e-2", **newer))
    desk.square(till, payment(desk, "e-1"))
    desk.run()
    desk.connections.change_settings("alpha", till.connection_id, REFERENCE, PLACES)
    desk.unmapped.retry_all("alpha", till.connection_id)
    desk.run()
    assert desk.points == 250
    desk.square(till, payment(desk, "e-0", updated_at="2026-11-15T11:58:00Z"))
    desk.run()
    assert (desk.queue(till), desk.points) == ([], 250)
    desk.square(till, refund("e-8", updated_at="2026-11-15T12:10:00Z"))
    desk.square(till, refund("e-9", updated_at="2026-11-15T12:09:00Z", amount_money={"amount": 1, "currency": "USD"}))
    desk.run()
    assert (desk.queue(till), desk.points) == ([], 200)
