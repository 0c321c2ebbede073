"""Members in memory, over a fake journal; enrolling is all or nothing, as in the store."""

from collections.abc import Sequence

from shared.ledger.codec import entry_to_item
from shared.ledger.model import Entry
from shared.members.contact import Contact
from shared.members.errors import EnrolmentLostError
from tests.fakes.journal import FakeJournal


class FakeProfiles:
    """`lose_replies` enrolments commit and then fail; `conflicts` fail without anything written."""

    def __init__(self, journal: FakeJournal) -> None:
        self.journal = journal
        self.contacts: dict[str, str] = {}
        self.lose_replies = 0
        self.conflicts = 0

    def enrol(self, first_entry: Entry, contact: Contact, contact_hash: str) -> None:
        if self.conflicts:
            self.conflicts -= 1
            raise EnrolmentLostError
        if contact_hash in self.contacts or first_entry.member in self.journal.items:
            raise EnrolmentLostError
        self.contacts[contact_hash] = first_entry.member
        self.journal.items[first_entry.member] = [entry_to_item(first_entry)]
        if self.lose_replies:
            self.lose_replies -= 1
            raise EnrolmentLostError

    def erase_with(self, entry: Entry, members: Sequence[str]) -> None:
        try:
            self.journal.append(entry)
        finally:
            if self.journal.entry(entry.member, entry.seq, consistent=True) == entry:
                self.contacts = {contact: member for contact, member in self.contacts.items() if member not in members}

    def member_of(self, contact_hash: str) -> str | None:
        return self.contacts.get(contact_hash)
