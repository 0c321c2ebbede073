"""The operator's key goes to standard output alone; when there is none the exit code says so."""

from types import SimpleNamespace
from typing import NoReturn

import pytest

from infra import operator_key
from infra.cloudformation import DeployError
from partners.access.service import Access
from partners.operators.service import Operators
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.ids import system_random
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import contracts_of
from tests.fakes.key_ring import FakeKeyRing
from tests.fakes.operator_book import FakeOperatorBook


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> Access:
    clock = FakeClock()
    access = Access(FakeKeyRing(), contracts_of(clock=clock), clock, system_random, live=True)
    operators = Operators(FakeOperatorBook(), access, clock)
    services = SimpleNamespace(access=access, operators=operators)
    monkeypatch.setattr(operator_key, "connect", lambda _stage, _endpoint: services)
    return access


def test_the_key_is_the_operator_s_and_stands_alone_on_standard_output(
    access: Access, capsys: pytest.CaptureFixture[str]
) -> None:
    operator_key.main(["--stage", "prod", "--operator", "ann"])
    shown = capsys.readouterr()
    key = access.resolve(shown.out.removesuffix("\n"))
    assert (key.operator_id, sorted(key.scopes)) == ("ann", ["sign-in"])
    assert "secrets manager" in shown.err
    assert "POST /v1/operator-tokens" in shown.err
    assert shown.out.strip() not in shown.err


def test_a_third_credential_of_one_operator_is_refused(access: Access, capsys: pytest.CaptureFixture[str]) -> None:
    operator_key.main(["--stage", "prod"])
    operator_key.main(["--stage", "prod"])
    assert len({access.resolve(line).operator_id for line in capsys.readouterr().out.split()}) == 1
    with pytest.raises(SystemExit, match="no credential was issued"):
        operator_key.main(["--stage", "prod"])


@pytest.mark.parametrize(
    ("error", "why"),
    [(DeployError("there is no stack tessera-prod here"), "no stack"), (StoreUnavailableError("x"), "did not answer")],
)
def test_without_a_key_nothing_is_printed_and_the_reason_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, why: str
) -> None:
    def refuse(_stage: str, _endpoint: None) -> NoReturn:
        raise error

    monkeypatch.setattr(operator_key, "connect", refuse)
    with pytest.raises(SystemExit, match=why):
        operator_key.main(["--stage", "prod"])
    assert capsys.readouterr().out == ""


def test_a_deployment_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        operator_key.main([])
    assert refusal.value.code == 2
    assert "--stage" in capsys.readouterr().err
