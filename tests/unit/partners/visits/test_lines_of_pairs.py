"""Lines of what two accounts do and of the end of one: no price, and totals say what was lost or written off."""

import pytest

from partners.visits.codec import pack_lines, unpack_lines
from partners.visits.lines import delivered, recount
from partners.visits.model import Line, Move, MoveKind
from shared.kernel.clock import DAY_MS
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import (
    CASH_RATES,
    close,
    earn,
    enrol,
    join,
    leave,
    merge,
    redeem,
    take_back,
    transfer,
    unmerge,
)

ANN, BOB = "0000000001", "0000000002"


class Book:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ledger = Ledger(FakeJournal(), self.clock, sleep=lambda _: None)
        self.keys = 0

    def do(self, make, *args, **fields):
        self.keys += 1
        command = make(f"k{self.keys}", self.clock(), *args, **fields)
        apply = self.ledger.apply_pair if hasattr(command, "other") else self.ledger.apply
        return apply(command).entry

    def lines(self, entry) -> list[Line]:
        """The lines of both entries of a pair, or of one alone."""
        entries = [entry, self.ledger.counterpart(entry)] if entry.counterpart else [entry]
        lines = [delivered("shard", str(number), one).line for number, one in enumerate(entries)]
        assert unpack_lines(pack_lines(lines)) == tuple(lines)
        return lines


@pytest.fixture
def book():
    """Ann has points; Bob has active and pending points, cashback, and owes 40."""
    book = Book()
    book.do(enrol, member=ANN)
    book.do(earn, 60, member=ANN)
    book.do(enrol, member=BOB)
    purchase = book.do(earn, 100, member=BOB, rates=CASH_RATES, cashback_cents=40)
    book.do(redeem, 90, member=BOB, partner="beta")
    book.do(take_back, purchase, 1_000)
    book.do(earn, 25, member=BOB, partner="beta", matures_at_ms=book.clock() + 9 * DAY_MS)
    book.do(earn, 70, member=BOB, partner="gamma")
    assert book.ledger.account(BOB).debts
    return book


def test_sharing_moves_points_at_no_price_whatever_is_owed_or_pending(book):
    entries = [
        book.do(transfer, 30, BOB, member=ANN),
        book.do(join, ANN, member=BOB),
        book.do(leave, ANN, 0, member=BOB),
        book.do(merge, ANN, member=BOB, partner="network"),
        book.do(unmerge, ANN, member=BOB, partner="network"),
    ]
    lines = [line for entry in entries for line in book.lines(entry)]
    assert len(lines) == 10
    for line in lines:
        assert (line.issued, line.owed, line.honoured, line.adjusted, line.expired) == (0, 0, (), (), ())
        assert (line.price_micros, line.visit) == (None, False)
    totals = recount("alpha", lines)
    assert (totals.visits, totals.purchases, totals.redemptions, totals.moves) == (0, 0, 0, ())


def test_what_a_closed_account_held_has_expired_and_what_it_owed_is_written_off(book):
    entry = book.do(close, member=BOB, forfeit=True)
    (line,) = book.lines(entry)
    assert line.points == 95
    assert recount("network", [line]).moves == (
        Move(MoveKind.CASHBACK_FORFEITED, "alpha", "USD", 10_000, 20),
        Move(MoveKind.EXPIRED, "beta", None, 0, 25),
        Move(MoveKind.EXPIRED, "gamma", None, 0, 70),
        Move(MoveKind.WRITTEN_OFF, "alpha", None, 0, 40),
    )
