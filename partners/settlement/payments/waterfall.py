"""Who bears what a partner fails to pay: its collateral, the network's share, creditors pro rata. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is missing in all after collateral, divided: `network_cents`, and by how much each creditor gets less."""

    network_cents: int
    reductions: Mapping[str, int]

    def __add__(self, other: "Shortfall") -> "Shortfall":
        reductions = Counter(self.reductions)
        reductions.update(other.reductions)
        return Shortfall(self.network_cents + other.network_cents, reductions)

    @property
    def total_cents(self) -> int:
        return self.network_cents + sum(self.reductions.values())

    def part(self, cents: int, *, last: str = "") -> "Shortfall":
        """What of `cents` of it each bears, as all of it is borne: never more than its own. Raises ValueError if it is
        not so much.
        """
        return borne(cents, self.network_cents, self.reductions, last=last)


def borne(missing_cents: int, network_net_cents: int, claims: Mapping[str, int], *, last: str = "") -> Shortfall:
    """Divide `missing_cents` among the network, up to what it would have kept itself, and the creditors' `claims`.

    The creditors' part is pro rata, in whole cents: each gets the floor of its share, and the cents left go, one
    each, to the largest remainders, ties to the party whose id sorts first. The party `last` gets less only of what
    all others' claims do not bear. Raises ValueError if claims don't suffice.
    """
    network_cents = min(missing_cents, max(0, network_net_cents))
    rest = missing_cents - network_cents
    if rest > sum(claims.values()):
        raise ValueError(f"{rest} cents are missing of {sum(claims.values())}")
    others = {party: claim for party, claim in claims.items() if party != last}
    theirs = min(rest, sum(others.values()))
    reductions = {**_pro_rata(theirs, others), last: rest - theirs}
    return Shortfall(network_cents, {party: cents for party, cents in reductions.items() if cents})


def borne_by_age(
    missing_cents: int,
    old_cents: int,
    network_net_cents: int,
    claims: Mapping[str, int],
    *,
    cuts: Mapping[str, int],
    network_cut_cents: int,
    last: str = "",
    last_unclaimed_cents: int = 0,
) -> tuple[Shortfall, Shortfall]:
    """As `borne`, but `old_cents` of it are missing since earlier defaults: those are borne by who was cut by them, and
    come first, what is new second.

    `cuts` are in the claims. What neither the network's part of those defaults nor cuts suffice for is borne with what
    is new, and the other way round. What of the claim of `last` is unclaimed the network has instead, of its cut first.
    """
    of_cut = min(last_unclaimed_cents, cuts.get(last, 0))
    if last_unclaimed_cents:
        claims = {**claims, last: claims[last] - last_unclaimed_cents}
        cuts = {**cuts, last: cuts.get(last, 0) - of_cut}
    newer = {party: claim - cuts.get(party, 0) for party, claim in claims.items()}
    network_newer_cents = network_net_cents - network_cut_cents + last_unclaimed_cents - of_cut
    network_cut_cents += of_cut
    old_room = network_cut_cents + sum(cuts.values())
    newer_room = max(0, network_newer_cents) + sum(newer.values())
    of_old = max(min(old_cents, old_room), missing_cents - newer_room)
    old = borne(of_old, network_cut_cents, cuts, last=last)
    new = borne(missing_cents - of_old, network_newer_cents, newer, last=last)
    return old, new


def _pro_rata(rest: int, claims: Mapping[str, int]) -> dict[str, int]:
    whole = sum(claims.values())
    shares = {party: rest * claim // whole for party, claim in claims.items()} if rest else {}
    left = rest - sum(shares.values())
    for party in sorted(shares, key=lambda party: (-(rest * claims[party] % whole), party))[:left]:
        shares[party] += 1
    return shares
