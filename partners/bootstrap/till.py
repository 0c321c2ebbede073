"""The ledger and everything that moves points and cents on it."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.parties import Parties

if TYPE_CHECKING:
    from partners.accounts.service import Accounts
    from partners.adjustments.service import Adjustments
    from partners.payouts.asking import PayoutRequests
    from partners.payouts.service import Payouts
    from partners.sweep.service import Sweep
    from partners.till.cashback import CashbackTill
    from partners.till.holds import Holds
    from partners.till.imports import Imports
    from partners.till.receipts import ReceiptReturns
    from partners.till.returns import Returns
    from partners.till.service import Till
    from partners.till.sharing import Sharing
    from shared.ledger.service import Ledger
    from shared.ledger.store import JournalStore
    from shared.members.service import Members


class Tills(Parties):
    @cached_property
    def ledger(self) -> "Ledger":
        from shared.ledger.service import Ledger

        return Ledger(self._journal, self._clock)

    @cached_property
    def members(self) -> "Members":
        from shared.members.service import Members
        from shared.members.store import MemberStore

        profiles = MemberStore(self._dynamodb, self.settings.members_table, self._journal)
        return Members(profiles, self._journal, self._clock, self.pepper, self.settings.card_prefix)

    @cached_property
    def _journal(self) -> "JournalStore":
        from shared.ledger.store import JournalStore

        return JournalStore(self._dynamodb, self.settings.ledger_table)

    @cached_property
    def till(self) -> "Till":
        from partners.till.service import Till

        return Till(self.contracts, self.members, self.ledger, self._clock)

    @cached_property
    def imports(self) -> "Imports":
        from partners.till.imports import Imports

        return Imports(self.contracts, self.till)

    @cached_property
    def holds(self) -> "Holds":
        from partners.till.holds import Holds

        return Holds(self.contracts, self.members, self.ledger, self._clock)

    @cached_property
    def cashback(self) -> "CashbackTill":
        from partners.till.cashback import CashbackTill

        return CashbackTill(self.contracts, self.members, self.ledger, self._clock)

    @cached_property
    def returns(self) -> "Returns":
        from partners.till.returns import Returns

        return Returns(self.contracts, self.ledger, self._clock)

    @cached_property
    def receipt_returns(self) -> "ReceiptReturns":
        from partners.till.receipts import ReceiptReturns

        return ReceiptReturns(self.members, self.ledger, self.returns)

    @cached_property
    def sharing(self) -> "Sharing":
        from partners.till.sharing import Sharing

        return Sharing(self.contracts, self.members, self.ledger, self._clock)

    @cached_property
    def accounts(self) -> "Accounts":
        from partners.accounts.service import Accounts

        return Accounts(self.members, self.ledger, self._clock)

    @cached_property
    def adjustments(self) -> "Adjustments":
        from partners.adjustments.service import Adjustments
        from partners.adjustments.store import AdjustmentStore

        book = AdjustmentStore(self._dynamodb, self.settings.partners_table, self._journal)
        return Adjustments(book, self.contracts, self.members, self.ledger, self._clock)

    @cached_property
    def payouts(self) -> "Payouts":
        from partners.payouts.service import Payouts

        return Payouts(self.members, self.ledger, self._clock, self.settings.payout_minimum_cents)

    @cached_property
    def payout_requests(self) -> "PayoutRequests":
        from partners.payouts.asking import PayoutRequests
        from partners.payouts.request_store import PayoutRequestStore

        book = PayoutRequestStore(self._dynamodb, self.settings.partners_table, self._journal)
        return PayoutRequests(book, self.payouts, self.members, self._clock)

    @cached_property
    def sweep(self) -> "Sweep":
        from partners.runs.journal_gateway import JournalScan
        from partners.sweep.service import ENTRIES_PER_SCAN, Sweep
        from partners.sweep.store import SweepStore

        journal = JournalScan(self._dynamodb, self.settings.ledger_table, consistent=False, per_scan=ENTRIES_PER_SCAN)
        return Sweep(journal, self.ledger, SweepStore(self._dynamodb, self.settings.sweeps_table), self._clock)
