"""A partner billed through the double of Stripe: real services and stores, tables and pages in memory.

The 1st of November 2026 is when it is brought in; its subscription bills from December on.
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import stripe

from partners.billing.contact_service import BillingContacts
from partners.billing.contact_store import ContactStore
from partners.billing.decision_store import DecisionStore
from partners.billing.desk import Desk
from partners.billing.invoice_payment_service import InvoicePayments
from partners.billing.invoice_service import Invoices
from partners.billing.invoicing import Invoicing
from partners.billing.metering import Metering
from partners.billing.outbox import Message
from partners.billing.outbox_store import OutboxStore
from partners.billing.payment_service import Payments
from partners.billing.payment_store import PaymentStore
from partners.billing.service import Billing
from partners.billing.stripe_errors import ConcurrentRunError, StripeUnavailableError
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_model import Closing, StripeAccount
from partners.billing.stripe_store import StripeStore
from partners.billing.turn_store import TurnStore
from partners.billing.webhook_store import WebhookStore
from partners.billing.webhooks import Webhooks
from partners.contracts.plan import Band, Plan, PlanMode
from partners.settlement.payments.store import PaymentStore as SettlementStore
from partners.settlement.payments.stripe_legs import StripeLegs
from partners.visits.posting import Posting
from partners.visits.service import Pages
from partners.visits.stream import read_batch
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.model import Entry
from tests.doubles.stripe.double import KEY, StripeDouble
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.fakes.dynamodb import DynamoDBMethods, FakeDynamoDB
from tests.fakes.invoice_book import FakeInvoiceBook
from tests.fakes.invoice_payment_book import FakeInvoicePaymentBook
from tests.fakes.page_book import FakeDeadLetters, FakePageBook
from tests.support.entries import entry, stream_record

PARTNER = "harvest"
TABLE = "billing"
SECRET = "whsec_test"
EMAIL = "bills@harvest.example"
HOUR_MS = 3_600_000
PLAN = Plan(
    location_fee_cents=3_100,
    mode=PlanMode.GRADUATED,
    bands=(Band(10, visit_fee_micros=55_000), Band(None, visit_fee_micros=22_500, flat_fee_cents=100)),
)
ARE_NO_ALERT = (StripeUnavailableError, StoreUnavailableError, ConcurrentRunError)


def at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * 1_000  # type: ignore[misc, arg-type]


class StripeWorld:
    """`work` is what the scheduled function does; `client` may be wrapped, to fail."""

    def __init__(self, plan: Plan = PLAN, *, summary_delay_s: int = 0, begins: int = at(2026, 11, 1, 12)) -> None:
        self.clock = FakeClock(begins)
        self.dynamodb = FakeDynamoDB()
        self.double = StripeDouble(self.clock, summary_delay_s=summary_delay_s)
        self.entries: list[Entry] = []
        self.own_invoices, self.own_payments = FakeInvoiceBook(), FakeInvoicePaymentBook()
        self.shelf = FakePageBook()
        self.pages = Pages(self.shelf)
        self.contracts = contracts_of(PARTNER, clock=self.clock)
        agree(self.contracts, PARTNER, new_terms(at(2026, 10, 1), plan=plan))
        self.contracts.open_location(PARTNER, "367", "One", "UTC", at(2026, 10, 1))
        self.contracts.open_location(PARTNER, "368", "Two", "UTC", at(2026, 10, 1))
        self.billing = Billing(self.contracts, self.pages, self.clock)
        self.connect(self.dynamodb, DoubleClient(self.double))
        self.contacts.set_email(PARTNER, EMAIL)

    def connect(self, client: DynamoDBMethods, http_client: stripe.HTTPClient) -> None:
        """Build the services anew, as a fresh process does."""
        tables: Any = client
        self._tables = tables
        self.outbox = OutboxStore(tables, TABLE)
        self.book = StripeStore(tables, TABLE)
        self.gateway = StripeGateway(lambda: KEY, self.clock, http_client=http_client)
        self.metering = Metering(self.outbox, self.gateway, self.pages, self.clock)
        heard = WebhookStore(tables, TABLE)
        self.payments = Payments(
            PaymentStore(tables, TABLE),
            lambda name: [*heard.invoices(name), *self.invoice_payments.records(name)],
            self.clock,
        )
        self.stripe_legs = StripeLegs(SettlementStore(tables, "settlement"), self.gateway, self.clock)
        self.webhooks = self.webhooks_of(live=False)
        self.contacts = BillingContacts(ContactStore(tables, TABLE), self.contracts, self.clock)
        self.metering_turn = TurnStore(tables, TABLE)
        self.invoices = Invoices(self.own_invoices, self.book, self.billing, self.contracts, self.clock)
        self.invoice_payments = InvoicePayments(self.own_payments, self.invoices, self.clock, self.payments.follow)
        self.invoicing = Invoicing(
            self.book,
            self.gateway,
            self.metering,
            self.billing,
            self.contracts,
            self.contacts,
            self.own_invoices,
            self.clock,
        )

    @property
    def desk(self) -> Desk:
        decisions = DecisionStore(self._tables, TABLE)
        turn = self.metering_turn
        return Desk(self.book, decisions, self.invoicing, self.metering, self.payments, self.webhooks, turn, self.clock)

    def webhooks_of(self, *, live: bool) -> Webhooks:
        return Webhooks(
            WebhookStore(self._tables, TABLE),
            self.gateway,
            self.metering,
            self.payments,
            self.stripe_legs,
            self.book.accounts,
            lambda: SECRET,
            self.clock,
            live=live,
        )

    @property
    def account(self) -> StripeAccount:
        account = self.book.account(PARTNER)
        assert account is not None
        return account

    def visit(self, count: int, moment: int | None = None) -> None:
        """So many visits recorded at a moment (now), posted to the pages at once."""
        recorded = self.clock() if moment is None else moment
        first = len(self.entries) + 1
        made = self._made(count, recorded)
        records = [stream_record(one, str(number)) for number, one in enumerate(made, first)]
        Posting(self.shelf, FakeDeadLetters(), self.clock).post(
            read_batch({"Records": records, "shardId": "shardId-0"}, single_shard=False)
        )

    def visit_posted_from_journal(self, count: int, moment: int) -> None:
        """So many visits recorded at a moment long ago, which no stream brought."""
        posting = Posting(self.shelf, FakeDeadLetters(), self.clock)
        for one in self._made(count, moment):
            posting.post_from_journal(one)

    def _made(self, count: int, recorded: int) -> list[Entry]:
        first = len(self.entries) + 1
        made = [
            entry(partner=PARTNER, member=f"{number:010d}", seq=1, receipt=f"r-{number}", recorded_at_ms=recorded)
            for number in range(first, first + count)
        ]
        self.entries += made
        return made

    def open(self) -> None:
        """Bring the partner in and subscribe it from December on; go to the 1st of December."""
        self.invoicing.open_account(PARTNER)
        self.invoicing.work(self.account)
        self.go(at(2026, 12, 1), every_ms=86_400_000)
        self.go(at(2026, 12, 1, 3))

    def go(self, until: int, *, every_ms: int = HOUR_MS, work: Callable[[], object] | None = None) -> None:
        """Let time pass until then, working at every step."""
        while self.clock() < until:
            self.clock.now_ms = min(self.clock() + every_ms, until)
            self.double.advance()
            (work or self.work)()

    def work(self) -> list[str]:
        """One run of the schedule; its troubles. Failures that pass leave the rest to the next, and alert nobody."""
        try:
            return self.invoicing.work(self.account)
        except ARE_NO_ALERT:
            return []

    def messages(self, month: str = "2026-12") -> list[Message]:
        return self.outbox.of_month(PARTNER, month)

    def closing(self, month: str = "2026-12") -> Closing:
        return self.book.closing(PARTNER, month)

    def counted_by_stripe(self, month: str = "2026-12") -> int:
        """What Stripe bills, read from its own books."""
        return sum(
            one.value
            for one in self.double.books.meter_events
            if not one.dropped and datetime.fromtimestamp(one.timestamp, UTC).strftime("%Y-%m") == month
        )

    def in_journal(self, month: str = "2026-12") -> int:
        """Visits counted in the journal itself."""
        recorded = (one.recorded_at_ms // 1_000 for one in self.entries if one.visit)
        return sum(datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m") == month for at_s in recorded)

    def invoiced(self, month: str) -> int:
        """Cents of finalised lines whose period begins in a month."""
        lines = [
            line
            for invoice in self.double.books.some("invoice")
            for line in invoice.get("frozen", [])
            if datetime.fromtimestamp(line["period"]["start"], UTC).strftime("%Y-%m") == month
        ]
        return sum(line["amount"] for line in lines)


@cache
def _opened(plan: Plan) -> tuple[Any, Any]:
    world = StripeWorld(plan)
    world.open()
    return world.double.books, world.dynamodb.tables


def opened_world(plan: Plan = PLAN) -> StripeWorld:
    """A world of its own on the 1st of December, 3 o'clock, as `open` leaves it; that is done once for all."""
    books, tables = _opened(plan)
    world = StripeWorld(plan)
    world.clock.now_ms = at(2026, 12, 1, 3)
    clock_ms = world.double.books.clock_ms
    world.double.books = copy.deepcopy(books, {id(books.clock_ms): clock_ms})
    world.dynamodb = FakeDynamoDB(tables)
    world.connect(world.dynamodb, DoubleClient(world.double))
    return world
