"""Reads every member's journal back and checks that it follows from itself."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from shared.ledger.audit import check_history
from shared.ledger.postings import MEMBERS_OWN, postings
from shared.ledger.service import Ledger


@dataclass(slots=True)
class Audit:
    """How much was checked, and the points that accounts hold, by issuer."""

    members: int = 0
    entries: int = 0
    points_held: Counter[str] = field(default_factory=Counter)


def audit_members(ledger: Ledger, members: Iterable[str], advance: Callable[[], None]) -> Audit:
    """Check hash chain and replay of every history, and add up its postings. Raises BrokenJournalError."""
    audit = Audit()
    for member in members:
        history = list(ledger.history(member))
        own_accounts = {f"{place}:{member}" for place in MEMBERS_OWN}
        audit.members += 1
        audit.entries += check_history(history)
        for posting in (posting for entry in history for posting in postings(entry)):
            if posting.account in own_accounts:
                audit.points_held[posting.issuer] += posting.points
        advance()
    return audit
