"""What the gateway answers before any handler runs, on the deployed system."""

from dataclasses import replace

import httpx
import pytest

from infra.deploy import deploy
from infra.operator_key import operator_token
from infra.package import Package
from partners.bootstrap import Services
from tests.e2e.shops import bearer
from tests.support.clouds import DeployedCloud

PROBLEM = "application/problem+json"


@pytest.fixture
def http(local_cloud: DeployedCloud) -> httpx.Client:
    return httpx.Client(base_url=local_cloud.base_url, timeout=30)


def test_health_needs_no_key(http: httpx.Client) -> None:
    with http:
        assert http.get("/v1/health").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic dHNr"},
        {"Authorization": "Bearer tsk_live_0123456789_" + "0" * 39},
    ],
    ids=["no header", "no key", "another scheme", "unknown key"],
)
def test_without_a_valid_key_the_answer_is_a_401_problem(http: httpx.Client, headers: dict[str, str]) -> None:
    with http:
        answer = http.get("/v1/cards/9770000000000000", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
    assert answer.json()["code"] == "unauthorized"
    assert answer.json()["status"] == 401
    assert answer.json()["instance"].startswith("urn:uuid:")


def test_a_deployment_for_tests_answers_a_live_key_as_if_it_were_unknown(local_cloud: DeployedCloud) -> None:
    elsewhere = Services(replace(local_cloud.services.settings, key_mode="live"))
    live, test = [operator_token(one) for one in (elsewhere, local_cloud.services)]
    answers = [
        httpx.get(f"{local_cloud.base_url}/v1/partners", headers=bearer(key), timeout=30) for key in (live, test)
    ]
    assert [key[:9] for key in (live, test)] == ["tso_live_", "tso_test_"]
    assert [answer.status_code for answer in answers] == [401, 200]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nowhere"), ("DELETE", "/v1/health"), ("GET", "/")])
def test_an_unknown_route_is_a_404_problem(http: httpx.Client, method: str, path: str) -> None:
    with http:
        answer = http.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json()["code"] == "unknown_route"


def test_functions_run_under_their_own_roles(local_cloud: DeployedCloud) -> None:
    assert httpx.get(f"{local_cloud.endpoint_url}/_ministack/health").json()["auth"] == "enabled"


def test_deploying_the_same_package_again_changes_nothing(local_cloud: DeployedCloud, package: Package) -> None:
    said: list[str] = []
    again = deploy(local_cloud.target, package, local_cloud.stack.stage, said.append, "test")
    assert again == local_cloud.stack
    assert said == [f"the stack {again.name} is up to date"]
