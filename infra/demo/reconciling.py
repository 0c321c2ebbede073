"""A retailer puts its own lines of the window beside the network's: what its tills noted, with differences planted.

Exactly these have to be found.
"""

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from infra.demo.client import TIMEOUT_SECONDS, Api
from infra.demo.errors import UnexpectedAnswerError
from infra.demo.replay import TillLine

COLUMNS = ("kind", "location", "receipt", "points", "amount_cents")
INVENTED = "never-rung-up"
WAIT_SECONDS = 120
_NEEDED = 3


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many lines matched, and the receipts that were planted and found, by outcome."""

    partner_id: str
    matched: int
    planted: dict[str, str]


def reconcile(api: Api, key: str, window: int, partner_id: str, lines: Sequence[TillLine]) -> Reconciled:
    """Raises UnexpectedAnswerError if what is found is not what was planted."""
    if sum(one.kind == "earn" for one in lines) < _NEEDED:
        raise UnexpectedAnswerError(
            "The retailer has too few purchases to plant differences in: choose more households."
        )
    file, planted = _with_differences(lines)
    asked = {"window": window, "format": "csv", "size_bytes": len(file)}
    begun = api.post("/v1/reconciliations", key, asked, f"window-{window}").body
    put = httpx.put(begun["upload"]["url"], content=file, timeout=TIMEOUT_SECONDS, trust_env=False)
    if not put.is_success:
        raise UnexpectedAnswerError(f"The upload: {put.status_code} {put.text[:500]}")
    one = f"/v1/reconciliations/{begun['reconciliation']}"
    api.post(f"{one}/start", key, {})
    result = _awaited(api, key, one)
    found = {
        difference["outcome"]: difference["receipt"]
        for difference in api.get(f"{one}/differences", key).body["differences"]
    }
    expected = {"matched": len(lines) - 2, **dict.fromkeys(planted, 1)}
    if found != planted or {name: result[name] for name in expected} != expected:
        raise UnexpectedAnswerError(f"Planted: {planted}; found: {found}, {result}")
    return Reconciled(partner_id, int(result["matched"]), planted)


def _with_differences(lines: Sequence[TillLine]) -> tuple[bytes, dict[str, str]]:
    """The file, and by outcome the receipt that it is planted in."""
    purchases = [one for one in lines if one.kind == "earn"]
    left_out, changed, twice = purchases[0], purchases[len(purchases) // 2], purchases[-1]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in lines:
        cents = one.amount_cents + (100 if one is changed else 0)
        row = (one.kind, one.location_id, one.receipt, one.points, cents)
        table.writerows([row] * (0 if one is left_out else 2 if one is twice else 1))
    table.writerow(("earn", changed.location_id, INVENTED, 10, 1_000))
    planted = {
        "only_ours": left_out.receipt,
        "amount_differs": changed.receipt,
        "only_theirs": INVENTED,
        "duplicate": twice.receipt,
    }
    return text.getvalue().encode(), planted


def _awaited(api: Api, key: str, one: str) -> dict[str, int]:
    until = time.monotonic() + WAIT_SECONDS
    while (stands := api.get(one, key).body)["state"] not in ("done", "refused"):
        if time.monotonic() > until:
            raise UnexpectedAnswerError(f"The reconciliation is not done: {stands}")
        time.sleep(0.2)
    if stands["state"] == "refused":
        raise UnexpectedAnswerError(f"The file was refused: {stands['mistakes']}")
    result: dict[str, int] = stands["result"]
    return result
