"""Which cases there are: one partner's, all that have not ended, those that are overdue."""

from collections.abc import Callable
from dataclasses import dataclass

from partners.cases.desk import NEWEST, Desk
from partners.cases.model import Case, Mark
from shared.kernel.clock import DAY_MS

MOST_READ_FOR_A_PAGE = 1_000
COMPARED_EVERY_MS = 7 * DAY_MS
"""So long a case that an earlier version opened or ended, while this one was being deployed, may go unnoticed."""


@dataclass(frozen=True, slots=True)
class CasePage:
    """Cases, and behind which partner and number the listing goes on, None at its end."""

    cases: list[Case]
    next: tuple[str, int] | None


class Listing(Desk):
    """Listings of cases, page by page."""

    def cases(
        self, partner_ids: list[str], *, wanted: Callable[[Case], bool], after: tuple[str, int] | None, limit: int
    ) -> CasePage:
        """The cases of these partners, by partner, newest first. A page may be short before the last."""
        found: list[Case] = []
        read, page_ends = 0, None
        for partner_id in sorted(one for one in partner_ids if after is None or one >= after[0]):
            place = after[1] if after is not None and after[0] == partner_id else NEWEST
            while batch := self._book.newest(partner_id, place, limit):
                for case in batch:
                    place = case.number
                    if not wanted(case):
                        continue
                    if page_ends is not None:
                        return CasePage(found, page_ends)
                    found.append(case)
                    if len(found) == limit:
                        page_ends = (partner_id, place)
                read += len(batch)
                if read >= MOST_READ_FOR_A_PAGE:
                    return CasePage(found, (partner_id, place))
        return CasePage(found, None)

    def unended(self, *, overdue: bool, after: tuple[str, int] | None, limit: int) -> CasePage:
        """The cases of all partners that have not ended, or those of them that are overdue."""
        now_ms, marks = self._clock(), self._book.marks()

        def wanted(case: Case) -> bool:
            return case.overdue_at(now_ms) if overdue else case.unended

        if marks.compared_at_ms is None:
            ids = [partner.partner_id for partner in self._partners.partners()]
            return self.cases(ids, wanted=wanted, after=after, limit=limit)
        found: list[Case] = []
        for mark in sorted(marks.of.values(), key=_place):
            if (after is not None and _place(mark) <= (after[0], -after[1])) or (overdue and mark.due_at_ms >= now_ms):
                continue
            # What an earlier version has changed may be marked as it was.
            case = self._book.get(mark.partner_id, mark.number)
            if case is None or not wanted(case):
                continue
            if len(found) == limit:
                return CasePage(found, (found[-1].partner_id, found[-1].number))
            found.append(case)
        return CasePage(found, None)

    def overdue_count(self) -> int:
        """How many cases of all partners are overdue."""
        count, after = 0, None
        while True:
            page = self.unended(overdue=True, after=after, limit=200)
            count, after = count + len(page.cases), page.next
            if after is None:
                return count

    def compare_marks(self) -> int:
        """Once a week, compare the marks of open cases with all cases; how many of them were not marked as they are.

        They are now. The first time those of before marks are among them.
        """
        now_ms, marks, mended, after = self._clock(), self._book.marks(), 0, None
        if marks.compared_at_ms is not None and now_ms < marks.compared_at_ms + COMPARED_EVERY_MS:
            return 0
        ids = [partner.partner_id for partner in self._partners.partners()]
        while True:
            page = self.cases(ids, wanted=_any, after=after, limit=200)
            for case in page.cases:
                should = Mark(case.partner_id, case.number, case.due_at_ms) if case.unended else None
                if marks.of.get((case.partner_id, case.number)) != should and self._book.mark(case):
                    mended += 1
            after = page.next
            if after is None:
                break
        self._book.note_compared(now_ms)
        return mended


def _any(case: Case) -> bool:
    del case
    return True


def _place(mark: Mark) -> tuple[str, int]:
    """By partner, newest first."""
    return mark.partner_id, -mark.number
