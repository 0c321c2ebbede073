"""Races on the accounts of ann, bob and cat."""

from tests.simulation.ledger.in_flight import InFlight
from tests.simulation.ledger.linked_acts import ACTS, LINKING, PAIRS, SITUATIONS
from tests.simulation.ledger.member import Member
from tests.simulation.ledger.races import Contender, Race
from tests.simulation.ledger.world import World


def linked_race(
    situation: str,
    one: str,
    other: str,
    *,
    stale: bool = False,
    shows_first: int | None = None,
    one_key: bool = False,
    most_orders: int | None = None,
) -> Race:
    """Two requests by their names in `SITUATIONS`. With `shows_first` a transaction's entry of that number shows
    before the other."""
    world = World() if shows_first is None else World(InFlight(shows_first))
    prepare, acts = SITUATIONS[situation]
    three = prepare(Member(world.server(), "m"))
    keys = ("k", "k") if one_key else ("k-1", "k-2")
    first, second = (Contender(acts[name](three), key, stale) for name, key in zip((one, other), keys, strict=True))
    return Race(world, (first, second), most_orders)


def run_all_orders() -> int:
    """Every order of every race; the number of orders. Takes some minutes."""
    reads = (False, True)
    races = [linked_race(*pair, stale=stale) for pair in PAIRS for stale in reads]
    races += [linked_race(*pair, shows_first=first) for pair in PAIRS if LINKING & set(pair) for first in (0, 1)]
    races += [linked_race(where, act, act, stale=stale, one_key=True) for where, act in ACTS for stale in reads]
    for race in races:
        race.run()
    return sum(race.orders for race in races)
