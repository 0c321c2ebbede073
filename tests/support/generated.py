"""Schemathesis on our document: requests made from its schemas, those that keep to them and those that break them."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.described import with_known

# Keys are the business of other tests, and an unknown parameter is refused before anything else is looked at.
CONFIG = SchemathesisConfig.from_dict(
    {"generation": {"allow-extra-parameters": False, "with-security-parameters": False}}
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

Send = Callable[[Case], Response]


def check_operation(operation: APIOperation, known: dict[str, list[Any]], send: Send, cases: int) -> int:
    """Send up to `cases` requests that keep to the document and as many that break it; the number sent.

    Half of them name things that exist, where `known` has values for a name. Raises what schemathesis found.
    """
    sent = 0
    existing = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in known.items()})
    for mode in GenerationMode:

        @settings(
            max_examples=cases,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), names=st.none() | existing)
        def run(case: Case, names: dict[str, Any] | None) -> None:
            nonlocal sent
            if names is not None:
                name_existing(case, names)
            assume("\x00" not in case.formatted_path)
            response = send(case)
            sent += 1
            case.validate_response(response, checks=CHECKS)

        try:
            run()
        except Unsatisfiable:
            # Nothing breaks a document that says nothing.
            assert mode == GenerationMode.NEGATIVE, operation.label
    return sent


def name_existing(case: Case, names: dict[str, Any]) -> None:
    """Put existing things where the request names any."""
    for values in (case.path_parameters, case.query):
        for name in set(values or {}) & set(names):
            values[name] = names[name]
    if isinstance(case.body, dict):
        case.body = with_known(case.body, names)
