"""A purchase's entry whose points wait or expire otherwise than its terms say, though all else follows from it."""

from dataclasses import replace

import pytest

from partners.audit.agreed import breach
from partners.audit.model import Check
from shared.kernel.clock import DAY_MS, month_number
from shared.ledger.codec import entry_from_item
from shared.ledger.model import Place
from tests.fakes.contract_book import agree, new_terms
from tests.unit.ledger.commands import CASH_RATES, earn, enrol
from tests.unit.partners.audit.world import World

MEMBER = "0000000042"


@pytest.fixture
def world() -> World:
    """One member, whose last entry is a purchase that is two days old and waits for twelve more."""
    world = World(members=0)
    world.members = [MEMBER]
    world.ledger.apply(enrol("j", world.clock.now_ms, member=MEMBER))
    agree(world.contracts, "alpha", new_terms(waiting_days=14))
    terms = world.contracts.terms("alpha")[-1]
    now_ms = world.clock.now_ms
    bought_ms = now_ms - 2 * DAY_MS
    purchase = earn(
        "w",
        now_ms,
        100,
        member=MEMBER,
        occurred_at_ms=bought_ms,
        expiry_month=month_number(bought_ms) + terms.expiry_months,
        matures_at_ms=bought_ms + 14 * DAY_MS,
        rates=replace(CASH_RATES, terms_version=terms.version),
        cashback_cents=40,
    )
    world.ledger.apply(purchase)
    world.post()
    return world


def forged(world, **changes):
    seq = world.count(MEMBER)
    world.forge(MEMBER, seq, **changes)
    return [found[1:] for found in world.found() if found[0] == f"{MEMBER}-{seq}" and found[1] is not Check.POSTING]


def last(world):
    return entry_from_item(world.item(MEMBER, world.count(MEMBER)))


def test_a_purchase_that_is_as_agreed_is_no_finding(world):
    assert [lot.quantity for lot in last(world).lots_to(Place.PENDING)] == [100, 40]
    assert world.found() == []


@pytest.mark.parametrize("days", [-1, 1])
def test_what_matures_earlier_or_later_than_agreed(world, days):
    account = last(world).account
    moved = tuple(replace(one, matures_at_ms=one.matures_at_ms + days * DAY_MS) for one in account.pending)
    why = "what it grants can be spent from another moment on than terms 1 say"
    assert forged(world, account=replace(account, pending=moved)) == [(Check.TERMS, why)]


def test_what_is_active_at_once_though_it_should_wait(world):
    entry = last(world)
    points, cashback = entry.moves[-2:]
    active = tuple(replace(move, target=Place.ACTIVE) for move in (points, cashback))
    account = replace(
        entry.account, pending=(), lots=(*entry.account.lots, points.lot), cash=(*entry.account.cash, cashback.lot)
    )
    why = "what it grants can be spent from another moment on than terms 1 say"
    assert forged(world, moves=(*entry.moves[:-2], *active), account=account) == [(Check.TERMS, why)]


@pytest.mark.parametrize("months", [3, None])
def test_cashback_that_expires_otherwise_than_agreed(world, months):
    """By these terms it never does, by others it does after three months."""
    entry, terms = last(world), world.contracts.terms("alpha")[-1]
    agreed = replace(terms, cashback_expiry_months=months)
    assert (breach(entry, agreed) is None) == (months is None)
    month = month_number(entry.occurred_at_ms) + 3
    *others, cashback = entry.moves
    brief = replace(entry, moves=(*others, replace(cashback, lot=replace(cashback.lot, expiry_month=month))))
    why = "its cashback expires in another month than terms 1 say, or never"
    assert breach(brief, agreed) == (why if months is None else None)


def test_points_that_expire_later_than_agreed(world):
    entry = last(world)
    *others, points, cashback = entry.moves
    later = replace(points.lot, expiry_month=points.lot.expiry_month + 1)
    waiting, of_cashback = entry.account.pending
    pending = (replace(waiting, lot=later), of_cashback)
    moves = (*others, replace(points, lot=later), cashback)
    why = "its points expire in another month than terms 1 say"
    assert forged(world, moves=moves, account=replace(entry.account, pending=pending)) == [(Check.TERMS, why)]
