"""The payouts to members that are a window's own, kept with its positions: who pays them reads no other line. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from partners.visits.model import Line, PayoutMark
from shared.kernel.canonical import canonical_json
from shared.ledger.model import Op

PAYOUTS = "PAYOUTS"
"""Where what is kept by party has them: no party is called that."""


@dataclass(frozen=True, slots=True)
class MemberPayout:
    """`amount_cents` of cashback that left an account with entry `entry_id`, to be paid in money."""

    entry_id: str
    amount_cents: int


PaidOut = Mapping[str, tuple[MemberPayout, ...]]
"""Payouts by currency, in the order in which their entries were recorded."""


def paid_out(marks: Iterable[PayoutMark]) -> PaidOut:
    found: defaultdict[str, list[MemberPayout]] = defaultdict(list)
    for one in sorted(marks, key=lambda one: (one.recorded_at_ms, one.entry_id)):
        found[one.currency].append(MemberPayout(one.entry_id, one.cents))
    return {currency: tuple(payouts) for currency, payouts in found.items()}


def payouts_among(lines: Iterable[Line]) -> Iterable[PayoutMark]:
    """Those of whole lines."""
    for line in lines:
        if line.op is Op.PAYOUT:
            yield PayoutMark(line.entry_id, line.recorded_at_ms, line.currency or "", line.cashback_cents or 0)


def payouts_text(paid: PaidOut) -> bytes:
    """As canonical JSON."""
    return canonical_json(
        {currency: [[one.entry_id, one.amount_cents] for one in payouts] for currency, payouts in paid.items()}
    )


def payouts_from_text(text: bytes) -> PaidOut:
    """What `payouts_text` was given."""
    read = json.loads(text)
    return {currency: tuple(MemberPayout(*row) for row in rows) for currency, rows in read.items()}
