"""A ledger with three members, for tests of operations on two accounts."""

from dataclasses import replace

from shared.ledger.codec import entry_from_item, entry_to_item, seal
from shared.ledger.decide import GENESIS
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import enrol

ANN, BOB, CAT = "0000000001", "0000000002", "0000000003"


class Book:
    def __init__(self):
        self.clock = FakeClock()
        self.journal = FakeJournal()
        self.ledger = Ledger(self.journal, self.clock, sleep=lambda _: None)
        self.keys = 0
        for member in (ANN, BOB, CAT):
            self.do(enrol, member=member)

    def command(self, make, *args, **fields):
        self.keys += 1
        return make(f"k{self.keys}", self.clock(), *args, **fields)

    def do(self, make, *args, **fields):
        command = self.command(make, *args, **fields)
        apply = self.ledger.apply_pair if hasattr(command, "other") else self.ledger.apply
        return apply(command).entry

    def holds(self, member):
        return self.journal.head(member, consistent=True).account

    def forge_last(self, member, *, account=None, **changes):
        """Change the member's last entry, and what of the `account` after it is named, and seal it anew."""
        items = self.journal.items[member]
        entry = entry_from_item(items[-1])
        entry = replace(entry, account=replace(entry.account, **(account or {})), **changes)
        before = entry_from_item(items[-2]).account.chain if len(items) > 1 else GENESIS
        items[-1] = entry_to_item(seal(entry, before))
