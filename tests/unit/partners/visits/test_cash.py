"""Where cashback went, by who granted it; an entry that hides where is not posted."""

import pytest

from partners.visits.cash import cash_moves
from partners.visits.lines import line_of
from partners.visits.model import CashMove, MoveKind
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import NEVER, Lot, Move, Op, Place
from tests.support.entries import entry


def usd(cents, issuer="harvest", unit="USD"):
    return Lot(issuer, NEVER, cents, unit)


def entry_of(op, *moves, cents=None, partner="harvest", currency="USD"):
    return entry(op, points=0, partner=partner, currency=currency, cashback_cents=cents, moves=moves)


GRANT = Move(Place.ISSUER, Place.ACTIVE, usd(18))
SPENT = Move(Place.ACTIVE, Place.ACCEPTOR, usd(18))


def test_a_grant_that_repays_a_debt_is_issued_only_in_part():
    moves = (Move(Place.ISSUER, Place.DEBT, usd(5)), Move(Place.ISSUER, Place.PENDING, usd(13)))
    assert cash_moves(entry_of(Op.EARN, *moves, cents=18)) == (
        CashMove(MoveKind.CASHBACK_ISSUED, "harvest", "USD", 13),
        CashMove(MoveKind.CASHBACK_OWED, "harvest", "USD", -5),
    )


def test_a_return_takes_back_what_is_there_and_the_rest_is_owed():
    moves = (
        Move(Place.PENDING, Place.ISSUER, usd(2)),
        Move(Place.ACTIVE, Place.ISSUER, usd(3)),
        Move(Place.DEBT, Place.ISSUER, usd(4)),
    )
    assert cash_moves(entry_of(Op.RETURN, *moves, cents=9)) == (
        CashMove(MoveKind.CASHBACK_ISSUED, "harvest", "USD", -5),
        CashMove(MoveKind.CASHBACK_OWED, "harvest", "USD", 4),
    )


def test_what_a_partner_honours_the_network_pays_out():
    moves = (SPENT, Move(Place.ACTIVE, Place.ACCEPTOR, usd(2, "northpharm")))
    shares = [("harvest", 18), ("northpharm", 2)]
    honoured = cash_moves(entry_of(Op.SPEND, *moves, cents=20, partner="city-market"))
    assert honoured == tuple(CashMove(MoveKind.CASHBACK_REDEEMED, issuer, "USD", cents) for issuer, cents in shares)
    paid = cash_moves(entry_of(Op.PAYOUT, *moves, cents=20, partner="network"))
    assert paid == tuple(CashMove(MoveKind.CASHBACK_PAID_OUT, issuer, "USD", cents) for issuer, cents in shares)


def test_a_closed_account_forfeits_every_currency_by_itself():
    moves = (
        Move(Place.ACTIVE, Place.BREAKAGE, usd(7)),
        Move(Place.PENDING, Place.BREAKAGE, usd(1)),
        Move(Place.ACTIVE, Place.BREAKAGE, usd(9, unit="EUR")),
        Move(Place.ADJUSTMENT, Place.DEBT, usd(3, "northpharm")),
    )
    assert cash_moves(entry_of(Op.CLOSE, *moves, partner="network", currency=None)) == (
        CashMove(MoveKind.CASHBACK_FORFEITED, "harvest", "EUR", 9),
        CashMove(MoveKind.CASHBACK_FORFEITED, "harvest", "USD", 8),
        CashMove(MoveKind.CASHBACK_WRITTEN_OFF, "northpharm", "USD", 3),
    )


def test_cashback_that_stays_with_members_is_no_move():
    between = Move(Place.ACTIVE, Place.TRANSFER, usd(7)), Move(Place.TRANSFER, Place.DEBT, usd(2))
    assert cash_moves(entry_of(Op.JOIN, *between, Move(Place.PENDING, Place.ACTIVE, usd(3)))) == ()


def test_a_line_of_points_alone_says_nothing_of_cashback():
    assert (line_of(entry()).cashback_cents, line_of(entry()).cash) == (None, ())


@pytest.mark.parametrize(
    "broken",
    [
        entry_of(Op.EARN, GRANT, cents=17),
        entry_of(Op.EARN, GRANT),
        entry_of(Op.EARN, cents=18),
        entry_of(Op.EARN, GRANT, cents=18, currency="EUR"),
        entry_of(Op.EARN, GRANT, cents=18, partner="northpharm"),
        entry_of(Op.EARN, Move(Place.ISSUER, Place.ACTIVE, usd(18, unit="$")), cents=18, currency="$"),
        entry_of(Op.ADJUST, GRANT, cents=18),
        entry_of(Op.LAPSE, SPENT, cents=18),
        entry_of(Op.SPEND, Move(Place.HELD, Place.ACCEPTOR, usd(18)), cents=18),
        entry_of(Op.ADJUST, Move(Place.ADJUSTMENT, Place.ACTIVE, usd(18))),
    ],
)
def test_cashback_that_can_not_be_accounted_for_is_malformed(broken):
    with pytest.raises(MalformedEntryError):
        line_of(broken)
