"""A refund that its gateway fails to pay after it was told as pending: no points are taken for it, or people see it."""

from itertools import permutations

import pytest

from partners.connectors.facts_codec import fact_from_json, fact_to_json
from partners.connectors.model import Connection
from partners.connectors.words import Kind, State
from shared.kernel.hearing import Heard
from tests.unit.partners.connectors.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def shop(desk: Desk) -> Connection:
    shop = desk.connect(Kind.SHOPIFY)
    desk.paid(shop)
    desk.run()
    return shop


def test_a_refund_that_fails_after_its_points_were_taken_waits_with_its_entry(desk: Desk, shop: Connection) -> None:
    desk.refunded(shop, amount="10.00")
    (returned,) = desk.run()
    assert desk.refund_failed(shop) is Heard.NEW
    settled = desk.run()
    assert [(fact.state, fact.waiting) for fact in settled] == [(State.RECORDED, True), (State.RECORDED, False)]
    (item,) = desk.queue(shop)
    assert item.reason
    assert item.reason.code == "refund_failed"
    for words in ("10.00 USD was recorded as returned", f"entry {returned.entry_id}", "0.00 USD went back"):
        assert words in item.reason.detail
    assert desk.points == 160

    assert desk.refund_failed(shop) is Heard.KNOWN
    desk.unmapped.retry("alpha", shop.connection_id, item.item_id)
    desk.run()
    assert desk.reasons(shop) == ["refund_failed"]
    desk.unmapped.dismiss("alpha", shop.connection_id, item.item_id, "points given back, case 7")
    desk.run()
    desk.shopify(shop, "order_transactions/create", {"id": 61910001, "order_id": 5012345678901}, "f-again")
    desk.refund_failed(shop)
    desk.run()
    assert (desk.queue(shop), desk.points) == ([], 160)


def test_a_failure_that_is_told_first_takes_no_points(desk: Desk, shop: Connection) -> None:
    desk.refund_failed(shop)
    desk.run()
    desk.refunded(shop, amount="10.00")
    (refund,) = desk.run()
    assert (refund.state, refund.reason and refund.reason.code) == (State.NOT_OURS, "refund_failed")
    assert (desk.queue(shop), desk.points) == ([], 210)


@pytest.mark.parametrize("order", list(permutations(("sale", "refund", "failure"))))
def test_whatever_is_told_first_points_are_taken_for_nothing_that_nobody_sees(order: tuple[str, ...]) -> None:
    desk = Desk()
    shop = desk.connect(Kind.SHOPIFY)
    tell = {"sale": desk.paid, "refund": desk.refunded, "failure": desk.refund_failed}
    for worked_on in (True, False):
        for name in order:
            tell[name](shop)
            if worked_on:
                desk.run()
        desk.run()
        assert (desk.points, desk.reasons(shop)) in ((210, []), (194, ["refund_failed"]))


def test_of_a_refund_in_two_payments_the_one_that_failed_waits(desk: Desk, shop: Connection) -> None:
    two = [
        {"id": number, "kind": "refund", "status": status, "amount": "5.00", "currency": "USD"}
        for number, status in ((1, "success"), (2, "pending"))
    ]
    desk.refunded(shop, 910002, amount="2.00")
    desk.shopify(shop, "refunds/create", {"id": 3, "order_id": 5012345678901, "transactions": two} | AT, "w-3")
    desk.run()
    assert desk.points == 210 - 10 - 50
    desk.refund_failed(shop, id=2)
    desk.run()
    (item,) = desk.queue(shop)
    assert item.reason
    assert "10.00 USD was recorded as returned" in item.reason.detail
    assert "5.00 USD went back" in item.reason.detail
    desk.refund_failed(shop, 910003, id=1)
    desk.run()
    (item,) = desk.queue(shop)
    assert item.reason
    assert "0.00 USD went back" in item.reason.detail


AT = {"processed_at": "2026-11-15T05:59:30-06:00"}


@pytest.mark.parametrize("changes", [{"status": "success"}, {"kind": "sale"}, {"kind": "void"}, {"status": None}])
def test_a_transaction_that_is_no_failed_refund_is_nothing_to_us(
    desk: Desk, shop: Connection, changes: dict[str, str | None]
) -> None:
    assert desk.refund_failed(shop, **changes) is Heard.IGNORED


def test_nothing_that_names_a_person_is_kept_of_a_failure(desk: Desk, shop: Connection) -> None:
    desk.refunded(shop)
    desk.refund_failed(shop)
    desk.run()
    assert "Grace" not in str(desk.db.tables)
    assert "Grace" not in str([text for key, text in desk.bucket.objects.items() if not key.startswith("originals/")])


def test_a_refund_that_was_kept_before_its_transactions_were_reads_and_goes_on(desk: Desk, shop: Connection) -> None:
    desk.refunded(shop)
    (refund,) = desk.run()
    text = fact_to_json(refund)
    assert fact_from_json(text, refund.version) == refund
    before = text.replace(',"transactions":[["61910001",324]]', "")
    assert before != text
    assert fact_from_json(before, refund.version).told.transactions == ()  # type: ignore[union-attr]
