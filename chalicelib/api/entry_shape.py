"""A journal entry as the partner that acted in it sees it."""

from typing import TYPE_CHECKING

from chalicelib.api.schemas.fields import MoneyOut
from chalicelib.api.schemas.listings import EntryOut
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.visits.model import Line


def entry_out(line: "Line") -> EntryOut:
    """Without who granted redeemed points, and without the member's balance: neither is the partner's to know."""
    return EntryOut(
        entry_id=line.entry_id,
        op=line.op,
        recorded_at=to_rfc3339(line.recorded_at_ms),
        occurred_at=to_rfc3339(line.occurred_at_ms),
        location_id=line.location,
        receipt=line.receipt,
        points=line.points,
        cashback=_money(line.cashback_cents, line.currency),
        price_micros=line.price_micros,
        total=_money(line.amount_cents, line.currency),
        value=_money(line.value_cents, line.currency),
        visit=line.visit,
    )


def _money(amount_cents: int | None, currency: str | None) -> MoneyOut | None:
    if amount_cents is None or currency is None:
        return None
    return MoneyOut(amount_cents=amount_cents, currency=currency)
