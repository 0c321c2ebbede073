"""Windows: each entry in exactly one, however late it is posted; closed ones recompute byte for byte."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.errors import UnknownPartnerError
from partners.contracts.model import NETWORK, Partner
from partners.settlement.by_party import nets_of
from partners.settlement.document import book_of, document_of
from partners.settlement.errors import (
    InvalidWindowEndError,
    UnknownWindowError,
    WindowNotClosedError,
    WindowStillClosingError,
)
from partners.settlement.model import Carried, LineKind
from partners.settlement.positions import book
from partners.settlement.rates import Proposal
from partners.settlement.window import DRAIN_MS, Schedule, WindowState, scheduled_end_ms
from partners.visits.codec import pack_lines, totals_to_text, unpack_lines
from partners.visits.errors import BrokenPageError
from partners.visits.lines import line_of, recount
from partners.visits.model import DayTotals
from shared.kernel.canonical import digest_of
from shared.kernel.clock import DAY_MS, to_rfc3339, utc_day
from tests.simulation.ledger.faults import FaultyClient
from tests.support.entries import entry, random_book
from tests.unit.partners.settlement.windows_world import (
    BEGIN_MS,
    HOUR_MS,
    PARTNERS,
    TheRates,
    World,
    shuffled_late,
    whole,
)


def at(seq: int, at_ms: int, partner: str = "harvest", **fields):
    return entry(member=f"{seq:010d}", seq=seq, partner=partner, recorded_at_ms=at_ms, occurred_at_ms=at_ms, **fields)


def test_the_first_window_begins_with_the_day_of_the_first_partner():
    first = World().windows().newest()
    assert (first.number, first.begins_at_ms, first.state) == (1, BEGIN_MS, WindowState.OPEN)


def test_a_boundary_within_a_day_is_exact():
    world = World()
    noon_ms = BEGIN_MS + 12 * HOUR_MS
    entries = [at(1, noon_ms - 1), at(2, noon_ms), at(3, noon_ms + 1)]
    world.post(entries)
    world.close_now()
    world.clock.advance(ms=HOUR_MS)
    world.close_now()
    ids = [line_of(one).entry_id for one in entries]
    assert world.held() == {1: ids[:1], 2: ids[1:]}
    [usd] = whole(world.windows(), 2).currencies
    assert [(source.day, source.quantity) for source in usd.positions[0].lines[0].sources] == [("2026-11-21", 100)]


def test_a_window_waits_for_entries_on_their_way():
    world = World()
    windows = world.windows()
    windows.close(1, "key-1")
    assert windows.newest().number == 2
    world.clock.advance(ms=DRAIN_MS - 1)
    assert windows.work().state is WindowState.CLOSING
    with pytest.raises(WindowNotClosedError):
        whole(windows, 1)
    with pytest.raises(WindowStillClosingError):
        windows.close(2, "key-1")
    world.clock.advance(ms=1)
    assert windows.work().state is WindowState.CLOSED
    assert windows.work() is None


def test_an_entry_posted_late_is_in_the_open_window_and_the_closed_one_stays_as_it_is():
    world = World()
    in_time, late, by_hand = (at(number, BEGIN_MS + number) for number in (1, 2, 3))
    world.post([in_time])
    world.close_now()
    before = whole(world.windows(), 1)
    world.post([late])
    world.post_by_hand(by_hand)
    world.clock.advance(days=1)
    world.close_now()
    ids = [line_of(one).entry_id for one in (in_time, late, by_hand)]
    held = world.held()
    assert held[1] == ids[:1]
    assert sorted(held[2]) == ids[1:]
    assert whole(world.windows(), 1) == before
    assert all(world.replays().replay(number).same for number in (1, 2))


def test_a_partner_that_comes_while_a_window_is_closing_misses_nothing():
    world = World()
    world.windows().close(1, "key-1")
    world.partners_list = [*world.partners_list, Partner("late-comer", "Late", "USD", world.clock())]
    one = at(1, BEGIN_MS + 5, "late-comer")
    world.post([one])
    world.windows().work(drain_ms=0)
    world.clock.advance(days=1)
    world.close_now()
    assert world.held() == {1: [], 2: [line_of(one).entry_id]}


def test_an_empty_window_can_be_closed():
    world = World()
    window = world.close_now()
    assert window.parties == (*PARTNERS, NETWORK)
    assert whole(world.windows(), 1).currencies == ()
    assert world.replays().replay(1).same


def test_closing_again_answers_how_the_window_stands():
    world = World()
    first = world.windows().close(1, "key-1")
    world.clock.advance(ms=5)
    assert world.windows().close(1, "key-2") == first
    with pytest.raises(UnknownWindowError):
        world.windows().close(7, "key-1")


@pytest.mark.parametrize("ends_at_ms", [BEGIN_MS, BEGIN_MS + 12 * HOUR_MS + 1])
def test_a_window_ends_after_it_begins_and_not_in_the_future(ends_at_ms):
    with pytest.raises(InvalidWindowEndError):
        World().windows().close(1, "key-1", ends_at_ms)


@pytest.mark.parametrize(
    ("schedule", "ends"),
    [(Schedule.DAILY, "2026-11-22"), (Schedule.WEEKLY, "2026-11-23"), (Schedule.MONTHLY, "2026-12-01")],
)
def test_windows_end_on_schedule_at_midnight(schedule, ends):
    assert to_rfc3339(scheduled_end_ms(schedule, BEGIN_MS)) == f"{ends}T00:00:00.000Z"
    assert scheduled_end_ms(schedule, BEGIN_MS + HOUR_MS) == scheduled_end_ms(schedule, BEGIN_MS)
    world = World()
    assert world.windows().close_due(schedule) is None
    world.clock.now_ms = scheduled_end_ms(schedule, BEGIN_MS)
    assert world.windows().close_due(schedule).ends_at_ms == world.clock.now_ms


def test_a_schedule_that_was_off_for_days_closes_one_window_after_the_other():
    world = World()
    world.clock.advance(days=3)
    while world.windows().close_due(Schedule.DAILY) is not None:
        world.windows().work()
    closed = [one for one in world.windows().windows() if one.state is WindowState.CLOSED]
    assert [utc_day(one.begins_at_ms) for one in closed] == ["2026-11-23", "2026-11-22", "2026-11-21"]


def test_what_is_carried_is_in_one_window_and_the_network_has_the_opposite():
    world = World()
    carried = Carried("1:harvest:1:1:returned", "harvest", "USD", -1_234)
    other = replace(carried, reference="other")
    world.windows().carry([carried, carried])
    world.close_now()
    world.windows().carry([other, carried])
    assert [world.windows().brought_into(number) for number in (1, 2)] == [[carried], [other]]
    [usd] = whole(world.windows(), 1).currencies
    assert [(one.party, one.net_cents) for one in usd.positions] == [("harvest", -1_234), (NETWORK, 1_234)]
    assert usd.positions[0].lines[0].kind is LineKind.CARRIED


def test_amounts_are_carried_so_many_in_two_calls_and_what_is_there_takes_one_time_more():
    world = World()
    client = FaultyClient(world.dynamodb, {"settlement": "settlement"})
    amounts = [Carried(f"1:harvest:1:{number:03d}:returned", "harvest", "USD", 1) for number in range(100)]
    world.windows().carry(amounts[49:50])
    client.begin("carry", {})
    world.windows(client).carry(amounts)
    calls = Counter(point.call for point in client.points)
    assert calls == {"Query strong": 4, "TransactWriteItems": 4}
    assert world.windows().brought_into(1) == amounts


def test_what_if_shows_other_positions_and_that_they_differ():
    world = World()
    rng = random.Random(5)
    world.post(random_book(rng, 40, PARTNERS, days=1))
    world.clock.advance(days=2)
    world.close_now()
    assert world.replays().replay(1).same
    [was] = whole(world.windows(), 1).currencies
    proposal = Proposal(partner_id="harvest", redeem_price_micros=4_000, commission_bps=0)
    if_so = world.replays().what_if(1, proposal)
    [would_be] = if_so
    harvest = {one.party: one for one in was.positions}["harvest"]
    would_have = {one.party: one for one in would_be.nets}["harvest"]
    redeemed = sum(line.quantity for line in harvest.lines if line.kind is LineKind.REDEEMED)
    commission = sum(line.amount_micros for line in harvest.lines if line.kind is LineKind.COMMISSION)
    assert would_have.net_micros == harvest.net_micros - redeemed * 1_000 - commission
    assert redeemed > 0 > commission
    assert world.replays().what_if(1, Proposal(partner_id="harvest")) == world.windows().nets(1)
    with pytest.raises(UnknownPartnerError):
        world.replays().what_if(1, Proposal(partner_id="harvst", commission_bps=9_000))


def test_what_if_prices_what_was_granted_and_what_ran_out_as_proposed():
    world = World()
    world.post(random_book(random.Random(5), 60, PARTNERS, days=1))
    world.clock.advance(days=2)
    world.close_now()
    [was] = whole(world.windows(), 1).currencies
    harvest = {one.party: one for one in was.positions}["harvest"]

    def would_change(**terms: int) -> int:
        [would_be] = world.replays().what_if(1, Proposal(partner_id="harvest", **terms))
        return {one.party: one for one in would_be.nets}["harvest"].net_micros - harvest.net_micros

    dearer = {line.price_micros: line.quantity for line in harvest.lines if line.kind is LineKind.ISSUED}
    assert would_change(issue_price_micros=9_000) == -sum((9_000 - was) * points for was, points in dearer.items()) < 0
    assert not [line for line in harvest.lines if line.kind is LineKind.BREAKAGE_SHARE]
    assert would_change(breakage_share_bps=10_000) == 2 * would_change(breakage_share_bps=5_000) > 0


def test_a_window_whose_lines_were_altered_in_the_pages_does_not_replay():
    world = World()
    world.post(random_book(random.Random(5), 40, PARTNERS, days=1))
    world.clock.advance(days=2)
    world.close_now()
    key, item = next((key, item) for key, item in world.shelf.items.items() if "issued" in item["totals"]["S"])
    lines = unpack_lines(item["lines"]["B"])
    more = [replace(line, issued=line.issued * 1_000) for line in lines]
    world.shelf.items[key] = {**item, "lines": {"B": pack_lines(more)}}
    with pytest.raises(BrokenPageError):
        world.replays().replay(1)
    both = totals_to_text(recount(key[0].split("#")[1], more))
    world.shelf.items[key] = {**item, "lines": {"B": pack_lines(more)}, "totals": {"S": both}}
    assert not world.replays().replay(1).same


def lived(seed: int) -> tuple[World, list]:
    """Three days of entries, windows cut anywhere, a fifth of the entries posted late, some by hand."""
    rng = random.Random(seed)
    world = World()
    entries = random_book(rng, 50, PARTNERS, days=3)
    waiting = entries
    for moment_ms in [
        *sorted(rng.randrange(BEGIN_MS + 1, BEGIN_MS + 4 * DAY_MS) for _ in range(4)),
        BEGIN_MS + 9 * DAY_MS,
    ]:
        world.clock.now_ms = max(moment_ms, world.clock.now_ms + 1)
        ready, waiting = shuffled_late(
            rng, waiting, world.clock(), late=0.0 if moment_ms > BEGIN_MS + 8 * DAY_MS else 0.2
        )
        while ready:
            cut = rng.randrange(1, 8)
            if rng.random() < 0.1:
                world.post_by_hand(ready.pop())
            world.post(ready[:cut], rng.choice(["shard-a", "shard-b"])) if ready else None
            ready = ready[cut:]
        world.close_now() if rng.random() < 0.8 else None
    world.clock.advance(days=1)
    world.close_now()
    return world, entries


def test_a_window_is_computed_again_with_the_rates_of_its_end():
    world = World()
    closed = world.close_now()
    world.clock.advance(days=40)
    assert world.replays().replay(1).same
    assert set(world.rates_until) == {closed.end_ms}


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_what_the_open_window_holds_of_a_partner_by_now_is_its_position_if_it_is_closed_now(seed):
    """But for a share of what expires elsewhere, which greenleaf alone has."""
    rng, world = random.Random(seed), World()
    waiting = random_book(rng, 50, PARTNERS, days=3)
    for hours, late in ((37, 0.2), (4 * 24, 0.0)):
        world.clock.now_ms = BEGIN_MS + hours * HOUR_MS
        ready, waiting = shuffled_late(rng, waiting, world.clock(), late)
        world.post(ready)
        world.close_now() if waiting else None
    so_far = {one: _net_micros(world.windows().so_far(one), one) for one in ("harvest", "city-market")}
    closed = world.close_now()
    book_then = whole(world.windows(), closed.number)
    assert so_far == {one: _net_micros(book_then.currencies, one) for one in so_far}


def _net_micros(currencies, partner_id):
    return {one.currency: each.net_micros for one in currencies for each in one.positions if each.party == partner_id}


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_windows_divide_the_entries_among_them(seed):
    world, entries = lived(seed)
    held = Counter(one for ids in world.held().values() for one in ids)
    assert held == Counter(line_of(one).entry_id for one in entries)
    recorded = {line_of(one).entry_id: one.recorded_at_ms for one in entries}
    for window in world.windows().windows()[1:]:
        assert all(recorded[one] < window.end_ms for one in world.held()[window.number])


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_a_closed_window_is_the_recount_of_its_lines_and_recomputes_byte_for_byte(seed):
    world, _ = lived(seed)
    windows = world.windows()
    for window in windows.windows()[1:]:
        stored = whole(windows, window.number)
        assert book_of(document_of(stored)) == stored
        assert digest_of(document_of(stored)) == window.digest
        replay = world.replays().replay(window.number)
        assert (replay.same, replay.others, replay.nets) == (True, (), nets_of(stored))
        by_day: dict[tuple[str, str], list] = {}
        for party in window.parties:
            for line in windows.lines(window.number, party):
                by_day.setdefault((party, utc_day(line.recorded_at_ms)), []).append(line)
        days = [DayTotals(party, day, recount(party, lines)) for (party, day), lines in sorted(by_day.items())]
        assert book(days, world.rates) == stored


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_positions_sum_to_zero_are_what_bilateral_amounts_net_to_and_do_not_depend_on_order(seed):
    rng = random.Random(seed)
    entries = random_book(rng, 60, PARTNERS, days=3)
    days = [
        DayTotals(one.partner, utc_day(one.recorded_at_ms), recount(one.partner, [line_of(one)])) for one in entries
    ]
    carried = [Carried(f"ref-{n}", rng.choice(PARTNERS), "USD", rng.randrange(-999, 999)) for n in range(3)]
    once = book(days, TheRates(), carried)
    rng.shuffle(days)
    assert document_of(book(days, TheRates(), carried[::-1])) == document_of(once)
    for currency in once.currencies:
        assert sum(one.net_micros for one in currency.positions) == 0
        assert sum(one.net_cents for one in currency.positions) == 0
        net: Counter[str] = Counter()
        for cell in currency.bilateral:
            net[cell.payee] += cell.amount_micros
            net[cell.payer] -= cell.amount_micros
        for position in currency.positions:
            assert position.net_micros == net[position.party] == sum(line.amount_micros for line in position.lines)
            assert abs(position.net_cents * 10_000 - position.net_micros) < 10_000
            for line in position.lines:
                assert sum(source.quantity for source in line.sources) == line.quantity or line.reference
                worth = line.quantity * line.price_micros * (10_000 if line.rate_bps is None else line.rate_bps)
                assert 0 <= abs(worth) - abs(line.amount_micros) * 10_000 < 10_000
