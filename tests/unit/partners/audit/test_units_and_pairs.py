"""Cashback has books of its own, and what goes from one account to another arrives."""

from dataclasses import replace

import pytest

from partners.audit.conservation import issuer_books
from partners.audit.model import Check
from tests.unit.ledger.commands import CASH_RATES, earn, transfer
from tests.unit.partners.audit.world import MINUTE_MS, World

ANN, BOB = "0000000042", "0000000043"


@pytest.fixture
def world() -> World:
    return World()


def test_a_sound_book_adds_up_per_issuer_and_currency(world):
    world.live_on_cashback()
    total = world.verdict().total
    assert total.findings == ()
    books = {(book.issuer, book.unit): book for book in issuer_books(total)}
    assert list(books) == [("alpha", "points"), ("alpha", "USD"), ("beta", "points"), ("beta", "EUR")]
    dollars = books["alpha", "USD"]
    assert (dollars.issued, dollars.redeemed, dollars.expired) == (4_000, 1_500 - 300 + 1_200, 1_600)
    euros = books["beta", "EUR"]
    assert (euros.issued, euros.redeemed, euros.reversed) == (200, 150, 50 + 150)
    assert (euros.adjusted, euros.owed) == (0, 150)
    assert all(book.unaccounted == 0 and book.between == 0 for book in books.values())


def test_cashback_out_of_nothing(world):
    world.clock.advance(ms=MINUTE_MS)
    bought = earn("cash", world.clock.now_ms, 300, member=ANN, rates=CASH_RATES, cashback_cents=2_000)
    last = world.ledger.apply(bought).entry
    (lot,) = last.account.cash
    world.forge(ANN, last.seq, account=replace(last.account, cash=(replace(lot, quantity=9_000),)))
    found = [what for subject, check, what in world.found() if (subject, check) == ("alpha", Check.BOOK)]
    assert found == [
        "2,000 cents of cashback in USD came into being, -7,000 are unaccounted for",
        "accounts hold 9,000 active cents of cashback in USD, their entries moved 2,000 there",
    ]


def given_and_not_taken(world: World) -> None:
    """The giver's entry stands, the taker's is gone."""
    world.clock.advance(ms=MINUTE_MS)
    world.ledger.apply_pair(transfer("give", world.clock.now_ms, 30, BOB, member=ANN))
    world.journal.items[BOB].pop()


def test_points_that_left_one_account_and_reached_no_other(world):
    given_and_not_taken(world)
    found = world.found()
    assert ("beta", Check.BOOK, "30 points left one account and reached no other") in found


def test_a_scan_that_saw_one_half_of_a_young_pair_finds_nothing(world):
    given_and_not_taken(world)
    total = world.verdict(settled_for_ms=30 * MINUTE_MS).total
    assert total.findings == ()
    [_, beta] = issuer_books(total)
    assert (beta.between, beta.unaccounted) == (30, 0)
