"""What is owed to the network and for how long: payments of settlements and the operator's own invoices. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.kernel.clock import DAY_MS

BUCKETS = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
_UP_TO_DAYS = (0, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Receivable:
    """What a partner owes under `reference` (a payment's key or an invoice's number), and since when it is due."""

    partner_id: str
    currency: str
    reference: str
    amount_cents: int
    due_at_ms: int


@dataclass(frozen=True, slots=True)
class Aged:
    """What a partner owes in a currency, by how many days it has been due: cents for each of BUCKETS."""

    partner_id: str
    currency: str
    cents: tuple[int, ...]
    owed: tuple[Receivable, ...]

    @property
    def total_cents(self) -> int:
        return sum(self.cents)


def bucket_of(due_at_ms: int, now_ms: int) -> int:
    """The index in BUCKETS. A day counts once it is over."""
    days = (now_ms - due_at_ms) // DAY_MS
    if now_ms <= due_at_ms:
        return 0
    return next((number for number, most in enumerate(_UP_TO_DAYS) if number and days <= most), len(_UP_TO_DAYS))


def aged(receivables: Iterable[Receivable], now_ms: int) -> tuple[Aged, ...]:
    """By partner and currency, oldest first within each."""
    found: dict[tuple[str, str], list[Receivable]] = {}
    for one in receivables:
        found.setdefault((one.partner_id, one.currency), []).append(one)
    rows = []
    for (partner_id, currency), owed in sorted(found.items()):
        cents = [0] * len(BUCKETS)
        for one in owed:
            cents[bucket_of(one.due_at_ms, now_ms)] += one.amount_cents
        in_order = sorted(owed, key=lambda one: (one.due_at_ms, one.reference))
        rows.append(Aged(partner_id, currency, tuple(cents), tuple(in_order)))
    return tuple(rows)
