"""Does a member's stored history follow from itself? Pure, over entries read in order."""

from collections import Counter
from collections.abc import Iterable

from shared.kernel.clock import month_number
from shared.ledger.codec import chain_hash, entry_to_item
from shared.ledger.decide import GENESIS
from shared.ledger.errors import BrokenJournalError
from shared.ledger.model import Account, Entry, Op, Place
from shared.ledger.postings import MEMBERS_OWN

Holdings = Counter[tuple[Place, str, int]]


def check_history(entries: Iterable[Entry]) -> int:
    """Check one member's entries, oldest first, and return how many there are.

    Raises BrokenJournalError naming the first entry that does not hold; see History.
    """
    history = History()
    for entry in entries:
        history.add(entry)
    return history.seq


class History:
    """One member's entries as they come, oldest first; `holdings` is the state after the last one.

    Entries must be numbered 1..n, never go back in time, carry the chain hash of their content and
    predecessor; their moves must turn the state before into the state they carry, lot by lot; nothing but
    debt may be negative, nothing expired may be active, nothing due may be pending or held.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.holdings: Holdings = Counter()
        self._at_ms = 0
        self._chain = GENESIS

    def add(self, entry: Entry) -> None:
        """Raises BrokenJournalError if `entry` does not follow; then it is not added."""
        seq = self.seq + 1
        _require(entry.seq == seq, entry, f"entry {seq} was expected here")
        _require((entry.op is Op.ENROL) == (seq == 1), entry, "an account opens once, with its first entry")
        _require(entry.recorded_at_ms >= self._at_ms, entry, "it is older than its predecessor")
        chain = chain_hash(self._chain, entry_to_item(entry))
        _require(entry.account.chain == chain, entry, "its hash does not follow from its content")
        held = holdings(entry.account)
        _require(_after(self.holdings, entry) == held, entry, "its moves do not lead to the state it carries")
        _check_state(entry, held)
        self.seq, self.holdings, self._at_ms, self._chain = seq, held, entry.recorded_at_ms, chain


def holdings(account: Account) -> Holdings:
    """Points of the member by place, issuer and expiry month; debts have month 0 and are negative."""
    held: Holdings = Counter()
    for lot in account.lots:
        held[Place.ACTIVE, lot.issuer, lot.expiry_month] += lot.points
    for waiting in account.pending:
        held[Place.PENDING, waiting.lot.issuer, waiting.lot.expiry_month] += waiting.lot.points
    for hold in account.holds:
        for lot in hold.lots:
            held[Place.HELD, lot.issuer, lot.expiry_month] += lot.points
    for debt in account.debts:
        held[Place.DEBT, debt.issuer, 0] -= debt.points
    return held


def _after(before: Holdings, entry: Entry) -> Holdings:
    held: Holdings = Counter(before)
    for move in entry.moves:
        for place, points in ((move.source, -move.lot.points), (move.target, move.lot.points)):
            if place in MEMBERS_OWN:
                month = 0 if place is Place.DEBT else move.lot.expiry_month
                held[place, move.lot.issuer, month] += points
    return Counter({where: points for where, points in held.items() if points})


def _check_state(entry: Entry, held: Holdings) -> None:
    account, now_ms = entry.account, entry.recorded_at_ms
    for (place, _, _), points in held.items():
        _require((points < 0) == (place is Place.DEBT), entry, f"{place} holds {points} points")
    _require(all(move.lot.points > 0 for move in entry.moves), entry, "it moves nothing or less")
    months = [lot.expiry_month for lot in account.lots]
    _require(months == sorted(months), entry, "its lots are not in spending order")
    _require(all(month >= month_number(now_ms) for month in months), entry, "expired points are active")
    _require(all(waiting.matures_at_ms > now_ms for waiting in account.pending), entry, "matured points are pending")
    _require(all(hold.deadline_ms > now_ms for hold in account.holds), entry, "a hold is open after its deadline")


def _require(holds: bool, entry: Entry, why: str) -> None:
    if not holds:
        raise BrokenJournalError(f"{entry.entry_id}: {why}")
