"""Debts of earlier defaults that are carried from window to window, and who bears them meanwhile. Pure.

Who was cut by a default is owed that again in the open window, where the defaulter owes it again. If it is not paid
there either, the same creditors go on bearing it: the debt is no loss of those who trade with others since. So a cut
is paid from what is brought for old debts, and lessens nothing that its party owes itself, unless that one defaults.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.model import Carried

DEFAULT, REDUCED = "default", "reduced"
"""How the references of what a defaulter still owes end, and of what a creditor got less."""


class Origin(Protocol):
    """The settlement that an amount was carried from; see `partners.settlement.payments.model.PaidSettlement`."""

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
    """What of the amounts carried into a window in a currency is old; `origin` is the settlement of an id."""
    debts, cuts, origins = Counter[str](), Counter[str](), dict[str, None]()
    for one in carried:
        settlement, _, name = one.reference.partition(":")
        if name == f"{one.party}:{DEFAULT}":
            debts[one.party] -= one.amount_cents
            origins[settlement] = None
        elif name == f"{one.party}:{REDUCED}":
            cuts[one.party] += one.amount_cents
    for found in map(origin, origins):
        # Neither the network's part nor that of members is carried by that name.
        cuts.update({} if found is None else {party: found.borne_cents(party) for party in (NETWORK, MEMBERS)})
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
