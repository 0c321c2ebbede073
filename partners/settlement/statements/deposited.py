"""What partners paid in besides settlements, counted once each: which of it a statement states. Pure.

As with payments, no clock decides: what is recorded when the statements of a window are begun, and no earlier one has
counted, is its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from partners.settlement.statements.model import PaidIn


@dataclass(frozen=True, slots=True)
class DepositsCounted:
    """By partner: `moved`, what the statements of a window count, and in `opening` what they begin with if earlier ones
    told no deposit.

    `seen` is how many payments there were of a partner when its statement last counted any, and that statement's
    window. `known` has, of those that had more since, the ids of all of them.
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

    `recall` gives what an earlier window's counted. A payment is recorded once and never goes away.
    """
    seen = dict(before.seen) if before else {}
    moved, known = {}, {}
    for partner_id, payments in paid_in.items():
        count, last = seen.get(partner_id, (0, 0))
        if len(payments) == count:
            continue
        earlier = frozenset(recall(last).known[partner_id]) if count else frozenset()
        moved[partner_id] = tuple(one for one in payments if one.payment_id not in earlier)
        known[partner_id] = tuple(one.payment_id for one in payments)
        seen[partner_id] = len(payments), window
    return DepositsCounted(moved, opening, seen, known)
