"""Returns in till files: each takes back what its receipt earned, once, or waits with its file and says why."""

import pytest

from partners.connectors.model import Connection
from partners.connectors.words import Kind
from shared.ledger.model import Op
from tests.unit.partners.connectors.desk import Desk
from tests.unit.partners.connectors.lines import as_file, bought, results, returned, rows_of_results


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def folder(desk: Desk) -> Connection:
    return desk.connect(Kind.FILE)


def codes(desk: Desk, folder: Connection, *rows: dict[str, str], name: str = "late.csv", put: str = "p1") -> list[str]:
    """What became of each line of a file that is put: its code if it was refused, else the word for it."""
    desk.put_file(folder, as_file(*rows), name, put_id=f"{name}-{put}")
    desk.run()
    return [code or outcome for _, outcome, code in results(desk, folder, name)]


def test_a_return_takes_back_what_its_receipt_earned_once(desk: Desk, folder: Connection) -> None:
    lines = bought(desk, "k-1"), returned(desk, "k-2", "k-1"), returned(desk, "k-3", "k-1", amount_cents="600")
    assert codes(desk, folder, *lines) == ["recorded"] * 3
    assert [(row["kind"], row["points"]) for row in rows_of_results(desk, folder)] == [
        ("purchase", "50"),
        ("return", "-20"),
        ("return", "-30"),
    ]
    assert codes(desk, folder, *lines, put="p2") == ["again"] * 3
    assert codes(desk, folder, *lines[::-1], name="another.csv") == ["again"] * 3
    assert (desk.points, desk.queue(folder)) == (0, [])


def test_a_file_of_before_without_a_kind_has_purchases_alone(desk: Desk, folder: Connection) -> None:
    assert codes(desk, folder, bought(desk, "k-1"), bought(desk, "k-2", kind="purchase")) == ["recorded"] * 2
    assert desk.points == 100


def test_a_return_of_a_purchase_that_came_over_the_api_finds_it_at_any_age(desk: Desk, folder: Connection) -> None:
    desk.shop.purchase("p1", receipt="r-web", location_id="s2", amount_cents=2_000)
    desk.clock.advance(days=70)
    today = {"occurred_at": "2027-01-24T05:58:10-06:00", "original_location_id": "s2"}
    assert codes(desk, folder, returned(desk, "k-2", "web", **today)) == ["recorded"]
    assert desk.points == 80


def test_a_return_that_stands_before_its_purchase_in_the_file_is_recorded_after_it(
    desk: Desk, folder: Connection
) -> None:
    assert codes(desk, folder, returned(desk, "k-2", "k-1"), bought(desk, "k-1")) == ["recorded"] * 2
    assert (desk.points, desk.queue(folder)) == (30, [])


def test_a_return_in_an_earlier_file_than_its_purchase_waits_and_is_recorded_when_tried_again(
    desk: Desk, folder: Connection
) -> None:
    assert codes(desk, folder, returned(desk, "k-2", "k-1"), name="returns.csv") == ["receipt_not_recorded"]
    (item,) = desk.queue(folder)
    assert item.reason
    assert item.reason.detail.startswith("1 of 1 lines were refused (1 receipt_not_recorded)")
    assert codes(desk, folder, bought(desk, "k-1")) == ["recorded"]
    desk.unmapped.retry("alpha", folder.connection_id, item.item_id)
    desk.run()
    assert results(desk, folder, "returns.csv") == [("2", "recorded", "")]
    assert (desk.points, desk.queue(folder)) == (30, [])


def test_what_can_not_be_returned_waits_with_its_reason_and_can_be_dismissed(desk: Desk, folder: Connection) -> None:
    bob = desk.shop.enrol("bob@example.com")
    desk.shop.purchase("p1", partner="beta", receipt="r-beta", location_id="b1", amount_cents=1_000)
    lines = [
        bought(desk, "k-1"),
        returned(desk, "k-2", "k-1", amount_cents="1001"),
        returned(desk, "k-3", "k-1", original_location_id="s2"),
        returned(desk, "k-4", "k-1", card_number=bob),
        returned(desk, "k-5", "k-1", currency="EUR"),
        returned(desk, "k-6", "beta", original_location_id="b1"),
        returned(desk, "k-7", "k-1", card_number="9770 0000 0000 0000"),
        returned(desk, "k-8", "", original_receipt=""),
        bought(desk, "k-9", original_receipt="r-1"),
        bought(desk, "k-10", kind="exchange"),
    ]
    assert codes(desk, folder, *lines) == [
        "recorded",
        "return_exceeds_purchase",
        "receipt_not_recorded",
        "receipt_not_recorded",
        "currency_mismatch",
        "receipt_not_recorded",
        "invalid_card_number",
        *["bad_line"] * 3,
    ]
    assert [row["detail"].split(":")[0] for row in rows_of_results(desk, folder)][-3:] == [
        "original_receipt",
        "original_receipt",
        "kind",
    ]
    (item,) = desk.queue(folder)
    desk.unmapped.dismiss("alpha", folder.connection_id, item.item_id, "typed in by hand")
    desk.run()
    assert (desk.points, desk.queue(folder)) == (50 + 100, [])


def test_a_receipt_number_that_a_store_used_twice_is_not_guessed_but_a_done_return_is_answered_again(
    desk: Desk, folder: Connection
) -> None:
    back = returned(desk, "k-2", "1")
    assert codes(desk, folder, bought(desk, "k-1", receipt="r-1"), back) == ["recorded"] * 2
    desk.clock.advance(days=40)
    now = {"occurred_at": "2026-12-24T05:58:10-06:00"}
    lines = [bought(desk, "k-3", **now), bought(desk, "k-4", receipt="r-1", **now), returned(desk, "k-5", "1", **now)]
    assert codes(desk, folder, *lines, back, name="later.csv") == [
        "recorded",
        "recorded",
        "receipt_ambiguous",
        "occurred_too_long_ago",
    ]
    desk.unmapped.retry_all("alpha", folder.connection_id, any_age=True)
    desk.run()
    assert [code or word for _, word, code in results(desk, folder, "later.csv")] == [
        "again",
        "again",
        "receipt_ambiguous",
        "again",
    ]
    assert desk.points == 30 + 100


def test_an_old_return_is_recorded_when_the_operator_asks(desk: Desk, folder: Connection) -> None:
    lines = bought(desk, "k-1"), returned(desk, "k-2", "k-1")
    desk.clock.advance(days=45)
    assert codes(desk, folder, *lines) == ["occurred_too_long_ago", "receipt_not_recorded"]
    desk.unmapped.retry_all("alpha", folder.connection_id, any_age=True)
    desk.run()
    assert results(desk, folder) == [("2", "recorded", ""), ("3", "recorded", "")]
    assert (desk.points, desk.queue(folder)) == (30, [])


def test_a_key_is_of_one_line_alone_whether_bought_or_returned(desk: Desk, folder: Connection) -> None:
    lines = bought(desk, "k-1"), returned(desk, "k-1", "k-1")
    assert codes(desk, folder, *lines) == ["idempotency_key_not_unique"] * 2
    assert codes(desk, folder, lines[0], put="p2") == ["recorded"]
    assert codes(desk, folder, lines[1], put="p3") == ["idempotency_key_reused"]
    assert desk.points == 50


def test_a_replaced_card_still_finds_what_was_bought_with_it(desk: Desk, folder: Connection) -> None:
    assert codes(desk, folder, bought(desk, "k-1")) == ["recorded"]
    household = desk.shop.enrol("household@example.com")
    desk.shop.join(household)
    line = returned(desk, "k-2", "k-1")
    assert codes(desk, folder, line, name="returns.csv") == ["recorded"]
    ops = [entry.op for entry in desk.shop.ledger.history(household[4:14])]
    assert Op.RETURN in ops
