"""The trail is added to, listed and checked."""

import json
from dataclasses import asdict, replace
from datetime import date

import pytest

from partners.trail.errors import InvalidTrailRangeError
from partners.trail.model import Act, Phase, Record, hash_of
from partners.trail.service import A_QUERY_COUNTS_AS, AT_ONCE, MOST_READ_FOR_A_PARTNER, Trail
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.trail_book import FakeTrailBook

ACT = Act("ann", "network", "disable_operator", {"operator_id": "bob"}, {"reason": "left us"}, "left us", "r-1")
TODAY = date(2026, 11, 15)


class Office:
    def __init__(self) -> None:
        self.clock, self.book = FakeClock(), FakeTrailBook()
        self.trail = self.another()

    def another(self) -> Trail:
        return Trail(self.book, self.clock, sleep=lambda _: None)

    def act(self, by: str = "ann") -> Record:
        begun = self.trail.begin(replace(ACT, by=by))
        return self.trail.end(begun, Phase.DONE, None, {"disabled_at": None}, {"disabled_at": "now"})


@pytest.fixture
def office() -> Office:
    return Office()


def test_an_act_has_a_beginning_and_an_end_that_names_it(office: Office) -> None:
    end = office.act()
    begun = office.book.all()[0]
    assert (begun.phase, begun.act, begun.number) == (Phase.BEGUN, ACT, 1)
    assert (end.of, end.number, end.after) == (begun.record_id, 2, {"disabled_at": "now"})
    assert end.previous == begun.hash == hash_of(begun)


def test_processes_that_write_at_the_same_time_make_one_chain(office: Office) -> None:
    others = [office.another() for _ in range(3)]
    for turn in range(12):
        others[turn % 3].begin(replace(ACT, request_id=f"r-{turn}"))
    assert [record.number for record in office.book.all()] == list(range(1, 13))
    assert office.trail.check(TODAY).broken_at is None
    assert office.trail.check(TODAY).records == 12


def test_a_put_whose_reply_was_lost_is_not_made_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    real = office.book.add
    monkeypatch.setattr(office.book, "add", lambda record: real(record) and False)
    office.trail.begin(ACT)
    assert len(office.book.all()) == 1


def test_what_can_t_be_written_raises(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.book, "add", lambda _: False)
    with pytest.raises(StoreUnavailableError):
        office.trail.begin(ACT)


def test_an_act_that_ends_after_midnight_begins_the_next_day_s_chain(office: Office) -> None:
    begun = office.trail.begin(ACT)
    office.clock.advance(days=1)
    end = office.trail.end(begun, Phase.REFUSED, "own_rights")
    assert (end.day, end.number, end.of) == ("2026-11-16", 1, "2026-11-15.1")
    assert [office.trail.check(day).broken_at for day in (TODAY, date(2026, 11, 16))] == [None, None]


@pytest.mark.parametrize("change", ["changed", "taken out", "rewritten"])
def test_the_check_finds_the_first_record_that_is_not_as_it_was(office: Office, change: str) -> None:
    for _ in range(3):
        office.act()
    victim = office.book.get("2026-11-15", 3)
    assert victim is not None
    place = ("2026-11-15", 3)
    if change == "taken out":
        del office.book.rows[place]
    else:
        forged = replace(victim, act=replace(victim.act, by="eve"))
        if change == "rewritten":
            forged = replace(forged, hash=hash_of(forged))
        office.book.rows[place] = json.dumps(asdict(forged))
    assert office.trail.check(TODAY).broken_at == (4 if change == "rewritten" else 3)


def test_records_are_listed_page_by_page_over_days(office: Office) -> None:
    for _ in range(3):
        office.act("ann")
        office.act("bob")
        office.clock.advance(days=1)
    seen, after = [], None
    while True:
        page = office.trail.records(
            TODAY, date(2026, 11, 20), wanted=lambda one: one.act.by == "bob", after=after, limit=4
        )
        seen += page.records
        if page.next is None:
            break
        after = page.next
    assert [record.record_id for record in seen] == [
        f"2026-11-{day}.{number}" for day in (15, 16, 17) for number in (3, 4)
    ]


def test_a_page_that_is_full_and_the_last_says_so(office: Office) -> None:
    office.act("ann")
    office.act("bob")
    for who, limit, more in (("bob", 2, False), ("ann", 2, False), ("ann", 1, True)):
        page = office.trail.records(
            TODAY, TODAY, wanted=lambda one, who=who: one.act.by == who, after=None, limit=limit
        )
        assert (len(page.records), page.next is not None) == (limit, more)


class Counted:
    """Pages of what bob has changed, listed for a partner, and what each cost: records read, queries made."""

    def __init__(self, office: Office, first: date, last: date) -> None:
        self.seen: list[Record] = []
        self.costs: list[tuple[int, int]] = []
        reads: list[int] = []
        book_after, place = office.book.after, None

        def after(day: str, number: int, limit: int, *, newest: bool = True) -> list[Record]:
            assert not newest, "strongly consistent, at twice the price"
            found = book_after(day, number, limit, newest=newest)
            reads.append(len(found))
            return found

        office.book.after = after
        while True:
            reads.clear()
            page = office.trail.records(
                first, last, wanted=lambda one: one.act.by == "bob", after=place, limit=10, for_partner=True
            )
            self.costs.append((sum(reads), len(reads)))
            self.seen += page.records
            if page.next is None:
                break
            place = page.next


def test_a_page_for_a_partner_costs_little_however_much_others_have_changed(office: Office) -> None:
    for _ in range(200):
        office.act("ann")
    office.act("bob")
    listed = Counted(office, TODAY, TODAY)
    assert [record.number for record in listed.seen] == [401, 402]
    assert max(listed.costs)[0] <= MOST_READ_FOR_A_PARTNER


def test_a_page_for_a_partner_costs_little_over_many_days_that_are_quiet_or_nearly_full(office: Office) -> None:
    for _ in range(8):
        for _ in range(48):
            office.act("ann")
        office.clock.advance(days=1)
    office.clock.advance(days=60)
    office.act("bob")
    listed = Counted(office, TODAY, date(2027, 2, 14))
    assert len(listed.seen) == 2
    assert max(records for records, _ in listed.costs) < MOST_READ_FOR_A_PARTNER + AT_ONCE
    assert max(queries for _, queries in listed.costs) <= MOST_READ_FOR_A_PARTNER / A_QUERY_COUNTS_AS


def test_a_period_is_a_quarter_at_most(office: Office) -> None:
    for first, last in ((TODAY, date(2026, 11, 14)), (TODAY, date(2027, 2, 15))):
        with pytest.raises(InvalidTrailRangeError):
            office.trail.records(first, last, wanted=lambda _: True, after=None, limit=1)
