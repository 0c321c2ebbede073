"""Statements over HTTP: a partner's own in three forms, its lines, what is under a figure, and the published keys."""

import csv
import io
import json
from base64 import urlsafe_b64decode
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from chalicelib.cursors import MARK
from partners.settlement.statements.keys import read_key_set
from partners.settlement.statements.verifying import check_document, check_lines
from shared.kernel.clock import DAY_MS
from tests.support.described import api_document
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_openapi import check_reply
from tests.unit.chalicelib.world import NOW, World, purchase
from tests.unit.partners.settlement.statement_examples import holds

OF_ALPHA = "/v1/partners/alpha/statements"


@pytest.fixture
def issued(world: World) -> World:
    """Alpha granted points that were spent at beta; two windows with statements."""
    card = world.enrol()
    for number in range(3):
        bought = purchase(card, receipt=f"r-{number}", location_id=f"s{number % 2 + 1}")
        assert world.post("/v1/purchases", bought, idempotency_key=f"k{number}").status_code == 201
    spent = {"card_number": card, "location_id": "b1", "receipt": "b-1", "occurred_at": NOW, "points": 60}
    assert world.post("/v1/redemptions", spent, world.beta, idempotency_key="s").status_code == 201
    world.post_all_entries()
    for window in (1, 2):
        world.clock.advance(ms=DAY_MS)
        world.windows.close(window, "ann")
        world.windows.work(drain_ms=0)
    assert world.issuing.work() == 2
    return world


def test_statements_are_listed_page_by_page(issued: World) -> None:
    first = issued.get("/v1/statements?limit=1").json_body
    [newest] = first["statements"]
    [older] = issued.get(f"/v1/statements?limit=1&cursor={first['next_cursor']}").json_body["statements"]
    assert [(one["window"], one["number"]) for one in (newest, older)] == [(2, 2), (1, 1)]
    assert issued.get("/v1/statements").json_body["next_cursor"] is None
    assert issued.get(OF_ALPHA, issued.operator).json_body["statements"] == [newest, older]
    problem(issued.get("/v1/partners/nobody/statements", issued.operator), 404, "unknown_partner")
    problem(issued.get("/v1/statements?cursor=x"), 400, "invalid_cursor")


def test_a_statement_with_its_lines_holds_under_the_published_keys(issued: World) -> None:
    keys = read_key_set(issued.client.http.get("/v1/statement-keys", headers={}).json_body)
    reply = issued.get("/v1/statements/1")
    document = json.loads(reply.body)
    assert check_document(document, keys, holds) == []
    link = issued.get("/v1/statements/1/lines").json_body
    assert (link["form"], link["lines"]) == ("jsonl", 4)
    assert link["url"].startswith("https://records.example.com/statements/alpha/1/lines.jsonl.gz")
    texts = issued.lines_files.text("alpha", 1).splitlines(keepends=True)
    assert check_lines(document["statement"], texts) == []
    texts[2] = texts[2].replace('"amount_cents":2000', '"amount_cents":9000')
    assert [finding.line for finding in check_lines(document["statement"], texts)] == [3]
    assert issued.get(f"{OF_ALPHA}/1", issued.operator).body == reply.body


def test_the_published_keys_may_be_kept_and_are_read_once_in_a_minute(
    issued: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keys() -> Any:
        return issued.client.http.get("/v1/statement-keys", headers={})

    first = keys()
    assert first.headers["Cache-Control"] == "public, max-age=300"
    reads = []
    store = issued.statements._store
    monkeypatch.setattr(type(store), "keys", lambda self: reads.append(self) or [])
    assert (keys().json_body, reads) == (first.json_body, [])
    issued.clock.advance(ms=60_000)
    nothing = keys()
    assert (nothing.json_body["keys"], nothing.headers["Cache-Control"], len(reads)) == ([], "no-store", 1)
    keys()
    assert len(reads) == 2


def test_a_statement_comes_as_a_table_and_on_paper(issued: World) -> None:
    reply = issued.get("/v1/statements/1/csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(reply.body.decode(), newline="")))
    stated = json.loads(issued.get("/v1/statements/1").body)["statement"]
    position = {row["item"]: int(row["amount_cents"]) for row in rows if row["section"] == "position"}
    assert position.pop("closing") == sum(position.values()) == stated["closing_cents"]
    assert [row["location"] for row in rows if row["section"] == "locations"] == ["s1", "s2"]
    assert issued.get(f"{OF_ALPHA}/1/csv", issued.operator).body == reply.body
    paper = issued.get("/v1/statements/1/pdf", accept="application/pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert "Settlement statement" in PdfReader(BytesIO(paper.body)).pages[0].extract_text()
    assert issued.get(f"{OF_ALPHA}/1/pdf", issued.operator, accept="application/pdf").body == paper.body
    problem(issued.get("/v1/statements/1/pdf"), 406, "not_acceptable")


def test_every_figure_names_its_entries(issued: World) -> None:
    charges = json.loads(issued.get("/v1/statements/1").body)["statement"]["charges"]
    [granted] = [number for number, one in enumerate(charges, 1) if one["kind"] == "issued"]
    path = f"/v1/statements/1/charges/{granted}/entries?limit=2"
    first = issued.get(path).json_body
    assert b"alpha" not in urlsafe_b64decode(first["next_cursor"].removeprefix(MARK) + "==")
    second = issued.get(f"{path}&cursor={first['next_cursor']}").json_body
    entries = first["entries"] + second["entries"]
    assert [(one["receipt"], one["quantity"]) for one in entries] == [(f"r-{number}", 100) for number in range(3)]
    assert sum(one["quantity"] for one in entries) == charges[granted - 1]["quantity"] == 300
    assert second["next_cursor"] is None
    problem(issued.get("/v1/statements/1/charges/99/entries"), 404, "unknown_charge")
    problem(issued.get("/v1/statements/3/charges/1/entries"), 404, "unknown_statement")


def test_another_s_statement_can_t_be_reached_and_one_not_issued_is_unknown(issued: World) -> None:
    of_beta = json.loads(issued.get("/v1/statements/1", issued.beta).body)["statement"]
    assert of_beta["partner"]["id"] == "beta"
    assert "/beta/1/" in issued.get("/v1/statements/1/lines?form=csv", issued.beta).json_body["url"]
    problem(issued.get("/v1/partners/beta/statements/1"), 403, "scope_missing")
    for path in ("", "/csv", "/lines", "/charges/1/entries"):
        problem(issued.get(f"/v1/statements/3{path}"), 404, "unknown_statement")


def test_what_is_answered_fits_what_is_documented(issued: World) -> None:
    openapi: dict[str, Any] = api_document()
    for template, path in (
        ("/v1/statements", "/v1/statements"),
        ("/v1/statements/{window}", "/v1/statements/1"),
        ("/v1/statements/{window}/lines", "/v1/statements/1/lines"),
        ("/v1/statements/{window}/charges/{charge}/entries", "/v1/statements/1/charges/1/entries"),
        ("/v1/statement-keys", "/v1/statement-keys"),
    ):
        check_reply(openapi, template, "get", issued.get(path))
