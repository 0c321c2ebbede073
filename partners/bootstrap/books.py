"""The proofs: the audit and the monthly books."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.billing import BillingOfMonths

if TYPE_CHECKING:
    from partners.audit.reposting import Reposting
    from partners.audit.service import Audit
    from partners.books.money_service import MoneyBooks
    from partners.books.receivable_service import Receivables
    from partners.books.service import Books


class BooksOfMonths(BillingOfMonths):
    @cached_property
    def audit(self) -> "Audit":
        from partners.audit.journal_gateway import AuditedTables
        from partners.audit.service import Audit
        from partners.audit.store import AuditStore

        tables = AuditedTables(self._dynamodb, self.settings.ledger_table, self.settings.pages_table)
        book = AuditStore(self._dynamodb, self.settings.audit_table)
        return Audit(tables, self._journal, self.contracts, book, self._clock)

    @cached_property
    def reposting(self) -> "Reposting":
        from partners.audit.journal_gateway import AuditedTables
        from partners.audit.reposting import Reposting
        from partners.audit.store import AuditStore

        tables = AuditedTables(self._dynamodb, self.settings.ledger_table, self.settings.pages_table)
        return Reposting(AuditStore(self._dynamodb, self.settings.audit_table), tables, self.posting)

    @cached_property
    def books(self) -> "Books":
        from partners.audit.journal_gateway import AuditedTables
        from partners.books.service import Books
        from partners.books.store import BookStore

        tables = AuditedTables(self._dynamodb, self.settings.ledger_table, self.settings.pages_table)
        book = BookStore(self._dynamodb, self.settings.books_table)
        return Books(tables, book, self.contracts, self.pages, self.money_books, self._clock)

    @cached_property
    def receivables(self) -> "Receivables":
        from partners.books.receivable_service import Receivables
        from partners.settlement.payments.store import PaymentStore
        from partners.settlement.window_store import WindowStore

        table = self.settings.settlement_table
        payments, windows = PaymentStore(self._dynamodb, table), WindowStore(self._dynamodb, table)
        return Receivables(
            payments,
            windows,
            self._heard_of_stripe,
            self._own_invoices,
            self._payments_of_invoices,
            self.contracts,
            self._clock,
        )

    @cached_property
    def money_books(self) -> "MoneyBooks":
        from partners.books.money_service import MoneyBooks
        from partners.settlement.payments.agreed_store import AdvanceStore
        from partners.settlement.payments.store import PaymentStore
        from partners.settlement.window_store import WindowStore

        table = self.settings.settlement_table
        payments, windows = PaymentStore(self._dynamodb, table), WindowStore(self._dynamodb, table)
        advances = AdvanceStore(self._dynamodb, table)
        return MoneyBooks(
            payments, windows, self.windows, self.contracts, self.funding, advances, self.deposits, self._clock
        )
