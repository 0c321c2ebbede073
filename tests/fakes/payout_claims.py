"""Who has a payout, in memory over a fake journal, as `ClaimStore` keeps it.

`before_writing` runs once, between reading and writing.
"""

from collections.abc import Callable, Sequence

from shared.ledger.errors import LostRaceError
from shared.ledger.model import Entry
from tests.fakes.journal import FakeJournal

MEMBER = "member"


class FakePayoutClaims:
    def __init__(self, journal: FakeJournal) -> None:
        self.journal = journal
        self.holders: dict[str, str] = {}
        self.are_all_noted = False
        self.before_writing: Callable[[], object] | None = None

    def settlement(self, payout_id: str) -> str | None:
        holder = self.holders.get(payout_id, MEMBER)
        return None if holder == MEMBER else holder

    def claim(self, payout_ids: Sequence[str], settlement_id: str) -> set[str]:
        claimed = {payout_id for payout_id in payout_ids if self.holders.get(payout_id) != MEMBER}
        self.holders |= dict.fromkeys(claimed, settlement_id)
        return claimed

    def note(self, payout_ids: Sequence[str], settlement_id: str) -> None:
        for payout_id in payout_ids:
            self.holders.setdefault(payout_id, settlement_id)

    def set_all_noted(self) -> None:
        self.are_all_noted = True

    def take_back(self, payout_id: str, settlement_id: str | None, entry: Entry) -> None:
        if self.before_writing is not None:
            between, self.before_writing = self.before_writing, None
            between()
        if self.holders.get(payout_id, settlement_id or MEMBER) != (settlement_id or MEMBER):
            raise LostRaceError(entry.entry_id)
        self.journal.append(entry)
        self.holders[payout_id] = MEMBER
