"""What the redrive answers when there is nothing to work on."""

from typing import NoReturn

import pytest

from infra import redrive
from infra.cloudformation import DeployError
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
