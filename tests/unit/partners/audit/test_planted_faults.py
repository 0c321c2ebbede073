"""Each fault that somebody plants is found, where it is; a book without faults has no findings."""

from dataclasses import replace

import pytest

from partners.audit.conservation import issuer_books
from partners.audit.model import Check
from partners.visits.codec import pack_lines, totals_from_text, totals_to_text, unpack_lines
from partners.visits.lines import recount
from shared.kernel.clock import utc_day
from shared.ledger.codec import entry_from_item
from tests.unit.partners.audit.world import World

MEMBER = "0000000043"


@pytest.fixture
def world() -> World:
    return World()


def test_a_sound_book_is_counted_whole(world):
    total = world.verdict().total
    assert total.findings == ()
    assert (total.members, total.entries, total.lines) == (3, 42, 42)
    assert total.visits == sum(page.totals.visits for page in world.book.all_pages())
    alpha, beta = issuer_books(total)
    assert (alpha.issuer, alpha.issued, alpha.reversed) == ("alpha", 3 * 380, 3 * 200)
    assert alpha.adjusted == 75
    assert beta.redeemed + alpha.redeemed == 3 * (60 + 150 - 50)
    assert alpha.unaccounted == beta.unaccounted == 0


def test_a_missing_entry(world):
    del world.journal.items[MEMBER][4]
    assert (f"{MEMBER}-6", Check.HISTORY, "entry 5 was expected here") in world.found()


def test_a_missing_first_entry(world):
    del world.journal.items[MEMBER][0]
    assert (f"{MEMBER}-2", Check.HISTORY, "entry 1 was expected here") in world.found()


def test_missing_last_entries_are_missed_by_the_pages(world):
    last = entry_from_item(world.journal.items[MEMBER].pop())
    found = world.found()
    assert {check for _, check, _ in found} == {Check.POSTING}
    pages = f"in the pages of beta on {utc_day(last.recorded_at_ms)}"
    why = f"the journal has no such entry, yet it is a line {pages}"
    assert (f"{MEMBER}-{last.seq}", Check.POSTING, why) in found


def test_an_altered_entry(world):
    world.item(MEMBER, 3)["loc"] = {"S": "elsewhere"}
    assert (f"{MEMBER}-3", Check.HISTORY, "its hash does not follow from its content") in world.found()


def test_an_altered_entry_that_was_sealed_again_differs_from_its_line(world):
    world.forge(MEMBER, 3, amount_cents=1)
    (named, of_day) = world.found()
    assert named[:2] == (f"{MEMBER}-3", Check.POSTING)
    assert named[2].startswith("its line says other things than the entry")
    assert "but other ones" in of_day[2]


def test_a_broken_chain(world):
    world.item(MEMBER, 7)["ch"] = {"B": bytes(32)}
    assert (f"{MEMBER}-7", Check.HISTORY, "its hash does not follow from its content") in world.found()


def test_points_out_of_nothing(world):
    entry = entry_from_item(world.item(MEMBER, 14))
    first, *others = entry.account.lots
    richer = replace(first, quantity=1_000_000)
    world.forge(MEMBER, 14, account=replace(entry.account, lots=(richer, *others)))
    found = world.found()
    assert (f"{MEMBER}-14", Check.HISTORY, "its moves do not lead to the state it carries") in found
    issuer = first.issuer
    assert [check for subject, check, _ in found if subject == issuer] == [Check.BOOK, Check.BOOK]


def test_an_item_that_does_not_read(world):
    world.item(MEMBER, 2)["mov"] = {"B": b"\xff\xff"}
    subject, check, why = world.found()[0]
    assert (subject, check) == (f"{MEMBER}-2", Check.ENTRY)
    assert why.startswith("it does not read: ")


def test_an_entry_at_an_impossible_time(world):
    world.item(MEMBER, 14)["at"] = {"N": str(10**17)}
    assert (f"{MEMBER}-14", Check.ENTRY, "recorded at no possible time") in world.found()


def test_a_double_visit(world):
    assert not entry_from_item(world.item(MEMBER, 2)).visit
    world.forge(MEMBER, 2, visit=True)
    assert (f"{MEMBER}-2", Check.VISIT, "it makes a second visit of one receipt") in world.found()


def test_a_forgotten_visit(world):
    world.forge(MEMBER, 3, visit=False)
    assert (f"{MEMBER}-3", Check.VISIT, "it is the first on its receipt, yet makes no visit") in world.found()


def test_a_visit_for_nothing(world):
    world.forge(MEMBER, 4, visit=True)
    assert (f"{MEMBER}-4", Check.VISIT, "it does nothing that counts, yet makes a visit") in world.found()


def some_page(world: World) -> dict[str, dict[str, object]]:
    keys = [key for key, item in world.book.items.items() if len(unpack_lines(item["lines"]["B"])) > 1]
    return world.book.items[keys[1]]


def where(item: dict[str, dict[str, object]]) -> tuple[str, str]:
    _, partner, day = item["pk"]["S"].split("#")
    return partner, day


def test_a_page_total_that_is_off_by_one(world):
    item = some_page(world)
    totals = totals_from_text(item["totals"]["S"])
    item["totals"]["S"] = totals_to_text(type(totals)(totals.visits + 1, *counts_after_visits(totals)))
    ((subject, check, what),) = world.found()
    assert (subject, check) == (" ".join(where(item)), Check.PAGE)
    assert what.endswith(f"has other totals than its lines in visits: {totals.visits + 1}, its lines {totals.visits}")


def test_a_missing_page_leaves_a_gap_and_entries_without_lines(world):
    item = some_page(world)
    del world.book.items[item["pk"]["S"], item["sk"]["S"]]
    partner, day = where(item)
    subject = f"{partner} {day}"
    checks = {check for of, check, _ in world.found() if of == subject}
    assert Check.POSTING in checks


def test_an_entry_that_alone_is_missing_from_pages_is_named(world):
    item = next(item for item in world.book.items.values() if len(unpack_lines(item["lines"]["B"])) == 1)
    (line,) = unpack_lines(item["lines"]["B"])
    del world.book.items[item["pk"]["S"], item["sk"]["S"]]
    partner, day = where(item)
    assert (line.entry_id, Check.POSTING, f"it is in no page of {partner} on {day}") in world.found()


def test_a_gap_between_pages(world):
    item = some_page(world)
    del world.book.items[item["pk"]["S"], item["sk"]["S"]]
    shard, after = item["sk"]["S"].split("#")
    item["sk"] = {"S": f"{shard}#{int(after) + 1:040d}"}
    world.book.items[item["pk"]["S"], item["sk"]["S"]] = item
    ((subject, check, what),) = world.found()
    assert (subject, check) == (" ".join(where(item)), Check.PAGE)
    assert what.startswith("no page covers shard shard-a from ")


def test_a_page_with_an_extra_line(world):
    item = some_page(world)
    partner, day = where(item)
    lines = unpack_lines(item["lines"]["B"])
    rewrite(item, (*lines, lines[0]))
    found = world.found()
    assert (lines[0].entry_id, Check.POSTING, f"it stands in two lines in the pages of {partner} on {day}") in found
    assert f"{partner} {day}" in [subject for subject, _, _ in found]


def test_a_page_whose_lines_do_not_read(world):
    item = some_page(world)
    item["lines"] = {"B": b"nonsense"}
    found = [(check, what) for subject, check, what in world.found() if subject == " ".join(where(item))]
    assert [check for check, _ in found] == [Check.PAGE, Check.POSTING]
    assert "does not read" in found[0][1]


def rewrite(item, lines) -> None:
    item["lines"] = {"B": pack_lines(lines)}
    item["totals"] = {"S": totals_to_text(recount(where(item)[0], lines))}


def counts_after_visits(totals):
    return totals.enrolments, totals.purchases, totals.redemptions, totals.sales_cents, totals.moves
