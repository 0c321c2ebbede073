"""What the debtors of a settlement have brought, and what they are asked for. Pure.

Debtors are partners: nothing is collected from members.
"""

from collections.abc import Callable, Iterator

from partners.settlement.payments.legs import (
    UNDECIDED,
    Direction,
    Leg,
    LegState,
    MeansOf,
    planned,
    taken_from_deposit,
)
from partners.settlement.payments.model import PaidSettlement

DepositOf = Callable[[str], int]
"""What of a party's deposit may be taken, in cents; never negative."""


def debtors(one: PaidSettlement) -> list[str]:
    """Partners that owe something in it, whether they have paid or not."""
    return [party for party, cents in one.dues.asked.items() if cents]


def asked_for(one: PaidSettlement, party: str, by: str, at_ms: int, means: MeansOf, deposit: DepositOf) -> list[Leg]:
    """What a debtor has still to bring: from its deposit what that has, and a collection of the rest."""
    owed_cents = one.owed_cents(party)
    taken_cents = min(owed_cents, deposit(party))
    attempts = dict.fromkeys(Direction, 0)
    attempts |= {leg.direction: leg.attempt for leg in one.legs if leg.party == party}
    found = []
    if taken_cents:
        attempt = attempts[Direction.DEPOSIT] + 1
        found.append(taken_from_deposit(one.settlement_id, party, attempt, taken_cents, at_ms, by))
    if rest_cents := owed_cents - taken_cents:
        attempt, by_means = attempts[Direction.IN] + 1, means(party, Direction.IN)
        found.append(planned(one.settlement_id, party, Direction.IN, attempt, rest_cents, at_ms, by, means=by_means))
    return found


def _undecided(one: PaidSettlement) -> Iterator[str]:
    """Debtors of which a payment is planned, on its way or disputed."""
    waits = UNDECIDED | {LegState.PLANNED}
    return (leg.party for leg in one.legs if leg.is_inwards and leg.state in waits and leg.key not in one.late)


def came_to_nothing(one: PaidSettlement, party: str) -> bool:
    """Whether a debtor still owes something, and nothing of it is under way."""
    asked = party in debtors(one) and party not in one.defaulting
    return asked and party not in _undecided(one) and one.owed_cents(party) > 0


def paid_from_deposit(one: PaidSettlement, party: str) -> bool:
    """Whether a debtor owes nothing more since the last of it was taken from its deposit."""
    own = [leg for leg in one.legs if leg.party == party and leg.is_inwards]
    last_taken = bool(own) and own[-1].direction is Direction.DEPOSIT and own[-1].state is LegState.SUCCEEDED
    return last_taken and one.owed_cents(party) == 0


def all_collected(one: PaidSettlement) -> bool:
    """Whether each debtor has brought what it owes, or does not any more."""
    if any(_undecided(one)):
        return False
    excused, brought = one.defaulting, one.brought_cents
    return all(party in excused or cents <= brought[party] for party, cents in one.dues.asked.items())
