"""Does a member's stored history follow from itself? Pure, over entries read in order."""

from collections import Counter
from collections.abc import Iterable

from shared.kernel.clock import month_number
from shared.ledger.codec import chain_hash, entry_to_item
from shared.ledger.counterparts import LINKING, Links, links_agree
from shared.ledger.decide import GENESIS
from shared.ledger.errors import BrokenJournalError
from shared.ledger.model import POINTS, Account, Entry, Op, Place
from shared.ledger.postings import MEMBERS_OWN
from shared.ledger.remembered import Remembered

Holdings = Counter[tuple[Place, str, str, int]]
"""Quantities by place, issuer, unit and expiry month; debts have month 0 and are negative."""


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
    debt may be negative, nothing expired may be active, nothing due may be pending or held. Links with another
    account change only by an entry that was written in both, as `counterparts.links_agree` has it. A closed account
    has no entry more but reversals of payouts, and payouts of what they gave back. Holds, pending points, what was
    undone and what is remembered follow from entry to entry, as `remembered.Remembered` has it.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.holdings: Holdings = Counter()
        self._at_ms = 0
        self._chain = GENESIS
        self._closed = False
        self._links = Links()
        self._remembered = Remembered()

    def add(self, entry: Entry) -> None:
        """Raises BrokenJournalError if `entry` does not follow; then it is not added."""
        seq = self.seq + 1
        _require(entry.seq == seq, entry, f"entry {seq} was expected here")
        _require((entry.op is Op.ENROL) == (seq == 1), entry, "an account opens once, with its first entry")
        _require(not self._closed or _may_follow_closing(entry), entry, "its account was closed before")
        _require(links_agree(self._links, entry), entry, "its account's links are not those that follow from it")
        _require(_is_pair(entry) == (entry.counterpart is not None), entry, "its counterpart does not fit what it does")
        closed = self._closed or entry.op is Op.CLOSE
        _require(entry.account.closed == closed, entry, "it closes its account, or opens it, where it may not")
        _require(entry.recorded_at_ms >= self._at_ms, entry, "it is older than its predecessor")
        chain = chain_hash(self._chain, entry_to_item(entry))
        _require(entry.account.chain == chain, entry, "its hash does not follow from its content")
        held = holdings(entry.account)
        _require(_after(self.holdings, entry) == held, entry, "its moves do not lead to the state it carries")
        _check_state(entry, held)
        wrong = self._remembered.contradiction(entry)
        _require(wrong is None, entry, wrong or "")
        self.seq, self.holdings, self._at_ms, self._chain = seq, held, entry.recorded_at_ms, chain
        self._closed, self._links = entry.account.closed, Links.of(entry.account)


def holdings(account: Account) -> Holdings:
    """What the account holds and owes."""
    lots = [(Place.ACTIVE, lot) for lot in (*account.lots, *account.cash)]
    lots += [(Place.PENDING, waiting.lot) for waiting in account.pending]
    lots += [(Place.HELD, lot) for hold in account.holds for lot in hold.lots]
    held: Holdings = Counter()
    for place, lot in lots:
        held[place, lot.issuer, lot.unit, lot.expiry_month] += lot.quantity
    for debt in account.debts:
        held[Place.DEBT, debt.issuer, debt.unit, 0] -= debt.quantity
    return held


def _after(before: Holdings, entry: Entry) -> Holdings:
    held: Holdings = Counter(before)
    for move in entry.moves:
        lot = move.lot
        for place, quantity in ((move.source, -lot.quantity), (move.target, lot.quantity)):
            if place in MEMBERS_OWN:
                month = 0 if place is Place.DEBT else lot.expiry_month
                held[place, lot.issuer, lot.unit, month] += quantity
    return Counter({where: quantity for where, quantity in held.items() if quantity})


def _check_state(entry: Entry, held: Holdings) -> None:
    account, now_ms = entry.account, entry.recorded_at_ms
    for (place, _, unit, _), quantity in held.items():
        _require((quantity < 0) == (place is Place.DEBT), entry, f"{place} holds {quantity} {unit}")
    _require(all(move.lot.quantity > 0 for move in entry.moves), entry, "it moves nothing or less")
    for lots in (account.lots, account.cash):
        months = [lot.expiry_month for lot in lots]
        _require(months == sorted(months), entry, "its lots are not in spending order")
        _require(all(month >= month_number(now_ms) for month in months), entry, "expired points are active")
    _require(all(lot.unit == POINTS for lot in account.lots), entry, "cashback stands among its points")
    _require(all(lot.unit != POINTS for lot in account.cash), entry, "points stand among its cashback")
    kept = {where for where in held if not (account.closed and _came_back(entry, *where))}
    _require(
        not kept or not (account.closed or account.follows), entry, "it is empty by its state, yet holds something"
    )
    _require(all(waiting.matures_at_ms > now_ms for waiting in account.pending), entry, "matured points are pending")
    _require(all(hold.deadline_ms > now_ms for hold in account.holds), entry, "a hold is open after its deadline")


def _may_follow_closing(entry: Entry) -> bool:
    """Whether a closed account may have `entry`: it reverses a payout, or pays out what that gave back.

    A payout is the one thing to be cancelled that had no partner's rates.
    """
    return entry.op is Op.PAYOUT or (entry.op is Op.CANCEL and entry.rates is None)


def _came_back(entry: Entry, place: Place, _issuer: str, unit: str, _month: int) -> bool:
    """Whether it is cashback that a reversed payout brought back to the account after it was closed."""
    return entry.op is not Op.CLOSE and place is Place.ACTIVE and unit != POINTS


def _is_pair(entry: Entry) -> bool:
    moved = any(Place.TRANSFER in (move.source, move.target) for move in entry.moves)
    return moved or entry.op in LINKING


def _require(holds: bool, entry: Entry, why: str) -> None:
    if not holds:
        raise BrokenJournalError(f"{entry.entry_id}: {why}")
