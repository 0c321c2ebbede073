"""The ledger's operations as commands: the same request, decision and answer as over HTTP."""

import json
import shlex
from pathlib import Path

import pytest

from app import app
from chalicelib.openapi_examples import example_of
from chalicelib.operations import operation_of, operations_of
from infra.cli import __main__ as command
from infra.cli import operation_run
from infra.cli.commands import COMMANDS
from infra.cli.operation_run import OPERATOR_KEY
from infra.cli.parser import GROUPS, parser_for
from partners.access.model import Scope
from partners.contracts.model import NETWORK
from partners.operators.model import ALL_ROLES, Role
from partners.till.purchase_file import COLUMNS
from shared.kernel.errors import StoreUnavailableError
from tests.support.described import api_document
from tests.unit.chalicelib.world import NOW, World, install, purchase

EVERY = [(group, verb) for group, verbs in COMMANDS.items() for verb in verbs]
FROM_FILES = {"record_purchases", "import_purchases", "ask_for_reconciliation"}
DOCS = Path(__file__).parents[3] / "docs" / "cli.md"
AT = ("--occurred-at", NOW)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = install(monkeypatch)
    monkeypatch.setattr(command, "connect", lambda stage, endpoint: world)
    monkeypatch.setenv(OPERATOR_KEY, world.operator)
    return world


@pytest.fixture
def run(world: World, capsys: pytest.CaptureFixture[str]):
    """Runs a command: (exit code, what it printed)."""

    def typed(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = command.main([*arguments, "--stage", "x"])
        return code, capsys.readouterr().out

    return typed


def bought(card: str, *more: str, receipt: str = "r-1") -> list[str]:
    """An ordinary purchase of 20.00 USD at alpha's store s1, as `world.purchase`."""
    where = ["--partner", "alpha", "--location", "s1", "--receipt", receipt, "--card", card]
    return ["points", "purchase", *where, "--amount", "20.00", "--currency", "USD", *more]


def test_every_operation_of_the_api_that_moves_value_has_a_command() -> None:
    moving = {one.operation_id for one in operations_of(app) if one.idempotent} | {"quote_purchase"}
    moving |= {"approve_adjustment", "reject_adjustment"}
    handlers = {operation_of(COMMANDS[group][verb]).operation_id for group, verb in EVERY}
    assert moving - FROM_FILES <= handlers
    assert list(COMMANDS) == list(GROUPS)


@pytest.mark.parametrize(("group", "verb"), EVERY)
def test_arguments_make_the_request_that_the_apis_document_shows(group: str, verb: str) -> None:
    operation = operation_of(COMMANDS[group][verb])
    schemas = api_document()["components"]["schemas"]
    body = schemas.get(operation.body.__name__)
    example = {} if body is None else example_of(body, schemas)
    params = operation.params.model_json_schema().get("properties", {})
    in_path = {name: about for name, about in params.items() if f"{{{name}}}" in operation.path}
    ids = [str(schema["examples"][0]) for schema in in_path.values()]
    chosen = parser_for([group]).parse_args([group, verb, *ids, *as_typed(example), *around(operation)])
    assert chosen.form.body(chosen, "2026-01-01T00:00:00Z") == operation.body.model_validate(example)
    given = chosen.form.params(chosen).model_dump()
    assert [str(given[name]) for name in in_path] == ids


def as_typed(example: dict[str, object]) -> list[str]:
    """A body's example as a person would type it, who reads in docs/cli.md how fields become arguments."""
    typed: list[str] = []
    for name, value in example.items():
        flag = "--" + name.removesuffix("_number").removesuffix("_id").replace("_", "-")
        match value:
            case {"amount_cents": int(cents), "currency": str(currency)}:
                typed += ["--amount", f"{cents / 100:.2f}", "--currency", currency]
            case dict(inside):
                typed += as_typed(inside)
            case True:
                typed.append(flag)
            case int(cents) if name.endswith("_cents"):
                typed += [flag.removesuffix("-cents"), f"{cents / 100:.2f}"]
            case _:
                typed += [flag, str(value)]
    return typed


def around(operation) -> list[str]:
    return ["--stage", "x", *([] if operation.scope is Scope.OPERATOR else ["--partner", "alpha"])]


def test_the_guide_shows_every_command_as_it_can_be_typed() -> None:
    shown: set[tuple[str, str]] = set()
    for line in DOCS.read_text().splitlines():
        words = shlex.split(line) if line.startswith("tessera ") else []
        if words and words[1] in COMMANDS:
            chosen = parser_for(words[1:]).parse_args(words[1:])
            if chosen.command != "batch":
                chosen.form.params(chosen)
                chosen.form.body(chosen, NOW)
                shown.add((words[1], words[2]))
    assert shown == set(EVERY)


def test_a_purchase_typed_and_the_same_over_http_are_one_request(world: World, run) -> None:
    card = world.enrol()
    code, printed = run(*bought(card, "--key", "k-1", *AT, "--json"))
    over_http = world.post("/v1/purchases", purchase(card), idempotency_key="k-1")
    assert (code, over_http.headers["Idempotency-Replayed"]) == (command.HOLDS, "true")
    assert printed == over_http.body.decode() + "\n"
    code, printed = run(*bought(card, "--key", "k-1", *AT))
    assert code == command.HOLDS
    assert printed.splitlines()[0] == "As before: this was recorded under the same key, and counts once."
    rows = {" ".join(line.split()) for line in printed.splitlines()}
    assert {"points balance 100", "cashback 0.00 USD", "visit yes"} <= rows


def test_a_key_and_a_moment_that_were_made_up_are_printed_first_and_make_a_repetition_safe(
    world: World, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = world.enrol()
    monkeypatch.setattr(operation_run, "system_clock", world.clock)
    _, printed = run(*bought(card))
    made_up = printed.splitlines()[0].removeprefix("To repeat this safely, add ").split()
    assert made_up[::2] == ["--key", "--occurred-at"]
    world.clock.advance(ms=5_000)
    code, printed = run(*bought(card), *made_up)
    assert code == command.HOLDS
    assert printed.startswith("As before")
    assert balance(world, card) == 100
    refused, _ = run(*bought(card), *made_up[:2])
    assert refused == command.CONTRADICTS, "another moment makes it another request"


def balance(world: World, card: str) -> int:
    return int(world.get(f"/v1/cards/{card}").json_body["points_balance"])


def test_a_refusal_says_why_and_what_to_do(world: World, run) -> None:
    card = world.enrol()
    redeem = ("points", "redeem", "--partner", "alpha", "--location", "s1", "--receipt", "r-1", "--card", card, *AT)
    code, printed = run(*redeem, "--points", "250", "--key", "k")
    assert code == command.CONTRADICTS
    assert printed.splitlines() == [
        "Not enough points (insufficient_points)",
        "250 points were asked for, 0 are available.",
        "Nothing was recorded. Tell whoever asked for it.",
    ]
    body = {"card_number": card, "location_id": "s1", "receipt": "r-1", "occurred_at": NOW, "points": 250}
    over_http = world.post("/v1/redemptions", body, idempotency_key="k").json_body
    problem = json.loads(run(*redeem, "--points", "250", "--key", "k", "--json")[1])
    assert problem | {"instance": ""} == over_http | {"instance": ""}


def test_wrong_arguments_are_named_before_a_deployment_is_asked(run, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(stage: str, endpoint: str) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(command, "connect", connect)
    code, printed = run(*bought("12", "--occurred-at", "noon", receipt=""))
    assert code == command.FAILED
    assert [line.split(":")[0] for line in printed.splitlines()[1:4]] == ["--card", "--receipt", "--occurred-at"]
    code, printed = run("points", "void", "x", "--partner", "alpha", "--location", "s1", "--receipt", "r", *AT)
    assert code == command.FAILED
    assert printed.splitlines()[1].startswith("ENTRY:")


@pytest.mark.parametrize("amount", ["12.345", "1,5", "1e3", "12.3", "twenty", "٣"])
def test_an_amount_that_is_not_in_whole_cents_is_refused(amount: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        command.main([*bought("9770000000000013", "--stage", "x"), "--amount", amount])
    assert refused.value.code == command.FAILED
    assert "write an amount such as 12 or 12.34" in capsys.readouterr().err


def test_negative_amounts_reach_the_types_that_refuse_them(world: World, run) -> None:
    code, printed = run(*bought(world.enrol()), "--amount", "-0.01")
    assert code == command.FAILED
    assert "--amount: write an amount of 0 or more" in printed


def test_a_partner_reaches_its_own_stores_and_entries_only(world: World, run) -> None:
    card = world.enrol()
    entry = json.loads(run(*bought(card, *AT, "--json"))[1])["entry_id"]
    back = ("points", "return", entry, "--receipt", "r-2", *AT)
    assert run(*back, "--partner", "beta", "--location", "b1")[0] == command.CONTRADICTS
    assert run(*back, "--partner", "beta", "--location", "s1")[0] == command.CONTRADICTS
    assert balance(world, card) == 100
    assert run(*back, "--partner", "alpha", "--location", "s2")[0] == command.HOLDS
    assert balance(world, card) == 0
    for nobody in ("gamma", NETWORK):
        assert "unknown_partner" in run(*back, "--partner", nobody, "--location", "s1")[1]


def test_points_that_are_set_aside_are_captured_with_what_the_answer_named(world: World, run) -> None:
    card = world.enrol()
    run(*bought(card, *AT))
    till = ("--partner", "alpha", "--location", "s1", "--receipt", "r-2", *AT)
    held = json.loads(run("points", "reserve", "--card", card, "--points", "60", *till, "--json")[1])
    assert run("points", "capture", held["entry_id"], "--points", "40", *till)[0] == command.HOLDS
    assert balance(world, card) == 60


def test_two_operators_agree_on_a_large_adjustment(world: World, run, monkeypatch: pytest.MonkeyPatch) -> None:
    card = world.enrol()
    granted = ("--card", card, "--issuer", "alpha", "--points", "6000", "--reason", "Lost in the move")
    proposed = json.loads(run("adjustment", "propose", *granted, "--json")[1])
    code, printed = run("adjustment", "approve", proposed["adjustment_id"])
    assert (code, "second_person_needed" in printed) == (command.CONTRADICTS, True)
    world.operators.add("eve", "Eve", frozenset({Role.SETTLER}))
    monkeypatch.setenv(OPERATOR_KEY, world.operators.issue_credential("eve").text)
    assert "role_missing" in run("adjustment", "approve", proposed["adjustment_id"])[1]
    world.operators.add("bob", "Bob", ALL_ROLES)
    monkeypatch.setenv(OPERATOR_KEY, world.operators.issue_credential("bob").text)
    assert run("adjustment", "approve", proposed["adjustment_id"])[0] == command.HOLDS
    assert balance(world, card) == 6_000
    assert "Lost in the move" in run("adjustment", "list", "--json")[1]
    assert "the move" in run("adjustment", "list")[1]


def test_what_an_operator_answers_for_takes_an_operators_key(world: World, run, monkeypatch) -> None:
    card = world.enrol()
    closing = ("account", "close", "--card", card, "--reason", "Asked for it")
    monkeypatch.setenv(OPERATOR_KEY, world.alpha)
    assert "scope_missing" in run(*closing)[1]
    monkeypatch.setenv(OPERATOR_KEY, "tsk_live_nothing")
    assert "invalid_api_key" in run(*closing)[1]
    monkeypatch.delenv(OPERATOR_KEY)
    code, printed = run(*closing)
    assert (code, OPERATOR_KEY in printed) == (command.FAILED, True)
    assert balance(world, card) == 0
    monkeypatch.setenv(OPERATOR_KEY, world.operator)
    assert run(*closing)[0] == command.HOLDS


def test_a_store_that_does_not_answer_leaves_it_to_be_run_again(world: World, run, monkeypatch) -> None:
    card = world.enrol()

    def unavailable(entry: object) -> None:
        raise StoreUnavailableError("injected")

    with monkeypatch.context() as out:
        out.setattr(world.journal, "append", unavailable)
        code, printed = run(*bought(card, "--key", "k", *AT))
    assert code == command.FAILED
    assert "Run it again in a moment, with the same --key" in printed
    assert run(*bought(card, "--key", "k", *AT))[0] == command.HOLDS


def test_a_batch_is_recorded_from_a_file_and_answered_as_over_http(world: World, run, tmp_path: Path) -> None:
    card = world.enrol()
    file = tmp_path / "queue.csv"
    rows = [f"k-{number},{card},{place},r-{number},{NOW},2000,USD" for number, place in enumerate(("s1", "moon"))]
    file.write_text("\n".join((",".join(COLUMNS), *rows)))
    code, printed = run("points", "batch", str(file), "--partner", "alpha")
    assert code == command.CONTRADICTS
    assert "1 recorded, 0 again, 1 refused of 2 in the file. 100 points granted now." in printed
    reply = json.loads(run("points", "batch", str(file), "--partner", "alpha", "--json")[1])
    lines = [
        {"idempotency_key": "k-0", **purchase(card, receipt="r-0")},
        {"idempotency_key": "k-1", **purchase(card, receipt="r-1", location_id="moon")},
    ]
    over_http = world.post("/v1/purchases/batch", {"purchases": lines}).json_body
    for answer in (reply, over_http):
        answer["outcomes"][1]["problem"]["instance"] = ""
    assert reply == over_http
    assert "No partner has this id" in run("points", "batch", str(file), "--partner", "gamma")[1]


def test_a_listing_gives_the_pages_that_the_api_gives(world: World, run) -> None:
    for number in range(5):
        granted = ("--card", world.enrol(f"{number}@example.com"), "--issuer", "alpha")
        run("adjustment", "propose", *granted, "--points", "10", "--reason", f"Gift {number}")
    listing = ("adjustment", "list", "--limit", "2")

    def over_http(cursor: str | None) -> str:
        where = "" if cursor is None else f"&cursor={cursor}"
        return world.get(f"/v1/adjustments?limit=2{where}", world.operator).body.decode() + "\n"

    pages = [over_http(None)]
    while (cursor := json.loads(pages[-1])["next_cursor"]) is not None:
        pages.append(over_http(cursor))
    assert len(pages) == 3
    second = json.loads(pages[0])["next_cursor"]
    assert run(*listing, "--json") == (command.HOLDS, pages[0])
    assert run(*listing, "--cursor", second, "--json") == (command.HOLDS, pages[1])
    assert run(*listing, "--all", "--json") == (command.HOLDS, "".join(pages))
    assert run(*listing, "--cursor", second, "--all", "--json") == (command.HOLDS, "".join(pages[1:]))

    _, printed = run(*listing)
    assert printed.splitlines()[-1] == f"There is more: add --cursor {second}, or --all"
    _, printed = run(*listing, "--all")
    assert [printed.count(f"Gift {number}") for number in range(5)] == [1] * 5
    assert "There is more" not in printed
    assert "cursor" not in printed


def test_what_a_listing_is_asked_for_is_checked_as_over_http(run) -> None:
    for wrong, says in (("--limit=0", "--limit: "), ("--limit=many", "--limit: "), ("--cursor=x", "cursor")):
        code, printed = run("adjustment", "list", wrong)
        assert (code, says in printed) == (command.FAILED, True)
    assert run("case", "list", "--overdue", "--limit", "200")[0] == command.HOLDS


def test_every_listing_of_a_command_takes_all_that_the_api_takes() -> None:
    for group, verb in EVERY:
        operation = operation_of(COMMANDS[group][verb])
        params = operation.params.model_json_schema().get("properties", {})
        ids = [str(about["examples"][0]) for name, about in params.items() if f"{{{name}}}" in operation.path]
        if "cursor" in params and operation.method == "GET":
            words = [group, verb, *ids, "--cursor", "kT2f", "--limit", "7", "--all", *around(operation)]
            chosen = parser_for([group]).parse_args(words)
            asked = chosen.form.params(chosen)
            assert (asked.cursor, asked.limit, chosen.all) == ("kT2f", 7, True)


def test_help_says_what_the_api_says(capsys: pytest.CaptureFixture[str]) -> None:
    for group, verb in EVERY:
        with pytest.raises(SystemExit):
            parser_for([group]).parse_args([group, verb, "--help"])
        said = " ".join(capsys.readouterr().out.split())
        assert operation_of(COMMANDS[group][verb]).summary in said
