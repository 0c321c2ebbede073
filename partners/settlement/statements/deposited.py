"""What partners paid in besides settlements, counted once each: which of it a statement states. Pure.

As with payments, no clock decides: what is recorded when the statements of a window are begun, and no earlier one has
counted, is its own.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache

from partners.settlement.statements.model import PaidIn
from shared.kernel.ids import digest


@dataclass(frozen=True, slots=True)
class DepositsCounted:
    """By partner: `moved`, what the statements of a window count, and in `opening` what they begin with if earlier ones
    told no deposit.

    `seen` is a mark of a partner's payments when they last were others than before (from earlier versions, how many
    they were), and the window of that. `known` has, of those that were others in this window, the ids of all of them.
    """

    moved: Mapping[str, tuple[PaidIn, ...]] = field(default_factory=dict)
    opening: Mapping[str, int] = field(default_factory=dict)
    seen: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def deposits_counted(
    window: int,
    paid_in: Mapping[str, Sequence[PaidIn]],
    before: DepositsCounted | None,
    opening: Mapping[str, int],
    recall: Callable[[int], DepositsCounted],
) -> DepositsCounted:
    """What the statements of `window` count of all that each partner `paid_in`, after what those `before` have.

    `recall` gives what an earlier window's counted. A payment is recorded once and never goes away; but what an earlier
    version wrote of a settlement may be taken for one until the settlement is read, and is then counted back.
    """
    seen = dict(before.seen) if before else {}
    moved, known = {}, {}
    recall = cache(recall)
    for partner_id, payments in paid_in.items():
        ids = {one.payment_id for one in payments}
        mark, last = seen.get(partner_id, (0, 0))
        if _mark(ids) == mark:
            continue
        then = recall(last) if last else DepositsCounted(known={partner_id: ()})
        earlier = frozenset(then.known[partner_id])
        new = [one for one in payments if one.payment_id not in earlier]
        gone = [one for one in then.moved.get(partner_id, ()) if one.payment_id in earlier - ids]
        if new or gone:
            moved[partner_id] = (*new, *(replace(one, cents=-one.cents) for one in gone))
        known[partner_id] = tuple(one.payment_id for one in payments)
        seen[partner_id] = _mark(ids), window
    return DepositsCounted(moved, opening, seen, known)


def _mark(ids: AbstractSet[str]) -> int:
    """Of the same payments the same, of none 0."""
    return int.from_bytes(digest(*sorted(ids))[:6]) if ids else 0
