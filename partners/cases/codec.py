"""A case as JSON text and back. Pure."""

import json
from dataclasses import asdict
from typing import Any

from partners.cases.model import Case, CaseState, Quantities, Side, Step, StepKind, Subject

_OUTSIDE = ("number", "partner_id", "version")
"""What the keys and attributes of a row say already."""


def case_to_json(case: Case) -> str:
    facts = {name: value for name, value in asdict(case).items() if name not in _OUTSIDE}
    return json.dumps(facts, separators=(",", ":"), ensure_ascii=False)


def case_from_json(partner_id: str, number: int, version: int, text: str) -> Case:
    facts: dict[str, Any] = json.loads(text)
    agreed = facts.pop("agreed")
    return Case(
        number=number,
        partner_id=partner_id,
        version=version,
        subject=Subject(**facts.pop("subject")),
        claim=Quantities(**facts.pop("claim")),
        agreed=None if agreed is None else Quantities(**agreed),
        state=CaseState(facts.pop("state")),
        steps=tuple(_step(step) for step in facts.pop("steps")),
        **facts,
    )


def _step(facts: dict[str, Any]) -> Step:
    return Step(kind=StepKind(facts.pop("kind")), side=Side(facts.pop("side")), **facts)
