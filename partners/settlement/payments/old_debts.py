"""Debts of earlier defaults that are carried from window to window, and who bears them meanwhile. Pure.

Who was cut by a default is owed that again in the open window, where the defaulter owes it again. If it is not paid
there either, the same creditors go on bearing it: the debt is no loss of those who trade with others since. So a cut
is paid from what is brought for old debts, and lessens nothing that its party owes itself, unless that one defaults.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.model import Carried

DEFAULT, REDUCED, TAKEN_BACK = "default", "reduced", "taken_back"
"""How the references end of what a defaulter still owes, of what a creditor got less, and of what members' reversed
payouts bore of it, which the window of their reversal counts for the network.
"""


class Origin(Protocol):
    """The settlement that an amount was carried from; see `partners.settlement.payments.model.PaidSettlement`."""

    @property
    def reduced_cents(self) -> Mapping[str, int]: ...

    def borne_cents(self, party: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Old:
    """By party, in cents: `debts` of earlier defaults, and the `cuts` that others, the network too, bear for them."""

    debts: tuple[tuple[str, int], ...] = ()
    cuts: tuple[tuple[str, int], ...] = ()


NOTHING_OLD = Old()


@dataclass(frozen=True, slots=True)
class Dues:
    """By party, in cents and never negative: what it is `asked` to bring, what it `claims`, and the `cuts` in that."""

    asked: Mapping[str, int]
    claims: Mapping[str, int]
    cuts: Mapping[str, int]


def old_in(carried: Iterable[Carried], origin: Callable[[str], Origin | None]) -> Old:
    """What of the amounts carried into a window in a currency is old; `origin` is the settlement of an id.

    Amounts are carried one after the other, so a debt may be in an earlier window than what others are owed for it.
    Who has nothing of that here can't bear it here, and nobody else is to: it is the network's, which has the debt.
    """
    debts, cuts = Counter[str](), Counter[str]()
    here: defaultdict[str, Counter[str]] = defaultdict(Counter)
    origins: dict[str, None] = {}
    for one in carried:
        settlement, _, name = one.reference.partition(":")
        if name == f"{one.party}:{DEFAULT}":
            debts[one.party] -= one.amount_cents
            origins[settlement] = None
        elif name == f"{one.party}:{REDUCED}":
            cuts[one.party] += one.amount_cents
        if (one.party == MEMBERS and name != f"{MEMBERS}:{TAKEN_BACK}") or name == f"{one.party}:{REDUCED}":
            here[settlement][one.party] += one.amount_cents
    for settlement in origins:
        if (found := origin(settlement)) is not None:
            # Neither the network's part nor that of members is carried by that name.
            of_members = found.borne_cents(MEMBERS)
            theirs = {**found.reduced_cents, MEMBERS: of_members}
            elsewhere = sum(max(0, cents - max(0, here[settlement][party])) for party, cents in theirs.items())
            cuts[MEMBERS] += min(of_members, max(0, here[settlement][MEMBERS]))
            cuts[NETWORK] += found.borne_cents(NETWORK) + elsewhere
    return Old(_known(debts), _known(cuts))


def dues_of(
    net: Mapping[str, int], cuts: Mapping[str, int], brought: Mapping[str, int], defaulting: AbstractSet[str]
) -> Dues:
    """What the `net` positions come to, if cuts of earlier defaults are paid apart.

    What has still to be brought by one that defaults is taken from its cut first. Nothing is asked of members.
    """
    asked, claims, left = dict[str, int](), dict[str, int](), dict[str, int]()
    for party, cents in net.items():
        if party == MEMBERS:
            asked[party], claims[party] = 0, max(0, cents)
            left[party] = min(cuts.get(party, 0), claims[party])
            continue
        cut = cuts.get(party, 0)
        asks = max(0, cut - cents)
        set_off = min(cut, max(0, asks - brought.get(party, 0))) if party in defaulting else 0
        asked[party], claims[party], left[party] = asks - set_off, cents + asks - set_off, cut - set_off
    return Dues(asked, claims, {party: cents for party, cents in left.items() if cents})


def _known(cents: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((party, amount) for party, amount in sorted(cents.items()) if amount > 0)
