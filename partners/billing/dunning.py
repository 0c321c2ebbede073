"""What is known of a partner's invoices, and what an unpaid one leads to. Pure.

Of the operator's own what stands is what was recorded, see `partners.billing.invoice_payment`. Of those at Stripe it is
what was heard: webhooks come in any order, twice or never. So an invoice's record is the join of all that was ever
heard of it: the furthest status, the most attempts, the earliest failure, the due date told last. The order of hearing
makes no difference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import index
from typing import Any

from shared.kernel.clock import DAY_MS, utc_day

STATUSES = ("open", "uncollectible", "void", "paid")
"""In the order in which an invoice may pass through them."""
ENDED = frozenset({"void", "paid"})
RESTRICTED_AFTER_MS = 14 * DAY_MS
RESTRICTED_AFTER_ATTEMPTS = 4
"""The first attempt and Stripe's three usual further ones."""
SUSPENDED_AFTER_MS = 30 * DAY_MS
STEPS_KEPT = 20


class Standing(StrEnum):
    """Of a partner with the network's bills. Whatever it is, members keep and spend their points everywhere.

    `overdue`: a payment failed or is late; reminders go out. `restricted`: for 14 days, or tried four times: open it no
    new locations. `suspended_for_payment`: for 30 days, or given up: suspend it. All of these advise the operator, who
    decides.
    """

    GOOD = "good"
    OVERDUE = "overdue"
    RESTRICTED = "restricted"
    SUSPENDED_FOR_PAYMENT = "suspended_for_payment"


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """What was heard of an invoice; of the operator's own its number, what is open of it, and when it is due.

    Times in epoch seconds; `remaining_cents` is the least ever heard.

    `due_at` may be moved at Stripe; `due_told_at` is when the event that told it was made (0: not known).
    `opened_at` is when the first event of it was made, `ended_at` when the first was that it is paid or void, both
    None if it was heard of before they were noted; `most_cents` is the most that ever remained of it.
    """

    invoice_id: str
    status: str
    remaining_cents: int
    attempts: int = 0
    failed_at: int | None = None
    due_at: int | None = None
    due_told_at: int = 0
    opened_at: int | None = None
    ended_at: int | None = None
    most_cents: int = 0
    version: int = 0


def heard(event: Mapping[str, Any]) -> InvoiceRecord | None:
    """What an event tells of an invoice; None if it is about something else, or a draft, which binds nobody.

    Raises KeyError and TypeError if it has another shape.
    """
    thing = event["data"]["object"]
    if thing.get("object") != "invoice" or thing.get("status") not in STATUSES:
        return None
    failed = event["type"] == "invoice.payment_failed"
    return InvoiceRecord(
        invoice_id=str(thing["id"]),
        status=thing["status"],
        remaining_cents=index(thing["amount_remaining"]),
        attempts=index(thing["attempt_count"]),
        failed_at=index(event["created"]) if failed else None,
        due_at=None if thing.get("due_date") is None else index(thing["due_date"]),
        due_told_at=index(event["created"]),
        opened_at=index(event["created"]),
        ended_at=event["created"] if thing["status"] in ENDED else None,
        most_cents=thing["amount_remaining"],
    )


def joined(one: InvoiceRecord, other: InvoiceRecord) -> InvoiceRecord:
    """All that both say of the same invoice; `version` is that of `one`."""
    newest = max(one, other, key=lambda record: (record.due_told_at, record.due_at or 0))
    return InvoiceRecord(
        invoice_id=one.invoice_id,
        status=max(one.status, other.status, key=STATUSES.index),
        remaining_cents=min(one.remaining_cents, other.remaining_cents),
        attempts=max(one.attempts, other.attempts),
        failed_at=_earliest(one.failed_at, other.failed_at),
        due_at=newest.due_at,
        due_told_at=newest.due_told_at,
        opened_at=_earliest(one.opened_at, other.opened_at),
        ended_at=_earliest(one.ended_at, other.ended_at),
        most_cents=max(one.most_cents, other.most_cents),
        version=one.version,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A change of standing, and the invoice that led to it."""

    at_ms: int
    standing: Standing
    why: str


@dataclass(frozen=True, slots=True)
class PaymentState:
    """How a partner stands since `since_ms`, what is late, and how it came to that: the latest STEPS_KEPT steps."""

    partner_id: str
    standing: Standing = Standing.GOOD
    since_ms: int = 0
    late_cents: int = 0
    steps: tuple[Step, ...] = ()
    version: int = 0


def followed(before: PaymentState, records: Iterable[InvoiceRecord], now_ms: int) -> PaymentState:
    """The state that a partner's invoices lead to by now; `before` itself if nothing changes."""
    found = list(records)
    order = list(Standing)
    worst = max(found, key=lambda one: order.index(standing_of(one, now_ms)), default=None)
    standing = Standing.GOOD if worst is None else standing_of(worst, now_ms)
    late = [one for one in found if standing_of(one, now_ms) is not Standing.GOOD]
    late_cents = sum(one.remaining_cents for one in late)
    if (standing, late_cents) == (before.standing, before.late_cents):
        return before
    after = replace(before, late_cents=late_cents, version=before.version + 1)
    if standing is before.standing:
        return after
    why = "nothing is late" if worst is None or standing is Standing.GOOD else _why(worst)
    steps = (*before.steps, Step(now_ms, standing, why))[-STEPS_KEPT:]
    return replace(after, standing=standing, since_ms=now_ms, steps=steps)


def standing_of(record: InvoiceRecord, now_ms: int) -> Standing:
    """What one invoice leads to."""
    if record.status == "uncollectible":
        return Standing.SUSPENDED_FOR_PAYMENT
    since = _earliest(record.failed_at, record.due_at)
    if record.status != "open" or record.remaining_cents <= 0 or since is None or since * 1_000 > now_ms:
        return Standing.GOOD
    late_ms = now_ms - since * 1_000
    if late_ms >= SUSPENDED_AFTER_MS:
        return Standing.SUSPENDED_FOR_PAYMENT
    failed_often = record.failed_at is not None and record.attempts >= RESTRICTED_AFTER_ATTEMPTS
    return Standing.RESTRICTED if late_ms >= RESTRICTED_AFTER_MS or failed_often else Standing.OVERDUE


def _why(record: InvoiceRecord) -> str:
    if record.status == "uncollectible":
        return f"{record.invoice_id} was given up as uncollectible"
    since = _earliest(record.failed_at, record.due_at) or 0
    failed = f", {record.attempts} payments failed" if record.failed_at is not None else ""
    return f"{record.invoice_id} is unpaid since {utc_day(since * 1_000)}{failed}"


def _earliest(one: int | None, other: int | None) -> int | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
