"""Every route, with ordinary requests spoilt in one or two places: never a 5xx, always what the document promises."""

from random import Random

import pytest

from tests.support.described import Operation, api_document, operations
from tests.support.hostile import hostile_requests
from tests.unit.hostile.stage import Stage

OPERATIONS = operations(api_document())
CASES, CASES_IN_FULL = 20, 600


every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])


def send_spoilt(stage: Stage, operation: Operation, count: int, seed: str) -> None:
    asked = hostile_requests(operation, stage.known, stage.key_for(operation), Random(seed), count)
    for number, one in enumerate(asked):
        answer = stage.answer(one)
        try:
            operation.check(answer)
        except Exception as error:
            error.add_note(f"seed {seed!r}, number {number}: {one.method} {one.target} {one.headers} {one.body!r}")
            raise


def send_example(stage: Stage, operation: Operation) -> None:
    first = {name: values[0] for name, values in stage.known.items()}
    answer = stage.answer(operation.request(first, stage.key_for(operation)))
    operation.check(answer)
    # What is signed can't be signed by an example.
    assert answer.status not in {400, 401, 406, 415} or operation.caller == "anyone", answer.body
    assert answer.status != 403 or operation.caller == "anyone", answer.body


@every_operation
def test_the_documents_own_example_is_understood_and_spoilt_ones_are_answered_from_the_document(
    stage: Stage, operation: Operation
) -> None:
    send_example(stage, operation)
    send_spoilt(stage, operation, CASES, operation.name)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2))
@every_operation
def test_many_spoilt_requests_get_answers_from_the_document(stage: Stage, operation: Operation, seed: int) -> None:
    send_spoilt(stage, operation, CASES_IN_FULL, f"{operation.name} {seed}")
