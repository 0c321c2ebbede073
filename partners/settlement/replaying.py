"""A closed window computed again from each line of the pages: as it was, or under other terms."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from partners.contracts.errors import UnknownPartnerError
from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.by_party import OUTLINE
from partners.settlement.concluding import Concluded, Keep, conclude
from partners.settlement.held import ExtractBook, Held, PageShelf
from partners.settlement.model import Carried, CurrencyNets, Net
from partners.settlement.paid_out import PAYOUTS, PaidOut, paid_out, payouts_among, payouts_text
from partners.settlement.rates import Proposal, ProposedRates, Rates, repriced
from partners.settlement.window import Window
from partners.visits.model import DayTotals


class ReplayedBook(ExtractBook, Protocol):
    """See `partners.settlement.window_store.WindowStore`."""

    def part(self, number: int, party: str) -> bytes | None: ...

    def nets(self, number: int) -> tuple[CurrencyNets, ...] | None: ...

    def carried(self, number: int) -> list[Carried]: ...


class ClosedWindows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def closed(self, number: int) -> Window: ...


@dataclass(frozen=True, slots=True)
class Replay:
    """A closed window computed again: whether each byte is as it was, of whom some are not, and what it came to now."""

    window: Window
    same: bool
    others: tuple[str, ...]
    nets: tuple[CurrencyNets, ...]


class WindowReplays:
    """Use cases of computing again. Every method may raise UnknownWindowError, WindowNotClosedError, BrokenPageError
    for a page that was altered, and StoreUnavailableError.
    """

    def __init__(
        self, store: ReplayedBook, shelf: PageShelf, windows: ClosedWindows, rates: Callable[[int], Rates]
    ) -> None:
        """`rates` are those of a period that ends at a moment."""
        self._store = store
        self._held = Held(store, shelf)
        self._windows = windows
        self._rates = rates

    def replay(self, number: int) -> Replay:
        """From each line of the pages, terms and what was carried into it.

        What is compared is the whole by its digest, and what is stored of each party by itself, as far as windows had
        that when it was closed.
        """
        window = self._windows.closed(number)
        has_parts = self._store.part(number, OUTLINE) is not None
        others: set[str] = set()

        def compare(party: str, part: bytes) -> None:
            if has_parts and self._store.part(number, party) != part:
                others.add(party)

        found = self._concluded(window, self._retaken(window), self._rates(window.end_ms), compare)
        stored = self._store.nets(number)
        noted = self._store.part(number, PAYOUTS)
        if noted is not None and noted != payouts_text(self._paid_out(window)):
            others.add(MEMBERS)
        others |= set() if stored is None else {party for party, _ in _net_by_party(stored) ^ _net_by_party(found.nets)}
        return Replay(window, found.digest == window.digest and not others, tuple(sorted(others)), found.nets)

    def what_if(self, number: int, proposal: Proposal) -> tuple[CurrencyNets, ...]:
        """What it would have come to under other terms of a partner. Raises UnknownPartnerError for who has no part."""
        window = self._windows.closed(number)
        if proposal.partner_id not in window.parties:
            raise UnknownPartnerError(proposal.partner_id)
        rates = ProposedRates(self._rates(window.end_ms), proposal)
        return self._concluded(window, repriced(self._retaken(window), proposal), rates, _dropped).nets

    def _retaken(self, window: Window) -> Iterator[DayTotals]:
        return (day for party in window.parties for day in self._held.retaken(window, party))

    def _paid_out(self, window: Window) -> PaidOut:
        """Of all lines, whole, where closing had looked for payouts alone."""
        return paid_out(payouts_among(self._held.lines(window, NETWORK)))

    def _concluded(self, window: Window, days: Iterable[DayTotals], rates: Rates, keep: Keep) -> Concluded:
        return conclude(days, rates, self._store.carried(window.number), keep)


def _net_by_party(nets: Iterable[CurrencyNets]) -> set[tuple[str, tuple[str, Net]]]:
    return {(net.party, (one.currency, net)) for one in nets for net in one.nets}


def _dropped(party: str, part: bytes) -> None:
    """What nothing is compared with."""
