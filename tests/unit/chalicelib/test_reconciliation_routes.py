"""A partner's file against our lines, through the API: asked for, put, compared, looked into, and made into cases."""

import csv
from typing import Any

import pytest

from functions import reconciliation as function
from partners.reconciliation import service
from shared.kernel.errors import StoreUnavailableError
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.world import NOW, World, purchase

HEAD = "kind,location,receipt,points,amount_cents\n"
GOOD = "earn,s1,r-0,100,2000\nearn,s1,r-1,100,2000\nearn,s1,r-2,100,2000\n"


@pytest.fixture
def shop(world: World, card: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """Three purchases of 20.00 and a redemption in window 1, which is closed."""
    for number in range(3):
        world.post("/v1/purchases", purchase(card, receipt=f"r-{number}"), idempotency_key=f"p{number}")
    spent = {"card_number": card, "location_id": "s1", "receipt": "r-9", "occurred_at": NOW, "points": 50}
    world.post("/v1/redemptions", spent, idempotency_key="r")
    world.close_window()
    monkeypatch.setattr(function.bootstrap, "services", lambda: world)
    return world


def asked(world: World, text: str, key: str = "rec-1", form: str = "csv") -> Any:
    body = {"window": 1, "format": form, "size_bytes": len(text.encode())}
    reply = world.post("/v1/reconciliations", body, idempotency_key=key)
    assert reply.status_code == 201, reply.body
    return reply.json_body


def compared(world: World, text: str, key: str = "rec-1", form: str = "csv") -> Any:
    """The reconciliation after its file was put, started and worked on."""
    number = asked(world, text, key, form)["reconciliation"]
    world.compared_files.put(service.upload_key("alpha", number), text.encode())
    assert world.post(f"/v1/reconciliations/{number}/start", b"").status_code == 200
    assert work(world) == []
    return world.get(f"/v1/reconciliations/{number}").json_body


def work(world: World) -> list[Any]:
    messages, world.comparisons.messages = world.comparisons.messages, []
    records = [
        {"messageId": str(place), "body": f'{{"partner_id":"{partner}","reconciliation":{number}}}'}
        for place, (partner, number) in enumerate(messages)
    ]
    failures: list[Any] = function.handler({"Records": records}, None)["batchItemFailures"]
    return failures


def listed(world: World, query: str = "", number: int = 1) -> list[Any]:
    found: list[Any] = world.get(f"/v1/reconciliations/{number}/differences{query}").json_body["differences"]
    return found


def test_books_that_agree_have_no_difference(shop: World) -> None:
    done = compared(shop, HEAD + GOOD + "redeem,s1,r-9,50,\n")
    result = done["result"]
    assert (done["state"], result["matched"], done["upload"], done["mistakes"]) == ("done", 4, None, [])
    assert [result[name] for name in ("amount_differs", "only_ours", "only_theirs", "duplicate")] == [0, 0, 0, 0]
    earned = next(total for total in result["totals"] if total["kind"] == "earn")
    figures = {"points": 300, "amount_cents": 6_000, "value_cents": 0, "cashback_cents": 0}
    assert (earned["lines"], earned["ours"], earned["theirs"]) == (3, figures, figures)
    assert listed(shop) == []


def test_planted_differences_are_found_exactly_and_become_cases_once(shop: World) -> None:
    wrong = (
        HEAD
        + "earn,s1,r-0,100,2000\nearn,s1,r-0,100,2000\nearn,s1,r-1,125,2500\nredeem,s1,r-9,50,0\nearn,s2,r-7,5,100\n"
    )
    result = compared(shop, wrong)["result"]
    assert {name: result[name] for name in ("matched", "amount_differs", "only_ours", "only_theirs", "duplicate")} == {
        **{"matched": 2, "amount_differs": 1, "only_ours": 1, "only_theirs": 1, "duplicate": 1}
    }
    found = listed(shop)
    assert [(one["difference"], one["outcome"], one["receipt"], one["line"]) for one in found] == [
        (1, "amount_differs", "r-1", 4),
        (2, "only_ours", "r-2", None),
        (3, "only_theirs", "r-7", 6),
        (4, "duplicate", "r-0", 3),
    ]
    case = shop.post("/v1/reconciliations/1/differences/1/case", b"").json_body
    assert case["claim"] == {"points": 25, "amount_cents": 500, "cashback_cents": 0}
    assert (case["window"], case["entry_id"], case["reconciliation"], case["difference"]) == (
        1,
        found[0]["entry_id"],
        1,
        1,
    )
    assert case["text"] == "Our figures differ: earn on receipt r-1 at s1, window 1."
    assert shop.post("/v1/reconciliations/1/differences/1/case", b"").json_body == case
    problem(shop.post("/v1/reconciliations/1/differences/4/case", b""), 422, "no_case_of_duplicate")
    problem(shop.post("/v1/reconciliations/1/differences/5/case", b""), 404, "unknown_difference")
    rest = shop.post("/v1/reconciliations/1/cases", {}).json_body
    assert [one["claim"]["points"] for one in rest["cases"]] == [25, -100, 5]
    assert (rest["existing"], rest["next"]) == (1, None)
    compared(shop, wrong, key="rec-2")
    again = shop.post("/v1/reconciliations/2/cases", {}).json_body
    assert (again["cases"], again["existing"], again["changed"]) == (rest["cases"], 3, 0)
    assert len(shop.get("/v1/cases").json_body["cases"]) == 3


def case_of(world: World, reconciliation: int, difference: int = 1) -> Any:
    return world.post(f"/v1/reconciliations/{reconciliation}/differences/{difference}/case", b"").json_body


def test_a_difference_that_a_later_file_has_in_another_size_changes_what_its_case_claims(shop: World) -> None:
    compared(shop, HEAD + "earn,s1,r-0,125,2500\n")
    opened = case_of(shop, 1)
    compared(shop, HEAD + "earn,s1,r-0,130,2600\n", key="rec-2")
    batch = shop.post("/v1/reconciliations/2/cases", {"outcome": "amount_differs"}).json_body
    assert (batch["existing"], batch["changed"]) == (1, 1)
    changed = case_of(shop, 2)
    assert (changed["case"], changed["reconciliation"]) == (opened["case"], 2)
    assert (opened["claim"]["points"], changed["claim"]["points"], changed["claim"]["amount_cents"]) == (25, 30, 600)
    assert [step["kind"] for step in changed["steps"]] == ["opened", "claim_changed"]
    assert changed["steps"][1]["text"] == (
        "Our figures differ: earn on receipt r-0 at s1, window 1. This is 30 points, 600 cents of purchases and 0 of "
        "cashback, no longer 25 points, 500 cents of purchases and 0 of cashback."
    )
    assert case_of(shop, 1) == changed


def test_a_case_that_has_ended_keeps_its_claim_and_another_size_is_another_case(shop: World) -> None:
    compared(shop, HEAD + "earn,s1,r-0,125,2500\n")
    ended = shop.post(f"/v1/cases/{case_of(shop, 1)['case']}/withdraw", {"reason": "Our mistake."}).json_body
    compared(shop, HEAD + "earn,s1,r-0,125,2500\n", key="rec-2")
    assert case_of(shop, 2)["case"] == ended["case"]
    compared(shop, HEAD + "earn,s1,r-0,90,1800\n", key="rec-3")
    other = case_of(shop, 3)
    assert (other["case"], other["claim"]["points"], other["state"]) == (2, -10, "open")
    assert shop.get("/v1/cases/1").json_body == ended
    assert case_of(shop, 3) == other
    assert case_of(shop, 1) == other


def test_a_line_that_names_an_entry_of_another_kind_claims_that_both_are_put_right(shop: World) -> None:
    compared(shop, HEAD + GOOD)
    entry_id = next(one["entry_id"] for one in listed(shop) if one["kind"] == "redeem")
    compared(shop, f"kind,entry_id,points,amount_cents\nearn,{entry_id},50,1000\n", key="rec-2")
    (found,) = [one for one in listed(shop, number=2) if one["entry_id"] == entry_id]
    assert (found["outcome"], found["kind"], found["their_kind"]) == ("amount_differs", "redeem", "earn")
    case = case_of(shop, 2, found["difference"])
    assert case["claim"] == {"points": 100, "amount_cents": 1_000, "cashback_cents": 0}
    assert case["text"] == "Our figures differ: earn, which is redeem with you, on receipt r-9 at s1, window 1."


def test_the_largest_figure_that_a_file_may_have_can_be_claimed(shop: World) -> None:
    most = 10**12 - 1
    compared(shop, HEAD + f"earn,s1,r-0,{most},{most}\n")
    assert case_of(shop, 1)["claim"]["points"] == most - 100


def test_many_differences_are_listed_and_disputed_a_page_at_a_time(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("service", "comparing"):
        monkeypatch.setattr(f"partners.reconciliation.{module}.DIFFERENCES_A_CHUNK", 2)
    compared(shop, HEAD + "".join(f"earn,s1,n-{number},1,1\n" for number in range(4)))
    numbers, cursor = [], ""
    while cursor is not None:
        page = shop.get(f"/v1/reconciliations/1/differences?limit=3{cursor}").json_body
        numbers += [one["difference"] for one in page["differences"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {one["outcome"] for one in listed(shop, "?outcome=only_theirs")} == {"only_theirs"}
    assert [one["difference"] for one in listed(shop, "?outcome=only_theirs&limit=2")] == [5, 6]
    first = shop.post("/v1/reconciliations/1/cases", {"outcome": "only_theirs", "most": 3}).json_body
    assert (len(first["cases"]), first["next"]) == (3, 7)
    body = {"outcome": "only_theirs", "most": 3, "above": first["next"]}
    assert len(shop.post("/v1/reconciliations/1/cases", body).json_body["cases"]) == 1


def test_a_file_with_a_mistake_is_refused_whole(shop: World) -> None:
    refused = compared(shop, HEAD + GOOD + 'redeem,s1,r-9,50,"2,50"\n')
    assert (refused["state"], refused["result"], refused["mistakes_count"]) == ("refused", None, 1)
    assert refused["mistakes"] == [
        {"line": 5, "says": "amount_cents: write whole cents without sign, point or comma, 1234 for 12.34"}
    ]
    for path in ("differences", "table"):
        refusal = problem(shop.get(f"/v1/reconciliations/1/{path}"), 409, "reconciliation_state")
        assert refusal["state"] == "refused"


def test_asking_again_gives_another_link_and_starting_again_changes_nothing(shop: World) -> None:
    text = HEAD + GOOD
    begun = asked(shop, text)
    assert begun["upload"]["url"].startswith("put:reconciliation/uploads/alpha/1?size=")
    assert begun["upload"]["expires_at"] == "2026-11-15T13:00:00.001Z"
    problem(shop.post("/v1/reconciliations/1/start", b""), 409, "nothing_uploaded")
    assert asked(shop, text) == begun
    other = {"window": 1, "format": "csv", "size_bytes": 1}
    problem(shop.post("/v1/reconciliations", other, idempotency_key="rec-1"), 422, "reconciliation_key_reused")
    shop.compared_files.put("reconciliation/uploads/alpha/1", b"another size")
    assert problem(shop.post("/v1/reconciliations/1/start", b""), 409, "nothing_uploaded")["found_bytes"] == 12
    shop.compared_files.put("reconciliation/uploads/alpha/1", text.encode())
    assert shop.post("/v1/reconciliations/1/start", b"").json_body["state"] == "comparing"
    shop.compared_files.put("reconciliation/uploads/alpha/1", b"put after the start")
    shop.post("/v1/reconciliations/1/start", b"")
    assert len(shop.comparisons.messages) == 2
    work(shop)
    done = shop.get("/v1/reconciliations/1").json_body
    assert (done["state"], done["result"]["matched"]) == ("done", 3)
    assert shop.post("/v1/reconciliations/1/start", b"").json_body == done
    assert (asked(shop, text)["upload"], shop.comparisons.messages) == (None, [])


@pytest.mark.parametrize("dies_at", range(1, 3))
def test_a_comparison_that_dies_is_delivered_again_and_comes_to_the_same(
    shop: World, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    text = HEAD + GOOD
    asked(shop, text)
    shop.compared_files.put("reconciliation/uploads/alpha/1", text.encode())
    shop.post("/v1/reconciliations/1/start", b"")
    put, puts = shop.compared_files.put, []

    def put_or_die(key: str, content: bytes) -> None:
        puts.append(key)
        if len(puts) == dies_at:
            raise StoreUnavailableError("test")
        put(key, content)

    monkeypatch.setattr(shop.compared_files, "put", put_or_die)
    [message] = shop.comparisons.messages
    assert work(shop) == [{"itemIdentifier": "0"}]
    assert shop.get("/v1/reconciliations/1").json_body["state"] == "comparing"
    shop.comparisons.messages = [message, message]
    assert work(shop) == []
    done = shop.get("/v1/reconciliations/1").json_body
    assert (done["state"], done["result"]["matched"], done["result"]["only_ours"]) == ("done", 3, 1)
    assert len(shop.compared_files.versions["reconciliation/results/alpha/1/lines.csv"]) == 1


def test_a_message_about_nothing_is_no_failure(shop: World) -> None:
    shop.comparisons.messages = [("alpha", 77)]
    assert work(shop) == []


def test_the_table_has_every_line(shop: World) -> None:
    compared(shop, HEAD + GOOD)
    link = shop.get("/v1/reconciliations/1/table").json_body["url"]
    assert link.startswith("get:reconciliation/results/alpha/1/lines.csv?name=reconciliation-1-window-1.csv")
    table = shop.compared_files.read("reconciliation/results/alpha/1/lines.csv").decode()
    assert [(row["outcome"], row["receipt"], row["their_points"]) for row in csv.DictReader(table.splitlines())] == [
        ("only_ours", "r-9", ""),
        ("matched", "r-0", "100"),
        ("matched", "r-1", "100"),
        ("matched", "r-2", "100"),
    ]


def test_json_lines_are_taken_too(shop: World) -> None:
    lines = '{"kind":"earn","location":"s1","receipt":"r-0","points":100}\n'
    result = compared(shop, lines, form="jsonl")["result"]
    assert (result["matched"], result["only_ours"], result["compared"]) == (1, 3, ["points"])


def test_no_partner_sees_anothers_reconciliation(shop: World) -> None:
    compared(shop, HEAD + GOOD)
    for path in ("", "/table", "/differences"):
        problem(shop.get(f"/v1/reconciliations/1{path}", shop.beta), 404, "unknown_reconciliation")
    for path in ("start", "differences/1/case"):
        problem(shop.post(f"/v1/reconciliations/1/{path}", b"", shop.beta), 404, "unknown_reconciliation")
    problem(shop.post("/v1/reconciliations/1/cases", {}, shop.beta), 404, "unknown_reconciliation")
    assert shop.get("/v1/reconciliations", shop.beta).json_body["reconciliations"] == []
    of_beta = {"window": 1, "format": "csv", "size_bytes": 9}
    assert shop.post("/v1/reconciliations", of_beta, shop.beta, idempotency_key="b").json_body["reconciliation"] == 1
    cursor_of = "/v1/reconciliations/1/differences?limit=1"
    cursor = shop.get(cursor_of).json_body["next_cursor"]
    assert cursor is None
    operators = shop.get("/v1/partners/alpha/reconciliations/1/differences", shop.operator).json_body
    assert operators["differences"] == listed(shop)
    assert shop.get("/v1/partners/alpha/reconciliations/1", shop.operator).json_body["state"] == "done"


def test_a_window_is_compared_once_its_lines_are_filed(world: World, card: str) -> None:
    body = {"window": 1, "format": "csv", "size_bytes": 9}

    def refusal(status: int, code: str) -> None:
        problem(world.post("/v1/reconciliations", body, idempotency_key="k"), status, code)

    refusal(404, "unknown_window")
    world.post_all_entries()
    world.windows.newest()
    refusal(409, "window_not_closed")
    world.clock.advance(ms=1)
    world.windows.close(1, "ann")
    world.windows.work(drain_ms=0)
    refusal(409, "lines_not_ready")
    world.filing.work(lambda: True)
    assert world.post("/v1/reconciliations", body, idempotency_key="k").status_code == 201


def test_reconciliations_are_listed_newest_first(shop: World) -> None:
    for number in range(3):
        asked(shop, HEAD, key=f"k{number}")
    page = shop.get("/v1/reconciliations?limit=2").json_body
    assert [one["reconciliation"] for one in page["reconciliations"]] == [3, 2]
    rest = shop.get(f"/v1/reconciliations?limit=2&cursor={page['next_cursor']}").json_body
    assert ([one["reconciliation"] for one in rest["reconciliations"]], rest["next_cursor"]) == ([1], None)
