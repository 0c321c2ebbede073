"""What members are paid by a settlement, payout by payout. Pure.

A payout is an entry of the journal, so a leg names it and nothing else of the member.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from partners.contracts.model import MEMBERS
from partners.settlement.model import GrossLine, LineKind
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments.legs import Leg, LegState
from partners.settlement.payments.model import PaidSettlement

MOST_PAYOUTS = 1_000
"""Paid by one settlement; the next window pays the rest."""
LOOKED_AT_ONCE = 500
"""By one request, a read each: some seconds. The next request goes on."""
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


def affordable(payouts: Sequence[MemberPayout], reduced_by_cents: int, most: int | None = None) -> int:
    """How many of them can be paid whole, in their order, with so much less than all of them need; at most so many."""
    left = sum(one.amount_cents for one in payouts) - reduced_by_cents
    most = MOST_PAYOUTS if most is None else most
    for number, one in enumerate(payouts[:most]):
        left -= one.amount_cents
        if left < 0:
            return number
    return min(len(payouts), most)


def to_look_at(one: PaidSettlement, due: Sequence[MemberPayout]) -> Sequence[MemberPayout]:
    """Of the payouts that are due, those of which nobody has asked yet whether the member has the cashback again, as
    far as they can be paid at once. All others are left to the next window, which asks.
    """
    there = one.looked_at - len(one.had_back)
    return due[one.looked_at : one.looked_at + MOST_PAYOUTS - there]


def looked_at(one: PaidSettlement, payouts: Sequence[MemberPayout], had_back: Container[str]) -> PaidSettlement:
    """With the answer of the next `payouts`. It stays: who has one reversed from then on has that written down, and
    it can't be claimed."""
    back = (payout.entry_id for payout in payouts if payout.entry_id in had_back)
    return replace(one, looked_at=one.looked_at + len(payouts), had_back=(*one.had_back, *back))


def payable(one: PaidSettlement, due: Sequence[MemberPayout]) -> list[MemberPayout]:
    """Those that were looked at and may be claimed."""
    back = set(one.had_back)
    return [payout for payout in due[: one.looked_at] if payout.entry_id not in back]


def retried(one: PaidSettlement) -> list[Leg]:
    """Payouts that failed and wait for the next request to pay."""
    given_up = set(one.given_up)
    planned = (leg for leg in one.legs if leg.payout and leg.state is LegState.PLANNED)
    return [leg for leg in planned if leg.payee not in given_up]
