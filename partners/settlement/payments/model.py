"""A settlement of one window and currency: from net positions to money paid. Pure.

Creditors are paid from collected funds only. What remains open in the end, whoever it is owed by or to, is carried into
the open window.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from partners.contracts.model import MEMBERS, NETWORK
from partners.contracts.two_people import check_second_person
from partners.settlement.model import Carried, CurrencySettlement
from partners.settlement.payments.errors import (
    CollateralTooLargeError,
    LegStateError,
    SettlementStateError,
    UnknownLegError,
)
from partners.settlement.payments.funded import FundingChange, charge, charged_micros, moved
from partners.settlement.payments.legs import (
    CAME_BACK,
    CAME_TO_NOTHING,
    IN_FLIGHT,
    Direction,
    Leg,
    LegState,
    LegStep,
    planned,
)
from partners.settlement.payments.waterfall import Shortfall, borne


class Stage(StrEnum):
    CALCULATED = "calculated"
    APPROVED = "approved"
    COLLECTING = "collecting"
    FUNDED = "funded"
    PARTIALLY_FUNDED = "partially_funded"
    PAYING = "paying"
    SETTLED = "settled"
    ABORTED = "aborted"


BEFORE_PAYOUT = frozenset(Stage) - {Stage.PAYING, Stage.SETTLED, Stage.ABORTED}
ENDED = frozenset({Stage.SETTLED, Stage.ABORTED})
NO_PARTNERS = frozenset({MEMBERS, NETWORK})


@dataclass(frozen=True, slots=True)
class StageStep:
    """That a settlement came to a stage: when and by whom."""

    stage: Stage
    at_ms: int
    by: str


@dataclass(frozen=True, slots=True)
class Default:
    """That a debtor does not pay, but for `collateral_cents` held of it."""

    party: str
    collateral_cents: int


@dataclass(frozen=True, slots=True)
class PaidSettlement:
    """How the net positions of a window in a currency are paid.

    `net_cents` are those of every party but the network, negative what it owes. `came_back` are the keys of legs that
    came back when it was too late to collect anew; `carried` the references of `carries` that are in a window already,
    `funded` those of `funding_changes` that are recorded; `version` counts its changes.
    """

    window: int
    currency: str
    net_cents: tuple[tuple[str, int], ...]
    history: tuple[StageStep, ...]
    legs: tuple[Leg, ...] = ()
    defaults: tuple[Default, ...] = ()
    given_up: tuple[str, ...] = ()
    came_back: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    charged_micros: tuple[tuple[str, int], ...] = ()
    funded: tuple[str, ...] = ()
    version: int = 1

    @property
    def settlement_id(self) -> str:
        return f"{self.window}-{self.currency}"

    @property
    def stage(self) -> Stage:
        return self.history[-1].stage

    @property
    def network_net_cents(self) -> int:
        return -sum(cents for _, cents in self.net_cents)

    def newest_leg(self, party: str, direction: Direction) -> Leg | None:
        legs = [leg for leg in self.legs if (leg.party, leg.direction) == (party, direction)]
        return legs[-1] if legs else None

    def leg(self, name: str) -> Leg:
        """By key, or as the bank knows it. Raises UnknownLegError."""
        for leg in self.legs:
            if name in (leg.key, leg.end_to_end_id):
                return leg
        raise UnknownLegError(self.settlement_id, name)

    @property
    def missing_cents(self) -> int:
        """What defaulting debtors leave open after their collateral."""
        owed = dict(self.net_cents)
        return sum(-owed[one.party] - one.collateral_cents for one in self.defaults)

    @property
    def shortfall(self) -> Shortfall:
        claims = {party: cents for party, cents in self.net_cents if cents > 0}
        return borne(self.missing_cents, self.network_net_cents, claims)

    @property
    def collected_cents(self) -> int:
        """What is there of what debtors owe, collateral included."""
        legs = sum(leg.amount_cents for leg in self.legs if _has(leg, Direction.IN, LegState.SUCCEEDED))
        return legs + sum(one.collateral_cents for one in self.defaults)

    @property
    def paid_out_cents(self) -> int:
        """What has been paid or may be on its way to creditors."""
        states = IN_FLIGHT | {LegState.SUCCEEDED}
        return sum(leg.amount_cents for leg in self.legs if leg.direction is Direction.OUT and leg.state in states)


def calculated(window: int, positions: CurrencySettlement, by: str, at_ms: int) -> PaidSettlement:
    """The settlement of a closed window's positions in a currency, for a second person to approve."""
    net = tuple((one.party, one.net_cents) for one in positions.positions if one.party != NETWORK and one.net_cents)
    steps = (StageStep(Stage.CALCULATED, at_ms, by),)
    charged = charged_micros(positions, NO_PARTNERS)
    return PaidSettlement(window, positions.currency, net, steps, charged_micros=charged)


def approved(one: PaidSettlement, by: str, at_ms: int) -> PaidSettlement:
    """Raises SecondPersonNeededError, SettlementStateError."""
    if one.stage is Stage.APPROVED and one.history[-1].by == by:
        return one
    _expect(one, Stage.CALCULATED)
    check_second_person(one.history[0].by, by, one.settlement_id)
    return _at(one, Stage.APPROVED, at_ms, by)


def collecting(one: PaidSettlement, by: str, at_ms: int) -> PaidSettlement:
    """Each debtor's collection is submitted, later those that were planned since. Raises SettlementStateError."""
    if one.stage in (Stage.FUNDED, Stage.PARTIALLY_FUNDED):
        return one
    _expect(one, Stage.APPROVED, Stage.COLLECTING)
    if one.stage is Stage.APPROVED:
        legs = [
            planned(one.settlement_id, party, Direction.IN, 1, -cents, at_ms, by)
            for party, cents in one.net_cents
            if cents < 0
        ]
        one = _at(replace(one, legs=tuple(legs)), Stage.COLLECTING, at_ms, by)
    return advanced(_submitted(one, Direction.IN, by, at_ms), by, at_ms)


def paying(one: PaidSettlement, by: str, at_ms: int) -> PaidSettlement:
    """Payouts are submitted, as far as funds are there for all of them. Raises SettlementStateError."""
    if one.stage is Stage.SETTLED:
        return one
    _expect(one, Stage.FUNDED, Stage.PARTIALLY_FUNDED, Stage.PAYING)
    if one.stage is not Stage.PAYING:
        reductions = one.shortfall.reductions
        legs = [
            planned(one.settlement_id, party, Direction.OUT, 1, cents - reductions.get(party, 0), at_ms, by)
            for party, cents in one.net_cents
            if cents > reductions.get(party, 0)
        ]
        one = _at(replace(one, legs=(*one.legs, *legs)), Stage.PAYING, at_ms, by)
    return advanced(_submitted(one, Direction.OUT, by, at_ms), by, at_ms)


def told(one: PaidSettlement, name: str, step: LegStep) -> PaidSettlement:
    """What the bank, or somebody who asked it, says of a leg. Raises UnknownLegError, LegStateError.

    A collection that comes back before anything is paid out has to be collected anew.
    """
    leg = one.leg(name)
    if step.state is LegState.SUBMITTED:
        # By `collecting` and `paying` alone, or one might be sent that nobody may send any more.
        raise LegStateError(leg.key, leg.state.value, step.state.value)
    moved = leg.moved(step)
    one = replace(one, legs=tuple(moved if other.key == leg.key else other for other in one.legs))
    if moved is not leg and moved.state in CAME_BACK:
        if one.stage in (Stage.PAYING, Stage.SETTLED, Stage.ABORTED):
            one = replace(one, came_back=(*one.came_back, leg.key))
        elif one.stage in (Stage.FUNDED, Stage.PARTIALLY_FUNDED):
            one = _at(one, Stage.COLLECTING, step.at_ms, step.by)
    return advanced(one, step.by, step.at_ms)


def tried_again(one: PaidSettlement, party: str, by: str, at_ms: int) -> PaidSettlement:
    """Another attempt of a leg that came to nothing, planned for the next submission. Raises SettlementStateError."""
    _expect(one, Stage.COLLECTING, Stage.PAYING)
    direction = Direction.IN if one.stage is Stage.COLLECTING else Direction.OUT
    leg = one.newest_leg(party, direction)
    if leg is not None and leg.state is LegState.PLANNED:
        return one
    if leg is None or not _open_again(one, leg):
        raise SettlementStateError(one.settlement_id, one.stage.value, "No payment of this party came to nothing.")
    again = planned(one.settlement_id, party, direction, leg.attempt + 1, leg.amount_cents, at_ms, by)
    return replace(one, legs=(*one.legs, again))


def defaulted(one: PaidSettlement, party: str, collateral_cents: int, by: str, at_ms: int) -> PaidSettlement:
    """A debtor whose collection came to nothing is not asked again: what is missing goes down the waterfall.

    Raises SettlementStateError, CollateralTooLargeError.
    """
    if Default(party, collateral_cents) in one.defaults:
        return one
    _expect(one, Stage.COLLECTING)
    leg = one.newest_leg(party, Direction.IN)
    if leg is None or leg.state not in CAME_TO_NOTHING or any(party == other.party for other in one.defaults):
        raise SettlementStateError(one.settlement_id, one.stage.value, "No collection from this party came to nothing.")
    if not 0 <= collateral_cents <= leg.amount_cents:
        raise CollateralTooLargeError(one.settlement_id, leg.amount_cents)
    return advanced(replace(one, defaults=(*one.defaults, Default(party, collateral_cents))), by, at_ms)


def given_up(one: PaidSettlement, party: str, by: str, at_ms: int) -> PaidSettlement:
    """A creditor whose payout failed gets it in a later window. Raises SettlementStateError."""
    if party in one.given_up:
        return one
    _expect(one, Stage.PAYING)
    leg = one.newest_leg(party, Direction.OUT)
    if leg is None or leg.state is not LegState.FAILED:
        raise SettlementStateError(one.settlement_id, one.stage.value, "No payout to this party failed.")
    return advanced(replace(one, given_up=(*one.given_up, party)), by, at_ms)


def aborted(one: PaidSettlement, by: str, at_ms: int) -> PaidSettlement:
    """Called off before any payout, and while nothing is in flight. Raises SettlementStateError.

    What was collected stays collected: every open amount is carried into the open window.
    """
    if one.stage is Stage.ABORTED:
        return one
    _expect(one, *BEFORE_PAYOUT)
    if any(leg.state in IN_FLIGHT for leg in one.legs):
        raise SettlementStateError(one.settlement_id, one.stage.value, "Wait for what the bank says of each payment.")
    return _at(one, Stage.ABORTED, at_ms, by)


def advanced(one: PaidSettlement, by: str, at_ms: int) -> PaidSettlement:
    """At the stage that its legs have brought it to."""
    if one.stage is Stage.COLLECTING and _all(one, Direction.IN, {other.party for other in one.defaults}):
        return _at(one, Stage.PARTIALLY_FUNDED if one.missing_cents else Stage.FUNDED, at_ms, by)
    if one.stage is Stage.PAYING and _all(one, Direction.OUT, set(one.given_up)):
        return _at(one, Stage.SETTLED, at_ms, by)
    return one


def carries(one: PaidSettlement) -> tuple[Carried, ...]:
    """What is carried into a later window, each with a reference of its own.

    Of an aborted settlement every position, less what was collected. Else what defaulting debtors still owe, what
    creditors got less for it, and payouts given up. Of both what came back after it had succeeded.
    """
    if one.stage is Stage.ABORTED:
        return (*_of_the_aborted(one), *_of_what_came_back(one))
    if one.stage not in (Stage.PAYING, Stage.SETTLED):
        return ()
    owed = dict(one.net_cents)
    defaults = [(other.party, owed[other.party] + other.collateral_cents) for other in one.defaults]
    found = [_carried(one, f"{party}:default", party, cents) for party, cents in defaults if cents]
    reductions = sorted(one.shortfall.reductions.items())
    found += [_carried(one, f"{party}:reduced", party, cents) for party, cents in reductions]
    for party in one.given_up:
        failed = one.newest_leg(party, Direction.OUT)
        if failed is not None:
            found.append(_carried(one, f"{party}:given_up", party, failed.amount_cents))
    return (*found, *_of_what_came_back(one))


def funding_changes(one: PaidSettlement) -> tuple[FundingChange, ...]:
    """What partners were charged by this settlement, paid and were paid, each once."""
    by = one.history[0].by
    charges = [charge(one.settlement_id, party, micros, by) for party, micros in one.charged_micros]
    legs = [leg for leg in one.legs if leg.party not in NO_PARTNERS]
    return (*charges, *(change for leg in legs for change in moved(leg)))


def _of_the_aborted(one: PaidSettlement) -> list[Carried]:
    collected = {party for party, _ in one.net_cents if _was_collected(one, party)}
    collateral = {other.party: other.collateral_cents for other in one.defaults}
    left = [(party, cents + collateral.get(party, 0)) for party, cents in one.net_cents if party not in collected]
    return [_carried(one, f"{party}:aborted", party, cents) for party, cents in left if cents]


def _was_collected(one: PaidSettlement, party: str) -> bool:
    leg = one.newest_leg(party, Direction.IN)
    return leg is not None and (leg.state is LegState.SUCCEEDED or leg.key in one.came_back)


def _of_what_came_back(one: PaidSettlement) -> list[Carried]:
    legs = [one.leg(key) for key in one.came_back]
    sign = {Direction.IN: -1, Direction.OUT: 1}
    return [
        Carried(f"{leg.key}:returned", leg.party, one.currency, sign[leg.direction] * leg.amount_cents) for leg in legs
    ]


def _open_again(one: PaidSettlement, leg: Leg) -> bool:
    if leg.direction is Direction.IN:
        return leg.state in CAME_TO_NOTHING and all(leg.party != other.party for other in one.defaults)
    return leg.state is LegState.FAILED and leg.party not in one.given_up


def _all(one: PaidSettlement, direction: Direction, excused: set[str]) -> bool:
    """Whether the newest leg of each party in a direction has succeeded, or it is excused.

    A payout that came back is carried into a later window, so it has come to its end here.
    """
    newest = {leg.party: leg.state for leg in one.legs if leg.direction is direction}
    good = {LegState.SUCCEEDED} if direction is Direction.IN else {LegState.SUCCEEDED} | CAME_BACK
    return all(state in good or party in excused for party, state in newest.items())


def _has(leg: Leg, direction: Direction, state: LegState) -> bool:
    return leg.direction is direction and leg.state is state


def _carried(one: PaidSettlement, name: str, party: str, cents: int) -> Carried:
    return Carried(f"{one.settlement_id}:{name}", party, one.currency, cents)


def _submitted(one: PaidSettlement, direction: Direction, by: str, at_ms: int) -> PaidSettlement:
    step = LegStep(LegState.SUBMITTED, at_ms, by)
    legs = [leg.moved(step) if _has(leg, direction, LegState.PLANNED) else leg for leg in one.legs]
    return replace(one, legs=tuple(legs))


def _at(one: PaidSettlement, stage: Stage, at_ms: int, by: str) -> PaidSettlement:
    return replace(one, history=(*one.history, StageStep(stage, at_ms, by)))


def _expect(one: PaidSettlement, *stages: Stage) -> None:
    if one.stage not in stages:
        names = ", ".join(sorted(stage.value for stage in stages))
        raise SettlementStateError(one.settlement_id, one.stage.value, f"This is done while it is: {names}.")
