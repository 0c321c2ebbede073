"""Webhooks under faults at every call: each event arrives signed and in its member's order, or is given up."""

from collections import Counter

from partners.webhooks.delivery import State
from tests.simulation.webhook_world import PARTNER, World, check

SEEDS = range(45)


def test_every_event_arrives_in_order_or_is_given_up() -> None:
    met: Counter[str] = Counter()
    for seed in SEEDS:
        world = World(seed)
        try:
            world.run()
            check(world)
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise
        met += what_happened(world)
    assert min(met[name] for name in ("repeated", "failed", "disabled", "dead", "faults")) > 3, met


def what_happened(world: World) -> Counter[str]:
    """How often the run met what it is meant to meet."""
    met: Counter[str] = Counter(faults=30 - world.faults_left)
    for endpoint in world.service.all(PARTNER):
        arrived = world.receivers.arrived[endpoint.endpoint_id]
        log = world.store.attempts(endpoint.endpoint_id, None, 1_000)
        met["repeated"] += len(arrived) - len(set(arrived))
        met["failed"] += sum(attempt.outcome == "failed" for attempt in log)
        met["dead"] += sum(attempt.outcome == State.DEAD for attempt in log)
        met["disabled"] += endpoint.disabled is not None
    return met
