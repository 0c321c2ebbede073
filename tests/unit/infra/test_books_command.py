"""`tessera books`: the tables of a month, and the verdict with its exit code."""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from infra.cli import __main__ as command
from partners.books import service
from partners.books.amounts import AMOUNTS
from partners.books.document import Methods
from partners.books.money_service import MoneyBooks
from partners.books.service import Recounted
from partners.books.valuation import OF_ITS_ISSUER
from partners.settlement.payments.agreed_store import AdvanceStore
from partners.settlement.payments.store import PaymentStore
from partners.settlement.window_store import WindowStore
from shared.kernel.clock import utc_day
from tests.fakes.contract_book import agree, new_terms
from tests.fakes.deposits import NothingPaidIn
from tests.unit.partners.books.world import World
from tests.unit.partners.settlement.test_payments import Paid, live


@pytest.fixture(scope="module")
def lived() -> World:
    world = World(3, steps=0)
    agree(world.contracts, "alpha", new_terms(redeem_price_micros=4_125))
    world.coalition.buys("alpha", 10_000)
    assert world.coalition.redeems("beta", 100) is not None
    world.coalition.clock.advance(days=31)
    world.close_all()
    return world


@pytest.fixture
def world(lived: World, monkeypatch: pytest.MonkeyPatch) -> World:
    world = deepcopy(lived)
    monkeypatch.setattr(command, "connect", lambda stage, endpoint: SimpleNamespace(books=world.books()))
    return world


def micros_of(cell: str) -> int:
    return 0 if cell == "·" else int(Decimal(cell.replace(",", "")) * 1_000_000)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = command.main(["books", *arguments, "--stage", "x"])
    return code, capsys.readouterr().out


def test_a_month_is_printed_in_tables_that_add_up(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    month = world.books().closed()[0].run_id
    code, text = told(capsys, "show", month)
    assert (code, text.splitlines()[-1].strip()) == (command.HOLDS, "The books hold.")
    rows = [line.split() for line in text.splitlines()]
    for one in world.books().document(month)["issuers"]:
        if one["unit"] != "points":
            continue
        shown, in_money = (row for row in rows if row[:2] == [one["issuer"], "all"])
        assert (shown[2], shown[3], shown[-2]) == ("·", f"{one['issued']:,}", f"{one['closing']:,}")
        assert (in_money[2], in_money[-1]) == (one["currency"], shown[-1])
        assert micros_of(shown[-1]) == one["closing_micros"]
        moved = [
            name for name in AMOUNTS if name in ("opening_micros", "issued_micros", "redeemed_micros", "closing_micros")
        ]
        assert [micros_of(cell) for cell in in_money[3:]] == [one[name] for name in moved]
    (honoured,) = (row for row in rows if row[:2] == ["points", "acceptor:beta"])
    assert honoured[2:] == ["·", "100", "·", "100"]
    by_beta = [row[2:] for row in rows if row[1:2] == ["beta"]]
    assert by_beta == [["100", "USD", "0.50"]]
    assert "too little is known" in text
    assert ["USD", "alpha", "0.004125"] in rows
    held = {tuple(row[:2]): row[2:] for row in rows if row[1:2] in (["points"], ["cashback"]) and len(row) == 5}
    (points,) = (
        row for row in world.books().document(month)["totals"] if (row["currency"], row["unit"]) == ("USD", "points")
    )
    assert micros_of(held["USD", "points"][0]) == points["closing_micros"] - points["owed_micros"] > 0


def test_books_of_the_first_format_are_printed_without_amounts(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.book = type(world.book)()
    monkeypatch.setattr(service, "METHODS", Methods(valuation=OF_ITS_ISSUER))
    (run, *_) = world.close_all()
    code, text = told(capsys, "show", run.run_id)
    assert code == command.HOLDS
    assert "Owed to members" in text
    assert "In money" not in text


def test_a_month_counted_again_is_the_same_or_it_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    run = world.books().closed()[0]
    code, text = told(capsys, "check", run.run_id)
    assert code == command.HOLDS
    assert f"The books of {run.run_id} are, byte for byte, what was written." in text
    assert run.digest is not None
    world.book.documents[run.digest] = world.book.documents[run.digest].replace(b"100", b"101", 1)
    code, text = told(capsys, "check", run.run_id)
    assert code == command.CONTRADICTS
    assert f"The books of {run.run_id} are not what was written." in text


def test_pages_that_say_otherwise_are_a_contradiction(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    books = world.books()
    lines = next(iter(books._pages.lines.values()))  # type: ignore[attr-defined]
    lines[0] = replace(lines[0], issued=7_777)
    books_of = SimpleNamespace(books=books)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "connect", lambda stage, endpoint: books_of)
        code, text = told(capsys, "check", books.closed()[0].run_id)
    assert code == command.CONTRADICTS
    assert "granted by the journal" in " ".join(text.split())


def test_what_was_recorded_late_is_told_and_is_nothing_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Recounted(True, (), ("60 cents of USD, 1-USD:alpha:in:1 succeeded",))
    books = SimpleNamespace(recount=lambda month, advance: found)
    monkeypatch.setattr(command, "connect", lambda stage, endpoint: SimpleNamespace(books=books))
    code, text = told(capsys, "check", "2026-11")
    assert code == command.HOLDS
    assert "Recorded late: 60 cents of USD, 1-USD:alpha:in:1 succeeded" in text


def test_a_month_without_books_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(capsys, "show", "2031-01")
    assert code == command.FAILED
    assert "have not been closed" in text


def test_money_is_printed_and_held_against_what_is_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paid = Paid()
    payments, store = paid.payments(), WindowStore(paid.world.dynamodb, "settlement")
    (one,) = payments.calculate(1, "ann")
    advances = AdvanceStore(paid.world.dynamodb, "settlement")
    funding = SimpleNamespace(by_hand=lambda partner_id: [])
    settlements, windows = PaymentStore(paid.world.dynamodb, "settlement"), paid.world.windows()
    money = MoneyBooks(settlements, store, windows, paid.world, funding, advances, NothingPaidIn(), paid.world.clock)
    monkeypatch.setattr(command, "connect", lambda stage, endpoint: SimpleNamespace(money_books=money))

    def balances(*options: str) -> dict[str, int]:
        code, text = told(capsys, "money", *options)
        assert (code, text.splitlines()[-1].strip()) == (command.HOLDS, "The books hold.")
        rows = [line.split() for line in text.splitlines() if line.startswith("USD")]
        return {row[1]: round(float(row[-1].replace(",", "")) * 100) for row in rows}

    owed = {party: -cents for party, cents in one.net_cents}
    assert {party: cents for party, cents in balances().items() if party != "network"} == owed
    live(lambda: paid.world.dynamodb, paid)
    after = balances()
    assert sum(after.values()) == 0
    payments.work()
    assert settlements.known().unfinished == ()
    assert (balances(), balances("--recount")) == (after, after)
    day = utc_day(paid.world.clock())
    paid.world.clock.advance(days=1)
    assert balances("--as-of", day) == after
    assert told(capsys, "money", "--as-of", "2031-01-01")[0] == command.FAILED
    rows = paid.world.dynamodb.tables["settlement"]
    del rows["SUMS", "USD-00000001"]
    code, text = told(capsys, "money", "--recount")
    assert code == command.CONTRADICTS
    assert "what was kept of settlement 1-USD was not what it comes to" in " ".join(text.split())
    assert balances("--recount") == after
    assert after["(collateral)"] == 10
    paid.world.dynamodb.tables["settlement"] = {
        key: item for key, item in paid.world.dynamodb.tables["settlement"].items() if item["pk"]["S"] != "CARRIED#2"
    }
    code, text = told(capsys, "money")
    assert code == command.CONTRADICTS
    assert "item by item" in " ".join(text.split())
