"""What a sweep records, and what it leaves alone."""

from datetime import UTC, datetime

import pytest

from partners.sweep.model import Left, Swept
from shared.kernel.clock import month_number
from shared.ledger.decide import ENTRIES_A_DAY
from shared.ledger.model import Op
from tests.unit.ledger.commands import earn, enrol, lapse, redeem
from tests.unit.partners.sweep.world import ALL_DUE, DUE, EXPIRED, MATURED, NEW, TIMED_OUT, World, done


@pytest.fixture
def world() -> World:
    return World()


def swept(world: World, name: str = "run") -> Swept:
    sweep = world.sweep()
    return done(sweep, sweep.begin(name, segments=2))


def test_each_account_with_something_due_gets_one_entry_of_the_network_and_no_other_is_touched(world):
    before = {member: len(world.history(member)) for member in world.journal.items}
    assert swept(world) == ALL_DUE
    assert world.lapsed() == dict.fromkeys(DUE, 1)
    for member, entries in before.items():
        assert len(world.history(member)) == entries + (member in DUE)
    last = world.history(MATURED)[-1]
    assert (last.partner, last.location, last.receipt, last.visit, last.points) == ("network", "-", None, False, 0)


def test_the_points_are_where_time_has_put_them(world):
    swept(world)
    matured, expired, timed_out = (world.history(member)[-1].account for member in (MATURED, EXPIRED, TIMED_OUT))
    assert (matured.points_active, matured.points_pending) == (40, 0)
    assert expired.points_active == 5
    assert (timed_out.points_active, timed_out.points_held) == (45, 0)


def test_what_was_swept_is_not_due_again(world):
    swept(world)
    again = swept(world, "again")
    assert (again.accounts, again.members, again.entries) == (0, 6, 18)
    assert world.lapsed() == dict.fromkeys(DUE, 1)


def test_a_run_that_is_done_stays_as_it_was(world):
    sweep = world.sweep()
    first = done(sweep, sweep.begin("run", segments=2))
    world.clock.advance(days=400)
    assert done(sweep, sweep.begin("run", segments=5)) == first
    assert world.lapsed() == dict.fromkeys(DUE, 1)


def test_points_expire_with_the_first_millisecond_of_the_month_after_theirs(world):
    month_end = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()) * 1000
    world.apply(earn("last", world.clock(), 11, member=NEW, expiry_month=month_number(month_end) - 1))
    swept(world)
    world.clock.now_ms = month_end - 1_000
    assert swept(world, "eve").accounts == 0
    world.clock.now_ms = month_end
    assert swept(world, "new-year") == Swept(members=6, entries=19, accounts=1, points_expired=11)


def test_a_clock_that_has_gone_back_records_nothing_yet(world):
    now_ms = world.clock.now_ms
    world.clock.now_ms = now_ms - 29 * 86_400_000
    assert swept(world, "back").points_matured == 0
    assert MATURED not in world.lapsed()
    world.clock.now_ms = now_ms
    swept(world, "forward")
    assert world.lapsed() == dict.fromkeys(DUE, 1)


@pytest.mark.parametrize("other", ["an entry of another sweep", "a request"])
def test_what_somebody_else_records_between_scan_and_entry_is_not_recorded_again(world, other):
    sweep = world.sweep(per_scan=1_000)
    run = sweep.begin("run", segments=1)
    apply = world.ledger.apply

    def beaten(command):
        world.ledger.apply = apply
        for number, member in enumerate(DUE):
            now_ms = world.clock()
            rival = lapse(f"r{number}", now_ms, member=member)
            apply(rival if other != "a request" else earn(f"r{number}", now_ms, 1, member=member))
        return apply(command)

    world.ledger.apply = beaten
    entries = sum(len(world.history(member)) for member in world.journal.items)
    assert done(sweep, run).accounts == 0
    assert sum(len(world.history(member)) for member in world.journal.items) == entries + len(DUE)


def test_a_scan_that_is_a_moment_old_does_no_harm(world):
    sweep = world.sweep(per_scan=1_000)
    run = sweep.begin("run", segments=1)
    world.journal.stale_reads = 50
    assert done(sweep, run) == ALL_DUE
    assert world.lapsed() == dict.fromkeys(DUE, 1)


def test_an_account_that_cannot_be_swept_is_named_and_the_rest_goes_on(world):
    world.journal.items[EXPIRED][-1]["lots"] = {"B": b"\xff"}
    total = swept(world)
    assert total.accounts == 2
    ((left,), number) = total.left, total.left_in_all
    assert (left.member, number) == (EXPIRED, 1)
    assert left.why


def test_an_account_that_is_full_today_is_left_for_tomorrow(world):
    busy = "0000000200"
    world.clock.now_ms = int(datetime(2027, 2, 1, tzinfo=UTC).timestamp()) * 1000 - 3_600_000
    swept(world, "before")
    world.apply(enrol("join", world.clock(), member=busy))
    world.clock.now_ms += 3_600_000
    month = month_number(world.clock())
    world.apply(
        earn("soon", world.clock(), 9, member=busy, matures_at_ms=world.clock.now_ms + 60_000, expiry_month=month)
    )
    for number in range(ENTRIES_A_DAY - 1):
        world.apply(earn(f"e{number}", world.clock(), 1, member=busy))
    world.clock.advance(ms=60_000)
    assert swept(world, "full").left == (Left(busy, "account_full_today"),)
    world.clock.advance(days=1)
    assert swept(world, "tomorrow").points_matured == 9


def test_time_for_an_active_account_passes_in_its_own_entries(world):
    world.apply(redeem("r", world.clock(), 40, member=MATURED))
    assert world.history(MATURED)[-1].op is Op.REDEEM
    swept(world)
    assert world.lapsed() == dict.fromkeys(DUE - {MATURED}, 1)
