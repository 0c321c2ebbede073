"""Closing the books month by month, showing them, and counting them again."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from partners.billing.model import Month, month_before, month_of, next_month
from partners.books.checks import amounts_contradictions, breakage_contradictions, contradictions
from partners.books.document import Methods, RedeemPrice, breakage_of, document_of, methods_of, rolls_of
from partners.books.errors import MonthNotOverError, UnknownBooksError
from partners.books.model import Count, added
from partners.books.money_keeping import Money, close_money, derive_again
from partners.books.valuation import OF_ITS_ISSUER, Valuation, valuation_of
from partners.books.work import BookRuns, CountPlan, Journals, Run, SegmentCount
from partners.contracts.model import NETWORK, Contract, Partner, Terms
from partners.runs.model import check_run
from partners.runs.service import Advance, work_on
from partners.visits.model import DayTotals
from shared.kernel.canonical import digest_of
from shared.kernel.clock import Clock, month_number, utc_day

SETTLED_AFTER_MS = 3_600_000
"""So long after a month its last entries are in the journal and in pages; posting has alarmed for most of it."""
METHODS = Methods()
"""Of books that are closed from now on."""


class Contracts(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partners(self) -> list[Partner]: ...

    def terms(self, partner_id: str) -> list[Terms]: ...

    def contract_now(self, partner_id: str) -> Contract: ...


class Pages(Protocol):
    """See `partners.visits.service.Pages`."""

    def day_totals(self, partner_id: str, first: date, last: date) -> list[DayTotals]: ...


@dataclass(frozen=True, slots=True)
class Recounted:
    """Whether a month counted again gives the same bytes, and what contradicts the books. `late` is in words what of
    its trial balance of money is another by now, for it was recorded later than the bank booked it.
    """

    same: bool
    contradictions: tuple[str, ...]
    late: tuple[str, ...] = ()


class Books:
    """Use cases of the books. Every method may raise StoreUnavailableError; asking again goes on."""

    def __init__(
        self, journal: Journals, runs: BookRuns, contracts: Contracts, pages: Pages, money: Money, clock: Clock
    ) -> None:
        self._journal = journal
        self._runs = runs
        self._contracts = contracts
        self._pages = pages
        self._money = money
        self._clock = clock

    def next_month(self) -> Month | None:
        """The first month whose books are not closed; None while there is no partner."""
        runs = self._runs.runs()
        if runs:
            newest = runs[-1]
            return month_of(newest.run_id) if newest.digest is None else next_month(month_of(newest.run_id))
        came_ms = min((one.created_at_ms for one in self._contracts.partners()), default=None)
        return None if came_ms is None else month_of(utc_day(came_ms)[:7])

    def due(self, *, segments: int) -> Run | None:
        """The run to work on: of the first month that is over and not closed. Raises InvalidRunRequestError."""
        month = self.next_month()
        if month is None or not self._is_over(month):
            return None
        return self.begin(month.name, segments=segments)

    def begin(self, name: str, *, segments: int) -> Run:
        """The run of a month, begun now if there is none. Raises InvalidMonthError, InvalidRunRequestError,
        MonthNotOverError if it, or the month before, is not over and closed."""
        month = month_of(name)
        check_run(name, segments)
        known = self._runs.run(name)
        if known is not None:
            return known
        if self.next_month() != month or not self._is_over(month):
            raise MonthNotOverError(name)
        return self._runs.add_run(Run(name, self._clock(), segments))

    def work(self, run: Run, *, for_ms: int, advance: Advance = lambda _: None) -> Run:
        """Work on `run` until it is done, or `for_ms` are over, or others have all that is left.

        `advance` is told how many entries were read. Returns the run, with its digest once it is done.
        """
        if run.digest is not None:
            return run
        month = month_of(run.run_id)
        plan = CountPlan(run, month.begins_at_ms, month.ends_at_ms, self._journal, self._runs)
        tasks = work_on(plan, self._clock, for_ms=for_ms, advance=advance)
        if tasks is None:
            return run
        count = added(task.result for task in tasks)
        earlier = self._earlier(month)
        document = self._document(month, count, earlier, METHODS)
        found = self._contradictions(month, count, earlier, document)
        digest = digest_of(document)
        self._runs.put_document(run.run_id, digest, document)
        of_money, of_money_found = close_money(self._money, month, self._money_before(month))
        of_money_found = (*self._lost_money(month_before(month)), *of_money_found)
        money_digest = digest_of(of_money)
        self._runs.put_document(run.run_id, money_digest, of_money)
        ended = replace(run, digest=digest, money_digest=money_digest, ended_at_ms=self._clock())
        return self._runs.conclude(replace(ended, contradictions=(*found, *of_money_found)))

    def closed(self) -> list[Run]:
        """The runs of all months whose books are closed, oldest first."""
        return [run for run in self._runs.runs() if run.digest is not None]

    def run(self, name: str) -> Run:
        """The closed books of a month. Raises InvalidMonthError, UnknownBooksError."""
        found = self._runs.run(month_of(name).name)
        if found is None or found.digest is None:
            raise UnknownBooksError(name)
        return found

    def document(self, name: str) -> dict[str, Any]:
        """The document of a month. Raises InvalidMonthError, UnknownBooksError."""
        read: dict[str, Any] = json.loads(self._written(self.run(name)))
        return read

    def money(self, name: str) -> dict[str, Any] | None:
        """The trial balance of money of a month's end; None where none is kept. Raises InvalidMonthError,
        UnknownBooksError.
        """
        written = self._written_money(self.run(name))
        read: dict[str, Any] | None = None if written is None else json.loads(written)
        return read

    def recount(self, name: str, advance: Advance = lambda _: None) -> Recounted:
        """Count a closed month again, from the journal's first entry on, and write nothing. Points are valued and
        breakage is estimated by the versions that the books name. Money at its end is derived again.

        Raises InvalidMonthError, UnknownBooksError.
        """
        run, month = self.run(name), month_of(name)
        count, written = added(self._counts(run, month, advance)), self._written(run)
        # What somebody has changed may name anything.
        methods = methods_of(written) if digest_of(written) == run.digest else METHODS
        earlier = self._earlier(month)
        document = self._document(month, count, earlier, methods)
        same = document == written and digest_of(document) == run.digest
        found = self._contradictions(month, count, earlier, document)
        of_money = self._written_money(run)
        if of_money is None:
            return Recounted(same, (*found, *self._lost_money(month)))
        same = same and digest_of(of_money) == run.money_digest
        derived = derive_again(self._money, month, of_money, self._money_before(month))
        return Recounted(same, (*found, *derived.contradictions), derived.late)

    def unfinished_for_ms(self) -> int:
        """How long ago the first month that is not closed could have been; 0 if there is none."""
        month = self.next_month()
        return 0 if month is None else max(0, self._clock() - month.ends_at_ms - SETTLED_AFTER_MS)

    def _is_over(self, month: Month) -> bool:
        return self._clock() >= month.ends_at_ms + SETTLED_AFTER_MS

    def _counts(self, run: Run, month: Month, advance: Callable[[int], None]) -> Iterator[Count]:
        for number in range(run.segments):
            work = SegmentCount(self._journal, number, run.segments, month.begins_at_ms, month.ends_at_ms, None)
            while not work.finished:
                advance(work.step())
            yield work.cut()

    def _document(self, month: Month, count: Count, earlier: Mapping[int, bytes], methods: Methods) -> bytes:
        priced = self._prices(month) if methods.valuation == OF_ITS_ISSUER else self._valuation(month)
        return document_of(month.name, _number(month), count, earlier, priced, methods.breakage)

    def _contradictions(
        self, month: Month, count: Count, earlier: Mapping[int, bytes], document: bytes
    ) -> tuple[str, ...]:
        parties = [*(one.partner_id for one in self._contracts.partners()), NETWORK]
        pages = [day for party in parties for day in self._pages.day_totals(party, month.first_day, month.last_day)]
        before = earlier.get(_number(month) - 1)
        return (
            *contradictions(count, () if before is None else rolls_of(before), pages),
            *breakage_contradictions(*breakage_of(document), rolls_of(document)),
            *amounts_contradictions(document, before),
        )

    def _earlier(self, month: Month) -> dict[int, bytes]:
        before = month_before(month).name
        return {_number(month_of(run.run_id)): self._written(run) for run in self.closed() if run.run_id <= before}

    def _money_before(self, month: Month) -> bytes | None:
        run = self._runs.run(month_before(month).name)
        return None if run is None else self._written_money(run)

    def _lost_money(self, month: Month) -> tuple[str, ...]:
        """In words, that no money is kept of a closed month, though some is of one before."""
        closed = {run.run_id: run for run in self.closed()}
        kept = [name for name, run in closed.items() if name < month.name and run.money_digest is not None]
        if not kept or month.name not in closed or closed[month.name].money_digest is not None:
            return ()
        return (f"no trial balance of money is kept of {month.name}, and one is of {max(kept)}",)

    def _written_money(self, run: Run) -> bytes | None:
        return None if run.money_digest is None else self._runs.document(run.run_id, run.money_digest)

    def _written(self, run: Run) -> bytes:
        if run.digest is None:
            raise UnknownBooksError(run.run_id)
        return self._runs.document(run.run_id, run.digest)

    def _valuation(self, month: Month) -> Valuation:
        contracts = {one: self._contracts.contract_now(one.partner_id) for one in self._contracts.partners()}
        return valuation_of(contracts, month.ends_at_ms)

    def _prices(self, month: Month) -> RedeemPrice:
        """As books of the first format valued points."""

        def price(issuer: str) -> int:
            """Before its first terms a partner has granted nothing. What the network granted costs this at most."""
            if issuer == NETWORK:
                return max((price(one.partner_id) for one in self._contracts.partners()), default=0)
            begun = [one for one in self._contracts.terms(issuer) if one.effective_from_ms < month.ends_at_ms]
            return begun[-1].redeem_price_micros if begun else 0

        return price


def _number(month: Month) -> int:
    return month_number(month.begins_at_ms)
