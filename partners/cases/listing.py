"""Which cases there are: one partner's, all that have not ended, those that are overdue."""

from collections.abc import Callable
from dataclasses import dataclass

from partners.cases.desk import NEWEST, Desk
from partners.cases.model import Case

MOST_READ_FOR_A_PAGE = 1_000


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
        now_ms = self._clock()
        ids = [partner.partner_id for partner in self._partners.partners()]
        wanted = (lambda case: case.overdue_at(now_ms)) if overdue else (lambda case: case.unended)
        return self.cases(ids, wanted=wanted, after=after, limit=limit)

    def overdue_count(self) -> int:
        """How many cases of all partners are overdue."""
        count, after = 0, None
        while True:
            page = self.unended(overdue=True, after=after, limit=200)
            count, after = count + len(page.cases), page.next
            if after is None:
                return count
