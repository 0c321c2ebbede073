"""The deployed system under requests that mean harm: a sample of what tests/unit/hostile sends in bulk."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from schemathesis import Case, Response

from tests.e2e.shops import Network, fresh, now
from tests.support.clouds import DeployedCloud
from tests.support.described import Answer, Asked, Operation, api_document, operations
from tests.support.generated import CONFIG, check_operation
from tests.support.hostile import hostile_requests
from tests.support.walls import PRIVATE, SHARED, Tenant, attempts, judge, plant, twin, verdict

# The operator closes locations and accounts, so its routes come last.
OPERATIONS = sorted(operations(api_document()), key=lambda one: one.caller == "operator")


class Outside:
    """The deployed system and two partners that trade with it, the second of which is not to be reached."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.attacker, self.victim = self._partner("mal", 123_456), self._partner("vic", 7_654_321)

    def send(self, asked: Asked) -> Answer:
        request = httpx.Request(
            asked.method,
            self.network.base_url + asked.target,
            headers={name: value.encode() for name, value in asked.headers.items()},
            content=asked.raw_body,
        )
        reply = self.network.http.send(request)
        return Answer(reply.status_code, dict(reply.headers), reply.content)

    def key_for(self, operation: Operation) -> str | None:
        if operation.caller == "anyone":
            return None
        return self.network.operator_key if operation.caller == "operator" else self.attacker.key

    def known(self) -> dict[str, list[Any]]:
        plain = {name: [value] for name, value in self.attacker.known.items() if name != "entries"}
        return {
            **plain,
            "entry_id": list(self.attacker.known["entries"].values()),
            "receipt": [fresh("r") for _ in range(20)],
            "points": [1, 20, 10**9],
            "amount_cents": [0, 1, 2_000, 10**11],
            "by": ["day", "hour", "location"],
            "adjustment_id": ["0" * 32],
            "proposal": [1, 2],
        }

    def _partner(self, prefix: str, amount_cents: int) -> Tenant:
        today = datetime.now(UTC)
        begin, day = (today - timedelta(days=10)).isoformat(), today.date().isoformat()
        name = fresh(prefix)[:14]
        operators = self.network.operator_key, self.network.second_operator_key
        return plant(self.send, operators, name, now(), begin, day, amount_cents)


@pytest.fixture
def outside(local_cloud: DeployedCloud) -> Outside:
    return Outside(Network.of(local_cloud))


def sendable(asked: Asked) -> bool:
    """Whether an HTTP client lets it leave at all."""
    return all(value.isprintable() and value == value.strip() for value in asked.headers.values())


def send_spoilt(outside: Outside, count: int, every: int = 1) -> None:
    for operation in OPERATIONS[::every]:
        random = Random(f"deployed {operation.name}")
        asked = hostile_requests(operation, outside.known(), outside.key_for(operation), random, count)
        for one in filter(sendable, asked):
            answer = outside.send(one)
            try:
                operation.check(answer)
            except Exception as error:
                error.add_note(f"{one.method} {one.target} {one.headers} {one.body!r}")
                raise


def send_generated(outside: Outside, count: int, every: int = 1) -> None:
    schema = schemathesis.openapi.from_dict(deepcopy(api_document()), config=CONFIG)
    session = requests.Session()
    found = {one.ok().label: one.ok() for one in schema.get_all_operations()}
    for operation in [found[f"{one.method} {one.path}"] for one in OPERATIONS[::every]]:
        described = Operation(operation.method.upper(), operation.path, operation.definition.raw, schema.raw_schema)
        key = outside.key_for(described)
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}

        def send(case: Case, headers: dict[str, str] = headers) -> Response:
            return case.call(base_url=outside.network.base_url, session=session, headers=headers)

        assert check_operation(operation, outside.known(), send, count) > 0


def test_spoilt_requests_get_answers_from_the_document(outside: Outside) -> None:
    send_spoilt(outside, 2, every=3)


def test_generated_requests_get_answers_from_the_document(outside: Outside) -> None:
    send_generated(outside, 1, every=4)


@pytest.mark.full
def test_many_spoilt_requests_get_answers_from_the_document(outside: Outside) -> None:
    send_spoilt(outside, 10)


@pytest.mark.full
def test_many_generated_requests_get_answers_from_the_document(outside: Outside) -> None:
    send_generated(outside, 4)


def test_another_partners_ids_open_nothing_on_any_route(outside: Outside, in_full: bool) -> None:
    """Of a third of the routes; in `make test-full` of all, as always in tests/unit/hostile."""
    tried = 0
    guarded = [one for one in OPERATIONS if one.caller != "anyone"]
    # What names nobody goes first: a partner's own trail tells of what the partner tried, ids included.
    for operation in sorted(guarded[:: 1 if in_full else 3], key=lambda one: bool(one.names() & (PRIVATE | SHARED))):
        for name, asked in attempts(operation, outside.attacker, outside.victim):
            answer = outside.send(asked)
            judge(operation, name, asked, answer, outside.attacker, outside.victim)
            nobodys = twin(operation, name, outside.attacker)
            assert nobodys is None or verdict(outside.send(nobodys)) == verdict(answer)
            tried += 1
    assert tried > 100
