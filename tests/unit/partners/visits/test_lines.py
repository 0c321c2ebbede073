import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.lake.record import record_of
from partners.visits.codec import pack_lines, totals_from_text, totals_to_text, unpack_lines
from partners.visits.lines import added, delivered, line_of, recount
from partners.visits.model import Chain, Move, MoveKind, Share, Totals
from shared.kernel.clock import month_number
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import Lot, Op
from tests.support.entries import MONTH, NOON_MS, entry, random_book

PARTNERS = ["harvest", "city-market", "northpharm"]
books = st.builds(
    lambda seed, size: random_book(random.Random(seed), size, PARTNERS), st.integers(), st.integers(1, 40)
)


def test_an_earn_line_carries_the_issue_price_and_honours_nothing():
    line = line_of(entry(Op.EARN, points=50))
    assert (line.points, line.price_micros, line.currency, line.amount_cents) == (50, 6_000, "USD", 1_000)
    assert line.honoured == ()


def test_a_redeem_line_carries_the_redeem_price_and_who_had_granted_the_points():
    lots = (Lot("harvest", MONTH, 20), Lot("northpharm", MONTH, 5), Lot("harvest", MONTH + 1, 10))
    line = line_of(entry(Op.REDEEM, partner="northpharm", points=35, lots_moved=lots))
    assert (line.points, line.price_micros) == (35, 5_000)
    assert line.honoured == (Share("harvest", 30), Share("northpharm", 5))


def test_an_enrol_line_has_neither_points_nor_price():
    line = line_of(entry(Op.ENROL, receipt=None))
    assert (line.points, line.price_micros, line.currency, line.receipt) == (0, None, None, None)


def test_expired_points_are_told_by_issuer():
    lots = (Lot("harvest", MONTH, 3), Lot("harvest", MONTH - 1, 4), Lot("northpharm", MONTH, 1))
    assert line_of(entry(lots_expired=lots)).expired == (Share("harvest", 7), Share("northpharm", 1))


def test_the_day_is_that_of_recording_in_utc():
    last_ms = NOON_MS + 12 * 3_600_000 - 1
    assert delivered("s", "1", entry(recorded_at_ms=last_ms)).chain == Chain("harvest", "2026-11-21", "s")
    assert delivered("s", "1", entry(recorded_at_ms=last_ms + 1)).chain == Chain("harvest", "2026-11-22", "s")


@pytest.mark.parametrize(
    "broken",
    [
        entry(points=50, lots_moved=()),
        entry(points=50, lots_moved=(Lot("harvest", MONTH, 49),)),
        entry(points=50, lots_moved=(Lot("northpharm", MONTH, 50),)),
        entry(points=50, currency=None),
        entry(points=50, rates=None),
        entry(Op.REDEEM, rates=None),
        entry(Op.ENROL, points=50, lots_moved=(Lot("harvest", MONTH, 50),)),
        entry(partner="Harvest#1"),
        entry(partner="harvest#2026-11-21"),
        entry(Op.REDEEM, lots_moved=(Lot("a:b,c", MONTH, 50),)),
        entry(lots_expired=(Lot("a:b,c", MONTH, 50),)),
        entry(recorded_at_ms=10**18),
        entry(recorded_at_ms=-(10**18)),
    ],
)
def test_an_entry_that_cannot_be_valued_or_placed_is_malformed(broken):
    with pytest.raises(MalformedEntryError):
        delivered("shard-a", "1", broken)


def test_totals_of_nothing_are_zero():
    assert recount("harvest", []) == Totals() == added([])


def test_totals_count_by_hand():
    lots = (Lot("harvest", MONTH, 20), Lot("northpharm", MONTH, 5))
    entries = [
        entry(Op.ENROL, visit=True),
        entry(Op.EARN, points=50, amount_cents=1_010, visit=False),
        entry(Op.EARN, points=0, amount_cents=15, visit=False),
        entry(Op.EARN, points=7, amount_cents=140, rates=replace(entry().rates, issue_price_micros=6_500)),
        entry(Op.REDEEM, points=25, lots_moved=lots, lots_expired=(Lot("northpharm", MONTH - 30, 9),)),
    ]
    assert recount("harvest", map(line_of, entries)) == Totals(
        visits=3,
        enrolments=1,
        purchases=3,
        redemptions=1,
        sales_cents=1_165,
        moves=(
            Move(MoveKind.EXPIRED, "northpharm", None, 0, 9),
            Move(MoveKind.ISSUED, "harvest", "USD", 6_000, 50),
            Move(MoveKind.ISSUED, "harvest", "USD", 6_500, 7),
            Move(MoveKind.REDEEMED, "harvest", "USD", 5_000, 20),
            Move(MoveKind.REDEEMED, "northpharm", "USD", 5_000, 5),
        ),
    )


@given(books, st.integers(0, 40))
def test_totals_of_parts_add_up_to_the_totals_of_the_whole(book, cut):
    lines = [line_of(one) for one in book]
    assert added([recount("harvest", lines[:cut]), recount("harvest", lines[cut:])]) == recount("harvest", lines)


@given(books)
def test_attribution_sums_to_what_was_redeemed(book):
    for line in map(line_of, book):
        assert sum(share.points for share in line.honoured) == (line.points if line.op is Op.REDEEM else 0)


def test_points_that_ran_out_keep_the_last_day_of_their_month_and_those_given_up_have_none():
    now = month_number(NOON_MS)
    lots = (Lot("harvest", now - 1, 3), Lot("harvest", now - 2, 4), Lot("harvest", now - 1, 5), Lot("harvest", now, 6))
    line = line_of(entry(lots_expired=(*lots, Lot("alpha", now - 1, 1)), lapses_by_month=True))
    assert line.expired == (
        Share("alpha", 1, "2026-10-31"),
        Share("harvest", 6),
        Share("harvest", 4, "2026-09-30"),
        Share("harvest", 8, "2026-10-31"),
    )
    of_before = line_of(entry())
    assert unpack_lines(pack_lines([line, of_before])) == (line, of_before)
    by_issuer = [{"issuer": "alpha", "points": 1}, {"issuer": "harvest", "points": 18}]
    assert record_of(line, months=False)["expired"] == by_issuer
    assert record_of(line)["expired"] == [
        {"issuer": "alpha", "points": 1, "with_month": "2026-10"},
        {"issuer": "harvest", "points": 6},
        {"issuer": "harvest", "points": 4, "with_month": "2026-09"},
        {"issuer": "harvest", "points": 8, "with_month": "2026-10"},
    ]
    totals = recount("harvest", [line])
    assert totals_from_text(totals_to_text(totals)) == totals
    ran_out = [(one.issuer, one.quantity, one.terms_day) for one in totals.moves if one.kind is MoveKind.EXPIRED]
    assert ran_out == [(one.issuer, one.points, one.terms_day) for one in line.expired]
