"""The composition root: builds each service once per process, when it is first asked for.

Stores are imported only then, so that importing a handler does not import what it may not use.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from shared.kernel.aws import (
    apigateway_client,
    dynamodb_client,
    kms_client,
    outage_as_unavailable,
    s3_bulk_client,
    s3_client,
    secrets_client,
    sqs_client,
)
from shared.kernel.clock import Clock, from_datetime, system_clock
from shared.kernel.ids import RandomBytes, system_random
from shared.kernel.secret import load_pepper, load_values
from shared.kernel.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from partners.access.limit_service import UsagePlans
    from partners.access.service import Access
    from partners.accounts.service import Accounts
    from partners.adjustments.service import Adjustments
    from partners.audit.service import Audit
    from partners.billing.contact_service import BillingContacts
    from partners.billing.desk import Desk
    from partners.billing.invoice_service import Invoices
    from partners.billing.invoice_store import InvoiceStore
    from partners.billing.invoicing import Invoicing
    from partners.billing.metering import Metering
    from partners.billing.payment_service import Payments
    from partners.billing.service import Billing
    from partners.billing.stripe_gateway import StripeGateway
    from partners.billing.stripe_store import StripeStore
    from partners.billing.turn_store import TurnStore
    from partners.billing.webhook_store import WebhookStore
    from partners.billing.webhooks import Webhooks
    from partners.books.money_service import MoneyBooks
    from partners.books.receivable_service import Receivables
    from partners.books.service import Books
    from partners.cases.model import Case
    from partners.cases.service import Cases
    from partners.connectors.bucket_gateway import BucketGateway
    from partners.connectors.folders import Folders
    from partners.connectors.intake import Intake
    from partners.connectors.line_gateway import LineGateway
    from partners.connectors.received import ReceivedEvents
    from partners.connectors.service import Connections
    from partners.connectors.store import ConnectorStore
    from partners.connectors.unmapped import Unmapped
    from partners.connectors.working import Work
    from partners.contracts.agreements import Agreements
    from partners.contracts.partner_lives import PartnerLives
    from partners.contracts.service import Contracts
    from partners.funding.service import FundingService
    from partners.lake.service import Lake
    from partners.operators.service import Operators
    from partners.payouts.service import Payouts
    from partners.reconciliation.comparing import Comparing
    from partners.reconciliation.disputes import Disputes
    from partners.reconciliation.service import Reconciliations
    from partners.settlement.filing import Filing
    from partners.settlement.payments.service import SettlementPayments
    from partners.settlement.payments.stripe_accounts import Payees
    from partners.settlement.payments.stripe_legs import StripeLegs
    from partners.settlement.service import Settlements
    from partners.settlement.statements.explaining import Explanations
    from partners.settlement.statements.files_gateway import LinesFiles
    from partners.settlement.statements.issuing import Issuing
    from partners.settlement.statements.service import Statements
    from partners.settlement.statements.store import StatementStore
    from partners.settlement.windows import Windows
    from partners.sweep.service import Sweep
    from partners.till.cashback import CashbackTill
    from partners.till.holds import Holds
    from partners.till.imports import Imports
    from partners.till.returns import Returns
    from partners.till.service import Till
    from partners.till.sharing import Sharing
    from partners.trail.service import Trail
    from partners.visits.posting import Posting
    from partners.visits.service import Pages
    from partners.visits.tracing import Tracing
    from partners.webhooks.queue_gateway import WakeQueue
    from partners.webhooks.replaying import Replays
    from partners.webhooks.sending import Sending
    from partners.webhooks.service import WebhookEndpoints
    from partners.webhooks.store import DeliveryStore
    from partners.webhooks.telling import Telling
    from shared.kernel.vault_gateway import VaultGateway
    from shared.ledger.service import Ledger
    from shared.ledger.store import JournalStore
    from shared.members.service import Members


class LiveClockError(Exception):
    """A deployment with real points works at the time it is, whatever an event asks for."""


class Services:
    """Every service of one deployment."""

    def __init__(self, settings: Settings, *, clock: Clock = system_clock, random: RandomBytes = system_random) -> None:
        self.settings = settings
        self._clock = clock
        self._random = random
        self._known_stripe_keys: dict[str, str] = {}

    @cached_property
    def contracts(self) -> "Contracts":
        from partners.contracts.service import Contracts
        from partners.contracts.store import ContractStore

        return Contracts(ContractStore(self._dynamodb, self.settings.partners_table), self._clock)

    @cached_property
    def agreements(self) -> "Agreements":
        from partners.contracts.agreement_store import AgreementStore
        from partners.contracts.agreements import Agreements

        book = AgreementStore(self._dynamodb, self.settings.partners_table)
        return Agreements(book, self.contracts, self._clock)

    @cached_property
    def lives(self) -> "PartnerLives":
        from partners.contracts.life_store import LifeStore
        from partners.contracts.partner_lives import PartnerLives

        book = LifeStore(self._dynamodb, self.settings.partners_table)
        return PartnerLives(book, self.contracts, self._clock, self.funding.check_settled)

    @cached_property
    def funding(self) -> "FundingService":
        from partners.funding.meter import Meter
        from partners.funding.service import FundingService
        from partners.funding.store import FundingStore
        from partners.visits.store import PageStore

        book = FundingStore(self._dynamodb, self.settings.partners_table)
        meter = Meter(book, PageStore(self._dynamodb, self.settings.pages_table), self._clock)
        return FundingService(book, meter, self.contracts, self._clock)

    @cached_property
    def access(self) -> "Access":
        from partners.access.service import Access
        from partners.access.store import KeyStore

        keys = KeyStore(self._dynamodb, self.settings.partners_table)
        return Access(keys, self.contracts, self._clock, self._random, live=self.settings.key_mode == "live")

    @cached_property
    def usage_plans(self) -> "UsagePlans":
        from partners.access.limit_service import UsagePlans
        from partners.access.limit_store import LimitStore
        from partners.access.store import KeyStore
        from partners.access.usage_plan_gateway import UsagePlanGateway

        counts = bool(self.settings.shared_usage_key)
        return UsagePlans(
            LimitStore(self._dynamodb, self.settings.partners_table),
            KeyStore(self._dynamodb, self.settings.partners_table),
            self.contracts,
            UsagePlanGateway(apigateway_client(self.settings.region), self.settings.stage) if counts else None,
            self._clock,
            self._random,
        )

    @cached_property
    def trail(self) -> "Trail":
        from partners.trail.service import Trail
        from partners.trail.store import TrailStore

        return Trail(TrailStore(self._dynamodb, self.settings.trail_table), self._clock)

    @cached_property
    def operators(self) -> "Operators":
        from partners.operators.service import Operators
        from partners.operators.store import OperatorStore

        book = OperatorStore(self._dynamodb, self.settings.partners_table)
        return Operators(book, self.access, self._clock)

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
    def connections(self) -> "Connections":
        from partners.connectors.service import Connections

        return Connections(self._connector_book, self._vault, self.contracts, self._clock, self._random)

    @cached_property
    def intake(self) -> "Intake":
        from partners.connectors.intake import Intake

        return Intake(self._connector_book, self._connector_line, self._received_events, self._clock)

    @cached_property
    def unmapped(self) -> "Unmapped":
        from partners.connectors.unmapped import Unmapped

        return Unmapped(
            self._connector_book, self.connections, self._connector_line, self._received_events, self._clock
        )

    @cached_property
    def folders(self) -> "Folders":
        from partners.connectors.folders import Folders

        return Folders(self.connections, self._connector_bucket, self._clock)

    @cached_property
    def connector_work(self) -> "Work":
        from partners.connectors.files import Files
        from partners.connectors.working import Work

        return Work(
            self._connector_book,
            self.till,
            self.returns,
            Files(self._connector_bucket, self.till).record,
            self._received_events.told_anew,
            self._clock,
            live=self.settings.key_mode == "live",
        )

    @cached_property
    def pages(self) -> "Pages":
        from partners.visits.service import Pages
        from partners.visits.store import PageStore

        return Pages(PageStore(self._dynamodb, self.settings.pages_table))

    @cached_property
    def tracing(self) -> "Tracing":
        from partners.visits.tracing import Tracing

        return Tracing(self.ledger)

    @cached_property
    def posting(self) -> "Posting":
        from partners.visits.dead_letter_gateway import DeadLetterGateway
        from partners.visits.posting import Posting
        from partners.visits.store import PageStore

        pages = PageStore(self._dynamodb, self.settings.pages_table)
        dead_letters = DeadLetterGateway(sqs_client(self.settings.region), self.settings.posting_dead_letter_url)
        return Posting(pages, dead_letters, self._clock)

    @cached_property
    def settlements(self) -> "Settlements":
        from partners.settlement.service import Settlements

        return Settlements(self.contracts, self.pages)

    @cached_property
    def windows(self) -> "Windows":
        from partners.settlement.rates import TermsRates
        from partners.settlement.window_store import WindowStore
        from partners.settlement.windows import Windows
        from partners.visits.store import PageStore

        store = WindowStore(self._dynamodb, self.settings.settlement_table)
        pages = PageStore(self._dynamodb, self.settings.pages_table)
        return Windows(store, pages, self.contracts, lambda: TermsRates(self.contracts), self._clock)

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
        return SettlementPayments(store, self.windows, self.funding, self.payouts, self.payees, self._clock)

    @cached_property
    def cases(self) -> "Cases":
        from partners.cases.corrections import Corrections
        from partners.cases.service import Cases
        from partners.cases.store import CaseStore

        book = CaseStore(self._dynamodb, self.settings.settlement_table)
        corrections = Corrections(self.adjustments, self.ledger, self.members, self._clock)
        return Cases(book, self.contracts, self.windows, corrections, self._tell_of_case, self._clock)

    @cached_property
    def reconciliations(self) -> "Reconciliations":
        from partners.reconciliation.bucket_gateway import ReconciliationBucket
        from partners.reconciliation.queue_gateway import ComparisonQueue
        from partners.reconciliation.service import Reconciliations
        from partners.reconciliation.store import ReconciliationStore

        book = ReconciliationStore(self._dynamodb, self.settings.settlement_table)
        files = ReconciliationBucket(s3_client(self.settings.region), self.settings.records_bucket)
        queue = ComparisonQueue(sqs_client(self.settings.region), self.settings.reconciliation_queue_url)
        return Reconciliations(book, files, queue, self.windows, self.lake, self._clock)

    @cached_property
    def comparing(self) -> "Comparing":
        from partners.reconciliation.bucket_gateway import ReconciliationBucket
        from partners.reconciliation.comparing import Comparing
        from partners.reconciliation.store import ReconciliationStore

        book = ReconciliationStore(self._dynamodb, self.settings.settlement_table)
        files = ReconciliationBucket(s3_client(self.settings.region), self.settings.records_bucket)
        return Comparing(book, files, self.windows, self.lake, self._clock)

    @cached_property
    def disputes(self) -> "Disputes":
        from partners.reconciliation.disputes import Disputes

        return Disputes(self.reconciliations, self.cases)

    def _tell_of_case(self, case: "Case") -> None:
        from partners.webhooks.events import case_updated

        self.telling.tell(case.partner_id, [case_updated(case)])

    @cached_property
    def issuing(self) -> "Issuing":
        from partners.settlement.payments.store import PaymentStore
        from partners.settlement.statements.filed import FiledLines
        from partners.settlement.statements.issuing import Issuing
        from partners.settlement.statements.signing_gateway import KmsSigner

        settings = self.settings
        return Issuing(
            self._statement_book,
            self.windows,
            self.contracts,
            PaymentStore(self._dynamodb, settings.settlement_table),
            self._lines_files,
            FiledLines(self.lake),
            KmsSigner(kms_client(settings.region), settings.statement_key_id),
            settings.network_name,
            self._clock,
        )

    @cached_property
    def statements(self) -> "Statements":
        from partners.settlement.statements.service import Statements

        return Statements(self._statement_book, self.contracts, self._lines_files, self._clock)

    @cached_property
    def explanations(self) -> "Explanations":
        from partners.settlement.statements.explaining import Explanations

        return Explanations(self._statement_book, self.windows)

    @cached_property
    def payees(self) -> "Payees":
        from partners.settlement.payments.account_store import AccountStore
        from partners.settlement.payments.stripe_accounts import Payees

        book = AccountStore(self._dynamodb, self.settings.settlement_table)
        return Payees(book, self.contracts, lambda: self.bills_through_stripe)

    @cached_property
    def stripe_legs(self) -> "StripeLegs":
        from partners.settlement.payments.store import PaymentStore
        from partners.settlement.payments.stripe_legs import StripeLegs

        store = PaymentStore(self._dynamodb, self.settings.settlement_table)
        return StripeLegs(store, self.stripe, self._clock)

    @cached_property
    def audit(self) -> "Audit":
        from partners.audit.journal_gateway import AuditedTables
        from partners.audit.service import Audit
        from partners.audit.store import AuditStore

        tables = AuditedTables(self._dynamodb, self.settings.ledger_table, self.settings.pages_table)
        book = AuditStore(self._dynamodb, self.settings.audit_table)
        return Audit(tables, self._journal, self.contracts, book, self._clock)

    @cached_property
    def sweep(self) -> "Sweep":
        from partners.runs.journal_gateway import JournalScan
        from partners.sweep.service import ENTRIES_PER_SCAN, Sweep
        from partners.sweep.store import SweepStore

        journal = JournalScan(self._dynamodb, self.settings.ledger_table, consistent=False, per_scan=ENTRIES_PER_SCAN)
        return Sweep(journal, self.ledger, SweepStore(self._dynamodb, self.settings.sweeps_table), self._clock)

    @cached_property
    def books(self) -> "Books":
        from partners.audit.journal_gateway import AuditedTables
        from partners.books.service import Books
        from partners.books.store import BookStore

        tables = AuditedTables(self._dynamodb, self.settings.ledger_table, self.settings.pages_table)
        book = BookStore(self._dynamodb, self.settings.books_table)
        return Books(tables, book, self.contracts, self.pages, self._clock)

    @cached_property
    def receivables(self) -> "Receivables":
        from partners.books.receivable_service import Receivables
        from partners.settlement.payments.store import PaymentStore
        from partners.settlement.window_store import WindowStore

        table = self.settings.settlement_table
        payments, windows = PaymentStore(self._dynamodb, table), WindowStore(self._dynamodb, table)
        return Receivables(payments, windows, self._heard_of_stripe, self.contracts, self._clock)

    @cached_property
    def money_books(self) -> "MoneyBooks":
        from partners.books.money_service import MoneyBooks
        from partners.settlement.payments.store import PaymentStore
        from partners.settlement.window_store import WindowStore

        table = self.settings.settlement_table
        payments, windows = PaymentStore(self._dynamodb, table), WindowStore(self._dynamodb, table)
        return MoneyBooks(payments, windows, self.windows)

    @cached_property
    def billing(self) -> "Billing":
        from partners.billing.service import Billing

        return Billing(self.contracts, self.pages, self._clock)

    @cached_property
    def invoices(self) -> "Invoices":
        from partners.billing.invoice_service import Invoices

        return Invoices(self._own_invoices, self._stripe_book, self.billing, self.contracts, self._clock)

    @property
    def bills_through_stripe(self) -> bool:
        return bool(self._stripe_keys.get("secret_key"))

    @cached_property
    def stripe(self) -> "StripeGateway":
        from partners.billing.stripe_gateway import StripeGateway

        return StripeGateway(
            lambda: self._stripe_key("secret_key"),
            self._clock,
            base_url=lambda: self._stripe_keys.get("base_url"),
        )

    @cached_property
    def metering(self) -> "Metering":
        from partners.billing.metering import Metering
        from partners.billing.outbox_store import OutboxStore

        outbox = OutboxStore(self._dynamodb, self.settings.billing_table)
        return Metering(outbox, self.stripe, self.pages, self._clock)

    @cached_property
    def invoicing(self) -> "Invoicing":
        from partners.billing.invoicing import Invoicing

        return Invoicing(
            self._stripe_book,
            self.stripe,
            self.metering,
            self.billing,
            self.contracts,
            self.billing_contacts,
            self._own_invoices,
            self._clock,
        )

    @cached_property
    def _own_invoices(self) -> "InvoiceStore":
        from partners.billing.invoice_store import InvoiceStore

        return InvoiceStore(self._dynamodb, self.settings.partners_table)

    @cached_property
    def metering_turn(self) -> "TurnStore":
        from partners.billing.turn_store import TurnStore

        return TurnStore(self._dynamodb, self.settings.billing_table)

    @cached_property
    def billing_contacts(self) -> "BillingContacts":
        from partners.billing.contact_service import BillingContacts
        from partners.billing.contact_store import ContactStore

        book = ContactStore(self._dynamodb, self.settings.billing_table)
        return BillingContacts(book, self.contracts, self._clock)

    @cached_property
    def payments(self) -> "Payments":
        from partners.billing.payment_service import Payments
        from partners.billing.payment_store import PaymentStore

        book = PaymentStore(self._dynamodb, self.settings.billing_table)
        return Payments(book, self._heard_of_stripe.invoices, self._clock)

    @cached_property
    def webhooks(self) -> "Webhooks":
        from partners.billing.webhooks import Webhooks

        return Webhooks(
            self._heard_of_stripe,
            self.stripe,
            self.metering,
            self.payments,
            self.stripe_legs,
            self.invoicing.accounts,
            lambda: self._stripe_key("webhook_secret"),
            self._clock,
            live=self.settings.key_mode == "live",
        )

    @cached_property
    def billing_desk(self) -> "Desk":
        from partners.billing.decision_store import DecisionStore
        from partners.billing.desk import Desk

        decisions = DecisionStore(self._dynamodb, self.settings.billing_table)
        return Desk(
            self._stripe_book,
            decisions,
            self.invoicing,
            self.metering,
            self.payments,
            self.webhooks,
            self.metering_turn,
            self._clock,
        )

    @cached_property
    def _heard_of_stripe(self) -> "WebhookStore":
        from partners.billing.webhook_store import WebhookStore

        return WebhookStore(self._dynamodb, self.settings.billing_table)

    @cached_property
    def _stripe_book(self) -> "StripeStore":
        from partners.billing.stripe_store import StripeStore

        return StripeStore(self._dynamodb, self.settings.billing_table)

    @cached_property
    def webhook_endpoints(self) -> "WebhookEndpoints":
        from partners.webhooks.service import WebhookEndpoints
        from partners.webhooks.store import EndpointStore

        return WebhookEndpoints(
            EndpointStore(self._dynamodb, self.settings.webhooks_table),
            self.contracts,
            self._clock,
            self._random,
            lambda: self._webhook_secret,
            local_receivers=self.settings.webhook_receivers == "local",
        )

    @cached_property
    def telling(self) -> "Telling":
        from partners.webhooks.telling import Telling

        return Telling(self.webhook_endpoints, self._deliveries, self._wakes, self._clock)

    @cached_property
    def sending(self) -> "Sending":
        from partners.webhooks.sender_gateway import WebhookSender
        from partners.webhooks.sending import Sending

        sender = WebhookSender(local_receivers=self.settings.webhook_receivers == "local")
        return Sending(self._deliveries, self.webhook_endpoints, self._wakes, sender, self._clock, self._random)

    @cached_property
    def replays(self) -> "Replays":
        from partners.webhooks.replaying import Replays

        return Replays(
            self.webhook_endpoints,
            self.telling,
            self.pages,
            self._wakes,
            self._deliveries,
            self._clock,
            self._random,
        )

    def pepper(self) -> bytes:
        """The network's secret, read once."""
        return self._pepper

    @cached_property
    def _connector_book(self) -> "ConnectorStore":
        from partners.connectors.store import ConnectorStore

        return ConnectorStore(self._dynamodb, self.settings.connectors_table)

    @cached_property
    def _connector_line(self) -> "LineGateway":
        from partners.connectors.line_gateway import LineGateway

        return LineGateway(sqs_client(self.settings.region), self.settings.connectors_queue_url)

    @cached_property
    def _connector_bucket(self) -> "BucketGateway":
        from partners.connectors.bucket_gateway import BucketGateway

        settings = self.settings
        return BucketGateway(s3_client(settings.region), settings.connectors_bucket, settings.connectors_key_id)

    @cached_property
    def _received_events(self) -> "ReceivedEvents":
        from partners.connectors.received import ReceivedEvents

        return ReceivedEvents(self._connector_bucket, self._vault, self._clock)

    @cached_property
    def _vault(self) -> "VaultGateway":
        from shared.kernel.vault_gateway import VaultGateway

        return VaultGateway(kms_client(self.settings.region), self.settings.connectors_key_id)

    @cached_property
    def _statement_book(self) -> "StatementStore":
        from partners.settlement.statements.store import StatementStore

        return StatementStore(self._dynamodb, self.settings.settlement_table)

    @cached_property
    def _lines_files(self) -> "LinesFiles":
        from partners.settlement.statements.files_gateway import LinesFiles

        return LinesFiles(s3_client(self.settings.region), self.settings.records_bucket)

    @cached_property
    def _dynamodb(self) -> "DynamoDBClient":
        return dynamodb_client(self.settings.region)

    @cached_property
    def _pepper(self) -> bytes:
        with outage_as_unavailable():
            return load_pepper(secrets_client(self.settings.region), self.settings.secret_id)

    @cached_property
    def _webhook_secret(self) -> bytes:
        with outage_as_unavailable():
            return load_pepper(secrets_client(self.settings.region), self.settings.webhook_secret_id)

    @cached_property
    def _deliveries(self) -> "DeliveryStore":
        from partners.webhooks.store import DeliveryStore

        return DeliveryStore(self._dynamodb, self.settings.webhooks_table)

    @cached_property
    def _wakes(self) -> "WakeQueue":
        from partners.webhooks.queue_gateway import WakeQueue

        return WakeQueue(sqs_client(self.settings.region), self.settings.webhook_queue_url, self._clock)

    def _stripe_key(self, name: str) -> str:
        """Raises StripeNotConfiguredError."""
        from partners.billing.stripe_errors import StripeNotConfiguredError

        key = self._stripe_keys.get(name)
        if not key:
            raise StripeNotConfiguredError
        return key

    @property
    def _stripe_keys(self) -> dict[str, str]:
        """Read until there is a key, so that one takes effect at once when it is first given."""
        if not self._known_stripe_keys:
            with outage_as_unavailable():
                found = load_values(secrets_client(self.settings.region), self.settings.stripe_secret_id)
            self._known_stripe_keys = found
        return self._known_stripe_keys

    @cached_property
    def _journal(self) -> "JournalStore":
        from shared.ledger.store import JournalStore

        return JournalStore(self._dynamodb, self.settings.ledger_table)


@cache
def services() -> Services:
    """The services of the deployment that the environment describes. Raises MissingSettingError."""
    return Services(Settings.from_env(os.environ))


def services_for(event: Mapping[str, Any]) -> Services:
    """The services that an invocation of a scheduled function works with.

    In a deployment for tests an event may say at which moment it is to be carried out (`as_of`, RFC 3339), so that the
    end of a month can be tried out before it comes. Raises LiveClockError, and ValueError if that is no such moment.
    """
    usual = services()
    if "as_of" not in event:
        return usual
    if usual.settings.key_mode != "test":
        raise LiveClockError("as_of is for deployments for tests alone")
    now_ms = from_datetime(datetime.fromisoformat(event["as_of"]))
    return Services(usual.settings, clock=lambda: now_ms)
