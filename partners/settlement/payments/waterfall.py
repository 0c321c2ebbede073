"""Who bears what a partner fails to pay: its own collateral, the network's share, then creditors pro rata. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is missing in all after collateral, divided: `network_cents`, and by how much each creditor gets less."""

    network_cents: int
    reductions: Mapping[str, int]


def borne(missing_cents: int, network_net_cents: int, claims: Mapping[str, int]) -> Shortfall:
    """Divide `missing_cents` among the network, up to what it would have kept itself, and the creditors' `claims`.

    The creditors' part is pro rata, in whole cents: each gets the floor of its share, and the cents left go, one
    each, to the largest remainders, ties to the party whose id sorts first. Raises ValueError if claims don't suffice.
    """
    network_cents = min(missing_cents, max(0, network_net_cents))
    rest, whole = missing_cents - network_cents, sum(claims.values())
    if rest > whole:
        raise ValueError(f"{rest} cents are missing of {whole}")
    reductions = {party: rest * claim // whole for party, claim in claims.items()} if rest else {}
    left = rest - sum(reductions.values())
    for party in sorted(reductions, key=lambda party: (-(rest * claims[party] % whole), party))[:left]:
        reductions[party] += 1
    return Shortfall(network_cents, {party: cents for party, cents in reductions.items() if cents})
