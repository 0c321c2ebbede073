"""Does a member's stored history follow from itself? Pure, over entries read in order."""

from collections.abc import Iterable

from shared.kernel.clock import month_number
from shared.ledger import lots as spending
from shared.ledger.codec import chain_hash, entry_to_item
from shared.ledger.decide import GENESIS
from shared.ledger.errors import BrokenJournalError
from shared.ledger.model import Entry, Lot, Op


def check_history(entries: Iterable[Entry]) -> int:
    """Check one member's entries, oldest first, and return how many there are.

    Entries must be numbered 1..n, never go back in time, carry the chain hash of their content and
    predecessor, and replaying what they say happened must give the state they carry.

    Raises BrokenJournalError naming the first entry that does not hold.
    """
    seq, at_ms, chain = 0, 0, GENESIS
    lots: tuple[Lot, ...] = ()
    for entry in entries:
        seq += 1
        _require(entry.seq == seq, entry, f"entry {seq} was expected here")
        _require(entry.recorded_at_ms >= at_ms, entry, "it is older than its predecessor")
        chain = chain_hash(chain, entry_to_item(entry))
        _require(entry.account.chain == chain, entry, "its hash does not follow from its content")
        lots = _replay(lots, entry)
        _require(entry.account.lots == lots, entry, f"its lots are {entry.account.lots}, replayed {lots}")
        at_ms = entry.recorded_at_ms
    return seq


def _replay(lots: tuple[Lot, ...], entry: Entry) -> tuple[Lot, ...]:
    expired, valid = spending.expire(lots, month_number(entry.recorded_at_ms))
    _require(entry.lots_expired == expired, entry, f"its expired lots are not {expired}")
    _require(sum(lot.points for lot in entry.lots_moved) == entry.points, entry, "lots moved are not its points")
    match entry.op:
        case Op.ENROL:
            _require(entry.seq == 1, entry, "an account opens once")
            return valid
        case Op.EARN:
            for lot in entry.lots_moved:
                valid = spending.grant(valid, lot)
            return valid
        case Op.REDEEM:
            _require(sum(lot.points for lot in valid) >= entry.points, entry, "it takes more than there is")
            taken, left = spending.take(valid, entry.points)
            _require(taken == entry.lots_moved, entry, f"spending order takes {taken}")
            return left


def _require(holds: bool, entry: Entry, why: str) -> None:
    if not holds:
        raise BrokenJournalError(f"{entry.entry_id}: {why}")
