"""Which entry of a member should make a visit: counted again, from nothing but the entries before it."""

from shared.kernel.clock import DAY_MS
from shared.ledger.fingerprints import REMEMBER_DAYS
from shared.ledger.limits import LATE_LIMIT_MS
from shared.ledger.model import Entry, Op

Receipt = tuple[str, str, str]


class VisitMarks:
    """A member's entries in order.

    A visit is the first entry of its (partner, location, receipt) that enrols, earns a point, or redeems
    points or cashback.
    An account remembers receipts for REMEMBER_DAYS before its last entry; a till that begins its receipt
    numbers anew after that makes a new visit. The receipt of an imported purchase is compared with all of the
    history. A purchase too late for a till was imported; of a younger one on a receipt that was forgotten the
    entry does not tell, so either mark is right.
    """

    def __init__(self) -> None:
        self._visited: dict[Receipt, int] = {}
        self._last_day = 0

    def add(self, entry: Entry) -> str | None:
        """Take the next entry; what is wrong with its mark, or None."""
        receipt = None if entry.receipt is None else (entry.partner, entry.location, entry.receipt)
        known_since = self._last_day - REMEMBER_DAYS
        visited = None if receipt is None else self._visited.get(receipt)
        forgotten = visited is not None and visited < known_since
        again = visited is not None and (not forgotten or _too_late_for_a_till(entry))
        either = forgotten and entry.op is Op.EARN and not _too_late_for_a_till(entry)
        expected = _counts(entry) and not again
        self._last_day = entry.recorded_at_ms // DAY_MS
        if entry.visit and receipt is not None:
            self._visited[receipt] = self._last_day
        if entry.visit == expected or (either and not entry.visit):
            return None
        if not entry.visit:
            return "it is the first on its receipt, yet makes no visit"
        return "it makes a second visit of one receipt" if again else "it does nothing that counts, yet makes a visit"


def _counts(entry: Entry) -> bool:
    earns = entry.op is Op.EARN and entry.points > 0
    return earns or entry.op in (Op.ENROL, Op.REDEEM, Op.CAPTURE, Op.SPEND)


def _too_late_for_a_till(entry: Entry) -> bool:
    return entry.op is Op.EARN and entry.occurred_at_ms < entry.recorded_at_ms - LATE_LIMIT_MS
