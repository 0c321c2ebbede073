"""From a visit to what happened in it, and from an entry to why it is counted or not."""

from collections.abc import Iterator
from dataclasses import dataclass

from partners.till.errors import UnknownEntryError
from partners.till.requests import read_entry_id
from partners.visits.reasons import why
from shared.kernel.clock import DAY_MS
from shared.ledger.fingerprints import REMEMBER_DAYS
from shared.ledger.model import Entry, Op
from shared.ledger.service import Ledger

READ_ENTRIES = 100
_UNDOING = (Op.RETURN, Op.CANCEL, Op.VOID)


@dataclass(frozen=True, slots=True)
class Traced:
    """An entry, and why it makes a visit or none."""

    entry: Entry
    why: str


@dataclass(frozen=True, slots=True)
class VisitTrace:
    """What a partner recorded on one receipt of one member at one location, and what undoes it, oldest first."""

    entries: tuple[Traced, ...]

    @property
    def visit(self) -> Entry | None:
        """The entry that is counted, None if none of them is."""
        return next((traced.entry for traced in self.entries if traced.entry.visit), None)


class Tracing:
    """Use cases of drilling down. Every method may raise StoreUnavailableError."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def trace(self, partner_id: str, entry_id: str) -> VisitTrace:
        """All that belongs to the receipt of one of the partner's entries, each with its reason.

        A return, cancellation or void leads to the receipt of what it undoes. Reads the member's entries back
        from the newest to REMEMBER_DAYS before the receipt. Raises UnknownEntryError.
        """
        entry = self._own(partner_id, entry_id)
        if entry.op in _UNDOING and entry.refers_to is not None:
            entry = self._own(partner_id, entry.refers_to)
        own = [one for one in self._around(entry) if one.partner == partner_id]
        on_receipt = [one for one in own if _on_receipt_of(entry, one)]
        ids = {one.entry_id for one in on_receipt}
        held = {one.refers_to for one in on_receipt if one.op is Op.CAPTURE}
        belonging = [one for one in own if one.entry_id in ids | held or one.refers_to in ids]
        return VisitTrace(tuple(Traced(one, why(one, on_receipt)) for one in belonging))

    def _own(self, partner_id: str, entry_id: str) -> Entry:
        entry = self._ledger.entry(*read_entry_id(entry_id))
        if entry is None or entry.partner != partner_id:
            raise UnknownEntryError(entry_id)
        return entry

    def _around(self, entry: Entry) -> list[Entry]:
        """The member's entries from REMEMBER_DAYS before `entry` on, oldest first."""
        since_ms = (entry.recorded_at_ms // DAY_MS - REMEMBER_DAYS) * DAY_MS
        found = []
        for one in self._newest_first(entry.member):
            if one.recorded_at_ms < since_ms:
                break
            found.append(one)
        return found[::-1]

    def _newest_first(self, member: str) -> Iterator[Entry]:
        before_seq = None
        while True:
            read = self._ledger.newest_first(member, before_seq=before_seq, limit=READ_ENTRIES)
            yield from read
            if not read or read[-1].seq == 1:
                return
            before_seq = read[-1].seq


def _on_receipt_of(entry: Entry, other: Entry) -> bool:
    if entry.receipt is None or other.entry_id == entry.entry_id:
        return other.entry_id == entry.entry_id
    near = abs(other.recorded_at_ms // DAY_MS - entry.recorded_at_ms // DAY_MS) <= REMEMBER_DAYS
    return near and (other.location, other.receipt) == (entry.location, entry.receipt)
