"""A settlement of one window and currency: from net positions to money paid. Pure.

Creditors are paid from collected funds only. What remains open in the end, whoever it is owed by or to, is carried into
the open window.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from partners.contracts.model import MEMBERS, NETWORK
from partners.contracts.proposals import ProposalState
from partners.settlement.model import CurrencyNets
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments.agreed import Proposed
from partners.settlement.payments.errors import UnknownLegError
from partners.settlement.payments.funded import charged_micros
from partners.settlement.payments.legs import IN_FLIGHT, Direction, Leg, LegState
from partners.settlement.payments.old_debts import NOTHING_OLD, Dues, Old, dues_of
from partners.settlement.payments.waterfall import Shortfall, borne_by_age


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
WRITTEN_OFF, FORGONE = "written_off", "forgone"
"""How the references end of what a debtor no longer owes, and of what a creditor is no longer owed for it."""


@dataclass(frozen=True, slots=True)
class StageStep:
    """That a settlement came to a stage: when and by whom."""

    stage: Stage
    at_ms: int
    by: str


@dataclass(frozen=True, slots=True)
class Default:
    """That a debtor does not pay, but for `collateral_cents` held of it: proposed `by` one, `confirmed_by` another.
    `write_off_cents` of what it has owed since earlier defaults are not asked for any more.

    Earlier ones one person had decided, whom nobody need have confirmed yet; of the first it is not known `by` whom.
    It counts since `at_ms`; None if that was not noted yet, and of what is only proposed.
    """

    party: str
    collateral_cents: int
    by: str = ""
    confirmed_by: tuple[str, ...] = ()
    write_off_cents: int = 0
    at_ms: int | None = None

    @property
    def of_two(self) -> bool:
        """Whether it is known that two people decided it."""
        return len({self.by, *self.confirmed_by} - {""}) > 1


@dataclass(frozen=True, slots=True)
class Trouble:
    """What of a leg, by its key, a person must look at."""

    leg: str
    text: str


@dataclass(frozen=True, slots=True)
class PaidSettlement:
    """How the net positions of a window in a currency are paid.

    `net_cents` are those of every party but the network, negative what it owes. `came_back` are the keys of legs that
    came back when it was too late to collect anew, `late` those of legs that succeeded when something else had been
    decided about their failure. `postponed` are members' payouts left to the next window, `unclaimed_cents` what of
    members' position nobody was to be paid when payouts were planned: its cashback was the members' again. Before, so
    many of their payouts were `looked_at`, in order, of which those `had_back` are the members' again. `carried`
    are the references of `carries` that are in a window already, `given_back` the keys of legs whose cashback is
    the member's again, `funded` the references of `funding_changes` that are recorded. `proposals` are the latest for
    each debtor to go on without it, of which nothing follows; `defaults` are those that were approved. `old` is
    what of the positions was carried here since earlier defaults. `troubles` stand until they
    are over, or a person has seen to them. `version` counts its changes.
    """

    window: int
    currency: str
    net_cents: tuple[tuple[str, int], ...]
    history: tuple[StageStep, ...]
    legs: tuple[Leg, ...] = ()
    defaults: tuple[Default, ...] = ()
    proposals: tuple[Proposed[Default], ...] = ()
    given_up: tuple[str, ...] = ()
    came_back: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    charged_micros: tuple[tuple[str, int], ...] = ()
    funded: tuple[str, ...] = ()
    postponed: tuple[MemberPayout, ...] = ()
    unclaimed_cents: int = 0
    looked_at: int = 0
    had_back: tuple[str, ...] = ()
    given_back: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    old: Old = NOTHING_OLD
    version: int = 1

    @property
    def settlement_id(self) -> str:
        return f"{self.window}-{self.currency}"

    @property
    def stage(self) -> Stage:
        return self.history[-1].stage

    @property
    def due_at_ms(self) -> int | None:
        """It is due from when it was first collected; before, and if it was called off before, it is not."""
        return next((step.at_ms for step in self.history if step.stage is Stage.COLLECTING), None)

    @property
    def network_net_cents(self) -> int:
        return -sum(cents for _, cents in self.net_cents)

    def newest_leg(self, payee: str, direction: Direction) -> Leg | None:
        legs = [leg for leg in self.legs if (leg.payee, leg.direction) == (payee, direction)]
        return legs[-1] if legs else None

    def leg(self, name: str) -> Leg:
        """By key, or as the bank knows it. Raises UnknownLegError."""
        for leg in self.legs:
            # A look at the payee first: of a thousand payouts each key would be made for each of them.
            if (leg.payout or leg.party) in name and name == leg.key:
                return leg
        for leg in self.legs:
            if name == leg.end_to_end_id:
                return leg
        raise UnknownLegError(self.settlement_id, name)

    def keys_of(self, names: Iterable[str]) -> list[str]:
        """The keys of the legs that are named by key, or as the bank knows them. Raises UnknownLegError."""
        keys = {leg.end_to_end_id: leg.key for leg in reversed(self.legs)}
        keys |= {leg.key: leg.key for leg in self.legs}
        try:
            return [keys[name] for name in names]
        except KeyError as error:
            raise UnknownLegError(self.settlement_id, str(error.args[0])) from None

    @property
    def brought_cents(self) -> Counter[str]:
        """By debtor, what it has paid here or was taken from its deposit, disputed or not; what came back too late to
        be collected anew is among it, what came late is not.
        """
        found: Counter[str] = Counter()
        for leg in self.legs:
            stands = leg.state in (LegState.SUCCEEDED, LegState.DISPUTED) or leg.key in self.came_back
            if leg.is_inwards and stands and not (self.late and leg.key in self.late):
                found[leg.party] += leg.amount_cents
        return found

    @property
    def defaulting(self) -> frozenset[str]:
        """Debtors that were gone on without."""
        return frozenset(one.party for one in self.defaults)

    def decided_at_ms(self, default: Default) -> int | None:
        """Since when a default counts. Where that was not noted, it is when another agreed to it; None of what one
        person decided.
        """
        if default.at_ms is not None:
            return default.at_ms
        approved = (one for one in self.proposals if one.state is ProposalState.APPROVED)
        found = next((one.decision for one in approved if one.value.party == default.party), None)
        return None if found is None else found.at_ms

    @property
    def dues(self) -> Dues:
        """What each party is asked to bring, and what it claims."""
        return dues_of(dict(self.net_cents), dict(self.old.cuts), self.brought_cents, self.defaulting)

    def owed_cents(self, party: str) -> int:
        """What a debtor has still to bring."""
        return self.dues.asked.get(party, 0) - self.brought_cents[party]

    @property
    def missing_cents(self) -> int:
        """What defaulting debtors leave open after their collateral."""
        asked, brought = self.dues.asked, self.brought_cents
        return sum(asked[one.party] - brought[one.party] - one.collateral_cents for one in self.defaults)

    @property
    def shortfall(self) -> Shortfall:
        """Who bears what is missing. What a defaulter has brought counts for what it owed the longest."""
        old, new = self._borne
        return old + new

    def old_missing_cents(self, default: Default) -> int:
        """What a defaulter leaves open of what it has owed since earlier defaults."""
        asked, old = self.dues.asked[default.party], dict(self.old.debts).get(default.party, 0)
        return max(0, min(asked, old) - self.brought_cents[default.party] - default.collateral_cents)

    def written_off_cents(self, default: Default) -> int:
        """What of that is not asked for any more."""
        return min(default.write_off_cents, self.old_missing_cents(default))

    @property
    def forgone(self) -> Shortfall:
        """Who bears for good what is written off, of what they bear of the same defaults. Members are owed theirs all
        the same: the network bears it for them.
        """
        if not any(one.write_off_cents for one in self.defaults):
            return Shortfall(0, {})
        old, new = self._borne
        cents = sum(map(self.written_off_cents, self.defaults))
        of_old = min(cents, old.total_cents)
        return old.part(of_old, last=MEMBERS) + new.part(cents - of_old, last=MEMBERS)

    @property
    def write_offs(self) -> tuple[tuple[str, str, int], ...]:
        """What was written off, once creditors are paid: by partner, as what, and by how much it owes less, or is owed
        less if negative.
        """
        if self.stage not in (Stage.PAYING, Stage.SETTLED):
            return ()
        debts = [(one.party, WRITTEN_OFF, self.written_off_cents(one)) for one in self.defaults]
        claims = [(party, FORGONE, -cents) for party, cents in self.forgone.reductions.items() if party != MEMBERS]
        return tuple(one for one in (*debts, *sorted(claims)) if one[2])

    @property
    def _borne(self) -> tuple[Shortfall, Shortfall]:
        """Of what is missing since earlier defaults, and of what is new."""
        dues = self.dues
        return borne_by_age(
            self.missing_cents,
            sum(map(self.old_missing_cents, self.defaults)),
            self.network_net_cents,
            dues.claims,
            cuts=dues.cuts,
            network_cut_cents=dict(self.old.cuts).get(NETWORK, 0),
            last=MEMBERS,
            last_unclaimed_cents=self.unclaimed_cents,
        )

    @property
    def taken_back_cents(self) -> int:
        """What of members' unclaimed position has borne defaults, beyond the network's own share: it is not there any
        more when the next window counts it for the network, as the reversal of payouts.
        """
        if not self.unclaimed_cents:
            return 0
        old, new = self._borne
        own_cut_cents = dict(self.old.cuts).get(NETWORK, 0)
        own_cents = max(0, self.network_net_cents - own_cut_cents)
        return max(0, old.network_cents - own_cut_cents) + max(0, new.network_cents - own_cents)

    @property
    def reduced_cents(self) -> dict[str, int]:
        """By creditor, what it bears of defaults, old ones too, when this one is over, and is owed in a later one."""
        if self.stage is Stage.ABORTED:
            left = Counter(self.dues.cuts)
        else:
            left = Counter(self.shortfall.reductions)
            left.subtract(self.forgone.reductions)
        return {party: cents for party, cents in sorted(left.items()) if cents and party != MEMBERS}

    def borne_cents(self, party: str) -> int:
        """What the network or members bear of defaults, old ones too, when this one is over, and is not written off."""
        if self.stage is Stage.ABORTED:
            return dict(self.old.cuts).get(party, 0)
        borne, forgone = self.shortfall, self.forgone
        if party == NETWORK:
            return borne.network_cents - forgone.network_cents
        return borne.reductions.get(party, 0) - forgone.reductions.get(party, 0)

    @property
    def collected_cents(self) -> int:
        """What is there of what debtors owe, from deposits and collateral too; not what came late."""
        succeeded = [leg for leg in self.legs if leg.is_inwards and leg.state is LegState.SUCCEEDED]
        there = [leg for leg in succeeded if leg.key not in self.late]
        legs = sum(leg.amount_cents for leg in there)
        return legs + sum(one.collateral_cents for one in self.defaults)

    @property
    def paid_out_cents(self) -> int:
        """What has been paid or may be on its way to creditors; not what was paid late."""
        states = IN_FLIGHT | {LegState.SUCCEEDED}
        out = [leg for leg in self.legs if leg.direction is Direction.OUT and leg.key not in self.late]
        return sum(leg.amount_cents for leg in out if leg.state in states)


def calculated(window: int, settled: CurrencyNets, by: str, at_ms: int, old: Old = NOTHING_OLD) -> PaidSettlement:
    """The settlement of what a closed window's positions in a currency come to, for a second person to approve."""
    cut = dict(old.cuts)
    net = tuple(
        (one.party, one.net_cents)
        for one in settled.nets
        if one.party != NETWORK and (one.net_cents or one.party in cut)
    )
    steps = (StageStep(Stage.CALCULATED, at_ms, by),)
    charged = charged_micros(settled.nets, NO_PARTNERS)
    return PaidSettlement(window, settled.currency, net, steps, charged_micros=charged, old=old)


def has(leg: Leg, direction: Direction, state: LegState) -> bool:
    return leg.direction is direction and leg.state is state
