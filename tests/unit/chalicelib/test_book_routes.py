"""The books and receivables through the API, and the worked example of docs/books.md."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from partners.billing.dunning import InvoiceRecord
from partners.books import service
from partners.books.document import Methods
from partners.books.valuation import OF_ITS_ISSUER
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.telling import BankWord
from shared.kernel.clock import DAY_MS, to_rfc3339
from tests.fakes.contract_book import agree, new_terms
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import ALL_SCOPES, World, purchase

ROOT = Path(__file__).parents[3]
MAY_CLOSE_MS = int(datetime(2026, 12, 1, 1, tzinfo=UTC).timestamp()) * 1_000


def live_november(world: World) -> str:
    """20.00 bought at alpha and at beta, and 150 points spent at beta, by the card that is given."""
    card = world.enrol()
    for key, store, receipt in ((world.alpha, "s1", "r-1"), (world.beta, "b1", "r-2")):
        sale = purchase(card, receipt=receipt, location_id=store)
        assert world.post("/v1/purchases", sale, key, idempotency_key=receipt).status_code == 201
    spent = {"card_number": card, "location_id": "b1", "occurred_at": sale["occurred_at"], "points": 150}
    spent |= {"receipt": "r-3"}
    assert world.post("/v1/redemptions", spent, world.beta, idempotency_key="r-3").status_code == 201
    world.post_all_entries()
    return card


@pytest.fixture
def november(world: World) -> World:
    live_november(world)
    return world


def close_november(world: World) -> None:
    world.clock.now_ms = MAY_CLOSE_MS
    run = world.books.due(segments=2)
    assert run is not None
    assert world.books.work(run, for_ms=10**9).contradictions == ()


def test_a_month_is_shown_once_it_is_closed(november: World) -> None:
    problem(november.get("/v1/books/2026-11", november.operator), 404, "unknown_books")
    assert november.get("/v1/books", november.operator).json_body == {"books": [], "next_cursor": None}
    close_november(november)
    (listed,) = november.get("/v1/books", november.operator).json_body["books"]
    assert (listed["month"], listed["contradictions"]) == ("2026-11", [])
    book = november.get("/v1/books/2026-11", november.operator).json_body
    assert {name: book[name] for name in listed} == listed
    assert book["breakage"]["method"] == "chain-ladder"
    of_beta = november.get("/v1/books/2026-11?issuer=beta", november.operator).json_body
    for rows in (of_beta["issuers"], of_beta["cohorts"], of_beta["matrix"], of_beta["breakage"]["cohorts"]):
        assert {row["issuer"] for row in rows} == {"beta"}
    assert of_beta["trial_balance"] == book["trial_balance"]
    problem(november.get("/v1/books/2026-11", november.alpha), 403, "scope_missing")


def test_the_worked_example_of_the_documents(november: World) -> None:
    close_november(november)
    book = november.get("/v1/books/2026-11", november.operator).json_body
    rolled = [
        [row[name] for name in ("issuer", "runs_out", "opening", "issued", "redeemed", "closing")]
        + [f"{row['closing_micros'] / 1_000_000:.2f}"]
        for row in book["cohorts"]
    ]
    honoured = [
        [row["issuer"], row["acceptor"], row["quantity"], f"{row['paid_micros'] / 1_000_000:.2f}"]
        for row in book["matrix"]
    ]
    names = ("account", "opening", "debits", "credits", "closing")
    balances = [[row[name] for name in names] for row in book["trial_balance"]]
    page = (ROOT / "docs" / "books.md").read_text()
    figures = figures_of(page[page.index("## A month by hand") : page.index("## The month after, in money")])
    assert figures == [[str(cell) for cell in row] for row in (*rolled, *honoured, *balances)]
    assert [row["ages"] for row in book["breakage"]["cohorts"]] == [
        [{"granted": 100, "redeemed": 100, "expired": 0}],
        [{"granted": 200, "redeemed": 50, "expired": 0}],
    ]


def figures_of(told: str) -> list[list[str]]:
    rows = [line.strip("| ").split(" | ") for line in told.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0] not in ("issuer", "account", "---")]


def test_the_month_after_in_money_is_the_one_of_the_documents(world: World) -> None:
    card = live_november(world)
    close_november(world)
    agree(world.contracts, "beta", new_terms(world.clock() + 14 * DAY_MS, redeem_price_micros=6_000))
    spent = {"card_number": card, "location_id": "s1", "receipt": "r-4", "points": 50}
    spent["occurred_at"] = to_rfc3339(world.clock())
    assert world.post("/v1/redemptions", spent, world.alpha, idempotency_key="r-4").status_code == 201
    world.post_all_entries()
    world.clock.now_ms = MAY_CLOSE_MS + 31 * DAY_MS
    run = world.books.due(segments=2)
    assert run is not None
    assert world.books.work(run, for_ms=10**9).contradictions == ()
    rolled = []
    for month in ("2026-11", "2026-12"):
        book = world.get(f"/v1/books/{month}", world.operator).json_body
        for row in book["cohorts"]:
            columns = [row[f"{name}_micros"] for name in ("opening", "issued", "redeemed", "repriced", "closing")]
            rolled.append([row["issuer"], month, *(f"{micros / 1_000_000:.2f}" for micros in columns)])
    page = (ROOT / "docs" / "books.md").read_text()
    told = page[page.index("## The month after, in money") : page.index("## What the words mean")]
    assert figures_of(told) == rolled
    (price,) = book["valuation"]["prices"]
    assert price == {"currency": "USD", "price_micros": 6_000, "partner_id": "beta"}
    (total,) = book["totals"]
    assert (total["closing"], total["closing_micros"]) == (100, 600_000)


def test_points_that_their_issuer_honours_cheaply_are_valued_at_what_others_are_paid(world: World) -> None:
    world.contracts.create_partner("gamma", "Gamma", "USD")
    agree(world.contracts, "gamma", new_terms(redeem_price_micros=1_000))
    world.contracts.open_location("gamma", "g1", "Gamma", "America/Chicago", 0)
    key = world.access.issue_key("gamma", ALL_SCOPES).text
    sale = purchase(world.enrol(), receipt="r-1", location_id="g1")
    assert world.post("/v1/purchases", sale, key, idempotency_key="r-1").status_code == 201
    world.post_all_entries()
    close_november(world)
    book = world.get("/v1/books/2026-11?issuer=gamma", world.operator).json_body
    (row,) = book["issuers"]
    assert (row["closing"], row["currency"], row["closing_micros"]) == (100, "USD", 500_000)
    partners = {one["partner_id"]: one["redeem_price_micros"] for one in book["valuation"]["partners"]}
    assert (partners, book["totals"]) == ({"alpha": 5_000, "gamma": 1_000}, [])


def test_books_of_the_first_format_are_shown_with_what_they_have(
    november: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "METHODS", Methods(valuation=OF_ITS_ISSUER))
    close_november(november)
    book = november.get("/v1/books/2026-11", november.operator).json_body
    assert (book["valuation"], book["totals"]) == (None, [])
    (row,) = (row for row in book["issuers"] if row["issuer"] == "beta")
    assert (row["closing"], row["closing_micros"]) == (150, 750_000)
    assert (row["currency"], row["opening_micros"], row["repriced_micros"]) == (None, None, None)
    assert {(one["quantity"], one["paid_micros"]) for one in book["matrix"]} == {(100, None), (50, None)}


def test_a_purchase_imported_after_its_points_have_run_out_keeps_no_month_from_being_closed(world: World) -> None:
    card = world.enrol()
    late = {"idempotency_key": "till-1", **purchase(card, receipt="r-1")}
    world.clock.advance(days=800)
    reply = world.post("/v1/partners/alpha/imports", {"purchases": [late]}, world.operator).json_body
    assert reply["outcomes"][0]["purchase"]["expires_on"] == "2028-11-30"
    world.post_all_entries()
    world.clock.advance(days=40)
    closed = []
    while (run := world.books.due(segments=1)) is not None:
        assert world.books.work(run, for_ms=10**9).contradictions == ()
        closed.append(run.run_id)
    assert closed[-1] == "2029-02"
    (cohort,) = world.get("/v1/books/2029-02", world.operator).json_body["breakage"]["cohorts"]
    assert (cohort["ages"], cohort["ended"]) == ([{"granted": 100, "redeemed": 0, "expired": 100}], True)


def owed_by(world: World, partner_id: str) -> dict[str, Any]:
    reply = world.get("/v1/receivables", world.operator).json_body
    (row,) = (row for row in reply["partners"] if row["partner_id"] == partner_id)
    found: dict[str, Any] = row
    return found


def test_a_settlement_is_due_from_its_collection_and_stays_so_when_it_is_carried(november: World) -> None:
    world = november
    world.close_window()
    payments = world.settlement_payments
    (one,) = payments.calculate(1, "ann")
    assert world.get("/v1/receivables", world.operator).json_body["totals"][0]["total_cents"] == sum(
        -cents for party, cents in one.net_cents if cents < 0 and party in ("alpha", "beta")
    )
    alpha = owed_by(world, "alpha")
    assert (alpha["not_due_cents"], alpha["owed"][0]["due_at"]) == (60, None)
    payments.approve(1, "USD", "bob")
    payments.collect(1, "USD", "ann")
    collected = world.clock()
    world.clock.advance(ms=31 * DAY_MS)
    alpha = owed_by(world, "alpha")
    assert (alpha["days_31_60_cents"], alpha["total_cents"]) == (60, 60)
    failed = [BankWord(leg.key, LegState.FAILED) for leg in payments.settlement(1, "USD").legs]
    payments.tell(1, "USD", failed, "bank")
    payments.abort(1, "USD", "ann")
    world.clock.advance(ms=30 * DAY_MS)
    alpha = owed_by(world, "alpha")
    assert [one["reference"] for one in alpha["owed"]] == ["1-USD:alpha:aborted"]
    assert (alpha["days_61_90_cents"], alpha["total_cents"]) == (60, 60)
    world.close_window()
    payments.calculate(2, "ann")
    alpha = owed_by(world, "alpha")
    assert [(one["reference"], one["amount_cents"]) for one in alpha["owed"]] == [("2-USD", 60)]
    assert alpha["days_61_90_cents"] == 60
    payments.approve(2, "USD", "bob")
    payments.collect(2, "USD", "ann")
    assert owed_by(world, "alpha")["days_61_90_cents"] == 60
    assert world.clock() - collected == 61 * DAY_MS + 1


def test_invoices_at_stripe_are_due_on_their_date_or_when_a_payment_failed(world: World) -> None:
    now_s = world.clock() // 1_000
    world.invoices_heard["beta"] = [
        InvoiceRecord("in_1", "open", 500, due_at=now_s - 95 * 86_400),
        InvoiceRecord("in_2", "open", 40, due_at=now_s + 86_400, failed_at=now_s - 1),
        InvoiceRecord("in_3", "paid", 0, due_at=now_s - 95 * 86_400),
        InvoiceRecord("in_4", "open", 3),
    ]
    reply = world.get("/v1/receivables", world.operator).json_body
    (beta,) = reply["partners"]
    assert [one["reference"] for one in beta["owed"]] == ["in_1", "in_2", "in_4"]
    (total,) = reply["totals"]
    assert total == {
        "not_due_cents": 3,
        "days_1_30_cents": 40,
        "days_31_60_cents": 0,
        "days_61_90_cents": 0,
        "days_over_90_cents": 500,
        "total_cents": 543,
        "currency": "USD",
    }
