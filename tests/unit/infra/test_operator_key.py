"""The operator's key goes to standard output alone; when there is none the exit code says so."""

from datetime import date
from types import SimpleNamespace
from typing import NoReturn

import pytest

from infra import operator_key
from infra.cloudformation import DeployError
from partners.access.service import Access
from partners.operators.service import Operators
from partners.trail.model import Phase, Record
from partners.trail.service import Trail
from shared.kernel.clock import utc_day
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.ids import system_random
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import contracts_of
from tests.fakes.key_ring import FakeKeyRing
from tests.fakes.operator_book import FakeOperatorBook
from tests.fakes.trail_book import FakeTrailBook

ARN = "arn:aws:sts::111122223333:assumed-role/Owner/ann"


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = FakeClock()
    access = Access(FakeKeyRing(), contracts_of(clock=clock), clock, system_random, live=True)
    operators = Operators(FakeOperatorBook(), access, clock)
    trail = Trail(FakeTrailBook(), clock, sleep=lambda _: None)
    services = SimpleNamespace(access=access, operators=operators, trail=trail)
    monkeypatch.setattr(operator_key, "connect", lambda _stage, _endpoint: services)
    sts = SimpleNamespace(get_caller_identity=lambda: {"Arn": ARN})
    monkeypatch.setattr(operator_key, "target_of", lambda _endpoint: SimpleNamespace(client=lambda _service: sts))
    return services


@pytest.fixture
def access(services: SimpleNamespace) -> Access:
    found: Access = services.access
    return found


def recorded(services: SimpleNamespace) -> list[Record]:
    day = date.fromisoformat(utc_day(services.access._clock()))
    found: list[Record] = services.trail.records(day, day, wanted=lambda _: True, after=None, limit=50).records
    return found


def test_who_brought_an_operator_in_and_why_is_in_the_trail(
    services: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    operator_key.main(["--stage", "prod", "--operator", "ann", "--reason", "Opening day"])
    text = capsys.readouterr().out.strip()
    begun, done = recorded(services)
    assert (begun.phase, done.phase, done.of) == (Phase.BEGUN, Phase.DONE, begun.record_id)
    assert (begun.act.by, begun.act.about, begun.act.reason) == (ARN, {"operator_id": "ann"}, "Opening day")
    assert (done.before, done.after["roles"]) == (None, ["admin", "approver", "settler", "viewer"])
    assert done.after["key_id"] == services.access.resolve(text).key_id
    assert text not in repr((begun, done))


def test_without_a_record_nobody_is_brought_in(services: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_record: Record) -> NoReturn:
        raise StoreUnavailableError("x")

    monkeypatch.setattr(services.trail._book, "add", refuse)
    with pytest.raises(SystemExit, match="did not answer"):
        operator_key.main(["--stage", "prod"])
    assert services.operators.all() == []


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


def test_a_third_credential_of_one_operator_is_refused(
    services: SimpleNamespace, access: Access, capsys: pytest.CaptureFixture[str]
) -> None:
    operator_key.main(["--stage", "prod"])
    operator_key.main(["--stage", "prod"])
    assert len({access.resolve(line).operator_id for line in capsys.readouterr().out.split()}) == 1
    with pytest.raises(SystemExit, match="no credential was issued"):
        operator_key.main(["--stage", "prod"])
    assert (recorded(services)[-1].phase, recorded(services)[-1].outcome) == (Phase.REFUSED, "too_many_credentials")


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
