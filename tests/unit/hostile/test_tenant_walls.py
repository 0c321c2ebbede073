"""Every route of the document, called with one partner's key and another partner's ids."""

from dataclasses import dataclass
from functools import cache

import pytest

from tests.support.described import Operation, api_document, operations
from tests.support.walls import (
    AMOUNT_CENTS,
    OF_THE_NETWORK,
    Tenant,
    attempts,
    judge,
    plant,
    twin,
    unknown_to_the_walk,
    verdict,
)
from tests.unit.chalicelib import world as worlds
from tests.unit.chalicelib.world import NOW
from tests.unit.hostile.stage import Stage, set_up

OPERATIONS = operations(api_document())
GUARDED = [one for one in OPERATIONS if one.caller != "anyone"]
every_guarded_operation = pytest.mark.parametrize("operation", GUARDED, ids=[one.name for one in GUARDED])


@dataclass(frozen=True)
class Two:
    """A stage with two partners more, of whom one has ids of the other."""

    stage: Stage
    attacker: Tenant
    victim: Tenant


def two_tenants(monkeypatch: pytest.MonkeyPatch, *, stated: bool) -> Two:
    """With a statement of a window for each, if `stated`."""
    stage = set_up(monkeypatch)
    attacker, victim = planted(stage, "mallory", 123_456), planted(stage, "victim", AMOUNT_CENTS)
    stage.world.post_all_entries()
    if stated:
        state_windows(stage, attacker, victim)
    return Two(stage, attacker, victim)


def planted(stage: Stage, prefix: str, amount_cents: int) -> Tenant:
    begin, day = "2026-11-01T00:00:00Z", NOW[:10]
    return plant(
        stage.answer, (stage.world.operator, stage.world.second_operator), prefix, NOW, begin, day, amount_cents
    )


@cache
def tenants_of_reads(*, stated: bool) -> Two:
    """Those that all operations share that only read: they leave everything as it was."""
    with pytest.MonkeyPatch.context() as patch:
        return two_tenants(patch, stated=stated)


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch, operation: Operation) -> Two:
    stated = "/statements" in operation.path
    if operation.method != "GET":
        return two_tenants(monkeypatch, stated=stated)
    shared = tenants_of_reads(stated=stated)
    worlds.enter(monkeypatch, shared.stage.world)
    return shared


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
def test_the_walk_knows_every_route_and_every_name_in_it(operation: Operation) -> None:
    assert not unknown_to_the_walk(operation)


@every_guarded_operation
def test_another_partners_ids_open_nothing(two: Two, operation: Operation) -> None:
    stage, attacker, victim = two.stage, two.attacker, two.victim
    before = seen_by(stage, victim)
    tried = 0
    for name, asked in attempts(operation, attacker, victim):
        answer = stage.answer(asked)
        judge(operation, name, asked, answer, attacker, victim)
        nobodys = twin(operation, name, attacker)
        assert nobodys is None or verdict(stage.answer(nobodys)) == verdict(answer)
        tried += 1
    assert tried
    if operation.caller in OF_THE_NETWORK:
        assert seen_by(stage, victim) == before


def state_windows(stage: Stage, *tenants: Tenant) -> None:
    """Both have a statement of a window, on which something stands."""
    world, window = stage.world, stage.world.windows.newest().number
    world.clock.advance(ms=1)
    world.windows.close(window, "ann")
    world.windows.work(drain_ms=0)
    assert world.issuing.work() == window
    for tenant in tenants:
        tenant.known |= {"window": window, "charge": 1, "form": "jsonl"}
        stated = world.get(f"/v1/statements/{window}", tenant.key)
        assert tenant.known["partner_id"].encode() in stated.body


def seen_by(stage: Stage, tenant: Tenant) -> list[bytes]:
    """What a partner sees of itself."""
    day = tenant.known["from"]
    paths = ["/v1/locations", f"/v1/entries?from={day}&to={day}", f"/v1/bill?month={day[:7]}"]
    return [stage.world.get(path, tenant.key).body for path in paths]
