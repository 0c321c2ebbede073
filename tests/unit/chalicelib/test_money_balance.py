"""The trial balance of money through the API, and the worked example of docs/books.md."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from infra.cli import books_run
from partners.books.month_money import money_document
from shared.kernel.canonical import canonical_json, digest_of
from shared.kernel.clock import DAY_MS
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_book_routes import MAY_CLOSE_MS, november
from tests.unit.chalicelib.world import World

__all__ = ["november"]

PAGE = Path(__file__).parents[3] / "docs" / "books.md"
AT = "/v1/windows/1/settlements"
BOOKED = {"name": "B-1", "on": "2026-11-30"}
OUTCOME = {"leg": "1-USD:alpha:in:1", "state": "succeeded", "reference": "B-1", "booking": BOOKED}
LATE = (
    "60 cents of USD, 1-USD:alpha:in:1 succeeded, booked 2026-11-30, recorded 2026-12-02: "
    "not in the bank of 2026-11-30 when it was kept"
)


@pytest.fixture
def collected(november: World) -> World:
    """30 November: the window is closed, its settlement is collected, and there is money besides."""
    world = november
    world.clock.now_ms = int(datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()) * 1_000
    world.close_window()
    body = {"advanced_cents": 1_000, "reason": "for what creditors may be owed"}
    paid = {"paid_cents": 500, "currency": "USD", "reason": "by bank transfer"}
    for path, sent, key in (
        ("/v1/advances/USD", body, world.operator),
        ("/v1/advances/USD/proposals/1/approve", {"reason": "so be it"}, world.second_operator),
        (AT, {}, world.operator),
        (f"{AT}/USD/approve", {}, world.second_operator),
        (f"{AT}/USD/collect", {}, world.operator),
    ):
        assert world.post(path, sent, key).status_code == 200
    assert world.post("/v1/partners/beta/payments", paid, world.operator, idempotency_key="paid").status_code == 201
    return world


def read_on_2_december(world: World) -> None:
    world.clock.now_ms = int(datetime(2026, 12, 2, 12, tzinfo=UTC).timestamp()) * 1_000
    assert world.post(f"{AT}/USD/outcomes", {"outcomes": [OUTCOME]}, world.operator).status_code == 200


def shown(world: World, as_of: str = "") -> dict[str, Any]:
    found: dict[str, Any] = world.get(f"/v1/money-balance{as_of}", world.operator).json_body
    assert found["contradictions"] == []
    return found


def told(heading: str) -> list[list[str]]:
    page = PAGE.read_text().partition(heading)[2].partition("\n\n|")[2].partition("\n\n")[0].splitlines()
    return [line.strip("| ").split(" | ") for line in page[2:]]


def test_the_trial_balance_of_a_day_is_as_worked_out_by_hand_whatever_is_read_later(collected: World) -> None:
    world = collected
    then = {one["account"]: one["balance_cents"] for one in shown(world)["accounts"]}
    assert (then["(bank)"], then.get("(in transit)")) == (1_500, None)
    read_on_2_december(world)
    found = shown(world, "?as_of=2026-11-30")
    assert (found["as_of"], found["in_transit"]) == (
        "2026-11-30T23:59:59.999Z",
        [
            {
                "currency": "USD",
                "payment": "1-USD:alpha:in:1",
                "state": "succeeded",
                "amount_cents": 60,
                "booked_on": "2026-11-30",
                "recorded_at": "2026-12-02T12:00:00.000Z",
            }
        ],
    )
    names = ("debits_cents", "credits_cents", "balance_cents")
    rows = [[one["account"], *(f"{one[name] / 100:.2f}" for name in names)] for one in found["accounts"]]
    assert rows == told("**By hand.**")
    later = {one["account"]: one["balance_cents"] for one in shown(world, "?as_of=2026-12-02")["accounts"]}
    assert (later["(bank)"], later["alpha"], later.get("(in transit)")) == (1_560, 0, None)
    problem(world.get("/v1/money-balance?as_of=2026-12-03", world.operator), 400, "day_to_come")
    problem(world.get("/v1/money-balance", world.alpha), 403, "scope_missing")


def test_the_bank_s_day_is_tomorrow_at_the_latest_and_a_retry_is_answered(collected: World) -> None:
    world = collected
    world.clock.now_ms = int(datetime(2026, 12, 2, 12, tzinfo=UTC).timestamp()) * 1_000

    def told(day: str) -> Any:
        outcome = OUTCOME | {"booking": {"name": "B-1", "on": day}, "if_contradicting": "trouble"}
        return world.post(f"{AT}/USD/outcomes", {"outcomes": [outcome]}, world.operator)

    for day in ("2099-01-01", "2026-12-04"):
        refused = problem(told(day), 422, "bank_day_to_come")
        assert (refused["leg"], refused["day"]) == (OUTCOME["leg"], day)
    assert told("2026-12-03").status_code == 200
    world.clock.now_ms -= DAY_MS
    assert told("2026-12-03").json_body["troubles"] == []


def close(world: World) -> None:
    run = world.books.due(segments=1)
    assert run is not None
    assert world.books.work(run, for_ms=10**9).contradictions == ()


def test_a_month_keeps_its_money_and_tells_what_was_recorded_late(collected: World) -> None:
    world = collected
    world.clock.now_ms = MAY_CLOSE_MS
    close(world)
    assert (world.books.recount("2026-11").same, world.books.recount("2026-11").late) == (True, ())
    read_on_2_december(world)
    found = world.books.recount("2026-11")
    assert (found.same, found.contradictions, found.late) == (True, (), (LATE,))
    world.clock.now_ms = MAY_CLOSE_MS + 31 * DAY_MS
    close(world)
    kept = world.get("/v1/books/2026-12", world.operator).json_body["money"]
    assert kept["as_of"] == "2026-12-31T23:59:59.999Z"
    names = ("opening", "recorded_late", "moved", "closing")
    rows = [[one["account"], *(f"{one[f'{name}_cents'] / 100:.2f}" for name in names)] for one in kept["accounts"]]
    assert rows == told("**December** then")
    november = world.get("/v1/books/2026-11", world.operator).json_body["money"]
    closed = {one["account"]: one["closing_cents"] for one in november["accounts"]}
    assert all(one["opening_cents"] == closed.get(one["account"], 0) for one in kept["accounts"])
    found = world.books.recount("2026-12")
    assert (found.same, found.contradictions, found.late) == (True, (), ())


def document_of(month: str, served: dict[str, Any]) -> bytes:
    """What the API serves of a month's money, as it is kept."""
    names = ("opening", "recorded_late", "moved", "debits", "credits", "closing")
    accounts = [
        {"currency": one["currency"], "account": one["account"], **{name: one[f"{name}_cents"] for name in names}}
        for one in served["accounts"]
    ]
    in_transit = [
        {
            "currency": one["currency"],
            "leg": one["payment"],
            "state": one["state"],
            "cents": one["amount_cents"],
            "on": one["booked_on"] or "",
            "recorded_at_ms": round(datetime.fromisoformat(one["recorded_at"]).timestamp() * 1_000),
        }
        for one in served["in_transit"]
    ]
    of = {"format": "tessera-money/1", "month": month, "as_of": served["as_of"]}
    return canonical_json({**of, "accounts": accounts, "in_transit": in_transit})


def test_what_is_served_of_a_month_s_money_has_its_digest_with_the_payments_in_transit(collected: World) -> None:
    world = collected
    read_on_2_december(world)
    close(world)
    served = world.get("/v1/books/2026-11", world.operator).json_body["money"]
    assert [(one["payment"], one["amount_cents"], one["booked_on"]) for one in served["in_transit"]] == [
        ("1-USD:alpha:in:1", 60, "2026-11-30")
    ]
    assert digest_of(document_of("2026-11", served)) == served["digest"]
    console = Console(record=True, width=200)
    assert books_run.show(console, world.books, "2026-11")
    assert "1-USD:alpha:in:1 succeeded 2026-11-30 2026-12-02 0.60 USD" in " ".join(console.export_text().split())


def test_what_is_kept_and_is_not_what_is_derived_is_a_contradiction(collected: World) -> None:
    world = collected
    world.clock.now_ms = MAY_CLOSE_MS
    close(world)
    run, money = world.books.run("2026-11"), world.money_books
    opened, closed = money.balance(date(2026, 10, 31)), money.balance(date(2026, 11, 30))
    assert run.money_digest == digest_of(money_document("2026-11", opened, closed, None))
    read = world.books.money("2026-11")
    assert read is not None
    (bank,) = (row for row in read["accounts"] if row["account"] == "(bank)")
    bank |= {"debits": bank["debits"] + 7, "closing": bank["closing"] + 7}
    runs: Any = world.books._runs
    runs.document = lambda run_id, digest, document=runs.document: (
        canonical_json(read) if digest == run.money_digest else document(run_id, digest)
    )
    found = world.books.recount("2026-11")
    assert (found.same, found.late) == (False, ())
    assert found.contradictions == (
        "(bank) in USD: what moved does not come to the closing of 1,507 cents",
        "(bank) in USD is kept as 1,507 cents of debits and 0 of credits, and comes to 1,500 cents of debits and 0 of "
        "credits now",
    )


def test_books_that_were_closed_before_money_was_kept_are_shown_and_checked_without(collected: World) -> None:
    world = collected
    world.clock.now_ms = MAY_CLOSE_MS
    close(world)
    rows: Any = world.books._runs._client.tables["books"]  # type: ignore[attr-defined]
    del rows["RUNS", "2026-11"]["money_digest"]
    assert world.get("/v1/books/2026-11", world.operator).json_body["money"] is None
    found = world.books.recount("2026-11")
    assert (found.same, found.contradictions, found.late) == (True, (), ())
    world.clock.now_ms = MAY_CLOSE_MS + 31 * DAY_MS
    close(world)
    money = world.books.money("2026-12")
    assert money is not None
    assert [row["opening"] for row in money["accounts"] if row["account"] == "(bank)"] == [1_500]


def test_a_month_without_money_after_one_that_has_it_is_a_contradiction(collected: World) -> None:
    world = collected
    for months in (0, 31):
        world.clock.now_ms = MAY_CLOSE_MS + months * DAY_MS
        close(world)
    rows: Any = world.books._runs._client.tables["books"]  # type: ignore[attr-defined]
    del rows["RUNS", "2026-12"]["money_digest"]
    lost = ("no trial balance of money is kept of 2026-12, and one is of 2026-11",)
    assert world.books.recount("2026-12").contradictions == lost
    world.clock.now_ms = MAY_CLOSE_MS + 62 * DAY_MS
    run = world.books.due(segments=1)
    assert run is not None
    assert world.books.work(run, for_ms=10**9).contradictions == lost
    assert world.books.recount("2026-11").contradictions == ()
