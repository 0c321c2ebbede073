"""What was dismissed, as people do with what they have recorded by hand: nothing more comes of it by itself."""

from dataclasses import replace

import pytest

from partners.connectors.facts import Fact
from partners.connectors.foreign import moment_ms
from partners.connectors.model import Connection
from partners.connectors.words import Kind, State
from partners.till.model import PurchaseRequest, ReturnRequest
from tests.fakes.connectors import fixture
from tests.unit.partners.connectors.desk import PLACES, REFERENCE, Desk
from tests.unit.partners.connectors.test_square import payment, refund


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def till(desk: Desk) -> Connection:
    return desk.connect(Kind.SQUARE, locations={})


def record_by_hand(desk: Desk) -> str:
    paid = moment_ms(fixture("square_payment_updated", desk.card)["data"]["object"]["payment"]["created_at"]) or 0
    request = PurchaseRequest(desk.card, "s1", "hand-1", paid, 4_210, "USD")
    return desk.shop.till.purchase("alpha", "by-hand-1", request).entry.entry_id


def dismiss_all(desk: Desk, till: Connection) -> list[Fact]:
    found = desk.queue(till)
    gone = [desk.unmapped.dismiss("alpha", till.connection_id, one.item_id, "recorded by hand") for one in found]
    desk.run()
    return gone


@pytest.fixture
def by_hand(desk: Desk, till: Connection) -> None:
    """A payment of an unmapped location was recorded by hand and dismissed; then the location was mapped."""
    desk.square(till, payment(desk))
    desk.run()
    assert desk.reasons(till) == ["foreign_location_unknown"]
    record_by_hand(desk)
    dismiss_all(desk, till)
    desk.connections.change_settings("alpha", till.connection_id, REFERENCE, PLACES)


@pytest.mark.usefixtures("by_hand")
def test_what_was_dismissed_stays_so_however_often_its_vendor_tells_of_it(desk: Desk, till: Connection) -> None:
    for number in range(3):
        desk.square(till, payment(desk, f"e-fee-{number}", receipt_number=f"{number}"))
        desk.run()
    assert (desk.queue(till), desk.points) == ([], 210)


@pytest.mark.usefixtures("by_hand")
def test_another_amount_of_what_was_dismissed_waits_and_no_retry_of_many_records_it(
    desk: Desk, till: Connection
) -> None:
    for number, (amount, waits) in enumerate(((5_000, 1), (5_000, 0), (6_000, 1))):
        desk.square(till, payment(desk, f"e-{number}-more", amount_money={"amount": amount, "currency": "USD"}))
        desk.run()
        desk.unmapped.retry_all("alpha", till.connection_id)
        desk.run()
        assert desk.reasons(till) == ["sale_changed"] * waits
        for gone in dismiss_all(desk, till):
            assert (gone.state, desk.card in str(gone)) == (State.DISMISSED, False)
    assert desk.points == 210


def test_what_was_dismissed_by_mistake_is_recorded_by_a_retry_of_its_own_once_it_waits_again(
    desk: Desk, till: Connection
) -> None:
    desk.square(till, payment(desk))
    desk.run()
    dismiss_all(desk, till)
    desk.connections.change_settings("alpha", till.connection_id, REFERENCE, PLACES)
    desk.square(till, payment(desk, "e-more", amount_money={"amount": 5_000, "currency": "USD"}))
    (item,) = desk.queue(till)
    assert item.reason
    assert "dismissed with 42.10 USD; now 50.00 USD" in item.reason.detail
    desk.unmapped.retry("alpha", till.connection_id, item.item_id)
    desk.run()
    assert (desk.queue(till), desk.points) == ([], 250)


def test_a_refund_that_was_returned_by_hand_and_dismissed_takes_nothing_back_again(desk: Desk) -> None:
    till = desk.connect(Kind.SQUARE)
    desk.square(till, payment(desk))
    (sale,) = desk.run()
    desk.square(till, refund(amount_money={"amount": 1_000}))
    desk.run()
    assert desk.reasons(till) == ["amount_missing"]
    by_hand = ReturnRequest(sale.entry_id or "", "s1", "hand-r", desk.clock(), 1_000, "USD")
    desk.shop.returns.return_goods("alpha", "hand", by_hand)
    dismiss_all(desk, till)
    desk.square(till, refund("e-3"))
    desk.run()
    assert (desk.reasons(till), desk.points) == (["refund_changed"], 160)


@pytest.mark.usefixtures("by_hand")
def test_what_was_dismissed_waits_where_another_connection_to_the_shop_tells_of_it(
    desk: Desk, till: Connection
) -> None:
    desk.connections.disable("alpha", till.connection_id)
    successor = desk.connect(Kind.SQUARE)
    desk.square(successor, payment(desk, "e-there"))
    desk.run()
    desk.unmapped.retry_all("alpha", successor.connection_id)
    desk.run()
    assert (desk.reasons(successor), desk.points) == (["dismissed_elsewhere"], 210)
    (item,) = desk.queue(successor)
    desk.unmapped.retry("alpha", successor.connection_id, item.item_id)
    desk.run()
    assert (desk.queue(successor), desk.points) == ([], 420)


def test_a_retry_of_one_item_that_failed_makes_no_later_retry_of_many_record_it(desk: Desk, till: Connection) -> None:
    """It was dismissed, as recorded by hand, where another connection to the same shop had told of it."""
    desk.square(till, payment(desk))
    desk.run()
    (item,) = desk.queue(till)
    desk.unmapped.retry("alpha", till.connection_id, item.item_id)
    desk.run()
    desk.connections.disable("alpha", till.connection_id)
    later = desk.connect(Kind.SQUARE, locations={})
    desk.square(later, payment(desk, "e-later"))
    desk.run()
    record_by_hand(desk)
    dismiss_all(desk, later)
    known = desk.connections.connection("alpha", till.connection_id)
    assert desk.store.change_connection(replace(known, locations=PLACES, version=known.version + 1))
    desk.unmapped.retry_all("alpha", till.connection_id)
    desk.run()
    assert (desk.reasons(till), desk.points) == (["dismissed_elsewhere"], 210)
