"""The books in money: they bridge over months whose prices change, and what contradicts them is said."""

import json
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.books import service
from partners.books.amounts import AMOUNTS, QUANTITIES
from partners.books.checks import amounts_contradictions
from partners.books.document import Methods, closed_with, document_of, methods_of, rolls_of
from partners.books.model import Count
from partners.books.valuation import HIGHEST, OF_ITS_ISSUER, Priced, Valuation
from partners.contracts.exchange import ExchangeRate
from shared.kernel.canonical import canonical_json
from shared.kernel.clock import DAY_MS
from shared.ledger.model import Place
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.unit.partners.books.world import World

HIGH = 10**7
JUNE_2028, SEPTEMBER_2028 = 24_341, 24_344


def priced_world(seed: int) -> World:
    """Each partner's redeem price changes now and then, and so does what a euro is worth."""
    world = World(seed, steps=40)
    began_ms = world.coalition.entries[0].recorded_at_ms
    world.contracts = contracts_of("alpha", "beta", clock=FakeClock(began_ms))
    world.contracts.create_partner("gamma", "Gamma", "EUR")
    rng = random.Random(seed)
    for partner_id in ("alpha", "beta", "gamma"):
        other = "USD" if partner_id == "gamma" else "EUR"
        for from_ms in [0, *sorted(began_ms + rng.randrange(DAY_MS, 90 * DAY_MS) for _ in range(rng.randrange(4)))]:
            rates = (ExchangeRate(other, rng.randrange(5 * 10**8, 2 * 10**9)),)
            prices = {"issue_price_micros": HIGH, "redeem_price_micros": rng.randrange(10**4), "exchange_rates": rates}
            agree(world.contracts, partner_id, new_terms(from_ms, **prices))
    world.coalition.clock.advance(days=32)
    return world


@settings(max_examples=8)
@given(st.integers(0, 10**9))
def test_money_bridges_over_months_in_which_prices_change(seed):
    world = priced_world(seed)
    closed: dict[tuple[str, str, int], int] = {}
    totals: Counter[tuple[str, str]] = Counter()
    for run in world.close_all():
        assert run.contradictions == ()
        read = json.loads(world.book.documents[run.digest])
        cohorts = read["cohorts"]
        for row in (*cohorts, *read["issuers"], *read["totals"]):
            *to_here, closing = (row[name] for name in AMOUNTS)
            assert sum(to_here) == closing
        assert Counter(
            {(row["issuer"], row["unit"], row["expiry_month"]): row["opening_micros"] for row in cohorts}
        ) == (Counter(closed))
        closed = {(row["issuer"], row["unit"], row["expiry_month"]): row["closing_micros"] for row in cohorts}
        assert Counter({(row["currency"], row["unit"]): row["opening_micros"] for row in read["totals"]}) == totals
        totals = Counter({(row["currency"], row["unit"]): row["closing_micros"] for row in read["totals"]})
        for name in (*QUANTITIES, *AMOUNTS):
            for by, sums in ((("issuer", "unit"), read["issuers"]), (("currency", "unit"), read["totals"])):
                added: Counter[tuple[str, ...]] = Counter()
                for row in cohorts:
                    added[tuple(row[one] for one in by)] += row[name]
                assert added == Counter({tuple(row[one] for one in by): row[name] for row in sums})
        paid = {one["partner_id"]: one["redeem_price_micros"] for one in read["valuation"]["partners"]}
        for row in cohorts:
            if row["unit"] == "points" and row["closing"] > 0:
                there = ("gamma",) if row["currency"] == "EUR" else ("alpha", "beta")
                assert row["closing_micros"] >= row["closing"] * max(paid[one] for one in there)


def test_books_with_prices_are_the_same_when_they_are_counted_again():
    world = priced_world(7)
    for run in world.close_all():
        assert world.books().recount(run.run_id) == service.Recounted(same=True, contradictions=())


ISSUER, ACTIVE, ACCEPTOR, DEBT = Place.ISSUER, Place.ACTIVE, Place.ACCEPTOR, Place.DEBT
NOVEMBER, DECEMBER = 24_322, 24_323
FIRST = Count(
    2,
    5,
    {},
    {
        ("alpha", "points", JUNE_2028, ISSUER, ACTIVE): 300,
        ("network", "points", JUNE_2028, Place.ADJUSTMENT, ACTIVE): 40,
    },
)
SECOND = Count(
    2,
    7,
    FIRST.within,
    {
        ("alpha", "points", JUNE_2028, ACTIVE, ACCEPTOR): 100,
        ("beta", "EUR", SEPTEMBER_2028, ISSUER, ACTIVE): 250,
        ("alpha", "points", 0, ACTIVE, DEBT): 7,
    },
    honoured={("alpha", "points", "beta"): 100},
    paid={("alpha", "points", "beta", "USD", 5_000): 120, ("alpha", "points", "beta", "USD", 4_000): -20},
)


OLD = (
    '{"breakage":{"cohorts":[{"ages":[[300,100,0]],'
    '"ended":false,"estimated_breakage":null,"expiry_month":24341,"first_month":24323,"issuer":"alpha",'
    '"unit":"points"},'
    '{"ages":[[250,0,0]],'
    '"ended":false,"estimated_breakage":null,"expiry_month":24344,"first_month":24323,"issuer":"beta",'
    '"unit":"EUR"},'
    '{"ages":[[40,0,0]],'
    '"ended":false,"estimated_breakage":null,"expiry_month":24341,"first_month":24323,"issuer":"network",'
    '"unit":"points"}],'
    '"method":"chain-ladder","version":1},"cohorts":[{"adjusted":0,"closing":200,"closing_micros":1000000,'
    '"expired":0,"expiry_month":24341,"given_back":0,"issued":0,"issuer":"alpha","moved":0,"opening":300,'
    '"redeemed":-100,"taken_back":0,"unit":"points"},'
    '{"adjusted":0,"closing":250,"closing_micros":2500000,"expired":0,"expiry_month":24344,"given_back":0,'
    '"issued":250,"issuer":"beta","moved":0,"opening":0,"redeemed":0,"taken_back":0,"unit":"EUR"},'
    '{"adjusted":0,"closing":40,"closing_micros":240000,"expired":0,"expiry_month":24341,"given_back":0,'
    '"issued":0,"issuer":"network","moved":0,"opening":40,"redeemed":0,"taken_back":0,"unit":"points"}],'
    '"entries":7,"format":"tessera-books/1","issuers":[{"adjusted":0,"closing":200,"closing_micros":1000000,'
    '"expired":0,"expiry_month":0,"given_back":0,"issued":0,"issuer":"alpha","moved":0,"opening":300,'
    '"redeemed":-100,"taken_back":0,"unit":"points"},'
    '{"adjusted":0,"closing":250,"closing_micros":2500000,"expired":0,"expiry_month":0,"given_back":0,'
    '"issued":250,"issuer":"beta","moved":0,"opening":0,"redeemed":0,"taken_back":0,"unit":"EUR"},'
    '{"adjusted":0,"closing":40,"closing_micros":240000,"expired":0,"expiry_month":0,"given_back":0,'
    '"issued":0,"issuer":"network","moved":0,"opening":40,"redeemed":0,"taken_back":0,"unit":"points"}],'
    '"matrix":[{"acceptor":"beta","issuer":"alpha","quantity":100,"unit":"points"}],'
    '"members":2,"month":"2026-12","trial_balance":[{"account":"issuer:beta","closing":-250,"credits":250,'
    '"debits":0,"opening":0,"unit":"EUR"},'
    '{"account":"members:active","closing":250,"credits":0,"debits":250,"opening":0,"unit":"EUR"},'
    '{"account":"acceptor:beta","closing":100,"credits":0,"debits":100,"opening":0,"unit":"points"},'
    '{"account":"adjustment:network","closing":-40,"credits":0,"debits":0,"opening":-40,"unit":"points"},'
    '{"account":"issuer:alpha","closing":-300,"credits":0,"debits":0,"opening":-300,"unit":"points"},'
    '{"account":"members:active","closing":233,"credits":107,"debits":0,"opening":340,"unit":"points"},'
    '{"account":"members:debt","closing":7,"credits":0,"debits":7,"opening":0,"unit":"points"}]}'
)


def valued(alpha_micros: int, beta_micros: int) -> Valuation:
    prices = {"alpha": alpha_micros, "beta": beta_micros}
    return Valuation(tuple(Priced(one, "USD", True, 1, price) for one, price in prices.items()), "USD")


NOVEMBER_BOOKS = document_of("2026-11", NOVEMBER, FIRST, {}, valued(1_000, 5_000), 1)
DECEMBER_BOOKS = document_of("2026-12", DECEMBER, SECOND, {NOVEMBER: NOVEMBER_BOOKS}, valued(6_000, 2_000), 1)


def row_of(document: bytes, name: str, issuer: str, unit: str = "points"):
    (row,) = (row for row in json.loads(document)[name] if (row["issuer"], row["unit"]) == (issuer, unit))
    return row


def test_a_month_by_hand_in_which_the_highest_price_rises():
    alpha = row_of(DECEMBER_BOOKS, "issuers", "alpha")
    assert {name: alpha[name] for name in AMOUNTS if alpha[name]} == {
        "opening_micros": 1_500_000,
        "redeemed_micros": -600_000,
        "repriced_micros": 300_000,
        "closing_micros": 1_200_000,
    }
    cash = row_of(DECEMBER_BOOKS, "issuers", "beta", "EUR")
    assert (cash["currency"], cash["issued_micros"], cash["closing_micros"]) == ("EUR", 2_500_000, 2_500_000)
    network = row_of(DECEMBER_BOOKS, "issuers", "network")
    assert (network["currency"], network["opening_micros"], network["closing_micros"]) == ("USD", 200_000, 240_000)
    (dollars,) = (row for row in json.loads(DECEMBER_BOOKS)["totals"] if row["currency"] == "USD")
    assert (dollars["opening_micros"], dollars["closing_micros"], dollars["closing"]) == (1_700_000, 1_440_000, 240)


def test_what_members_hold_can_cost_the_closing_without_what_they_owe():
    owing = {**SECOND.within, ("alpha", "points", 0, DEBT, ISSUER): 30}
    document = document_of("2026-12", DECEMBER, replace(SECOND, within=owing), {}, valued(6_000, 2_000), 1)
    (points,) = (row for row in json.loads(document)["totals"] if row["unit"] == "points")
    assert (points["closing_micros"], points["owed_micros"]) == ((240 - 30) * 6_000, -30 * 6_000)
    wrong = changed(document, "totals", 1, owed_micros=1)
    assert "the sums of the books over 2 rows are not what the rows come to" in amounts_contradictions(wrong, None)


def test_what_was_paid_is_at_the_price_of_each_entry():
    matrix = json.loads(DECEMBER_BOOKS)["matrix"]
    honoured = {"issuer": "alpha", "unit": "points", "acceptor": "beta", "currency": "USD"}
    assert matrix == [{**honoured, "quantity": 100, "paid_micros": 120 * 5_000 - 20 * 4_000}]


def test_what_gamma_grants_cheaply_is_valued_at_what_beta_is_paid_for_it():
    assert row_of(NOVEMBER_BOOKS, "cohorts", "alpha")["closing_micros"] == 300 * 5_000


def changed(document: bytes, name: str, place: int, **changes: int) -> bytes:
    read = json.loads(document)
    read[name][place].update({key: read[name][place][key] + by for key, by in changes.items()})
    return canonical_json(read)


def test_books_that_hold_contradict_nothing():
    assert amounts_contradictions(NOVEMBER_BOOKS, None) == []
    assert amounts_contradictions(DECEMBER_BOOKS, NOVEMBER_BOOKS) == []


@pytest.mark.parametrize("name", ["cohorts", "issuers", "totals"])
@pytest.mark.parametrize("column", AMOUNTS)
def test_a_row_that_does_not_bridge_is_said(name, column):
    found = amounts_contradictions(changed(DECEMBER_BOOKS, name, 0, **{column: 3}), NOVEMBER_BOOKS)
    assert any(
        words.endswith(f"miss the closing by {3 if column == 'closing_micros' else -3:,} micros") for words in found
    )


def test_an_opening_that_is_not_the_closing_of_the_month_before_is_said():
    before = changed(NOVEMBER_BOOKS, "cohorts", 0, closing_micros=1)
    said = "alpha, points, 2028-06-30: the month before closed with 1,500,001 micros, this one opens with 1,500,000"
    assert said in amounts_contradictions(DECEMBER_BOOKS, before)
    alone = amounts_contradictions(NOVEMBER_BOOKS, DECEMBER_BOOKS)
    assert any(words.startswith("beta, EUR") and words.endswith("opens with 0") for words in alone)


def test_books_made_after_another_closing_do_not_bridge():
    fewer = changed(NOVEMBER_BOOKS, "cohorts", 0, closing=-50, closing_micros=-250_000)
    december = document_of("2026-12", DECEMBER, SECOND, {NOVEMBER: fewer}, valued(6_000, 2_000), 1)
    assert any("miss the closing" in words for words in amounts_contradictions(december, fewer))


def test_an_amount_that_does_not_follow_from_the_prices_is_said():
    wrong = changed(DECEMBER_BOOKS, "cohorts", 0, redeemed_micros=5, repriced_micros=-5)
    assert any("redeemed is not valued at 6,000 micros each" in words for words in amounts_contradictions(wrong, None))
    read = json.loads(DECEMBER_BOOKS)
    read["valuation"]["partners"][0]["redeem_price_micros"] = 9_000
    found = amounts_contradictions(canonical_json(read), NOVEMBER_BOOKS)
    assert any("closing is not valued at 9,000 micros each" in words for words in found)
    assert any("prices of points are not what follows" in words for words in found)


def test_a_price_that_no_terms_compare_is_said():
    strange = Valuation((*valued(6_000, 2_000).partners, Priced("gamma", "EUR", True, 1, 9_000)), "USD")
    found = amounts_contradictions(document_of("2026-11", NOVEMBER, FIRST, {}, strange, 1), None)
    assert "points in USD are valued without the price of gamma: no terms have a rate" in found


def test_an_issuer_that_is_no_partner_is_said_and_keeps_no_month_open():
    alone = Valuation((Priced("beta", "EUR", True, 1, 3_000),), "EUR")
    document = document_of("2026-11", NOVEMBER, FIRST, {}, alone, 1)
    assert row_of(document, "cohorts", "alpha")["currency"] == "EUR"
    said = "alpha: there is no such partner, its points are valued as the network's"
    assert amounts_contradictions(document, None) == [said]


def test_books_of_the_first_format_keep_their_bytes_and_are_read():
    prices = {"alpha": 5_000, "network": 6_000}
    document = document_of("2026-12", DECEMBER, SECOND, {}, prices.__getitem__, 1)
    # As the books of before were written, to the byte.
    assert document.decode() == OLD
    assert methods_of(document) == Methods(1, OF_ITS_ISSUER)
    assert methods_of(NOVEMBER_BOOKS) == Methods(1, HIGHEST)
    assert amounts_contradictions(document, None) == []
    assert len(rolls_of(document)) == 3


def test_the_first_month_by_the_new_method_opens_with_the_old_closing_and_reprices_it(monkeypatch):
    world = priced_world(3)
    with monkeypatch.context() as patch:
        patch.setattr(service, "METHODS", Methods(valuation=OF_ITS_ISSUER))
        books = world.books()
        old = books.work(books.due(segments=2), for_ms=10**12)
    before = world.book.documents[old.digest]
    assert json.loads(before)["format"] == "tessera-books/1"
    runs = world.close_all()
    assert len(runs) > 1
    assert all(run.contradictions == () for run in runs)
    read = json.loads(world.book.documents[runs[1].digest])
    assert read["format"] == "tessera-books/2"
    closed = closed_with(before)
    assert any(row["repriced_micros"] for row in read["cohorts"])
    for row in read["cohorts"]:
        _, micros = closed.get((row["issuer"], row["unit"], row["expiry_month"]), (0, 0))
        assert row["opening_micros"] == micros
    for run in runs:
        assert world.books().recount(run.run_id) == service.Recounted(same=True, contradictions=())
    monkeypatch.setattr(service, "METHODS", Methods(valuation=OF_ITS_ISSUER))
    assert world.books().recount(runs[1].run_id).same
