"""What an audit finds to be in no page is posted from the journal, once, and the next audit finds nothing."""

import pytest

from partners.audit.model import MOST_FINDINGS
from partners.audit.reposting import Reposted, Reposting
from partners.runs.errors import InvalidRunRequestError
from partners.visits.paging import page_of
from partners.visits.posting import DECIDED_AFTER_MS, Posting
from partners.visits.store import page_from_item, page_to_item
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.codec import entry_from_item
from tests.fakes.audited import FakeAuditBook, FakeTables
from tests.fakes.page_book import FakeDeadLetters
from tests.unit.partners.audit.world import FAR_MS, World


class Losing(World):
    """A world whose stream gave up every third page of those it would have had."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = {key: page_from_item(item) for key, item in self.book.items.items()}
        self.lost = [
            line.entry_id for number, page in enumerate(self.whole.values()) if not number % 3 for line in page.lines
        ]
        for key, page in self.whole.items():
            kept = [line for line in page.lines if line.entry_id not in self.lost]
            empty = page_of(page.chain, page.after, page.upto, [])
            self.book.items[key] = page_to_item(page) if kept else page_to_item(empty)
        self.runs = FakeAuditBook()
        self.said: list[str] = []
        self.clock.advance(ms=DECIDED_AFTER_MS)

    @property
    def posting(self) -> Posting:
        return Posting(self.book, FakeDeadLetters(), self.clock)

    def audited(self, name: str) -> int:
        audit = self.audit(self.runs)
        run = audit.begin(name, segments=2, settled_for_ms=0)
        return audit.work(run, for_ms=FAR_MS).total.findings_in_all

    def repost(self, name: str) -> Reposted:
        tables = FakeTables(self.journal, self.book)
        return Reposting(self.runs, tables, self.posting).repost(name, 2, self.said.append)

    def in_pages(self) -> list[str]:
        return sorted(line.entry_id for page in self.book.all_pages() for line in page.lines)

    @property
    def all_entries(self) -> list[str]:
        return sorted(line.entry_id for page in self.whole.values() for line in page.lines)


@pytest.fixture
def world() -> Losing:
    return Losing()


def test_entries_that_an_audit_finds_in_no_page_are_posted_and_the_next_one_finds_nothing(world):
    assert world.lost
    assert world.audited("first")
    assert world.repost("first") == Reposted(posted=len(world.lost))
    assert world.in_pages() == world.all_entries
    assert {said.partition(",")[0] for said in world.said} == {f"posted: entry {one}" for one in world.lost}
    assert world.audited("second") == 0
    assert world.repost("first") == world.repost("second") == Reposted()


def test_a_repost_that_is_stopped_at_any_write_is_completed_by_the_next(world):
    world.audited("run")
    add, stopped = world.book.add, 0

    def fail(page):
        add(page)
        raise StoreUnavailableError("reply lost")

    world.book.add = fail
    for _ in world.lost:
        with pytest.raises(StoreUnavailableError):
            world.repost("run")
        stopped += 1
    assert stopped == len(world.lost)
    world.book.add = add
    assert world.repost("run") == Reposted()
    assert world.in_pages() == world.all_entries


def test_an_entry_reposted_and_redriven_at_once_is_in_one_page(world):
    """The redrive comes between the reading of the pages and the writing of the entry's own."""
    world.audited("run")
    lost = set(world.lost)
    add = world.book.add

    def overtake(page):
        world.book.add = add
        entry_id = page.lines[0].entry_id
        member, _, seq = entry_id.partition("-")
        assert world.posting.post_redriven("shard-a", "999", entry_from_item(world.item(member, int(seq))))
        lost.remove(entry_id)
        add(page)

    world.book.add = overtake
    assert world.repost("run") == Reposted(posted=len(lost))
    assert world.in_pages() == world.all_entries


def test_what_the_stream_may_still_deliver_is_left(world):
    world.audited("run")
    world.clock.now_ms -= DECIDED_AFTER_MS
    young = world.repost("run")
    assert young.left
    assert any("Try again when it is a day old" in said for said in world.said)
    world.clock.advance(ms=DECIDED_AFTER_MS)
    assert world.repost("run") == Reposted(posted=len(world.lost) - young.posted)


def test_a_day_whose_pages_do_not_read_or_are_not_all_there_is_left(world):
    of_a_day = {}
    for pk, sk in world.whole:
        of_a_day.setdefault(pk, []).append(sk)
    gap, unread = [pk for pk, keys in of_a_day.items() if len(keys) > 1][:2]
    del world.book.items[gap, min(of_a_day[gap])]
    world.book.items[unread, min(of_a_day[unread])]["lines"] = {"B": b"?"}
    world.audited("run")
    assert world.repost("run").left == 2
    assert sorted(said.partition(":")[0] for said in world.said if said.startswith("left")) == ["left", "left"]
    for pk in (gap, unread):
        assert not [sk for of, sk in world.book.items if of == pk and sk.startswith("redrive#")]


def test_an_audit_that_is_not_over_says_nothing(world):
    for name in ("never", "begun"):
        world.audit(world.runs).begin("begun", segments=2, settled_for_ms=0)
        with pytest.raises(InvalidRunRequestError, match=name):
            world.repost(name)


def test_findings_that_a_verdict_does_not_name_are_left_to_the_next_audit():
    world = Losing()
    world.clock.advance(days=1)
    names = [f"{number:010d}" for number in range(1_000, 1_000 + MOST_FINDINGS + 1)]
    for name in names:
        # Items that can't be read are a finding each, which come before partners' days.
        world.journal.items[name] = [{**world.item("0000000042", 1), "pk": {"S": f"M#{name}"}, "v": {"N": "99"}}]
    assert world.audited("run") > MOST_FINDINGS
    assert world.repost("run").left
    assert "does not name" in world.said[-1]
