"""A line as partners read it, in listings and in webhooks alike."""

from typing import Any

from partners.visits.model import Line
from shared.kernel.clock import to_rfc3339


def entry_document(line: Line) -> dict[str, Any]:
    """JSON values by name, as the API's document describes an entry.

    Without who granted redeemed points, and without the member's balance: neither is the partner's to know.
    """
    return {
        "entry_id": line.entry_id,
        "op": line.op,
        "recorded_at": to_rfc3339(line.recorded_at_ms),
        "occurred_at": to_rfc3339(line.occurred_at_ms),
        "location_id": line.location,
        "receipt": line.receipt,
        "points": line.points,
        "cashback": _money(line.cashback_cents, line.currency),
        "price_micros": line.price_micros,
        "total": _money(line.amount_cents, line.currency),
        "value": _money(line.value_cents, line.currency),
        "visit": line.visit,
    }


def _money(amount_cents: int | None, currency: str | None) -> dict[str, Any] | None:
    if amount_cents is None or currency is None:
        return None
    return {"amount_cents": amount_cents, "currency": currency}
