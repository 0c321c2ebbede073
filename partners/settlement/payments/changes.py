"""What can be done about a settlement: each makes another one of it, or refuses. Pure."""

from collections.abc import Container, Sequence
from dataclasses import replace

from partners.contracts.model import MEMBERS
from partners.contracts.two_people import check_second_person
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments.debtors import (
    DepositOf,
    all_collected,
    asked_for,
    came_to_nothing,
    debtors,
    paid_from_deposit,
)
from partners.settlement.payments.errors import LegStateError, SettlementStateError
from partners.settlement.payments.legs import (
    BY_BANK,
    CAME_BACK,
    IN_FLIGHT,
    UNDECIDED,
    Direction,
    Leg,
    LegState,
    LegStep,
    Means,
    MeansOf,
    again,
    planned,
    usual_means,
    way,
)
from partners.settlement.payments.member_payouts import affordable
from partners.settlement.payments.model import BEFORE_PAYOUT, PaidSettlement, Stage, StageStep, Trouble, has
from partners.settlement.payments.stripe_minimum import BELOW_STRIPE_MINIMUM, least_cents


def approved(one: PaidSettlement, by: str, at_ms: int) -> PaidSettlement:
    """Raises SecondPersonNeededError, SettlementStateError."""
    if one.stage is Stage.APPROVED and one.history[-1].by == by:
        return one
    expect(one, Stage.CALCULATED)
    check_second_person(one.history[0].by, by, one.settlement_id)
    return _at(one, Stage.APPROVED, at_ms, by)


def by_bank(party: str, direction: Direction) -> Means:
    """All by files for the bank."""
    del party, direction
    return BY_BANK


def no_deposit(party: str) -> int:
    """Nobody has paid anything in."""
    del party
    return 0


def collecting(
    one: PaidSettlement, by: str, at_ms: int, means: MeansOf = by_bank, deposit: DepositOf = no_deposit
) -> PaidSettlement:
    """Each debtor's position is taken from its deposit as far as that goes, and the collection of the rest is
    submitted; later those that were planned since. Raises SettlementStateError.

    Nothing is collected from members: where their position is negative, the bank has returned the money before.
    """
    if one.stage in (Stage.FUNDED, Stage.PARTIALLY_FUNDED):
        return one
    expect(one, Stage.APPROVED, Stage.COLLECTING)
    if one.stage is Stage.APPROVED:
        legs = [leg for party in debtors(one) for leg in asked_for(one, party, by, at_ms, means, deposit)]
        one = _at(replace(one, legs=tuple(legs)), Stage.COLLECTING, at_ms, by)
    return advanced(_submitted(one, Direction.IN, by, at_ms), by, at_ms)


def plans_payouts(one: PaidSettlement) -> bool:
    """Whether `paying` is about to plan what is paid to whom."""
    return one.stage in (Stage.FUNDED, Stage.PARTIALLY_FUNDED)


def paying(
    one: PaidSettlement,
    by: str,
    at_ms: int,
    payouts: Sequence[MemberPayout] = (),
    means: MeansOf = by_bank,
    taken_back: Sequence[str] = (),
    at_once: int | None = None,
    later: Container[str] = (),
) -> PaidSettlement:
    """Payouts are submitted, as far as funds are there for all of them. Raises SettlementStateError.

    `payouts` are what members are to be paid, if it `plans_payouts`, of which this settlement pays the first `at_once`.
    One that funds don't suffice for whole is postponed, with all that come after it. What members' position is more
    than they come to is the network's to bear defaults with, before any creditor does. `taken_back` are payees of
    payouts that were to be tried again, and are reversed since: they are given up. Those of `later` stay planned.
    """
    if one.stage is Stage.SETTLED:
        return one
    expect(one, Stage.FUNDED, Stage.PARTIALLY_FUNDED, Stage.PAYING)
    if plans_payouts(one):
        unclaimed = one.dues.claims.get(MEMBERS, 0) - sum(payout.amount_cents for payout in payouts)
        one = replace(one, unclaimed_cents=max(0, unclaimed))
        reductions = one.shortfall.reductions
        claims = one.dues.claims.items()
        less = {party: cents - reductions.get(party, 0) for party, cents in claims if party != MEMBERS}
        to_partners = [
            planned(one.settlement_id, party, Direction.OUT, 1, cents, at_ms, by, means=means(party, Direction.OUT))
            for party, cents in less.items()
            if cents > 0
        ]
        paid = affordable(payouts, reductions.get(MEMBERS, 0), at_once)
        to_members = [
            planned(
                one.settlement_id,
                MEMBERS,
                Direction.OUT,
                1,
                payout.amount_cents,
                at_ms,
                by,
                payout=payout.entry_id,
                means=usual_means(one.currency),
            )
            for payout in payouts[:paid]
        ]
        one = replace(one, legs=(*one.legs, *to_partners, *to_members), postponed=tuple(payouts[paid:]))
        one = replace(one, looked_at=0, had_back=())
        one = _at(one, Stage.PAYING, at_ms, by)
    one = replace(one, given_up=(*one.given_up, *(payee for payee in taken_back if payee not in one.given_up)))
    return advanced(_submitted(one, Direction.OUT, by, at_ms, later), by, at_ms)


def told(one: PaidSettlement, name: str, step: LegStep) -> PaidSettlement:
    """What the bank, or somebody who asked it, says of a leg. Raises UnknownLegError, LegStateError.

    A collection that comes back before anything is paid out has to be collected anew; while one is disputed, nothing
    is paid out. One that had failed may have succeeded `late`: if something else was decided about it since, its amount
    is carried.
    """
    leg = one.leg(name)
    if step.state is LegState.SUBMITTED:
        # By `collecting` and `paying` alone, or one might be sent that nobody may send any more.
        raise LegStateError(leg.key, leg.state.value, step.state.value)
    late = leg.state is LegState.FAILED and step.state is LegState.SUCCEEDED
    if late and _decided_about(one, leg):
        one = replace(one, late=(*one.late, leg.key))
        newest = one.newest_leg(leg.payee, leg.direction)
        if leg.direction is Direction.OUT and newest is not None and newest.state is LegState.PLANNED:
            # It is there already: what was to be tried again is owed in the open window, less what came late.
            one = replace(one, given_up=(*one.given_up, *({leg.payee} - {*one.given_up})))
    moved = leg.with_step(step) if late else leg.moved(step)
    one = with_leg(one, leg, moved)
    ended = one.stage in (Stage.PAYING, Stage.SETTLED, Stage.ABORTED) or leg.key in one.late
    if moved is not leg and moved.state in CAME_BACK and ended:
        one = replace(one, came_back=(*one.came_back, leg.key))
    elif leg.state is LegState.SUCCEEDED and moved is not leg and one.stage in (Stage.FUNDED, Stage.PARTIALLY_FUNDED):
        one = _at(one, Stage.COLLECTING, step.at_ms, step.by)
    return advanced(one, step.by, step.at_ms)


def came_and_went(one: PaidSettlement, name: str, came: LegStep, went: LegStep) -> PaidSettlement:
    """What had failed because its money had come back, of which it is told only now that it `came`.

    What was decided about the failure stays: the money is where it was. Raises UnknownLegError, LegStateError.
    """
    leg = one.leg(name)
    if leg.state is LegState.FAILED and _decided_about(one, leg):
        return with_leg(one, leg, leg.with_step(came).with_step(went))
    return told(told(one, name, came), name, went)


def with_leg(one: PaidSettlement, before: Leg, after: Leg) -> PaidSettlement:
    """With a leg of its own in another state."""
    return replace(one, legs=tuple(after if leg is before else leg for leg in one.legs))


def heard(
    one: PaidSettlement, name: str, state: LegState, at_ms: int, by: str, reference: str, *, reinstated: bool = False
) -> PaidSettlement:
    """A leg brought to the state that it has where it is paid, whatever was missed of its way there.

    What is no longer true, since more is known already, changes nothing; nor does it end a dispute that it was
    `reinstated` after. Raises UnknownLegError.
    """
    leg = one.leg(name)
    if leg.state is LegState.DISPUTED and state is LegState.SUCCEEDED and not reinstated:
        return one
    for following in way(leg.state, state) or ():
        one = told(one, leg.key, LegStep(following, at_ms, by, reference))
    return one


def troubled(one: PaidSettlement, leg: str, text: str) -> PaidSettlement:
    """With this trouble of a leg instead of any other; none if there is no `text`."""
    others = tuple(other for other in one.troubles if other.leg != leg)
    return replace(one, troubles=(*others, Trouble(leg, text)) if text else others)


def seen(one: PaidSettlement, payee: str, text: str) -> PaidSettlement:
    """Without the troubles of a payee's payments that say this: a person has seen to it. Any other stands."""
    left = (other for other in one.troubles if (one.leg(other.leg).payee, other.text) != (payee, text))
    return replace(one, troubles=tuple(left))


def also_troubled(one: PaidSettlement, leg: str, text: str) -> PaidSettlement:
    """With this trouble of a leg besides those that it has, in place of an older one that is the same up to a colon."""
    if not text:
        return one
    same, _, _ = text.partition(":")
    others = tuple(other for other in one.troubles if other.leg != leg or other.text.partition(":")[0] != same)
    return replace(one, troubles=(*others, Trouble(leg, text)))


def recalled(one: PaidSettlement, payee: str, at_ms: int) -> PaidSettlement:
    """A payment through Stripe that is not made yet is to be called off there. Raises SettlementStateError."""
    expect(one, Stage.COLLECTING, Stage.PAYING)
    direction = Direction.IN if one.stage is Stage.COLLECTING else Direction.OUT
    leg = one.newest_leg(payee, direction)
    if leg is None or leg.state not in IN_FLIGHT or not leg.means.through_stripe:
        raise SettlementStateError(one.settlement_id, one.stage.value, "No payment of this party waits at Stripe.")
    if leg.recalled_at_ms is not None:
        return one
    return with_leg(one, leg, replace(leg, recalled_at_ms=at_ms))


def tried_again(
    one: PaidSettlement,
    payee: str,
    by: str,
    at_ms: int,
    means: MeansOf = by_bank,
    deposit: DepositOf = no_deposit,
) -> PaidSettlement:
    """Another attempt of a leg that came to nothing, planned for the next submission; of a debtor, what it has paid in
    meanwhile is taken first. Raises SettlementStateError.
    """
    if one.stage in BEFORE_PAYOUT and paid_from_deposit(one, payee):
        return one
    expect(one, Stage.COLLECTING, Stage.PAYING)
    direction = Direction.IN if one.stage is Stage.COLLECTING else Direction.OUT
    leg = one.newest_leg(payee, direction)
    if leg is not None and leg.state is LegState.PLANNED:
        return one
    if direction is Direction.IN:
        if not came_to_nothing(one, payee):
            raise SettlementStateError(one.settlement_id, one.stage.value, "No payment of this party came to nothing.")
        return advanced(replace(one, legs=(*one.legs, *asked_for(one, payee, by, at_ms, means, deposit))), by, at_ms)
    if leg is None or leg.state is not LegState.FAILED or leg.payee in one.given_up:
        raise SettlementStateError(one.settlement_id, one.stage.value, "No payment of this party came to nothing.")
    paid = usual_means(one.currency) if leg.payout else means(leg.party, direction)
    return replace(one, legs=(*one.legs, again(leg, paid, at_ms, by)))


def given_up(one: PaidSettlement, payee: str, by: str, at_ms: int) -> PaidSettlement:
    """A creditor whose payout failed gets it in a later window, a member the cashback back.

    Raises SettlementStateError.
    """
    if payee in one.given_up:
        return one
    expect(one, Stage.PAYING)
    leg = one.newest_leg(payee, Direction.OUT)
    if leg is None or leg.state is not LegState.FAILED:
        raise SettlementStateError(one.settlement_id, one.stage.value, "No payout to this party failed.")
    return advanced(replace(one, given_up=(*one.given_up, payee)), by, at_ms)


def aborted(one: PaidSettlement, by: str, at_ms: int, payouts: Sequence[MemberPayout] = ()) -> PaidSettlement:
    """Called off before any payout, and while nothing is in flight. Raises SettlementStateError.

    What was collected stays collected: every open amount is carried into the open window, of members each of their
    `payouts`.
    """
    if one.stage is Stage.ABORTED:
        return one
    expect(one, *BEFORE_PAYOUT)
    if any(leg.state in UNDECIDED for leg in one.legs):
        raise SettlementStateError(one.settlement_id, one.stage.value, "Wait for what the bank says of each payment.")
    return _at(replace(one, postponed=tuple(payouts), looked_at=0, had_back=()), Stage.ABORTED, at_ms, by)


def advanced(one: PaidSettlement, by: str, at_ms: int) -> PaidSettlement:
    """At the stage that its legs have brought it to."""
    if one.stage is Stage.COLLECTING and all_collected(one):
        return _at(one, Stage.PARTIALLY_FUNDED if one.missing_cents else Stage.FUNDED, at_ms, by)
    if one.stage is Stage.PAYING and _all_paid(one):
        return _at(one, Stage.SETTLED, at_ms, by)
    return one


def _decided_about(one: PaidSettlement, leg: Leg) -> bool:
    """Whether a leg that failed was tried again, or gone on without: its money has nothing to do in this settlement."""
    if leg is not one.newest_leg(leg.payee, leg.direction):
        return True
    if leg.direction is Direction.IN:
        needed = leg.amount_cents <= one.owed_cents(leg.party)
        return one.stage is not Stage.COLLECTING or not needed or leg.party in one.defaulting
    return one.stage is not Stage.PAYING or leg.payee in one.given_up


def _all_paid(one: PaidSettlement) -> bool:
    """Whether the newest payment to each creditor has succeeded, or is given up.

    A payout that came back is carried into a later window, so it has come to its end here.
    """
    out = [leg for leg in one.legs if leg.direction is Direction.OUT]
    # What is under way is its payee's newest. With a thousand payouts, nearly all are for nearly as many words.
    if any(leg.state in IN_FLIGHT and leg.payee not in one.given_up for leg in reversed(out)):
        return False
    newest = {leg.payee: leg.state for leg in out}
    good = {LegState.SUCCEEDED} | CAME_BACK
    return all(state in good or payee in one.given_up for payee, state in newest.items())


def _submitted(
    one: PaidSettlement, direction: Direction, by: str, at_ms: int, later: Container[str] = ()
) -> PaidSettlement:
    """All planned legs of a direction are submitted, but for what is given up or `later`; what Stripe would not charge
    has failed.

    Their moment is no other submission's: it tells which went together.
    """
    before = [leg.submitted_at_ms for leg in one.legs if leg.direction is direction and leg.was_submitted]
    step = LegStep(LegState.SUBMITTED, max([at_ms, *(moment + 1 for moment in before)]), by)
    too_little = LegStep(LegState.FAILED, at_ms, by, BELOW_STRIPE_MINIMUM)

    def sent(leg: Leg) -> Leg:
        if not has(leg, direction, LegState.PLANNED) or leg.payee in one.given_up or leg.payee in later:
            return leg
        charged = leg.means.through_stripe and direction is Direction.IN
        return (
            leg.with_step(too_little) if charged and leg.amount_cents < least_cents(one.currency) else leg.moved(step)
        )

    return replace(one, legs=tuple(sent(leg) for leg in one.legs))


def _at(one: PaidSettlement, stage: Stage, at_ms: int, by: str) -> PaidSettlement:
    return replace(one, history=(*one.history, StageStep(stage, at_ms, by)))


def expect(one: PaidSettlement, *stages: Stage) -> None:
    """Raises SettlementStateError at any other stage than these."""
    if one.stage not in stages:
        names = ", ".join(sorted(stage.value for stage in stages))
        raise SettlementStateError(one.settlement_id, one.stage.value, f"This is done while it is: {names}.")
