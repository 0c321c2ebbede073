"""Months of a coalition's life, its pages by day, and its books."""

from collections import defaultdict
from datetime import date

from partners.books.service import Books
from partners.books.work import Run
from partners.visits.lines import line_of, recount
from partners.visits.model import DayTotals, Line
from shared.kernel.clock import utc_day
from tests.fakes.audited import FakeTables
from tests.fakes.book_runs import FakeBookRuns
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import contracts_of
from tests.fakes.no_money import NoMoney
from tests.fakes.page_book import FakePageBook
from tests.unit.partners.settlement.coalition import Coalition

FAR_MS = 10**12


class LivedPages:
    """What pages would add up to, day by day, had each entry been posted."""

    def __init__(self, coalition: Coalition) -> None:
        self.lines: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
        for entry in coalition.entries:
            self.lines[entry.partner, utc_day(entry.recorded_at_ms)].append(line_of(entry))

    def day_totals(self, partner_id: str, first: date, last: date) -> list[DayTotals]:
        return [
            DayTotals(partner, day, recount(partner, lines))
            for (partner, day), lines in sorted(self.lines.items())
            if partner == partner_id and first.isoformat() <= day <= last.isoformat()
        ]


class World:
    def __init__(self, seed: int, steps: int = 60) -> None:
        self.coalition = Coalition(seed)
        self.contracts = contracts_of(
            "alpha", "beta", "gamma", clock=FakeClock(self.coalition.entries[0].recorded_at_ms)
        )
        self.live(steps)
        self.book = FakeBookRuns()

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.coalition.anything()

    def books(self, **how) -> Books:
        tables = FakeTables(self.coalition.ledger._journal, FakePageBook(), **how)
        return Books(tables, self.book, self.contracts, LivedPages(self.coalition), NoMoney(), self.coalition.clock)

    def close_all(self, **how) -> list[Run]:
        """The books of every month that is over."""
        books = self.books(**how)
        while (run := books.due(segments=3)) is not None:
            books.work(run, for_ms=FAR_MS)
        return books.closed()
