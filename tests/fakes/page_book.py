"""Pages in memory, stored as items, with the one promise posting builds on: a key is written once."""

from collections.abc import Iterator, Mapping
from typing import Any

from partners.visits.codec import unpack_payouts
from partners.visits.errors import PageTakenError
from partners.visits.model import REDRIVEN, START, Chain, Page, PageMark, PagePart, PayoutMark, Totals, VisitMark
from partners.visits.store import mark_of_item, page_from_item, page_to_item, part_of_item, visits_of_item
from partners.visits.stream import StreamRecord


class FakePageBook:
    """`first_writer_wins` set to False breaks the promise, for tests of the tests."""

    def __init__(self, *, first_writer_wins: bool = True) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.listed: set[tuple[str, str, str]] = set()
        self.first_writer_wins = first_writer_wins

    def covered(self, chain: Chain) -> str:
        last = max(self._sort_keys(chain), default=None)
        return START if last is None else self.items[_pk(chain), last]["upto"]["S"]

    def covering(self, chain: Chain, sequence: str) -> Page | None:
        before = [key for key in self._sort_keys(chain) if key < f"{chain.shard}#{sequence}"]
        if not before:
            return None
        page = page_from_item(self.items[_pk(chain), max(before)])
        return page if page.upto >= sequence else None

    def add(self, page: Page) -> None:
        item = page_to_item(page)
        key = item["pk"]["S"], item["sk"]["S"]
        if key in self.items and self.first_writer_wins:
            raise PageTakenError(page.sort_key)
        self.items[key] = item
        if page.redriven:
            self.listed.add((page.chain.partner, page.chain.day, page.sort_key))

    def by_hand(self, partner_id: str) -> dict[str, frozenset[str]]:
        days = {day for partner, day, _ in self.listed if partner == partner_id}
        return {
            day: frozenset(key for partner, of_day, key in self.listed if (partner, of_day) == (partner_id, day))
            for day in days
        }

    def pages(self, partner_id: str, day: str, *, from_page: str = "", consistent: bool = False) -> Iterator[Page]:
        keys = sorted(key for key in self.items if key[0] == f"D#{partner_id}#{day}" and key[1] >= from_page)
        return (page_from_item(self.items[key]) for key in keys)

    def marks(self, partner_id: str, day: str) -> Iterator[PageMark]:
        keys = sorted(key for key in self.items if key[0] == f"D#{partner_id}#{day}")
        return (mark_of_item(self.items[key]) for key in keys)

    def totals(self, partner_id: str, day: str) -> Iterator[Totals]:
        return (page.totals for page in self.pages(partner_id, day))

    def parts(self, partner_id: str, day: str, marks: Mapping[str, str]) -> Iterator[PagePart]:
        for key in sorted(key for key in self.items if key[0] == f"D#{partner_id}#{day}"):
            part = part_of_item(self.items[key])
            if part.shard == REDRIVEN or part.after >= marks.get(part.shard, START):
                yield part

    def redriven(self, partner_id: str, day: str) -> Iterator[Totals]:
        return (page.totals for page in self.pages(partner_id, day) if page.redriven)

    def visits(self, partner_id: str, day: str) -> Iterator[VisitMark]:
        keys = sorted(key for key in self.items if key[0] == f"D#{partner_id}#{day}")
        return (visit for key in keys for visit in visits_of_item(self.items[key]))

    def payouts(self, partner_id: str, day: str) -> Iterator[tuple[PageMark, tuple[PayoutMark, ...]]]:
        keys = sorted(key for key in self.items if key[0] == f"D#{partner_id}#{day}")
        return ((mark_of_item(self.items[key]), unpack_payouts(self.items[key]["lines"]["B"])) for key in keys)

    def all_pages(self) -> list[Page]:
        return [page_from_item(self.items[key]) for key in sorted(self.items)]

    def _sort_keys(self, chain: Chain) -> list[str]:
        return [sk for pk, sk in self.items if pk == _pk(chain) and sk.startswith(f"{chain.shard}#")]


class FakeDeadLetters:
    def __init__(self) -> None:
        self.letters: list[tuple[str, StreamRecord, str]] = []

    def set_aside(self, shard: str, record: StreamRecord, reason: str) -> None:
        self.letters.append((shard, record, reason))


def _pk(chain: Chain) -> str:
    return f"D#{chain.partner}#{chain.day}"
