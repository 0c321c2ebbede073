"""Windows, positions, payments and statements."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.stripe_access import StripeAccess
from shared.kernel.aws import kms_client, s3_bulk_client, s3_client

if TYPE_CHECKING:
    from partners.lake.service import Lake
    from partners.settlement.filing import Filing
    from partners.settlement.payments.advances import Advances
    from partners.settlement.payments.defaulting import Defaults
    from partners.settlement.payments.member_accounts import MemberAccounts
    from partners.settlement.payments.member_cashback import MemberCashback
    from partners.settlement.payments.payees import Payees
    from partners.settlement.payments.service import SettlementPayments
    from partners.settlement.payments.stripe_legs import StripeLegs
    from partners.settlement.rates import TermsRates
    from partners.settlement.replaying import WindowReplays
    from partners.settlement.service import Settlements
    from partners.settlement.statements.explaining import Explanations
    from partners.settlement.statements.issuing import Issuing
    from partners.settlement.statements.service import Statements
    from partners.settlement.statements.store import StatementStore
    from partners.settlement.windows import Windows


class Settlement(StripeAccess):
    @cached_property
    def settlements(self) -> "Settlements":
        from partners.settlement.service import Settlements

        return Settlements(self.contracts, self.pages)

    @cached_property
    def windows(self) -> "Windows":
        from partners.settlement.window_store import WindowStore
        from partners.settlement.windows import Windows
        from partners.visits.store import PageStore

        store = WindowStore(self._dynamodb, self.settings.settlement_table)
        pages = PageStore(self._dynamodb, self.settings.pages_table)
        return Windows(store, pages, self.contracts, self._rates, self._clock)

    @cached_property
    def window_replays(self) -> "WindowReplays":
        from partners.settlement.replaying import WindowReplays
        from partners.settlement.window_store import WindowStore
        from partners.visits.store import PageStore

        store = WindowStore(self._dynamodb, self.settings.settlement_table)
        pages = PageStore(self._dynamodb, self.settings.pages_table)
        return WindowReplays(store, pages, self.windows, self._rates)

    def _rates(self, until_ms: int) -> "TermsRates":
        from partners.settlement.rates import TermsRates

        return TermsRates(self.contracts, until_ms)

    @cached_property
    def lake(self) -> "Lake":
        from partners.lake.bucket_gateway import LakeBucket
        from partners.lake.service import Lake

        return Lake(LakeBucket(s3_bulk_client(self.settings.region), self.settings.records_bucket))

    @cached_property
    def filing(self) -> "Filing":
        from partners.settlement.filing import Filing

        return Filing(self.windows, self.lake)

    @cached_property
    def settlement_payments(self) -> "SettlementPayments":
        from partners.settlement.payments.service import SettlementPayments
        from partners.settlement.payments.store import PaymentStore

        store = PaymentStore(self._dynamodb, self.settings.settlement_table)
        return SettlementPayments(
            store,
            self.windows,
            self.funding,
            self.member_cashback,
            self.payees,
            self.advances,
            self.deposits,
            self._clock,
        )

    @cached_property
    def defaults(self) -> "Defaults":
        from partners.settlement.payments.defaulting import Defaults

        return Defaults(self.settlement_payments, self.collateral, self.deposits, self._clock)

    @cached_property
    def advances(self) -> "Advances":
        from partners.settlement.payments.advances import Advances
        from partners.settlement.payments.agreed_store import AdvanceStore
        from partners.settlement.payments.store import PaymentStore

        table = self.settings.settlement_table
        book = AdvanceStore(self._dynamodb, table)
        return Advances(book, PaymentStore(self._dynamodb, table), self.windows, self._clock)

    @cached_property
    def payees(self) -> "Payees":
        from partners.settlement.payments.agreed_store import AccountStore
        from partners.settlement.payments.payees import Payees

        book = AccountStore(self._dynamodb, self.settings.settlement_table)
        return Payees(book, self.contracts, lambda: self.bills_through_stripe, self._clock)

    @cached_property
    def member_accounts(self) -> "MemberAccounts":
        from partners.payouts.request_store import PayoutRequestStore
        from partners.settlement.payments.agreed_store import MemberAccountStore
        from partners.settlement.payments.member_accounts import MemberAccounts

        book = MemberAccountStore(self._dynamodb, self.settings.settlement_table)
        requests = PayoutRequestStore(self._dynamodb, self.settings.partners_table, self._journal)
        return MemberAccounts(book, requests, self.payouts.reversed_among, self._clock)

    @cached_property
    def member_cashback(self) -> "MemberCashback":
        from partners.settlement.payments.claim_store import ClaimStore
        from partners.settlement.payments.member_cashback import MemberCashback
        from partners.settlement.payments.store import PaymentStore

        table = self.settings.settlement_table
        claims = ClaimStore(self._dynamodb, table, self._journal)
        return MemberCashback(self.payouts, claims, PaymentStore(self._dynamodb, table))

    @cached_property
    def stripe_legs(self) -> "StripeLegs":
        from partners.settlement.payments.store import PaymentStore
        from partners.settlement.payments.stripe_legs import StripeLegs

        store = PaymentStore(self._dynamodb, self.settings.settlement_table)
        return StripeLegs(store, self.stripe, self._clock)

    @cached_property
    def issuing(self) -> "Issuing":
        from partners.settlement.payments.store import PaymentStore
        from partners.settlement.statements.filed import FiledLines
        from partners.settlement.statements.files_gateway import LinesFiles
        from partners.settlement.statements.issuing import Issuing
        from partners.settlement.statements.signing_gateway import KmsSigner

        settings = self.settings
        return Issuing(
            self._statement_book,
            self.windows,
            self.contracts,
            PaymentStore(self._dynamodb, settings.settlement_table),
            self.deposits,
            self.payees,
            LinesFiles(s3_bulk_client(settings.region), settings.records_bucket),
            FiledLines(self.lake),
            KmsSigner(kms_client(settings.region), settings.statement_key_id),
            settings.network_name,
            self._clock,
        )

    @cached_property
    def statements(self) -> "Statements":
        from partners.settlement.statements.files_gateway import LinesFiles
        from partners.settlement.statements.service import Statements

        files = LinesFiles(s3_client(self.settings.region), self.settings.records_bucket)
        return Statements(self._statement_book, self.contracts, files, self._clock)

    @cached_property
    def explanations(self) -> "Explanations":
        from partners.settlement.statements.explaining import Explanations

        return Explanations(self._statement_book, self.windows)

    @cached_property
    def _statement_book(self) -> "StatementStore":
        from partners.settlement.statements.store import StatementStore

        return StatementStore(self._dynamodb, self.settings.settlement_table)
