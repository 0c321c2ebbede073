"""Reconciliations and differences as JSON and back. Pure."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from partners.reconciliation.model import (
    Amounts,
    Asked,
    Difference,
    Format,
    Mistake,
    Outcome,
    Reconciliation,
    ReconciliationState,
    Result,
    Total,
)

_OUTSIDE = ("number", "partner_id", "version")
"""What the keys and attributes of a row say already."""


def reconciliation_to_json(reconciliation: Reconciliation) -> str:
    return _text({name: value for name, value in asdict(reconciliation).items() if name not in _OUTSIDE})


def reconciliation_from_json(partner_id: str, number: int, version: int, text: str) -> Reconciliation:
    facts: dict[str, Any] = json.loads(text)
    asked, result = facts.pop("asked"), facts.pop("result")
    return Reconciliation(
        number=number,
        partner_id=partner_id,
        version=version,
        asked=Asked(asked["window"], Format(asked["format"]), asked["size_bytes"]),
        state=ReconciliationState(facts.pop("state")),
        result=None if result is None else _result(result),
        mistakes=tuple(Mistake(**one) for one in facts.pop("mistakes")),
        **facts,
    )


def differences_to_json(differences: Iterable[Difference]) -> bytes:
    return _text([asdict(one) for one in differences]).encode()


def differences_from_json(text: bytes) -> list[Difference]:
    return [_difference(facts) for facts in json.loads(text)]


def _difference(facts: dict[str, Any]) -> Difference:
    return Difference(
        **facts
        | {"outcome": Outcome(facts["outcome"]), "ours": _amounts(facts["ours"]), "theirs": _amounts(facts["theirs"])}
    )


def _amounts(facts: dict[str, int] | None) -> Amounts | None:
    return None if facts is None else Amounts(**facts)


def _result(facts: dict[str, Any]) -> Result:
    totals = [
        Total(Outcome(one["outcome"]), one["kind"], one["lines"], Amounts(**one["ours"]), Amounts(**one["theirs"]))
        for one in facts["totals"]
    ]
    return Result(tuple(totals), tuple(facts["compared"]), facts["not_compared"])


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
