"""The trial balance of an earlier day is what it was on that day, but for what the bank booked on another day."""

import json
import random
import zlib
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.books.money import (
    BANK,
    DEPOSITS,
    IN_TRANSIT,
    MoneyBalance,
    bank_contradictions,
    deposit_contradictions,
    money_balance,
)
from partners.books.money_service import MOST_READINGS, MoneyBooked
from partners.books.month_money import (
    bridge_contradictions,
    money_contradictions_since,
    money_document,
    recorded_late,
)
from partners.books.past import booked_cents, settlement_at
from partners.settlement.payments.advances import Advance
from partners.settlement.payments.agreed import Agreed, approved, proposed
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.legs import Booked, LegState
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.sums import Known, moves_of, sums_of
from partners.settlement.payments.telling import BankWord
from partners.settlement.statements.model import CameAs
from shared.kernel.clock import DAY_MS, utc_day
from shared.kernel.errors import ConflictError, StoreUnavailableError, UnprocessableError
from tests.fakes.collateral import default_by_two
from tests.support.examples import examples
from tests.unit.partners.settlement.deposit_office import PREPAID, DepositOffice
from tests.unit.partners.settlement.test_deposits_conserved import anything
from tests.unit.partners.settlement.test_funds import Paying


def at_the_bank(rng: random.Random, office: DepositOffice, number: int) -> None:
    """The bank has booked a payment of a window's settlement, some day near today."""
    for one in office.payments().settlements(number):
        for leg in rng.sample(one.legs, min(2, len(one.legs))):
            day = utc_day(office.clock() + rng.randint(-2, 1) * DAY_MS)
            arrived = rng.random() < 0.8
            state = LegState.SUCCEEDED if arrived else LegState.RETURNED
            word = BankWord(leg.key, state, day, Booked(arrived, day, day))
            try:
                office.payments().tell(number, one.currency, [word], "bank")
            except (ConflictError, UnprocessableError):
                continue


def as_shown(found: MoneyBooked) -> tuple[dict[tuple[str, str], tuple[int, int]], Counter[str]]:
    """Each account but the bank's with its two sides, and what is in the bank and in transit together."""
    there = Counter[str]()
    for one in found.accounts:
        there[one.currency] += one.balance if one.account in (BANK, IN_TRANSIT) else 0
    others = (one for one in found.accounts if one.account not in (BANK, IN_TRANSIT))
    return {(one.currency, one.account): (one.debits, one.credits) for one in others}, there


def in_bank(found: MoneyBooked) -> int:
    return sum(one.balance for one in found.accounts if one.account == BANK)


@settings(max_examples=examples(quick=2, full=60), deadline=None)
@given(st.integers(0, 10**9))
def test_the_balance_of_a_day_s_end_is_shown_of_it_for_ever(seed: int) -> None:
    rng = random.Random(seed)
    office = DepositOffice(seed, entries=24, days=4)
    shown: dict[str, tuple[MoneyBooked, bytes]] = {}
    kept: bytes | None = None
    for window in range(1, 4):
        for partner_id in PREPAID:
            office.pays(partner_id, rng.randrange(1, 900), f"{partner_id}-{window}")
        assert office.pass_days(1) == window
        office.payments().calculate(window, "ann")
        for _ in range(12):
            anything(rng, office, rng.randint(max(1, window - 2), window))
            at_the_bank(rng, office, rng.randint(1, window))
            office.clock.advance(ms=60_000)
        office.payments().work()
        office.clock.now_ms = (office.clock.now_ms // DAY_MS + 1) * DAY_MS - 1
        was = office.money_books().balance()
        office.clock.advance(ms=1)
        day = utc_day(was.at_ms)
        last_day = max(shown, default="2026-01-01")
        opened = office.money_books().balance(date.fromisoformat(last_day))
        before, kept = kept, money_document(day, opened, was, kept)
        assert bridge_contradictions(kept, before) == []
        shown[day] = was, kept
    for day, (was, kept) in shown.items():
        assert kept is not None
        found = office.money_books().balance(date.fromisoformat(day))
        assert (found.at_ms, found.contradictions) == (was.at_ms, ())
        assert as_shown(found) == as_shown(was)
        assert sum(one.balance for one in found.accounts) == 0
        assert in_bank(found) - in_bank(was) == sum(one.cents for one in found.in_transit)
        assert money_contradictions_since(kept, found) == []
        assert len(recorded_late(kept, found)) == len(found.in_transit)


def test_what_was_advanced_counts_since_it_was_agreed_on_and_of_rows_of_before_since_what_is_known() -> None:
    nothing = Agreed("USD", Advance())
    first = replace(proposed(nothing, Advance(300), "ann", "until Monday", 1_000), version=1)
    held = replace(approved(first, 1, "bob", "so be it", 2_000), version=2)
    more = replace(approved(proposed(held, Advance(500), "ann", "more", 3_000), 2, "bob", "yes", 4_000), version=4)

    def cents(one: Agreed[Advance], *moments: int) -> list[int]:
        return [one.at(at_ms, Advance()).advanced_cents for at_ms in moments]

    assert cents(more, 0, 1_999, 2_000, 3_999, 4_000) == [0, 0, 300, 300, 500]
    before = replace(held, since=())
    assert cents(before, 1_999, 2_000) == [0, 300]
    # What is agreed on next keeps that date.
    assert proposed(before, Advance(500), "ann", "more", 3_000).since == held.since[1:]
    waits = replace(proposed(held, Advance(500), "ann", "more", 3_000), since=())
    assert cents(waits, 2_999, 3_000) == [0, 300]
    assert cents(Agreed("USD", Advance(300), version=3), 0) == [300]


def test_a_default_shows_since_it_was_agreed_on_and_its_collateral_is_taken_when_creditors_are_paid() -> None:
    paying = Paying()
    payments = paying.payments
    paying.submit(paying.windows.close(alpha=-900, beta=500, gamma=400))
    payments.tell(1, "USD", [BankWord("1-USD:alpha:in:1", LegState.FAILED)], "bank")
    before_ms = paying.clock()
    paying.clock.advance(days=1)
    default_by_two(payments, 1, "USD", "alpha", 300)
    [default] = payments.settlement(1, "USD").defaults
    assert default.at_ms == paying.clock()
    agreed = payments.settlement(1, "USD")
    paying.clock.advance(days=1)
    payments.pay(1, "USD", "cleo")
    paid = payments.settlement(1, "USD")

    def shown(one: PaidSettlement, at_ms: int) -> tuple[int, int]:
        """What is used of alpha's collateral, and what was taken of it."""
        then = settlement_at(one, at_ms)
        assert then is not None
        moves = moves_of(then)
        return moves.used_cents.get("alpha", 0), sum(
            came for _, as_, came, _ in moves.moved if as_ is CameAs.COLLATERAL
        )

    assert [shown(paid, at_ms) for at_ms in (before_ms, default.at_ms, paying.clock())] == [
        (0, 0),
        (300, 0),
        (300, 300),
    ]
    for undated in (agreed, paid):
        of_before = replace(undated, defaults=(replace(default, at_ms=None),))
        assert of_before.decided_at_ms(of_before.defaults[0]) == default.at_ms
        of_one = replace(of_before, proposals=())
        assert of_one.decided_at_ms(of_one.defaults[0]) is None
    row = json.loads(zlib.decompress(settlement_to_bytes(paid)))
    del row["defaults"][0]["at_ms"]
    (read,) = settlement_from_bytes(zlib.compress(json.dumps(row).encode())).defaults
    assert read == replace(default, at_ms=None)


def test_what_the_bank_books_tomorrow_changes_its_settlement_then_and_goes_back_no_earlier_than_it_came() -> None:
    paying = Paying()
    paying.submit(paying.windows.close(alpha=-900, beta=500, gamma=400))
    now_ms = paying.clock()
    today, tomorrow = utc_day(now_ms), utc_day(now_ms + DAY_MS)
    midnight_ms = (now_ms // DAY_MS + 1) * DAY_MS

    def told(state: LegState, name: str, day: str) -> PaidSettlement:
        word = BankWord("1-USD:alpha:in:1", state, name, Booked(state is LegState.SUCCEEDED, name, day))
        return paying.payments.tell(1, "USD", [word], "bank")

    def in_the_bank(one: PaidSettlement) -> list[int]:
        return [booked_cents(one, at_ms) for at_ms in (midnight_ms - 1, midnight_ms)]

    arrived = told(LegState.SUCCEEDED, "B-1", tomorrow)
    assert in_the_bank(arrived) == [0, 900]
    # It is read whole for every day until then, finished or not.
    assert sums_of(arrived).last_ms == midnight_ms
    back = told(LegState.RETURNED, "B-2", today)
    assert back.troubles
    assert in_the_bank(back) == [0, 0]


def test_settlements_that_change_while_they_are_read_are_read_again() -> None:
    """A window is closed, and its settlement calculated, when some of it has been read."""
    office = DepositOffice(3, entries=24, days=2)
    books, meanwhile = office.money_books(), iter((None,))
    windows = books._closed

    class Busy:
        def news(self, at_ms: int | None = None) -> Any:
            found = windows.news(at_ms)
            for _ in meanwhile:
                assert office.pass_days(2) == 1
                assert office.payments().calculate(1, "ann")
            return found

    books._closed = Busy()
    found = books.balance()
    assert found.contradictions == ()
    assert found.accounts == office.money_books().balance().accounts != ()


def test_settlements_that_change_as_fast_as_they_are_read_are_left_to_another_request() -> None:
    office = DepositOffice(3, entries=24, days=2)
    office.pass_days(1)
    office.payments().calculate(1, "ann")
    books = office.money_books()
    payments, reads = books._payments, count(1)

    def known() -> Known:
        found = payments.known()
        return replace(found, unfinished=tuple(replace(one, version=next(reads)) for one in found.unfinished))

    books._payments = SimpleNamespace(known=known, get=payments.get, moves=payments.moves)  # type: ignore[assignment]
    with pytest.raises(StoreUnavailableError, match="did not answer"):
        books.balance()
    assert next(reads) == MOST_READINGS + 2
    assert office.money_books().balance().contradictions == ()


def test_as_of_now_all_that_is_there_counts_whatever_clock_it_was_recorded_by() -> None:
    office = DepositOffice(3, entries=24, days=2)
    office.pays("harvest", 500, "paid")
    office.clock.now_ms -= 1
    office.pays("harvest", 700, "paid earlier")
    office.clock.now_ms -= 1
    assert office.money()["(deposits)"] == -1_200


def test_collateral_that_is_used_and_not_taken_yet_is_held_and_what_is_not_held_is_said() -> None:
    paying = Paying()
    paying.submit(paying.windows.close(alpha=-900, beta=500, gamma=400))
    paying.payments.tell(1, "USD", [BankWord("1-USD:alpha:in:1", LegState.FAILED)], "bank")
    default_by_two(paying.payments, 1, "USD", "alpha", 300)
    agreed = paying.payments.settlement(1, "USD")
    paying.payments.pay(1, "USD", "cleo")
    paid = paying.payments.settlement(1, "USD")
    for one, paid_in in ((agreed, 700), (paid, 700)):
        moves = [moves_of(one)]
        accounts = money_balance({}, moves, [(("USD", DEPOSITS), paid_in)])
        assert deposit_contradictions(accounts, moves, [one], {"USD": paid_in}) == []
        assert deposit_contradictions(accounts, moves, [one], {"USD": paid_in + 5})
        assert bank_contradictions(accounts, moves, [("USD", paid_in)]) == []
    assert bank_contradictions(accounts, moves, [("USD", paid_in + 5)]) == [
        "700 cents of USD are in the bank by the trial balance, 705 were booked"
    ]


def test_a_month_that_opens_with_something_else_or_lost_an_account_is_said() -> None:
    nothing = MoneyBooked(0, ())
    one, other = (MoneyBooked(0, (MoneyBalance("USD", "beta", cents, 0),)) for cents in (500, 700))
    november = money_document("2026-11", nothing, one, None)
    assert bridge_contradictions(november, None) == []
    assert bridge_contradictions(money_document("2026-12", one, other, november), november) == []
    # The close before is not what it comes to now, for no reason that the bank gives.
    changed = money_document("2026-12", other, other, november)
    assert bridge_contradictions(changed, november) == [
        "beta in USD: the month before closed with 500 cents, and comes to 700 now"
    ]
    elsewhere = money_document("2026-12", other, other, None)
    assert bridge_contradictions(elsewhere, november) == [
        "beta in USD: the month before closed with 500 cents, this one opens with 700"
    ]
    assert bridge_contradictions(money_document("2026-12", nothing, nothing, None), november) == [
        "beta in USD: the month before closed with 500 cents, this one has none"
    ]
    assert money_contradictions_since(november, other) == [
        "beta in USD is kept as 500 cents of debits and 0 of credits, and comes to 700 cents of debits and 0 of "
        "credits now"
    ]
