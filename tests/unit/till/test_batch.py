"""A till's file: every line for itself, the lines of a card in order."""

import pytest

from partners.till.batch import Line, record_lines
from partners.till.errors import KeyNotUniqueError
from shared.kernel.errors import StoreUnavailableError
from tests.unit.till.shop import Shop


@pytest.fixture
def shop():
    return Shop()


def _lines(shop, *receipts):
    return [Line(f"k-{receipt}", shop.basket(receipt=receipt)) for receipt in receipts]


def test_a_refused_line_does_not_keep_the_next_from_being_recorded(shop):
    shop.purchase(receipt="r1")
    first, second = record_lines(shop.till.purchase, "alpha", _lines(shop, "r1", "r2"))
    assert first.code == "receipt_already_recorded"
    assert second.points_balance == 200


def test_a_key_that_stands_on_two_cards_counts_for_the_first_one_alone(shop):
    bob = shop.enrol("bob@example.com")
    lines = [Line("k", shop.basket(receipt="r1")), Line("k", shop.basket(card_number=bob, receipt="r2"))]
    for replayed in (False, True):
        first, second = record_lines(shop.till.purchase, "alpha", lines)
        assert (first.replayed, first.points_balance) == (replayed, 100)
        assert isinstance(second, KeyNotUniqueError)
    assert shop.till.card("alpha", bob).points_balance == 0


def test_lines_after_one_that_could_not_be_recorded_wait_for_the_next_delivery(shop):
    append, failures = shop.journal.append, iter([StoreUnavailableError("injected")])

    def fails_once(entry):
        for error in failures:
            raise error
        append(entry)

    shop.journal.append = fails_once
    lines = _lines(shop, "r1", "r2", "r3")
    assert [outcome.code for outcome in record_lines(shop.till.purchase, "alpha", lines)] == ["store_unavailable"] * 3
    outcomes = record_lines(shop.till.purchase, "alpha", lines)
    assert [outcome.entry.seq for outcome in outcomes] == [2, 3, 4]
