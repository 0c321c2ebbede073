"""A settlement paid through the double of Stripe and by the bank: real services and stores, tables in memory.

alpha owes 5.00 and is sent an invoice, delta owes 9.00 and is charged, omega owes 2.00 by direct debit; beta is owed
10.00 through Stripe, gamma 4.00 by the bank. The network keeps 2.00.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import stripe

from partners.billing.stripe_gateway import StripeGateway
from partners.billing.webhook_store import WebhookStore
from partners.billing.webhooks import Webhooks
from partners.contracts.model import NETWORK
from partners.contracts.payment import PaymentMethod
from partners.settlement.by_party import EMPTY, nets_of, parts_of
from partners.settlement.model import Book, Carried, CurrencyNets, CurrencySettlement, PartnerPosition
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments.agreed_store import AccountStore
from partners.settlement.payments.legs import Direction, Leg, LegState
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.payees import PayeeAccounts, Payees
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.stripe_legs import Carried as LookedAfter
from partners.settlement.payments.stripe_legs import StripeLegs
from partners.settlement.payments.telling import BankWord
from partners.settlement.window import Window, WindowState
from tests.doubles.stripe import money
from tests.doubles.stripe.books import Thing
from tests.doubles.stripe.double import KEY, StripeDouble
from tests.doubles.stripe.http_client import DoubleClient
from tests.fakes.cashback import FakeCashback
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import agree, contracts_of, new_terms
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.dynamodb import DynamoDBMethods, FakeDynamoDB
from tests.fakes.funds import AllThere
from tests.unit.partners.settlement.windows_world import FakeFunding

MINUTE_MS = 60_000
RUN_MS = 15 * MINUTE_MS
SECRET = "whsec_test"
NET = {"alpha": -500, "delta": -900, "omega": -200, "beta": 1_000, "gamma": 400}
THROUGH_STRIPE = ("alpha", "delta", "beta")


def _positions(net_cents: Mapping[str, int]) -> CurrencySettlement:
    positions = [PartnerPosition(party, (), cents * 10_000, cents) for party, cents in net_cents.items()]
    rest = -sum(net_cents.values())
    return CurrencySettlement("USD", (*positions, PartnerPosition(NETWORK, (), rest * 10_000, rest)), ())


class TheWindow:
    """Window 7, closed with the positions of NET, as a settlement sees it."""

    def __init__(self) -> None:
        self.positions = _positions(NET)
        self.carried: dict[str, Carried] = {}
        self.state = WindowState.CLOSED

    def owes(self, party: str, cents: int) -> None:
        """Have one owe something else, before anything is calculated."""
        self.positions = _positions({**NET, party: -cents})

    def window(self, number: int) -> Window:
        return Window(number, 0, state=self.state)

    def nets(self, number: int) -> tuple[CurrencyNets, ...]:
        del number
        return nets_of(self._book())

    def part(self, number: int, party: str) -> Book:
        del number
        return parts_of(self._book()).get(party, EMPTY)

    def _book(self) -> Book:
        return Book((self.positions,), (), ())

    def brought_into(self, number: int) -> list[Carried]:
        del number
        return []

    def carry(self, amounts: Sequence[Carried]) -> None:
        for one in amounts:
            assert self.carried.setdefault(one.reference, one) == one

    def stand(self, number: int, state: WindowState) -> Window:
        self.state = state
        return self.window(number)

    def payouts(self, number: int, currency: str) -> tuple[MemberPayout, ...]:
        del number, currency
        return ()


class LegsWorld:
    """`work` is what the scheduled function does; the clients may be wrapped, to fail."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.dynamodb = FakeDynamoDB()
        self.double = StripeDouble(self.clock)
        self.window, self.funding, self.cashback = TheWindow(), FakeFunding(), FakeCashback()
        self.contracts = contracts_of(*NET, clock=self.clock)
        for party in THROUGH_STRIPE:
            agree(self.contracts, party, new_terms(0, payment_method=PaymentMethod.STRIPE))
        v1 = stripe.StripeClient(KEY, http_client=DoubleClient(self.double)).v1
        self.v1 = v1
        self.customers = {
            party: v1.customers.create({"name": party, "email": f"{party}@example.com"}).id
            for party in ("alpha", "delta")
        }
        wanted: Any = {"type": "express", "capabilities": {"transfers": {"requested": True}}}
        self.account = v1.accounts.create(wanted).id
        self.has_stripe = True
        self.connect(self.dynamodb, DoubleClient(self.double))
        self.agree("alpha", PayeeAccounts(self.customers["alpha"]))
        self.agree("delta", PayeeAccounts(self.customers["delta"], charged=True))
        self.agree("beta", PayeeAccounts(None, self.account))

    def agree(self, party: str, accounts: PayeeAccounts) -> None:
        """Two operators agree on where a party is paid."""
        found = self.payees.people.propose("ann", party, accounts, "as they asked").proposal
        assert found is not None
        self.payees.people.approve("ben", party, found.number, "asked by phone")

    def connect(self, client: DynamoDBMethods, http_client: stripe.HTTPClient) -> None:
        """Build the services anew, as a fresh process does."""
        tables: Any = client
        store = PaymentStore(tables, "settlement")
        self.gateway = StripeGateway(lambda: KEY, self.clock, http_client=http_client)
        book = AccountStore(tables, "settlement")
        self.payees = Payees(book, self.contracts, lambda: self.has_stripe, self.clock)
        self.payments = SettlementPayments(
            store,
            self.window,
            self.funding,
            self.cashback,
            self.payees,
            AllThere(),
            NothingPaidIn(),
            self.clock,
        )
        self.legs = StripeLegs(store, self.gateway, self.clock)
        nobody: Any = None
        self.webhooks = Webhooks(
            WebhookStore(tables, "billing"),
            self.gateway,
            nobody,
            nobody,
            self.legs,
            list,
            lambda: SECRET,
            self.clock,
            live=False,
        )

    @property
    def one(self) -> PaidSettlement:
        return self.payments.settlement(7, "USD")

    def leg(self, party: str) -> Leg:
        direction = Direction.IN if NET[party] < 0 else Direction.OUT
        leg = self.one.newest_leg(party, direction)
        assert leg is not None
        return leg

    def states(self) -> dict[str, str]:
        return {leg.party: leg.state.value for leg in self.one.legs}

    def approve(self) -> None:
        self.payments.calculate(7, "ann")
        self.payments.approve(7, "USD", "bob")

    def collect(self) -> LookedAfter:
        """Approved and submitted, and once looked after."""
        self.approve()
        self.payments.collect(7, "USD", "ann")
        return self.work()

    def work(self) -> LookedAfter:
        """One call of the schedule, 15 minutes after the one before."""
        self.clock.advance(ms=RUN_MS)
        self.double.advance()
        done = self.legs.work()
        self.payments.work()
        return done

    def bank_says(self, party: str, state: LegState) -> PaidSettlement:
        return self.payments.tell(7, "USD", [BankWord(self.leg(party).key, state, "B-1")], "ann")

    def sees(self, party: str) -> None:
        """A person sees to each trouble of a party's."""
        for trouble in self.one.troubles:
            self.payments.see(7, "USD", party, trouble.text)

    def fund(self) -> None:
        """All debtors pay."""
        self.customer_pays("alpha")
        self.bank_says("omega", LegState.SUCCEEDED)
        self.work()

    def customer_pays(self, party: str) -> None:
        """At Stripe's page of the invoice."""
        for invoice in self.invoices(party, "open"):
            self.v1.invoices.pay(invoice["id"])

    def invoices(self, party: str, status: str) -> list[Thing]:
        return self.double.books.some("invoice", customer=self.customers[party], status=status)

    def charge_of(self, party: str) -> Thing:
        [charge] = self.double.books.some("charge", customer=self.customers[party])
        return charge

    def top_up(self, cents: int) -> None:
        """The operator brings money to the balance at Stripe."""
        money.move(self.double.books, "USD", cents)

    def moved_cents(self) -> Mapping[str, int]:
        """What each party has paid (negative) or got at Stripe, by its own books."""
        moved: Counter[str] = Counter()
        for party, customer in self.customers.items():
            charges = self.double.books.some("charge", customer=customer)
            moved[party] -= sum(one["amount"] - one["amount_refunded"] for one in charges)
        transfers = self.double.books.some("transfer", destination=self.account)
        moved["beta"] += sum(one["amount"] - one["amount_reversed"] for one in transfers)
        return moved
