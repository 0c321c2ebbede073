"""On whose word it rests that money is there and is owed: nobody has creditors paid by what they alone have said. Pure.

Of a payment, what can have money paid out is said by somebody: that a debtor's came (what is taken from a deposit: that
it was paid in), and that a creditor's did not arrive, or came back. It is seen by a second person when another has said
the same, and in no other way. On a default two people agree; earlier ones rest on who decided them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from partners.contracts.errors import SecondPersonNeededError
from partners.settlement.model import Carried
from partners.settlement.payments.changes import plans_payouts, with_leg
from partners.settlement.payments.consequences import GIVEN_UP, LATE, RETURNED
from partners.settlement.payments.funds import is_kept_for, kept_cents, spare_cents
from partners.settlement.payments.legs import CAME_TO_NOTHING, Direction, Leg, LegState
from partners.settlement.payments.model import BEFORE_PAYOUT, PaidSettlement, Stage

Brought = Callable[[int], Iterable[Carried]]
"""What was carried into a window."""
Origin = Callable[[str], PaidSettlement | None]
"""The settlement of an id."""


def check_payer(one: PaidSettlement, by: str, claims: Iterable[Leg] = ()) -> None:
    """Nobody has creditors paid by what they alone have said. Raises SecondPersonNeededError.

    Payouts are planned from money of debtors, for `claims` besides (see `behind_claims`), and are tried again because
    those before did not arrive. A default of before two had to agree may rest on `by` alone, also where it is not known
    who decided it.
    """
    unseen = [leg.key for leg in (*_failed_before(one), *claims) if _is_unseen_claim(leg, by)]
    decided = False
    if plans_payouts(one):
        unseen += [leg.key for leg in one.legs if leg.is_inwards and rests_on_alone(leg, by)]
        decided = any(not {other.by, *other.confirmed_by} - {by, ""} for other in one.defaults)
    if decided or unseen:
        raise SecondPersonNeededError(one.settlement_id, unseen)


def check_given_up(one: PaidSettlement, payee: str, by: str) -> None:
    """Nobody gives a member the cashback back, to be paid out again, for what they alone have said of its payment.

    Raises SecondPersonNeededError.
    """
    of_member = [leg for leg in one.legs if leg.payout and leg.payee == payee]
    unseen = [leg.key for leg in of_member if _is_unseen_claim(leg, by)]
    if unseen and payee not in one.given_up:
        raise SecondPersonNeededError(one.settlement_id, unseen)


def behind_claims(one: PaidSettlement, brought: Brought, origin: Origin) -> list[Leg]:
    """The payments of earlier settlements by whose failure, return or late arrival something is owed here: by what was
    carried into the window, through however many windows.
    """
    found: dict[str, Leg] = {}
    looked, windows, currency = set[int](), [one.window], one.currency
    while windows:
        window = windows.pop()
        if window in looked:
            continue
        looked.add(window)
        owed = [one.reference for one in brought(window) if one.currency == currency and one.amount_cents > 0]
        for settlement, references in groupby(sorted(owed), lambda reference: reference.partition(":")[0]):
            before = origin(settlement)
            if before is not None:
                found |= {leg.key: leg for leg in _carried_for(before, references)}
                windows.append(before.window)
    return list(found.values())


def confirmed(one: PaidSettlement, before: Leg, state: LegState, by: str) -> PaidSettlement:
    """With `by` saying, too, what was said of a payment `before`: that it came, or did not arrive, or came back."""
    leg = one.leg(before.key)
    people = vouchers(leg) | _claimants(leg)
    own = leg.direction is not Direction.DEPOSIT and leg.history[-1].by == by
    same = before.state is leg.state and (state is leg.state or {state, leg.state} <= CAME_TO_NOTHING)
    if not same or not people or own or by in leg.confirmed_by or people == {by}:
        return one
    return with_leg(one, leg, replace(leg, confirmed_by=(*leg.confirmed_by, by)))


def unseen_cents(one: PaidSettlement, by: str) -> int:
    """What another settlement has to spare by the word of `by` alone.

    What somebody else paid out of what `by` had said by then is not there to be spared: it was of that only as far as
    others had not said enough. What came late, nobody pays from.
    """
    alone = [leg for leg in one.legs if rests_on_alone(leg, by) and not is_kept_for(one, leg)]
    said = sum(leg.amount_cents for leg in alone if leg.is_inwards)
    undone = sum(leg.amount_cents for leg in alone if not leg.is_inwards)
    if one.stage in BEFORE_PAYOUT:
        return min(said, spare_cents(one))
    paid_ms = max((step.at_ms for step in one.history if step.stage is Stage.PAYING and step.by != by), default=-1)
    payable = [leg for leg in alone if leg.is_inwards and leg.key not in one.late]
    known = sum(leg.amount_cents for leg in payable if leg.history[-1].at_ms <= paid_ms)
    of_others = one.collected_cents - sum(leg.amount_cents for leg in payable)
    return said + undone - min(known, max(0, kept_cents(one) + undone - of_others))


def unseen_by(one: PaidSettlement) -> dict[str, int]:
    """`unseen_cents` by who said so, without those of whom it is nothing."""
    found = {by: unseen_cents(one, by) for by in {by for leg in one.legs for by in vouchers(leg)}}
    return {by: cents for by, cents in found.items() if cents}


def rests_on_alone(leg: Leg, by: str) -> bool:
    """Whether it is by the word of `by` alone that a payment can have money paid out."""
    return _is_unseen(leg, by, vouchers(leg))


def vouchers(leg: Leg) -> frozenset[str]:
    """By whose word a payment, as it is, can have money paid out; nobody's if it can't."""
    said = frozenset({leg.history[-1].by})
    if not leg.is_inwards:
        return said if leg.state in CAME_TO_NOTHING else frozenset()
    if leg.state is not LegState.SUCCEEDED:
        return frozenset()
    return frozenset(by for by, _ in leg.rests_on) if leg.direction is Direction.DEPOSIT else said


def _claimants(leg: Leg) -> frozenset[str]:
    """By whose word something is owed again, or besides, for a payment, whatever they or others have said of it since:
    that takes it off what is owed in a later window alone.
    """
    if leg.direction is Direction.DEPOSIT:
        return frozenset()
    return frozenset(step.by for step in leg.history if step.state in _claiming(leg))


def _claiming(leg: Leg) -> frozenset[LegState]:
    return frozenset({LegState.SUCCEEDED}) if leg.is_inwards else CAME_TO_NOTHING


def _is_unseen_claim(leg: Leg, by: str) -> bool:
    """Who says that a payout arrived after all has not seen that it failed."""
    return by in _claimants(leg) and (leg.state not in _claiming(leg) or not set(leg.confirmed_by) - {by})


def _is_unseen(leg: Leg, by: str, people: frozenset[str]) -> bool:
    return by in people and not set(leg.confirmed_by) - {by}


def _failed_before(one: PaidSettlement) -> Iterator[Leg]:
    """Payouts that are to be tried again: all attempts of them."""
    again = {leg.payee for leg in one.legs if leg.state is LegState.PLANNED and not leg.is_inwards}
    return (leg for leg in one.legs if not leg.is_inwards and leg.payee in again - {*one.given_up})


def _carried_for(before: PaidSettlement, references: Iterable[str]) -> Iterator[Leg]:
    """Payments for which something was carried; a payout may not have arrived in any of its attempts."""
    payees = set[str]()
    for reference in references:
        named, _, why = reference.rpartition(":")
        if why == GIVEN_UP:
            payees.add(named.partition(":")[2])
        elif why in (LATE, RETURNED):
            leg = before.leg(named)
            if leg.is_inwards:
                yield leg
            else:
                payees.add(leg.payee)
    yield from (leg for leg in before.legs if not leg.is_inwards and leg.payee in payees)
