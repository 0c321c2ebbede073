"""Servers that tests share: each is started once, when the first test asks for it, and gone at the end."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from infra.local.cloud import local_aws_environment
from infra.local.cloud import local_cloud as start_local_cloud
from infra.local.dynamodb_local import dynamodb_local
from infra.package import Package, build_package
from infra.paths import LOCAL
from tests.support.clouds import NOWHERE, DynamoEngine, engine_with_tables, forget_clients

# Without a time limit: an example would fail it on a busy machine, not on a fault.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.register_profile("full", deadline=None, max_examples=300)

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "tests")

_TOGETHER = {
    "tests/e2e": "servers",
    "tests/functional": "servers",
    "tests/packaging": "servers",
    "tests/live": "servers",
    "tests/simulation/ledger/test_crashes_on_engines.py": "servers",
    "tests/simulation/ledger/test_crashes.py": "faults",
    "tests/simulation/ledger/test_points.py": "faults",
}
"""What one worker runs alone: servers are started once, and what the fault harness explored is explored once."""


class Together(LoadScopeScheduling):
    """Hands out the groups of _TOGETHER whole, simulations one by one, all else file by file; in collection order."""

    def _split_scope(self, nodeid: str) -> str:
        for start, group in _TOGETHER.items():
            if nodeid.startswith(start):
                return group
        return nodeid if nodeid.startswith("tests/simulation") else nodeid.partition("::")[0]


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if _runs_in_full(config) else "quick")


def _runs_in_full(config: pytest.Config) -> bool:
    return bool(config.option.markexpr == "full or not full")


@pytest.fixture(scope="session")
def in_full(pytestconfig: pytest.Config) -> bool:
    """Whether this is `make test-full`, for tests that draw from what they then try whole."""
    return _runs_in_full(pytestconfig)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    config.option.loadscopereorder = False
    return Together(config, log)


@pytest.fixture(scope="session")
def session_environment() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="session", autouse=True)
def no_way_to_aws(session_environment: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        session_environment.delenv(name, raising=False)
    for name, value in NOWHERE.items():
        session_environment.setenv(name, value)


@pytest.fixture(scope="session")
def package() -> Package:
    """The Lambda package as it would be deployed."""
    return build_package(print)


@pytest.fixture(scope="session")
def cloud_endpoint(session_environment: pytest.MonkeyPatch) -> Iterator[str]:
    """The running local cloud; from now on the AWS SDK of this process goes there."""
    with start_local_cloud(log=LOCAL / "logs" / f"{_WORKER}-cloud.log") as cloud:
        for name, value in local_aws_environment(cloud.endpoint_url).items():
            session_environment.setenv(name, value)
        forget_clients()
        yield cloud.endpoint_url


@pytest.fixture(scope="session")
def emulator_engine(cloud_endpoint: str) -> DynamoEngine:
    """Bare tables on the local cloud."""
    return engine_with_tables("emulator", cloud_endpoint)


@pytest.fixture(scope="session")
def dynamodb_local_engine() -> Iterator[DynamoEngine]:
    """Bare tables on AWS's own DynamoDB Local."""
    with dynamodb_local(log=LOCAL / "logs" / f"{_WORKER}-dynamodb-local.log") as server:
        yield engine_with_tables("dynamodb-local", server.endpoint_url)


@pytest.fixture(scope="session", params=["emulator", "dynamodb-local"])
def dynamodb_engine(request: pytest.FixtureRequest) -> DynamoEngine:
    """Every test that asks for this runs on both engines."""
    fixture = {"emulator": "emulator_engine", "dynamodb-local": "dynamodb_local_engine"}[request.param]
    engine: DynamoEngine = request.getfixturevalue(fixture)
    return engine
