"""Money in currencies of small units: more millionths than a number of JavaScript holds are settled like any others."""

import csv
import io
import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from partners.contracts.exchange import ExchangeRate
from partners.settlement.statements.keys import read_key_set
from partners.settlement.statements.verifying import check_document, check_lines
from shared.kernel.clock import DAY_MS
from tests.fakes.contract_book import agree, new_terms
from tests.unit.chalicelib.world import ALL_SCOPES, NOW, World
from tests.unit.partners.settlement.statement_examples import holds

POINTS = 99_999_999_999
MICROS = POINTS * 1_000_000


@pytest.fixture
def warung(world: World) -> str:
    """The key of a partner in rupiah that has sold for all that one receipt may say, a point for each rupiah."""
    world.contracts.create_partner("warung", "Warung", "IDR")
    prices = {"issue_price_micros": 1_000_000, "redeem_price_micros": 1_000_000}
    rates = (ExchangeRate("USD", 5_500_000),)
    agree(world.contracts, "warung", new_terms(earn_points=100, exchange_rates=rates, **prices))
    world.contracts.open_location("warung", "w1", "Warung", "Asia/Jakarta", 0)
    key = world.access.issue_key("warung", ALL_SCOPES).text
    sale = {"card_number": world.enrol(), "location_id": "w1", "receipt": "r-1", "occurred_at": NOW}
    total = {"amount_cents": 99_999_999_999, "currency": "IDR"}
    assert world.post("/v1/purchases", {**sale, "total": total}, key, idempotency_key="k").status_code == 201
    world.post_all_entries()
    return key


def test_a_window_with_the_largest_amounts_closes_and_its_statement_holds(world: World, warung: str) -> None:
    world.clock.advance(ms=DAY_MS)
    world.windows.close(1, "ann")
    world.windows.work(drain_ms=0)
    assert world.window_replays.replay(1).same
    assert world.issuing.work() == 1
    document = json.loads(world.get("/v1/statements/1", warung).body)
    assert document["statement"]["net_micros"] == -MICROS
    keys = read_key_set(world.client.http.get("/v1/statement-keys", headers={}).json_body)
    assert check_document(document, keys, holds) == []
    rows = world.lines_files.text("warung", 1).splitlines(keepends=True)
    assert check_lines(document["statement"], rows) == []
    figures = list(csv.reader(io.StringIO(world.get("/v1/statements/1/csv", warung).body.decode())))
    assert any(str(-POINTS) in cell for row in figures for cell in row)
    pages = PdfReader(BytesIO(world.get("/v1/statements/1/pdf", warung, accept="application/pdf").body)).pages
    assert "99,999,999,999.00" in "".join(page.extract_text() for page in pages)


def test_the_books_of_a_month_with_them_are_in_order(world: World, warung: str) -> None:
    world.clock.now_ms = int(datetime(2026, 12, 1, 1, tzinfo=UTC).timestamp()) * 1_000
    run = world.books.due(segments=2)
    assert run is not None
    assert world.books.work(run, for_ms=10**9).contradictions == ()
    assert world.books.recount("2026-11").same
    book = world.get("/v1/books/2026-11", world.operator).json_body
    (mine,) = [row for row in book["issuers"] if row["issuer"] == "warung"]
    assert mine["closing_micros"] == MICROS
