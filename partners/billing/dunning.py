"""What is known of a partner's invoices at Stripe, and what an unpaid one leads to. Pure.

Webhooks come in any order, twice or never. So an invoice's record is the join of all that was ever heard of it:
the furthest status, the most attempts, the earliest failure. The order of hearing makes no difference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.kernel.clock import DAY_MS

STATUSES = ("open", "uncollectible", "void", "paid")
"""In the order in which an invoice may pass through them."""
RESTRICTED_AFTER_MS = 14 * DAY_MS
SUSPENDED_AFTER_MS = 30 * DAY_MS


class Standing(StrEnum):
    """Of a partner with the network's bills. Whatever it is, members keep and spend their points everywhere.

    `overdue`: a payment failed or is late; reminders go out. `restricted`: for 14 days; no new locations.
    `suspended`: for 30 days, or given up; the operator may take the partner's right to grant points.
    """

    GOOD = "good"
    OVERDUE = "overdue"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"

    @property
    def may_open_locations(self) -> bool:
        return self in (Standing.GOOD, Standing.OVERDUE)

    @property
    def may_grant_points(self) -> bool:
        return self is not Standing.SUSPENDED


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """What was heard of an invoice. Times in epoch seconds; `remaining_cents` is the least ever heard."""

    invoice_id: str
    status: str
    remaining_cents: int
    attempts: int = 0
    failed_at: int | None = None
    due_at: int | None = None
    version: int = 0


def heard(event: Mapping[str, Any]) -> InvoiceRecord | None:
    """What an event tells of an invoice; None if it is about something else, or a draft, which binds nobody."""
    thing = event["data"]["object"]
    if thing.get("object") != "invoice" or thing.get("status") not in STATUSES:
        return None
    failed = event["type"] == "invoice.payment_failed"
    return InvoiceRecord(
        invoice_id=thing["id"],
        status=thing["status"],
        remaining_cents=thing["amount_remaining"],
        attempts=thing["attempt_count"],
        failed_at=event["created"] if failed else None,
        due_at=thing.get("due_date"),
    )


def joined(one: InvoiceRecord, other: InvoiceRecord) -> InvoiceRecord:
    """All that both say of the same invoice; `version` is that of `one`."""
    return InvoiceRecord(
        invoice_id=one.invoice_id,
        status=max(one.status, other.status, key=STATUSES.index),
        remaining_cents=min(one.remaining_cents, other.remaining_cents),
        attempts=max(one.attempts, other.attempts),
        failed_at=_earliest(one.failed_at, other.failed_at),
        due_at=_earliest(one.due_at, other.due_at),
        version=one.version,
    )


def standing(records: Iterable[InvoiceRecord], now_ms: int) -> Standing:
    """The worst that any of a partner's invoices leads to."""
    order = list(Standing)
    return max((_standing(one, now_ms) for one in records), key=order.index, default=Standing.GOOD)


def _standing(record: InvoiceRecord, now_ms: int) -> Standing:
    if record.status == "uncollectible":
        return Standing.SUSPENDED
    since = _earliest(record.failed_at, record.due_at)
    if record.status != "open" or record.remaining_cents <= 0 or since is None or since * 1_000 > now_ms:
        return Standing.GOOD
    late_ms = now_ms - since * 1_000
    if late_ms >= SUSPENDED_AFTER_MS:
        return Standing.SUSPENDED
    return Standing.RESTRICTED if late_ms >= RESTRICTED_AFTER_MS else Standing.OVERDUE


def _earliest(one: int | None, other: int | None) -> int | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
