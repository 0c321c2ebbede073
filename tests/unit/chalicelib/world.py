"""The whole API over stores in memory: real services, fake stores, Chalice's own test client."""

import json
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib.cursors import cursors
from partners import bootstrap
from partners.access.limit_service import UsagePlans
from partners.access.model import Scope
from partners.access.service import Access
from partners.accounts.service import Accounts
from partners.adjustments.service import Adjustments
from partners.billing.contact_service import BillingContacts
from partners.billing.contact_store import ContactStore
from partners.billing.dunning import InvoiceRecord
from partners.billing.invoice_payment_service import InvoicePayments
from partners.billing.invoice_service import Invoices
from partners.billing.payment_service import Payments
from partners.billing.payment_store import PaymentStore as StandingStore
from partners.billing.service import Billing
from partners.books.money_service import MoneyBooks
from partners.books.receivable_service import Receivables
from partners.books.service import Books
from partners.books.store import BookStore
from partners.cases.corrections import Corrections
from partners.cases.model import Case
from partners.cases.service import Cases
from partners.cases.store import CaseStore
from partners.closure.service import Closure
from partners.connectors.commands import Commands
from partners.connectors.files import Files
from partners.connectors.folders import Folders
from partners.connectors.intake import Intake
from partners.connectors.originals import Originals
from partners.connectors.received import ReceivedEvents
from partners.connectors.service import Connections
from partners.connectors.store import ConnectorStore
from partners.connectors.unmapped import Unmapped
from partners.connectors.working import Work
from partners.contracts.agreements import Agreements
from partners.contracts.model import NewTerms
from partners.contracts.partner_lives import PartnerLives
from partners.contracts.plan import Band, Plan, PlanMode
from partners.contracts.service import Contracts
from partners.funding.deposit_store import DepositStore
from partners.funding.deposits import Deposits
from partners.funding.meter import Meter
from partners.funding.service import FundingService
from partners.lake.service import Lake
from partners.operators.model import ALL_ROLES, LONGEST_TOKEN_SECONDS, Role
from partners.operators.service import Operators
from partners.payouts.asking import PayoutRequests
from partners.payouts.request_store import PayoutRequestStore
from partners.payouts.service import Payouts
from partners.reconciliation.comparing import Comparing
from partners.reconciliation.disputes import Disputes
from partners.reconciliation.service import Reconciliations
from partners.reconciliation.store import ReconciliationStore
from partners.settlement.filing import Filing
from partners.settlement.payments.advances import Advances
from partners.settlement.payments.agreed_store import AccountStore, AdvanceStore, CollateralStore, MemberAccountStore
from partners.settlement.payments.collateral import Collaterals
from partners.settlement.payments.defaulting import Defaults
from partners.settlement.payments.member_accounts import MemberAccounts
from partners.settlement.payments.member_cashback import MemberCashback
from partners.settlement.payments.payees import Payees
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.rates import TermsRates
from partners.settlement.replaying import WindowReplays
from partners.settlement.service import Settlements
from partners.settlement.statements.explaining import Explanations
from partners.settlement.statements.filed import FiledLines
from partners.settlement.statements.issuing import Issuing
from partners.settlement.statements.service import Statements
from partners.settlement.statements.store import StatementStore
from partners.settlement.window_store import WindowStore
from partners.settlement.windows import Windows
from partners.till.cashback import CashbackTill
from partners.till.holds import Holds
from partners.till.imports import Imports
from partners.till.receipts import ReceiptReturns
from partners.till.returns import Returns
from partners.till.service import Till
from partners.till.sharing import Sharing
from partners.trail.service import Trail
from partners.visits.lines import delivered
from partners.visits.paging import by_chain, next_pages
from partners.visits.service import Pages
from partners.visits.tracing import Tracing
from partners.webhooks.events import case_updated
from partners.webhooks.replaying import Replays
from partners.webhooks.service import WebhookEndpoints
from partners.webhooks.store import DeliveryStore, EndpointStore
from partners.webhooks.telling import Telling
from shared.kernel.ids import system_random
from shared.ledger.codec import entry_from_item
from shared.ledger.service import Ledger
from shared.members.service import Members
from tests.fakes.adjustment_book import FakeAdjustmentBook
from tests.fakes.audited import FakeTables
from tests.fakes.clock import FakeClock
from tests.fakes.connectors import FakeBucket, FakeLine, FakeVault
from tests.fakes.contract_book import FakeContractBook, agree
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.funding_book import FakeFundingBook
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.fakes.invoice_payment_book import FakeInvoicePaymentBook
from tests.fakes.invoicers import FakeInvoicers
from tests.fakes.journal import FakeJournal
from tests.fakes.key_ring import FakeKeyRing
from tests.fakes.lake_shelf import FakeLakeShelf
from tests.fakes.limits import FakeLimitBook, FakeUsageGateway
from tests.fakes.lines_files import FakeLinesFiles
from tests.fakes.operator_book import FakeOperatorBook
from tests.fakes.page_book import FakePageBook
from tests.fakes.payout_claims import FakePayoutClaims
from tests.fakes.profiles import FakeProfiles
from tests.fakes.reconciliation import FakeComparisonQueue, FakeReconciliationFiles
from tests.fakes.signer import MemorySigner
from tests.fakes.trail_book import FakeTrailBook
from tests.fakes.wakes import FakeWakes
from tests.fakes.with_the_journal import JournalWithRows

NOW = "2026-11-15T12:00:00Z"
ALL_SCOPES = frozenset({Scope.EARN, Scope.REDEEM, Scope.MEMBERS, Scope.REPORTS, Scope.ADMIN})
PLAN = Plan(location_fee_cents=1_000, mode=PlanMode.GRADUATED, bands=(Band(up_to=None, visit_fee_micros=20_000),))


class World:
    """Services as the composition root offers them, and a client with a key for each of two partners.

    `alpha` (stores s1, s2) grants 5 points for 1.00 USD, `beta` (store b1) grants 10.
    """

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.settings = SimpleNamespace(network_name="Lakeside Rewards", shared_usage_key="shared-by-all-partners")
        self.journal = FakeJournal()
        self.page_book = FakePageBook()
        self.contract_book = contract_book = FakeContractBook()
        self.contracts = Contracts(contract_book, self.clock)
        settlement_rows: Any = FakeDynamoDB()
        funding_book = FakeFundingBook(contract_book, settlement_rows)
        self.collateral = Collaterals(CollateralStore(settlement_rows, "settlement"), self.contracts, self.clock)
        self.deposits = Deposits(
            DepositStore(settlement_rows, "settlement"),
            PaymentStore(settlement_rows, "settlement"),
            funding_book,
            self.contracts,
            self.collateral,
        )
        meter = Meter(funding_book, self.page_book, self.clock)
        self.funding = FundingService(funding_book, meter, self.contracts, self.deposits, self.clock)
        self.agreements = Agreements(contract_book, self.contracts, self.clock)
        self.key_ring, self.gateway = FakeKeyRing(), FakeUsageGateway()
        self.access = Access(self.key_ring, self.contracts, self.clock, system_random, live=True)
        self.usage_plans = UsagePlans(
            FakeLimitBook(), self.key_ring, self.contracts, self.gateway, self.clock, system_random
        )
        self.trail_book = FakeTrailBook()
        self.trail = Trail(self.trail_book, self.clock, sleep=lambda _: None)
        self.operators = Operators(FakeOperatorBook(), self.access, self.clock)
        self.operators.add("ann", "Ann", ALL_ROLES)
        self.pages = Pages(self.page_book)
        self.billing = Billing(self.contracts, self.pages, self.clock)
        self.invoicers = FakeInvoicers()
        invoice_book = FakeInvoiceBook()
        self.invoices = Invoices(invoice_book, self.invoicers, self.billing, self.contracts, self.clock)
        self.invoice_payment_book = FakeInvoicePaymentBook()
        billing_rows: Any = FakeDynamoDB()
        self.invoices_heard: dict[str, list[InvoiceRecord]] = {}
        self.payments = Payments(
            StandingStore(billing_rows, "billing"),
            lambda name: [*self.invoices_heard.get(name, []), *self.invoice_payments.records(name)],
            self.clock,
        )
        self.invoice_payments = InvoicePayments(
            self.invoice_payment_book, self.invoices, self.clock, self.payments.follow
        )
        self.billing_contacts = BillingContacts(ContactStore(billing_rows, "billing"), self.contracts, self.clock)
        self.settlements = Settlements(self.contracts, self.pages)
        window_store = WindowStore(settlement_rows, "settlement")

        def rates(until_ms: int) -> TermsRates:
            return TermsRates(self.contracts, until_ms)

        self.windows = Windows(window_store, self.page_book, self.contracts, rates, self.clock)
        self.window_replays = WindowReplays(window_store, self.page_book, self.windows, rates)
        self.payees = Payees(AccountStore(settlement_rows, "settlement"), self.contracts, lambda: True, self.clock)
        self._issue_statements(settlement_rows)
        self.profiles = FakeProfiles(self.journal)
        members = Members(self.profiles, self.journal, self.clock, self.pepper, "9770", sleep=lambda _: None)
        ledger = Ledger(self.journal, self.clock)
        self.tracing = Tracing(ledger)
        self.till: Any = Till(self.contracts, members, ledger, self.clock)
        self.imports = Imports(self.contracts, self.till)
        self.holds = Holds(self.contracts, members, ledger, self.clock)
        self.cashback = CashbackTill(self.contracts, members, ledger, self.clock)
        self.returns = Returns(self.contracts, ledger, self.clock)
        self.made_under = ReceiptReturns(members, ledger, self.returns).made_under
        self.sharing = Sharing(self.contracts, members, ledger, self.clock)
        self.accounts = Accounts(members, ledger, self.clock)
        self.adjustments = Adjustments(FakeAdjustmentBook(self.journal), self.contracts, members, ledger, self.clock)
        self.payouts = Payouts(members, ledger, self.clock, minimum_cents=1_000)
        payout_rows: Any = FakeDynamoDB()
        self.payout_journal: Any = JournalWithRows(self.journal, payout_rows)
        self.payout_book = PayoutRequestStore(payout_rows, "partners", self.payout_journal)
        self.payout_requests = PayoutRequests(self.payout_book, self.payouts, members, self.clock)
        accounts = MemberAccountStore(settlement_rows, "settlement")
        self.member_accounts = MemberAccounts(accounts, self.payout_book, self.payouts.reversed_among, self.clock)
        self.payout_claims = FakePayoutClaims(self.journal)
        store = PaymentStore(settlement_rows, "settlement")
        self.member_cashback = MemberCashback(self.payouts, self.payout_claims, store)
        self.advances = Advances(AdvanceStore(settlement_rows, "settlement"), store, self.windows, self.clock)
        self.settlement_payments = SettlementPayments(
            store,
            self.windows,
            self.funding,
            self.member_cashback,
            self.payees,
            self.advances,
            self.deposits,
            self.clock,
        )
        self.defaults = Defaults(self.settlement_payments, self.collateral, self.deposits, self.clock)
        tables: Any = FakeTables(self.journal, self.page_book)
        rows: Any = FakeDynamoDB()
        heard: Any = SimpleNamespace(invoices=lambda partner_id: self.invoices_heard.get(partner_id, []))
        payments = PaymentStore(settlement_rows, "settlement")
        self.receivables = Receivables(
            payments, window_store, heard, invoice_book, self.invoice_payment_book, self.contracts, self.clock
        )
        self.money_books = MoneyBooks(
            payments,
            window_store,
            self.windows,
            self.contracts,
            self.funding,
            self.advances._book,
            self.deposits,
            self.clock,
        )
        book_store = BookStore(rows, "books")
        self.books = Books(tables, book_store, self.contracts, self.pages, self.money_books, self.clock)
        corrections = Corrections(self.adjustments, ledger, members, self.clock)
        case_store = CaseStore(settlement_rows, "settlement")
        self.cases = Cases(case_store, self.contracts, self.windows, corrections, self._tell_of_case, self.clock)
        own = self.invoice_payments
        closure = Closure(
            self.funding,
            self.deposits,
            self.windows,
            payments,
            self.invoices,
            own,
            heard,
            self.collateral,
            self.cases,
        )
        self.lives = PartnerLives(contract_book, self.contracts, self.clock, closure.check_settled)
        self._open_reconciliation(ReconciliationStore(settlement_rows, "settlement"))
        self._open_webhooks()
        self._connect()
        self._open_partners()
        self.alpha = self.access.issue_key("alpha", ALL_SCOPES).text
        self.beta = self.access.issue_key("beta", ALL_SCOPES).text
        self.client = Client(app)

    def close_window(self) -> None:
        """Post all entries, close the open window and file its lines."""
        self.post_all_entries()
        number = self.windows.newest().number
        self.clock.advance(ms=1)
        self.windows.close(number, "ann")
        self.windows.work(drain_ms=0)
        self.filing.work(lambda: True)

    def _open_reconciliation(self, book: ReconciliationStore) -> None:
        lake = Lake(FakeLakeShelf(), memory_mb=256)
        self.filing = Filing(self.windows, lake)
        self.compared_files, self.comparisons = FakeReconciliationFiles(), FakeComparisonQueue()
        self.reconciliations = Reconciliations(
            book, self.compared_files, self.comparisons, self.windows, lake, self.clock
        )
        self.comparing = Comparing(book, self.compared_files, self.windows, lake, self.clock)
        self.disputes = Disputes(self.reconciliations, self.cases)

    def _tell_of_case(self, case: Case) -> None:
        self.telling.tell_and_keep(case.partner_id, [case_updated(case)])

    def _issue_statements(self, rows: Any) -> None:
        book, settlements = StatementStore(rows, "settlement"), PaymentStore(rows, "settlement")
        self.lines_files = FakeLinesFiles()
        filed = FiledLines(Lake(FakeLakeShelf(), memory_mb=256))
        signer, name = MemorySigner(), "Lakeside Rewards"
        self.issuing = Issuing(
            book,
            self.windows,
            self.contracts,
            settlements,
            self.deposits,
            self.payees,
            self.lines_files,
            filed,
            signer,
            name,
            self.clock,
        )
        self.statements = Statements(book, self.contracts, self.lines_files, self.clock)
        self.explanations = Explanations(book, self.windows)

    def _connect(self) -> None:
        client: Any = FakeDynamoDB()
        book, vault = ConnectorStore(client, "connectors"), FakeVault()
        self.line, self.bucket = FakeLine(), FakeBucket()
        self.connections = Connections(book, vault, self.contracts, self.clock, system_random)
        events = ReceivedEvents(self.bucket, vault, self.clock)
        self.original_events = Originals(self.bucket, self.connections, days=30)
        self.intake = Intake(book, self.line, events, self.original_events, self.contracts, self.clock)
        self.unmapped = Unmapped(book, self.connections, self.line, events, self.clock)
        self.folders = Folders(self.connections, self.bucket, self.contracts, self.clock)
        files = Files(self.bucket, book, self.till, self.clock)
        told_anew = events.told_anew
        commands = Commands(book, self.till, self.returns, self.made_under, self.clock, system_random)
        self.connector_work = Work(book, commands, files.record, told_anew, self.clock, live=True)

    @property
    def second_operator(self) -> str:
        """A token of bob, who has all roles too."""
        return self.operator_token("bob")

    @property
    def operator(self) -> str:
        """A token of ann, who has all roles, good from now on."""
        return self.operator_token("ann")

    @cached_property
    def stripe(self) -> Any:
        """The partner `harvest`, billed through the double of Stripe, with a clock of its own."""
        from tests.unit.partners.billing.stripe_world import StripeWorld

        return StripeWorld()

    @cached_property
    def webhooks(self) -> Any:
        return self.stripe.webhooks

    @property
    def billing_desk(self) -> Any:
        return self.stripe.desk

    def pepper(self) -> bytes:
        return b"0123456789abcdef0123456789abcdef"

    def operator_token(self, operator_id: str, roles: frozenset[Role] = ALL_ROLES) -> str:
        """A token of an operator with these roles."""
        self.operators.add(operator_id, operator_id.title(), roles)
        return self.operators.open_token(operator_id, LONGEST_TOKEN_SECONDS).text

    def get(self, path: str, key: str | None = None, **headers: str) -> HTTPResponse:
        return self.client.http.get(path, headers={**self._headers(key or self.alpha), **headers})

    def post(self, path: str, body: object, key: str | None = None, **headers: str) -> HTTPResponse:
        """`body` as JSON, or as it is if it is bytes. `headers` are added with `_` as `-`."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        added = {name.replace("_", "-"): value for name, value in headers.items()}
        all_headers = {**self._headers(key or self.alpha), "content-type": "application/json", **added}
        return self.client.http.post(path, headers=all_headers, body=raw)

    def enrol(self, contact: str = "ann@example.com", key: str | None = None, location: str = "s1") -> str:
        """A new member's card number."""
        body = {"contact": contact, "location_id": location, "occurred_at": NOW}
        reply = self.post("/v1/members", body, key, idempotency_key=f"enrol-{contact}")
        assert reply.status_code == 201, reply.body
        return str(reply.json_body["card_number"])

    def post_all_entries(self) -> None:
        """Do what the posting function does, once, at the end."""
        items = [item for entries in self.journal.items.values() for item in entries]
        records = [delivered("shard", f"{place:040d}", entry_from_item(item)) for place, item in enumerate(items, 1)]
        for chain, lines in by_chain(records).items():
            for page in next_pages(chain, self.page_book.covered(chain), lines, lines_per_page=2):
                self.page_book.add(page)

    def _open_webhooks(self) -> None:
        tables: Any = FakeDynamoDB()
        self.deliveries, self.wakes = DeliveryStore(tables, "webhooks"), FakeWakes()
        self.webhook_endpoints = WebhookEndpoints(
            EndpointStore(tables, "webhooks"),
            self.contracts,
            self.clock,
            system_random,
            self.pepper,
            local_receivers=False,
        )
        self.telling = Telling(self.webhook_endpoints, self.deliveries, self.wakes, self.clock)
        self.replays = Replays(
            self.webhook_endpoints, self.telling, self.pages, self.wakes, self.deliveries, self.clock, system_random
        )

    def _open_partners(self) -> None:
        for partner_id, earn_points, stores in (("alpha", 5, ("s1", "s2")), ("beta", 10, ("b1",))):
            self.contracts.create_partner(partner_id, partner_id.title(), "USD")
            terms = NewTerms(
                effective_from_ms=0,
                earn_points=earn_points,
                earn_per_cents=100,
                issue_price_micros=6_000,
                redeem_price_micros=5_000,
                expiry_months=24,
                plan=PLAN,
            )
            agree(self.contracts, partner_id, terms)
            for store in stores:
                self.contracts.open_location(partner_id, store, f"Store {store}", "America/Chicago", 0)

    def _headers(self, key: str) -> dict[str, str]:
        return {"authorization": f"Bearer {key}"}


def purchase(card_number: str, /, **changes: object) -> dict[str, object]:
    """An ordinary purchase of 20.00 USD at alpha's store s1."""
    total = {"amount_cents": 2_000, "currency": "USD"}
    return {
        "card_number": card_number,
        "location_id": "s1",
        "receipt": "r-1",
        "occurred_at": NOW,
        "total": total,
        **changes,
    }


def install(monkeypatch: pytest.MonkeyPatch) -> World:
    """A new world, from now on the one that handlers find."""
    return enter(monkeypatch, World())


def enter(monkeypatch: pytest.MonkeyPatch, world: World) -> World:
    """From now on handlers find this world."""
    monkeypatch.setattr(bootstrap, "services", lambda: world)
    cursors.cache_clear()
    return world
