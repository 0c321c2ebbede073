"""Spending order and expiry of lots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger.lots import expire, grant, take
from shared.ledger.model import Lot

lot = st.builds(Lot, issuer=st.sampled_from("abc"), expiry_month=st.integers(10, 14), quantity=st.integers(1, 500))


def _book(granted):
    lots = ()
    for one in granted:
        lots = grant(lots, one)
    return lots


def test_the_earliest_expiry_is_spent_first_and_ties_by_order_of_issue():
    lots = _book([Lot("b", 12, 10), Lot("a", 11, 10), Lot("c", 11, 10)])
    taken, left = take(lots, 15)
    assert taken == (Lot("a", 11, 10), Lot("c", 11, 5))
    assert left == (Lot("c", 11, 5), Lot("b", 12, 10))


def test_points_of_one_issuer_and_month_share_a_lot():
    assert _book([Lot("a", 11, 10), Lot("b", 11, 1), Lot("a", 11, 5)]) == (Lot("a", 11, 15), Lot("b", 11, 1))


def test_taking_more_than_there_is_is_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="11 asked of lots that hold 10"):
        take((Lot("a", 11, 10),), 11)


def test_a_lot_is_valid_until_the_end_of_its_month():
    lots = (Lot("a", 10, 1), Lot("b", 11, 2))
    assert expire(lots, 10) == ((), lots)
    assert expire(lots, 11) == ((Lot("a", 10, 1),), (Lot("b", 11, 2),))


@given(st.lists(lot, max_size=20), st.data())
def test_taking_splits_the_lots_without_losing_or_making_a_point(granted, data):
    lots = _book(granted)
    total = sum(one.quantity for one in lots)
    points = data.draw(st.integers(0, total))
    taken, left = take(lots, points)
    assert sum(one.quantity for one in taken) == points
    assert sum(one.quantity for one in left) == total - points
    assert all(one.quantity > 0 for one in (*taken, *left))
    assert [one.expiry_month for one in (*taken, *left)] == sorted(one.expiry_month for one in (*taken, *left))
