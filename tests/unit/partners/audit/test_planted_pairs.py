"""What was written in two accounts at once must agree in both, and so must who answers for whom."""

from dataclasses import replace

import pytest

from partners.audit.model import Check
from shared.ledger.codec import entry_from_item
from shared.ledger.model import Entry, Op
from tests.unit.ledger.commands import earn, join, merge, transfer
from tests.unit.partners.audit.world import FAR_MS, MINUTE_MS, World

ANN, BOB, CY = "0000000042", "0000000043", "0000000044"
LINKS = "its account's links are not those that follow from it"


@pytest.fixture
def world() -> World:
    return World()


def apply(world: World, command, *args, **fields) -> Entry:
    """Ann does it; her entry."""
    world.clock.advance(ms=MINUTE_MS)
    made = command(f"{command.__name__}-{world.clock.now_ms}", world.clock.now_ms, *args, member=ANN, **fields)
    return world.ledger.apply_pair(made).entry


def head(world: World, member: str) -> Entry:
    return entry_from_item(world.journal.items[member][-1])


def of(found: list[tuple[str, Check, str]], *checks: Check) -> list[tuple[str, str]]:
    return [(subject, what) for subject, check, what in found if check in checks]


def pairs_and_histories(world: World, **options) -> list[tuple[str, str]]:
    return of(world.found(**options), Check.PAIR, Check.HISTORY)


def test_sound_pairs_of_every_kind_have_no_findings(world: World) -> None:
    world.live_on_cashback()
    apply(world, merge, CY)
    world.post()
    ops = {entry_from_item(item).op for items in world.journal.items.values() for item in items}
    assert ops >= {Op.TRANSFER, Op.JOIN, Op.LEAVE, Op.MERGE}
    assert world.found() == []


@pytest.mark.parametrize("how", [{"segments": 1, "per_scan": 1_000}, {"segments": 5, "per_scan": 1}])
def test_a_counterpart_that_was_tampered_with_is_found_from_both_sides_wherever_the_cuts_are(world: World, how) -> None:
    gave = apply(world, transfer, 30, BOB)
    took = head(world, BOB)
    world.forge(BOB, took.seq, counterpart=f"{CY}-3")
    assert pairs_and_histories(world, splits_members=True, **how) == [
        (gave.entry_id, f"its counterpart {took.entry_id} names {CY}-3 instead"),
        (took.entry_id, f"its counterpart {CY}-3 names no entry instead"),
    ]


@pytest.mark.parametrize("named", [f"{CY}-999", "9999999999-1", "nobody"])
def test_a_counterpart_that_is_not_there(world: World, named: str) -> None:
    gave = apply(world, transfer, 30, BOB)
    world.forge(ANN, gave.seq, counterpart=named)
    assert (gave.entry_id, f"its counterpart {named} is not there") in pairs_and_histories(world)


def test_a_run_that_stops_after_every_few_items_finds_it_once(world: World) -> None:
    gave = apply(world, transfer, 30, BOB)
    world.journal.items[BOB].pop()
    audit = world.audit(per_scan=2)
    run = audit.begin("stopping", segments=2, settled_for_ms=0)
    while (verdict := audit.work(run, for_ms=5)) is None:
        continue
    assert verdict.total == world.verdict(segments=1, per_scan=1_000).total
    found = [(one.subject, one.contradiction) for one in verdict.total.findings if one.check is Check.PAIR]
    assert found == [(gave.entry_id, f"its counterpart {gave.counterpart} is not there")]


def test_what_one_gives_and_the_other_does_not_take_is_told_once(world: World) -> None:
    gave = apply(world, transfer, 30, BOB)
    took = head(world, BOB)
    (move,) = (one for one in took.moves if one.lot.quantity == 30)
    less = replace(move, lot=replace(move.lot, quantity=20))
    same = (move.lot.issuer, move.lot.expiry_month)
    lots = tuple(
        replace(lot, quantity=lot.quantity - 10) if (lot.issuer, lot.expiry_month) == same else lot
        for lot in took.account.lots
    )
    moves = tuple(less if one == move else one for one in took.moves)
    world.forge(BOB, took.seq, moves=moves, account=replace(took.account, lots=lots), location="elsewhere")
    differs = "location, what one gives and the other takes"
    assert pairs_and_histories(world) == [
        (gave.entry_id, f"it and its counterpart {took.entry_id} differ: {differs}"),
    ]


def test_of_a_pair_younger_than_the_cut_off_one_half_may_be_seen(world: World) -> None:
    gave = apply(world, transfer, 30, BOB)
    world.forge(BOB, head(world, BOB).seq, counterpart=f"{CY}-3")
    assert pairs_and_histories(world, settled_for_ms=30 * MINUTE_MS) == []
    world.clock.advance(ms=30 * MINUTE_MS)
    assert gave.entry_id in dict(pairs_and_histories(world, settled_for_ms=30 * MINUTE_MS))


def test_a_counterpart_that_does_not_read_is_found_where_it_stands_alone(world: World) -> None:
    apply(world, transfer, 30, BOB)
    took = head(world, BOB)
    world.item(BOB, took.seq)["mov"] = {"B": b"\xff"}
    assert of(world.found(), Check.PAIR) == []
    assert [subject for subject, _ in of(world.found(), Check.ENTRY)] == [took.entry_id]


@pytest.mark.parametrize("command", [join, merge])
def test_an_account_that_does_not_know_who_follows_it(world: World, command) -> None:
    apply(world, command, BOB)
    leads = head(world, BOB)
    world.forge(BOB, leads.seq, account=replace(leads.account, followers=()))
    assert pairs_and_histories(world) == [(leads.entry_id, LINKS)]


@pytest.mark.parametrize(
    "changes",
    [{"follows": CY}, {"follows": None}],
    ids=["follows another", "follows nobody"],
)
def test_an_account_that_does_not_follow_who_answers_for_it(world: World, changes: dict[str, object]) -> None:
    joined = apply(world, join, BOB)
    world.forge(ANN, joined.seq, account=replace(joined.account, **changes))
    assert (joined.entry_id, LINKS) in pairs_and_histories(world)


@pytest.mark.parametrize("change", [{"merged": True}, {"seq": 3}, {"member": CY}])
def test_a_follower_that_is_noted_otherwise_than_it_is(world: World, change: dict[str, object]) -> None:
    apply(world, join, BOB)
    leads = head(world, BOB)
    (follower,) = leads.account.followers
    world.forge(BOB, leads.seq, account=replace(leads.account, followers=(replace(follower, **change),)))
    assert pairs_and_histories(world) == [(leads.entry_id, LINKS)]


def test_a_follower_that_is_forgotten_later_on(world: World) -> None:
    apply(world, join, BOB)
    world.clock.advance(ms=MINUTE_MS)
    later = world.ledger.apply(earn("later", world.clock.now_ms, 10, member=BOB)).entry
    world.forge(BOB, later.seq, account=replace(later.account, followers=()))
    assert pairs_and_histories(world) == [(later.entry_id, LINKS)]


def test_two_accounts_that_both_say_the_other_follows(world: World) -> None:
    joined = apply(world, join, BOB)
    leads = head(world, BOB)
    (follower,) = leads.account.followers
    back = replace(follower, member=BOB, seq=leads.seq)
    world.forge(ANN, joined.seq, account=replace(joined.account, follows=None, followers=(back,)))
    assert pairs_and_histories(world) == [
        (joined.entry_id, f"it and its counterpart {leads.entry_id} differ: who answers for whom"),
    ]


def test_pairs_are_read_many_at_a_time(world: World) -> None:
    for _ in range(120):
        apply(world, transfer, 1, BOB)
        if head(world, ANN).account.points_active < 2:
            break
    reads: list[int] = []
    audit = world.audit(per_scan=1_000)
    entries = audit._tables.entries
    audit._tables.entries = lambda names: reads.append(len(names)) or entries(names)
    verdict = audit.work(audit.begin("run", segments=1, settled_for_ms=0), for_ms=FAR_MS)
    assert of([(f.subject, f.check, f.contradiction) for f in verdict.total.findings], Check.PAIR) == []
    assert (max(reads), len(reads)) == (100, 1 + sum(reads) // 100)
