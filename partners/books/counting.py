"""A stretch of the journal, item by item, into a count. No store.

Items of a member stand together and in order. Where a stretch begins within a member, the entry before it says what
the account held, so each state counts once wherever the cuts are.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Protocol

from partners.books.model import Count, Flow, Holding, Honour, Paid
from partners.visits.model import PAR_MICROS
from shared.ledger.audit import Holdings, holdings
from shared.ledger.codec import Item, entry_from_item
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import POINTS, Entry, Move, Place

LONGEST_KEY = 80


class EarlierEntries(Protocol):
    """Single items of the journal; see `partners.audit.journal_gateway.AuditedTables`."""

    def entries(self, names: Collection[tuple[str, int]]) -> Iterable[Item]: ...


class Counting:
    """Takes items one by one; `cut` gives what they came to since the last cut, at any place.

    The month is from `begins_at_ms` until `ends_at_ms`; what was recorded later is not looked at.
    """

    def __init__(self, journal: EarlierEntries, begins_at_ms: int, ends_at_ms: int) -> None:
        self._journal = journal
        self._begins_at_ms = begins_at_ms
        self._ends_at_ms = ends_at_ms
        self._last: Entry | None = None
        self._clear()

    def take(self, item: Item) -> None:
        """What does not read is a fault and left out: one item must not keep the books of all from being closed."""
        entry = self._read(item)
        if entry is None or entry.recorded_at_ms >= self._ends_at_ms:
            return
        self._entries += 1
        self._members += entry.seq == 1
        for move in entry.moves:
            self._count_move(entry, move)
        self._states.update(_held(holdings(entry.account)))
        earlier = self._before(entry)
        if earlier is not None:
            self._states.subtract(_held(holdings(earlier.account)))
        self._last = entry

    def cut(self) -> Count:
        count = Count(
            self._members,
            self._entries,
            self._flows[False],
            self._flows[True],
            self._honoured[False],
            self._honoured[True],
            self._states,
            self._faults,
            self._paid,
        )
        self._clear()
        return count

    def _clear(self) -> None:
        self._members = self._entries = 0
        self._flows: dict[bool, Counter[Flow]] = {False: Counter(), True: Counter()}
        self._honoured: dict[bool, Counter[Honour]] = {False: Counter(), True: Counter()}
        self._states: Counter[Holding] = Counter()
        self._faults: Counter[str] = Counter()
        self._paid: Counter[Paid] = Counter()

    def _count_move(self, entry: Entry, move: Move) -> None:
        lot, within = move.lot, entry.recorded_at_ms >= self._begins_at_ms
        month = 0 if Place.DEBT in (move.source, move.target) else lot.expiry_month
        self._flows[within][lot.issuer, lot.unit, month, move.source, move.target] += lot.quantity
        honoured = (move.target is Place.ACCEPTOR) - (move.source is Place.ACCEPTOR)
        if honoured:
            self._honoured[within][lot.issuer, lot.unit, entry.partner] += honoured * lot.quantity
        if honoured and within:
            self._paid[lot.issuer, lot.unit, entry.partner, *_price(entry, lot.unit)] += honoured * lot.quantity

    def _before(self, entry: Entry) -> Entry | None:
        if entry.seq == 1:
            return None
        if self._last is not None and (self._last.member, self._last.seq) == (entry.member, entry.seq - 1):
            return self._last
        found = list(self._journal.entries([(entry.member, entry.seq - 1)]))
        if not found:
            self._faults[f"{entry.entry_id}: there is no entry before it"] += 1
            return None
        return self._read(found[0])

    def _read(self, item: Item) -> Entry | None:
        try:
            return entry_from_item(item)
        except MalformedEntryError as error:
            key = f"{item['pk']['S']} {item['sk']['S']}"
            self._faults[f"{key[:LONGEST_KEY]} does not read: {error}"] += 1
            return None


def _price(entry: Entry, unit: str) -> tuple[str, int]:
    """In which currency, and what is paid for each; calling off gives back what was paid."""
    if unit != POINTS:
        return unit, PAR_MICROS
    # Pages have no line of points without a price: that is said there.
    return entry.currency or "", entry.rates.redeem_price_micros if entry.rates else 0


def _held(of_account: Holdings) -> dict[Holding, int]:
    return {(issuer, unit, month, place): quantity for (place, issuer, unit, month), quantity in of_account.items()}
