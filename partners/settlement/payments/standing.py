"""What a party of a settlement owes or is owed of it by now. Pure."""

from collections import Counter

from partners.settlement.payments.consequences import carries
from partners.settlement.payments.legs import Direction, LegState
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.statements.paid import moved_in


def balances_cents(one: PaidSettlement) -> dict[str, int]:
    """What each party of a settlement is owed of it by now, negative what it owes."""
    paid: Counter[str] = Counter()
    for other in moved_in(one):
        paid[other.partner_id] += other.payment.cents
    carried = set(one.carried)
    for gone in carries(one):
        if gone.reference in carried:
            paid[gone.party] -= gone.amount_cents
    return {party: cents + paid[party] for party, cents in one.net_cents}


def disputed_cents(one: PaidSettlement, party: str) -> int:
    """What a partner has taken back until it is decided: it is owed again.

    What it had paid late was to its credit in a later window, and paid for nothing here.
    """
    return sum(
        leg.amount_cents
        for leg in one.legs
        if (leg.party, leg.direction, leg.state) == (party, Direction.IN, LegState.DISPUTED) and leg.key not in one.late
    )
