"""What follows from a settlement: carried amounts, cashback that goes back to members, changed funding. Pure."""

from partners.contracts.model import MEMBERS
from partners.settlement.model import Carried
from partners.settlement.payments.funded import FundingChange, charge, moved, written_off
from partners.settlement.payments.legs import Direction, Leg, LegState
from partners.settlement.payments.member_payouts import postponed_reference, retried
from partners.settlement.payments.model import NO_PARTNERS, PaidSettlement, Stage
from partners.settlement.payments.old_debts import DEFAULT, REDUCED, TAKEN_BACK

GIVEN_UP, LATE, RETURNED = "given_up", "late", "returned"
"""How the references end of what is carried for a payment."""


def carries(one: PaidSettlement) -> tuple[Carried, ...]:
    """What is carried into a later window, each with a reference of its own.

    Of an aborted settlement every position, less what was collected. Else what defaulting debtors still owe, what
    creditors got less for it, what reversed payouts bore of it, and payouts given up. Of both what came back after it
    had succeeded, and payouts to members that were postponed, each under its own name. At any stage what came late, and
    what of that came back.
    """
    moved = (*_of_what_came_late(one), *_of_what_came_back(one))
    if one.stage is Stage.ABORTED:
        return (*_of_the_aborted(one), *_of_the_postponed(one), *moved)
    if one.stage not in (Stage.PAYING, Stage.SETTLED):
        return moved
    defaults = [
        (other.party, other.collateral_cents + one.written_off_cents(other) - one.owed_cents(other.party))
        for other in one.defaults
    ]
    found = [_carried(one, f"{party}:{DEFAULT}", party, cents) for party, cents in defaults if cents]
    found += [_carried(one, f"{party}:{REDUCED}", party, cents) for party, cents in one.reduced_cents.items()]
    if taken_back := one.taken_back_cents:
        found.append(_carried(one, f"{MEMBERS}:{TAKEN_BACK}", MEMBERS, taken_back))
    for payee in one.given_up:
        failed = one.newest_leg(payee, Direction.OUT)
        if failed is not None:
            found.append(_carried(one, f"{payee}:{GIVEN_UP}", failed.party, failed.amount_cents))
    return (*found, *_of_the_postponed(one), *moved)


def has_more(one: PaidSettlement) -> bool:
    """Whether a request to pay it, or to abort it, was too long for one, so that the same again goes on: payouts are
    still to be looked at, some of those that are tried again wait, or amounts are to be carried. Those the schedule
    carries, too.
    """
    if one.stage in (Stage.FUNDED, Stage.PARTIALLY_FUNDED):
        return one.looked_at > 0
    if one.stage is Stage.PAYING and retried(one):
        return True
    known = set(one.carried)
    return any(other.reference not in known for other in carries(one))


def to_give_back(one: PaidSettlement) -> tuple[Leg, ...]:
    """Payouts that members did not get and will not: their cashback is theirs again.

    Of what was paid late and came back it was decided before whether they get it otherwise. That money came back is
    said by two people: else one alone could have it paid out once more.
    """
    back = [one.leg(key) for key in one.came_back if key not in one.late]
    came_back = [leg for leg in back if leg.of_two or leg.key in one.given_back]
    failed = [one.newest_leg(payee, Direction.OUT) for payee in one.given_up]
    paid_late = {one.leg(key).payee for key in one.late if one.leg(key).state is LegState.SUCCEEDED}
    unpaid = [
        leg for leg in failed if leg is not None and not (leg.state is LegState.PLANNED and leg.payee in paid_late)
    ]
    return tuple(leg for leg in (*came_back, *unpaid) if leg.payout)


def funding_changes(one: PaidSettlement) -> tuple[FundingChange, ...]:
    """What partners were charged by this settlement, paid and were paid, and what was written off, each once."""
    by = one.history[0].by
    charges = [charge(one.settlement_id, party, micros, by) for party, micros in one.charged_micros]
    legs = [leg for leg in one.legs if leg.party not in NO_PARTNERS]
    write_offs = [written_off(one.settlement_id, *what, by) for what in one.write_offs]
    return (*charges, *(change for leg in legs for change in moved(leg)), *write_offs)


def _of_the_aborted(one: PaidSettlement) -> list[Carried]:
    brought = one.brought_cents
    collateral = {other.party: other.collateral_cents for other in one.defaults}
    # Payouts to members are carried one by one; what else their position holds stays one amount.
    collateral[MEMBERS] = -sum(payout.amount_cents for payout in one.postponed)
    left = [(party, cents + brought[party] + collateral.get(party, 0)) for party, cents in one.net_cents]
    if one.postponed and MEMBERS not in dict(one.net_cents):
        left.append((MEMBERS, collateral[MEMBERS]))
    cuts, debts = one.reduced_cents, dict(one.old.debts)
    found = []
    for party, cents in left:
        cut = cuts.get(party, 0)
        debt = min(debts.get(party, 0), max(0, cut - cents))
        named = {REDUCED: cut, DEFAULT: -debt, "aborted": cents - cut + debt}
        found += [_carried(one, f"{party}:{name}", party, amount) for name, amount in named.items() if amount]
    return found


def _of_the_postponed(one: PaidSettlement) -> list[Carried]:
    return [
        Carried(postponed_reference(one.settlement_id, payout), MEMBERS, one.currency, payout.amount_cents)
        for payout in one.postponed
    ]


def _of_what_came_late(one: PaidSettlement) -> list[Carried]:
    """A debtor paid what it is asked for again, or was gone on without; a creditor got what it gets again."""
    return [_of_leg(one, key, LATE, 1) for key in one.late]


def _of_what_came_back(one: PaidSettlement) -> list[Carried]:
    return [_of_leg(one, key, RETURNED, -1) for key in one.came_back]


def _of_leg(one: PaidSettlement, key: str, name: str, sign: int) -> Carried:
    leg = one.leg(key)
    cents = leg.amount_cents if leg.is_inwards else -leg.amount_cents
    return Carried(f"{leg.key}:{name}", leg.party, one.currency, sign * cents)


def _carried(one: PaidSettlement, name: str, party: str, cents: int) -> Carried:
    return Carried(f"{one.settlement_id}:{name}", party, one.currency, cents)
