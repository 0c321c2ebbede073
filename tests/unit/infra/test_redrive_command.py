"""What the redrive answers when there is nothing to work on."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import NoReturn

import pytest

from infra import redrive
from infra.cloudformation import DeployError
from partners.audit.reposting import Reposted
from shared.kernel.errors import StoreUnavailableError


@pytest.mark.parametrize(
    ("error", "why"),
    [(DeployError("there is no stack tessera-prod here"), "no stack"), (StoreUnavailableError("x"), "did not answer")],
)
def test_a_queue_that_cannot_be_worked_is_neither_empty_nor_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, why: str
) -> None:
    def refuse(_stage: str, _endpoint: None) -> NoReturn:
        raise error

    monkeypatch.setattr(redrive, "connect", refuse)
    assert redrive.main(["--stage", "prod"]) == redrive.FAILED
    assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reposted", "code"), [(Reposted(posted=2), redrive.NOTHING_LEFT), (Reposted(posted=1, left=1), redrive.SOME_LEFT)]
)
def test_what_an_audit_found_is_posted_from_the_journal_and_the_queue_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reposted: Reposted, code: int
) -> None:
    asked: list[str] = []

    class Reposting:
        def repost(self, run_id: str, _segments: int, report: Callable[[str], None]) -> Reposted:
            asked.append(run_id)
            report("posted: entry 42-1, harvest 2026-11-21")
            return reposted

    monkeypatch.setattr(redrive, "connect", lambda _stage, _endpoint: SimpleNamespace(reposting=Reposting()))
    assert redrive.main(["--stage", "prod", "--from-audit", "lost-1"]) == code
    assert asked == ["lost-1"]
    assert capsys.readouterr().out.splitlines() == ["posted: entry 42-1, harvest 2026-11-21", str(reposted)]
