"""An imported purchase may be on a receipt that made its visit long ago, also before what the account remembers."""

from tests.support.walked import audit_findings
from tests.unit.ledger.book import Book
from tests.unit.ledger.commands import earn, enrol

DEE = "0000000004"


def enrolled_on(receipt, *, days_ago):
    """A book where `member` enrolled on the receipt, and bought on another one lately."""
    book = Book()
    book.do(enrol, member=DEE, receipt=receipt)
    at_ms = book.clock()
    book.clock.advance(days=days_ago)
    book.do(earn, 10, member=DEE, receipt="another")
    return book, at_ms


def test_an_old_purchase_on_the_receipt_of_an_older_visit_makes_none():
    book, at_ms = enrolled_on("R9", days_ago=33)
    entry = book.ledger.apply(earn("late", at_ms, member=DEE, receipt="R9", imported=True)).entry
    assert not entry.visit
    assert audit_findings(book.journal.items) == []


def test_an_old_purchase_on_a_receipt_of_its_own_makes_a_visit():
    book, at_ms = enrolled_on("R9", days_ago=33)
    assert book.ledger.apply(earn("late", at_ms, member=DEE, receipt="R8", imported=True)).entry.visit
    assert audit_findings(book.journal.items) == []


def test_a_receipt_that_a_till_uses_again_later_makes_a_visit_unless_it_was_imported():
    for imported in (False, True):
        book, _ = enrolled_on("R9", days_ago=33)
        entry = book.ledger.apply(earn("new", book.clock(), member=DEE, receipt="R9", imported=imported)).entry
        assert entry.visit is not imported
        assert audit_findings(book.journal.items) == []


def test_an_old_purchase_that_makes_the_second_visit_of_its_receipt_is_found():
    book, at_ms = enrolled_on("R9", days_ago=33)
    book.ledger.apply(earn("late", at_ms, member=DEE, receipt="R9", imported=True))
    book.forge_last(DEE, visit=True)
    assert audit_findings(book.journal.items) == [(f"{DEE}-3", "it makes a second visit of one receipt")]
