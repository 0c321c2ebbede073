"""Every route, with requests that schemathesis makes from the document: never a 5xx, always what it promises."""

from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from schemathesis import Case, Response
from schemathesis.schemas import APIOperation

from app import app
from tests.support.described import Operation, api_document
from tests.support.drawn import one_in
from tests.support.gateway import Gateway
from tests.support.generated import CONFIG, check_operation
from tests.unit.hostile.stage import Stage

SCHEMA = schemathesis.openapi.from_dict(deepcopy(api_document()), config=CONFIG)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
CASES, CASES_IN_FULL = 2, 150

LABELS = [one.label for one in OPERATIONS]


def send_generated(stage: Stage, operation: APIOperation[Any, Any, Any, Any], cases: int) -> None:
    described = Operation(operation.method.upper(), operation.path, operation.definition.raw, SCHEMA.raw_schema)
    gateway = Gateway(app)

    def send(case: Case) -> Response:
        # Anew for each: one request of an operator is for a credential that ends the one it is sent with.
        key = stage.key_for(described)
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return case.call(base_url="http://localhost", app=gateway, headers=headers)

    assert check_operation(operation, stage.known, send, cases) > 0


@pytest.mark.parametrize("operation", one_in(2, OPERATIONS), ids=LABELS)
def test_a_generated_request_gets_an_answer_from_the_document(stage: Stage, operation: APIOperation) -> None:
    send_generated(stage, operation, CASES)


@pytest.mark.full
@pytest.mark.parametrize("operation", OPERATIONS, ids=LABELS)
def test_many_generated_requests_get_answers_from_the_document(stage: Stage, operation: APIOperation) -> None:
    send_generated(stage, operation, CASES_IN_FULL)
