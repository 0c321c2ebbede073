"""The operator's commands: histories in words, verdicts with exit codes, and what to do when it fails."""

import io
import random
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from infra.cli import __main__ as command
from infra.cli.audit_run import until_verdict
from infra.cli.ledger_show import show
from infra.cli.turns import WAIT_SECONDS
from infra.cloudformation import DeployError
from partners.audit.model import Share
from partners.audit.service import Audit
from partners.runs.model import Task
from partners.runs.service import LEASE_MS
from shared.ledger.service import Ledger
from shared.members.card import Card, card_number
from shared.members.service import Members
from tests.fakes.audited import FakeAuditBook
from tests.fakes.profiles import FakeProfiles
from tests.support.entries import random_book
from tests.unit.ledger.commands import join, merge, transfer
from tests.unit.partners.audit.world import World
from tests.unit.partners.settlement.windows_world import PARTNERS
from tests.unit.partners.settlement.windows_world import World as SettledWindows
from tests.unit.partners.sweep.world import EXPIRED
from tests.unit.partners.sweep.world import World as IdleAccounts

MEMBER = "0000000043"
CARD = card_number("9770", Card(MEMBER, 1))


class FakeServices:
    def __init__(self, world: World) -> None:
        self.ledger = Ledger(world.journal, world.clock)
        self.members = Members(FakeProfiles(world.journal), world.journal, world.clock, lambda: b"", "9770")
        self.audit: Audit = world.audit()
        self.idle = IdleAccounts()
        self.sweep = self.idle.sweep()
        settled = SettledWindows()
        settled.post(random_book(random.Random(5), 20, PARTNERS, days=1))
        settled.clock.advance(days=2)
        settled.close_now()
        self.windows, self.window_replays = settled.windows(), settled.replays()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def services(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    fake = FakeServices(world)
    monkeypatch.setattr(command, "connect", lambda stage, endpoint: fake)
    return fake


def printed(services: Any, card: str, last: int | None = None) -> tuple[bool, str]:
    text = io.StringIO()
    good = show(Console(file=text, width=250), services, card, last)
    return good, text.getvalue()


def test_a_history_says_when_where_what_and_what_moved(services: FakeServices) -> None:
    good, text = printed(services, CARD)
    assert good
    assert f"Card {CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}" in text
    assert f"Member {MEMBER}, 14 entries from 2026-11-15 12:01:00 to 2027-01-14 12:14:00 UTC, 6 visits." in text
    lines = [
        ("alpha s1, receipt r-join", "joined", "none", "0"),
        (
            "2026-11-15 12:02:",
            "bought for 60.00 USD: 300 points (5 per 1.00)",
            "300 issuer > balance, alpha until",
            "300",
        ),
        ("bought for 24.00 USD: 120 points", "120 issuer > pending, beta until 2028-11-30", "300"),
        ("set 100 points aside, worth 0.50 USD off until 2026-11-15 12:19:", "100 balance > held, alpha", "200"),
        ("spent 60 of the points that entry 4 set aside, for 0.30 USD off", "60 held > till", "240"),
        ("let go of the 40 points that entry 6 set aside", "120 pending > balance, beta"),
        ("spent 150 points for 0.75 USD off", "150 balance > till, alpha until 2028-11-30"),
        ("called off 50 points of redemption 8", "50 till > balance"),
        ("returned 40.00 USD of purchase 2: 200 points taken back", "140 balance > issuer, alpha"),
        ("adjusted by the operator, +25 points: goodwill", "25 operator > balance, alpha"),
        ("time passed", "20 pending > balance, alpha until 2028-12-31"),
        ("beta s1, receipt r-e2", "bought for 2.00 USD: 10 points"),
    ]
    for parts in lines:
        assert any(all(part in line for part in parts) for line in text.splitlines()), parts
    assert "60 owed" in text
    assert text.rstrip().endswith("Every entry follows from the one before it.")


def test_a_history_with_cashback_reads_as_well(world: World, services: FakeServices) -> None:
    world.live_on_cashback()
    _, text = printed(services, card_number("9770", Card("0000000042", 1)))
    lines = [
        ("bought for 60.00 USD: 300 points (5 per 1.00) and 20.00 USD of cashback",),
        ("20.00 USD issuer > balance, alpha", " 20.00 USD "),
        ("spent 15.00 USD of cashback", "15.00 USD balance > till, alpha"),
        ("called off cashback of redemption 17, 3.00 USD", "3.00 USD till > balance, alpha"),
        ("returned 100.00 EUR of purchase 16: 500 points and 2.00 EUR of cashback taken back",),
        ("1.50 EUR debt > issuer, beta", " 8.00 USD"),
        (" 1.50 EUR owed",),
    ]
    for parts in lines:
        assert any(all(part in line for part in parts) for line in text.splitlines()), (parts, text)


def test_only_the_last_entries_may_be_asked_for(services: FakeServices) -> None:
    _, text = printed(services, CARD, last=2)
    assert "time passed" in text
    assert "joined" not in text
    assert "The last 2 of 14 entries." in text


def test_a_history_that_contradicts_itself_says_where(world: World, services: FakeServices) -> None:
    world.item(MEMBER, 3)["loc"] = {"S": "elsewhere"}
    good, text = printed(services, CARD)
    assert not good
    assert f"{MEMBER}-3: its hash does not follow from its content" in text


def test_the_account_that_answers_for_a_card_is_shown_with_it(world: World, services: FakeServices) -> None:
    now_ms, other, third = world.clock(), "0000000042", "0000000044"
    world.ledger.apply_pair(transfer("give", now_ms, 10, other, member=MEMBER))
    world.ledger.apply_pair(merge("merge", now_ms, other, member=MEMBER, partner="network", reason="enrolled twice"))
    world.ledger.apply_pair(join("join-household", now_ms, other, member=third))
    good, text = printed(services, CARD, last=3)
    assert good
    assert "gave 10 points, see 0000000042-15" in text
    assert "was given 10 points, see 0000000043-15" in text
    assert text.count(": enrolled twice") == 2
    assert f"member {other} answers for this card" in text
    assert f"Member {MEMBER} merged into this account." in text
    assert f"Member {third} uses this account as the household's." in text
    assert text.count("Every entry follows from the one before it.") == 2


def test_a_contradiction_in_either_account_counts(world: World, services: FakeServices) -> None:
    world.ledger.apply_pair(join("join-household", world.clock(), "0000000042", member=MEMBER))
    world.item(MEMBER, 3)["loc"] = {"S": "elsewhere"}
    good, text = printed(services, CARD)
    assert not good
    assert "member 0000000042 answers for this card" in text


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["ledger", "show", CARD, "--endpoint", "http://x"], command.HOLDS, "Every entry follows"),
        (["ledger", "show", "9770000000000000", "--stage", "x"], command.FAILED, "check digit"),
        (["ledger", "show", card_number("9770", Card("0000000001", 1)), "--stage", "x"], command.FAILED, "card"),
        (
            ["audit", "--stage", "x", "--segments", "2", "--settled-for", "0"],
            command.HOLDS,
            "The ledger holds: 42 entries",
        ),
        (["audit", "--stage", "x", "--run", "NO NAME"], command.FAILED, "name"),
        (["sweep", "--stage", "x", "--segments", "2"], command.HOLDS, "3 of 6 members had something due: 30 points"),
        (["sweep", "--stage", "x", "--run", "NO NAME"], command.FAILED, "name"),
        (["settlement", "replay", "1", "--stage", "x"], command.HOLDS, "Window 1 is, byte for byte, what was written"),
        (["settlement", "replay", "2", "--stage", "x"], command.FAILED, "closed"),
        (["settlement", "replay", "1", "--stage", "x", "--terms", "/no/such"], command.FAILED, "No such file"),
    ],
)
def test_exit_codes(
    services: FakeServices, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    assert command.main(arguments) == code
    assert says in capsys.readouterr().out


def test_what_if_shows_the_change_of_each_position(
    services: FakeServices, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    proposal = tmp_path / "proposal.json"
    proposal.write_text('{"partner_id": "harvest", "redeem_price_micros": 0, "commission_bps": 0}')
    arguments = ["settlement", "replay", "1", "--stage", "x", "--terms", str(proposal)]
    assert command.main(arguments) == command.HOLDS
    text = capsys.readouterr().out
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}
    assert lines["greenleaf"][-2] == "0.00"
    assert lines["harvest"][-2].startswith("-")
    assert float(lines["harvest"][-2]) == -float(lines["network"][-2])
    proposal.write_text('{"partner_id": "harvest", "redeem_price": 0}')
    assert command.main(arguments) == command.FAILED
    assert "redeem_price" in capsys.readouterr().out


def test_a_contradiction_is_printed_and_the_exit_code_is_1(
    world: World, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    world.item(MEMBER, 4)["loc"] = {"S": "elsewhere"}
    assert command.main(["audit", "--stage", "x", "--settled-for", "0"]) == command.CONTRADICTS
    text = capsys.readouterr().out
    assert f"{MEMBER}-4" in text
    assert "The ledger contradicts itself in" in text


def test_an_account_that_a_sweep_had_to_leave_is_named_and_the_exit_code_is_1(
    services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    services.idle.journal.items[EXPIRED][-1]["lots"] = {"B": b"\xff"}
    assert command.main(["sweep", "--stage", "x"]) == command.CONTRADICTS
    text = capsys.readouterr().out
    assert EXPIRED in text
    assert "1 account could not be swept." in " ".join(text.split())


@pytest.mark.parametrize("run", ["audit", "sweep"])
def test_a_run_that_is_stopped_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], run: str
) -> None:
    def connect(stage: str | None, endpoint: str | None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "connect", connect)
    assert command.main([run, "--stage", "x", "--run", "mine"]) == command.STOPPED
    assert "Go on with the same command and --run mine" in capsys.readouterr().out


def test_the_table_of_books_adds_up_in_the_open(services: FakeServices, capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["audit", "--stage", "x", "--settled-for", "0"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["alpha", "1,140", "75", "135", "·", "·", "·", "480", "·", "600", "yes"] in rows


def test_cashback_has_a_row_for_each_issuer_and_currency(
    world: World, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    world.live_on_cashback()
    command.main(["audit", "--stage", "x", "--settled-for", "0"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["alpha,", "USD", "40.00", "·", "·", "·", "·", "·", "24.00", "16.00", "·", "yes"] in rows
    assert ["beta,", "EUR", "2.00", "·", "·", "·", "·", "1.50", "1.50", "·", "2.00", "yes"] in rows


def test_a_deployment_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def connect(stage: str | None, endpoint: str | None) -> None:
        raise DeployError(f"there is no stack tessera-{stage} here")

    monkeypatch.setattr(command, "connect", connect)
    assert command.main(["audit", "--stage", "moon"]) == command.FAILED
    assert "there is no stack tessera-moon here" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [[], ["audit"], ["ledger", "show", CARD], ["audit", "--stage", "a", "--segments", "0"]]
)
def test_what_is_missing_is_asked_for(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments)
    assert stopped.value.code == 2
    assert "usage: tessera" in capsys.readouterr().err


def test_an_audit_waits_for_what_another_process_has(world: World) -> None:
    book = FakeAuditBook()
    audit = world.audit(book)
    run = audit.begin("run", segments=1, settled_for_ms=0)
    book.save(run, Task("segment-000", Share(), version=1, leased_until_ms=world.clock() + LEASE_MS))
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        world.clock.advance(ms=LEASE_MS // 3)

    assert until_verdict(audit, run, lambda _: None, sleep).holds
    assert waits == [WAIT_SECONDS] * 3
