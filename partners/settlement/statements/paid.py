"""What was paid between partners and the network, counted once each: which payments a statement states. Pure.

A payment counts by what its leg went through: it succeeded, and perhaps came back later. No clock decides what a
statement counts: what is there when the statements of a window are begun, and no earlier one has counted, is its own.
So a payment that is recorded while statements are issued is in them or in the next, and never in both or neither.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.payments.legs import CAME_BACK, Leg
from partners.settlement.payments.model import PaidSettlement, Stage
from partners.settlement.statements.deposited import DepositsCounted
from partners.settlement.statements.model import HELD, Payment, Way

NO_PARTNERS = frozenset({MEMBERS, NETWORK})
_COLLATERAL_IS_TAKEN = frozenset({Stage.PAYING, Stage.ABORTED})


@dataclass(frozen=True, slots=True)
class Moved:
    """A payment of a partner, in its currency."""

    partner_id: str
    currency: str
    payment: Payment


@dataclass(frozen=True, slots=True)
class Seen:
    """How a settlement stood when it was last counted: its version, and by the statements of which window."""

    version: int
    window: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The payments that the statements of `window` count, begun `at_ms`.

    `seen` has every settlement up to that window. `known` has, of those that had changed, the references of all their
    payments, counted now or before. `ways` are how each partner's position is paid, as was agreed then. `deposits` and
    `ways` are None where statements told nothing of them yet.
    """

    window: int
    at_ms: int
    moved: tuple[Moved, ...] = ()
    seen: Mapping[str, Seen] = field(default_factory=dict)
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deposits: DepositsCounted | None = None
    ways: Mapping[str, Way] | None = None

    def by_party(self) -> dict[tuple[str, str], tuple[Payment, ...]]:
        """By partner and currency, in the order of time."""
        found: defaultdict[tuple[str, str], list[Payment]] = defaultdict(list)
        for one in sorted(self.moved, key=lambda one: (one.payment.at_ms, one.payment.reference)):
            found[one.partner_id, one.currency].append(one.payment)
        return {of: tuple(payments) for of, payments in found.items()}


def counted(
    window: int,
    now_ms: int,
    settlements: Iterable[PaidSettlement],
    before: Counted | None,
    recall: Callable[[int], Counted],
) -> Counted:
    """What the statements of `window` count of `settlements`, after what those of the window `before` have.

    `recall` gives what an earlier window's statements counted.
    """
    seen, known, moved = dict(before.seen) if before else {}, {}, []
    for one in settlements:
        last = seen.get(one.settlement_id)
        if one.window > window or (last is not None and last.version == one.version):
            continue
        earlier = frozenset(recall(last.window).known[one.settlement_id]) if last is not None else frozenset()
        payments = list(moved_in(one))
        moved += [other for other in payments if other.payment.reference not in earlier]
        known[one.settlement_id] = tuple(other.payment.reference for other in payments)
        seen[one.settlement_id] = Seen(one.version, window)
    return Counted(window, max(now_ms, before.at_ms if before else 0), tuple(moved), seen, known)


def taken_untold(
    settlements: Iterable[PaidSettlement], before: Counted | None, recall: Callable[[int], Counted]
) -> dict[str, int]:
    """By partner, what statements up to `before` count as taken of its collateral, and told of no deposit: by so much
    less than what was paid in is held.
    """
    found: defaultdict[str, int] = defaultdict(int)
    if before is not None and before.deposits is None:
        for one in settlements:
            last = before.seen.get(one.settlement_id)
            told = recall(last.window).known[one.settlement_id] if last is not None else ()
            for moved in moved_in(one):
                if moved.payment.reference in told and moved.payment.came_as in HELD:
                    found[moved.partner_id] -= moved.payment.cents
    return dict(found)


def moved_in(one: PaidSettlement) -> Iterator[Moved]:
    """Every payment of a settlement between a partner and the network, each by a reference of its own.

    A defaulting partner's collateral is taken when creditors are paid, or when the settlement is called off; what is
    written off is when creditors are paid.
    """
    for leg in one.legs:
        if leg.party not in NO_PARTNERS:
            yield from (Moved(leg.party, one.currency, payment) for payment in _of_leg(leg))
    taken_at_ms = next((step.at_ms for step in one.history if step.stage in _COLLATERAL_IS_TAKEN), None)
    for default in one.defaults if taken_at_ms is not None else ():
        if default.collateral_cents:
            reference = f"{one.settlement_id}:{default.party}:collateral"
            yield Moved(default.party, one.currency, Payment(reference, default.collateral_cents, taken_at_ms or 0))
    for party, name, cents in one.write_offs:
        yield Moved(party, one.currency, Payment(f"{one.settlement_id}:{party}:{name}", cents, taken_at_ms or 0))


def _of_leg(leg: Leg) -> Iterator[Payment]:
    cents = leg.amount_cents if leg.is_inwards else -leg.amount_cents
    for step in leg.moves:
        if step.state in CAME_BACK:
            yield Payment(f"{leg.key}:{step.state}", -cents, step.at_ms)
        else:
            yield Payment(leg.key, cents, step.at_ms)
