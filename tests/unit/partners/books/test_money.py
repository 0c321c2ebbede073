"""The trial balance of money: zero whatever happens to payments, and the same as what is open item by item."""

import random
from dataclasses import replace

import pytest

from partners.books.money import DEPOSITS, money_balance, money_contradictions
from partners.books.receivables import SettledDebts
from partners.contracts.model import NETWORK
from partners.settlement.by_party import nets_of, news_of
from partners.settlement.model import Book, Carried, CurrencySettlement, GrossLine, LineKind, PartnerPosition
from partners.settlement.payments import model
from partners.settlement.payments.consequences import carries
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.sums import moves_of
from tests.unit.partners.settlement.test_payments import anything, collected, owing


def book(new: dict[str, int], carried: tuple[Carried, ...] = ()) -> Book:
    """Of a window in which `new` came up and `carried` was brought."""
    lines: dict[str, list[GrossLine]] = {party: [] for party in (*new, *(one.party for one in carried), NETWORK)}
    for one in carried:
        for party, cents in ((one.party, one.amount_cents), (NETWORK, -one.amount_cents)):
            line = GrossLine(LineKind.CARRIED, one.party, None, 0, 0, cents * 10_000, reference=one.reference)
            lines[party].append(line)
    rest = {**new, NETWORK: -sum(new.values())}
    positions = []
    for party, own in lines.items():
        cents = rest.get(party, 0) + sum(line.amount_micros for line in own) // 10_000
        positions.append(PartnerPosition(party, tuple(own), cents * 10_000, cents))
    return Book((CurrencySettlement("USD", tuple(positions), ()),), (), ())


def noted(one: PaidSettlement) -> PaidSettlement:
    return replace(one, carried=tuple(carried.reference for carried in carries(one)))


def found(books: dict[int, Book], settlements: list[PaidSettlement], carried: tuple[Carried, ...]) -> list[str]:
    news = {number: news_of(nets_of(book)) for number, book in books.items()}
    balances, by_id = money_balance(news, map(moves_of, settlements)), {one.settlement_id: one for one in settlements}
    settled = {one.window for one in settlements}
    return money_contradictions(
        balances, news, settlements, settled, [7, 8], lambda number: carried if number == 8 else (), by_id.get
    )


@pytest.mark.parametrize("name", ["bank", "collateral", "deposits", "advances"])
def test_a_partner_by_the_name_of_an_account_is_no_account(name):
    one = owing(**{name: -900, "beta": 400})
    paid = collected(one)
    first = book({name: -900, "beta": 400})
    assert found({7: first}, [one], ()) == found({7: first}, [paid], ()) == []
    balances = money_balance({7: news_of(nets_of(first))}, [moves_of(paid)], [(("USD", DEPOSITS), 50)])
    assert {one.account: one.balance for one in balances} == {
        "(bank)": 950,
        "(deposits)": -50,
        name: 0,
        "beta": -400,
        "network": -500,
    }


@pytest.mark.parametrize("seed", range(12))
def test_the_balance_is_zero_and_agrees_item_by_item_whatever_happens(seed):
    rng = random.Random(seed)
    owed = {party: rng.randrange(-900, 900) for party in ("alpha", "beta", "gamma", "delta")}
    one = owing(**owed)
    first = book(owed)
    for _ in range(40):
        one = anything(rng, one)
        carried = carries(one)
        assert found({7: first}, [noted(one)], carried) == []
        assert found({7: first}, [one], carried) == []
    second = book({"alpha": -50, "beta": 20}, carried)
    assert found({7: first, 8: second}, [noted(one)], carried) == []
    follows = model.calculated(8, nets_of(second)[0], "ann", 1)
    assert found({7: first, 8: second}, [noted(one), follows], carried) == []


def test_before_anything_is_paid_accounts_are_what_parties_owe():
    balances = money_balance({7: news_of(nets_of(book({"alpha": -500, "beta": 300})))}, [])
    assert [(one.account, one.debits, one.credits, one.balance) for one in balances] == [
        ("alpha", 500, 0, 500),
        ("beta", 0, 300, -300),
        ("network", 0, 200, -200),
    ]


def test_what_is_lost_on_its_way_to_another_window_and_a_window_out_of_balance_are_said():
    first, one = book({"alpha": -500, "beta": 300}), owing(alpha=-500, beta=300)
    lost = replace(one, history=(*one.history, replace(one.history[0], stage=model.Stage.ABORTED)))
    assert carries(lost)
    assert found({7: first}, [noted(lost)], ()) == [
        "alpha owes 500 cents by the trial balance, 0 item by item in USD",
        "beta owes -300 cents by the trial balance, 0 item by item in USD",
    ]
    off = replace(first.currencies[0], positions=first.currencies[0].positions[:2])
    assert "the trial balance of USD is 200 cents, not 0" in found({7: replace(first, currencies=(off,))}, [one], ())


def test_receivables_that_lose_a_debt_are_said(monkeypatch):
    first, one = book({"alpha": -500, "beta": 300}), owing(alpha=-500, beta=300)
    assert found({7: first}, [one], ()) == []
    monkeypatch.setattr(SettledDebts, "receivables", lambda debts: [])
    assert found({7: first}, [one], ()) == ["receivables of alpha are 0 cents in USD, 500 by the trial balance"]


def test_what_is_deposited_and_advanced_is_in_the_bank_and_owed():
    brought = [(("USD", "(deposits)"), 1_000), (("USD", "(deposits)"), -300), (("USD", "(advances)"), 50)]
    balances = money_balance({}, [], brought)
    assert [(one.account, one.debits, one.credits, one.balance) for one in balances] == [
        ("(advances)", 0, 50, -50),
        ("(bank)", 1_050, 300, 750),
        ("(deposits)", 300, 1_000, -700),
    ]
    assert money_contradictions(balances, {}, [], set(), [], lambda _: (), {}.get) == []
