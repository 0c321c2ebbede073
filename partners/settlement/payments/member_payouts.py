"""What members are paid by a settlement, payout by payout. Pure.

A payout is an entry of the journal, so a leg names it and nothing else of the member.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from partners.contracts.model import MEMBERS
from partners.settlement.model import GrossLine, LineKind
from partners.settlement.paid_out import MemberPayout

MOST_PAYOUTS = 1_000
"""Paid by one settlement; the next window pays the rest."""
_POSTPONED = re.compile(rf".+:{MEMBERS}:([^:]+):postponed")


def postponed_reference(settlement_id: str, payout: MemberPayout) -> str:
    return f"{settlement_id}:{MEMBERS}:{payout.entry_id}:postponed"


def due_to_members(own: Iterable[MemberPayout], brought: Iterable[GrossLine]) -> tuple[MemberPayout, ...]:
    """What a window has for members: payouts that earlier ones postponed, then its `own`.

    `brought` are the lines of the members' position in the same currency.
    """
    postponed = [
        MemberPayout(match[1], line.quantity)
        for line in brought
        if line.kind is LineKind.CARRIED and (match := _POSTPONED.fullmatch(line.reference or ""))
    ]
    return (*postponed, *own)


def affordable(payouts: Sequence[MemberPayout], reduced_by_cents: int) -> int:
    """How many of them can be paid whole, in their order, with so much less than all of them need."""
    left = sum(one.amount_cents for one in payouts) - reduced_by_cents
    for number, one in enumerate(payouts[:MOST_PAYOUTS]):
        left -= one.amount_cents
        if left < 0:
            return number
    return min(len(payouts), MOST_PAYOUTS)


def paid_at_once(due: Iterable[MemberPayout], is_mine: Callable[[MemberPayout], bool]) -> list[MemberPayout]:
    """As many as can be paid at once, without those whose cashback is the member's again; then all others.

    Those are left to the next window, which looks whether they are.
    """
    found = iter(due)
    mine = (payout for payout in found if is_mine(payout))
    return [*islice(mine, MOST_PAYOUTS), *found]
