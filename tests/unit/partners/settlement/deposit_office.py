"""Prepaid partners that pay in whenever they like, and settlements that take from it; all of it on one store."""

from typing import Any

from partners.books.money_service import MoneyBooks
from partners.contracts.payment import Funding, FundingKind
from partners.contracts.service import Contracts
from partners.funding.deposit_store import DepositStore
from partners.funding.deposits import Deposits
from partners.funding.meter import Meter
from partners.funding.model import Payment
from partners.funding.service import FundingService
from partners.funding.store import FundingStore
from partners.settlement.payments.advances import Advance
from partners.settlement.payments.agreed_store import AdvanceStore, CollateralStore
from partners.settlement.payments.collateral import Collaterals
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.store import PaymentStore
from partners.settlement.window_store import WindowStore
from tests.fakes.contract_book import FakeContractBook, agree, new_terms
from tests.fakes.funding_book import FakeFundingBook
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.windows_world import PARTNERS

POSTPAID = "city-market"
PREPAID = ["greenleaf", "harvest"]


class PaymentsOnRows(FakeFundingBook):
    """Payments on the rows of a store, meters and standings in memory."""

    def __init__(self, memory: FakeFundingBook, client: Any) -> None:
        self.__dict__.update(memory.__dict__)
        rows = FundingStore(client, "partners")
        written = ("add_payment", "confirm_payment", "decline_payment", "alone_cents", "count_alone")
        for name in (*written, "payment", "payments"):
            setattr(self, name, getattr(rows, name))


class DepositOffice(Office):
    """harvest and greenleaf are prepaid, city-market is not; what the network has to put in is there."""

    def __init__(self, seed: int = 7, entries: int = 40, days: int = 2) -> None:
        super().__init__(seed, entries, days)
        self.begin()
        book = FakeContractBook()
        self.memory, self.contracts = FakeFundingBook(book), Contracts(book, self.clock)
        for partner_id in PARTNERS:
            self.contracts.create_partner(partner_id, partner_id.title(), "USD")
            kind = FundingKind.POSTPAID if partner_id == POSTPAID else FundingKind.PREPAID
            agree(self.contracts, partner_id, new_terms(funding=Funding(kind)))
        advances = self.payments()._funds.people
        waits = advances.propose("ann", "USD", Advance(10**9), "for all that may be missing").proposal
        advances.approve("bob", "USD", waits.number, "so be it")

    def deposits_of(self, client: Any = None) -> Deposits:
        client = client or self.dynamodb
        guard, settlements = DepositStore(client, "settlement"), PaymentStore(client, "settlement")
        return Deposits(
            guard, settlements, FundingStore(client, "partners"), self.contracts, self.collateral_of(client)
        )

    def collateral_of(self, client: Any = None) -> Collaterals:
        return Collaterals(CollateralStore(client or self.dynamodb, "settlement"), self.contracts, self.clock)

    def funding_of(self, client: Any = None) -> FundingService:
        client = client or self.dynamodb
        rows = PaymentsOnRows(self.memory, client)
        return FundingService(rows, self.meter(rows), self.contracts, self.deposits_of(client), self.clock)

    def meter(self, rows: Any) -> Meter:
        return Meter(rows, self.shelf, self.clock)

    def pays(self, partner_id: str, cents: int, key: str, client: Any = None) -> Payment:
        """Pays in, or is given back if negative."""
        return self.funding_of(client).record("ann", key, partner_id, cents, "USD", "by bank transfer")

    def held_cents(self, partner_id: str) -> int:
        return self.deposits_of().held_cents(partner_id)

    def ahead_micros(self, partner_id: str) -> int:
        """Of all that was granted and honoured, to the last millionth."""
        rows = PaymentsOnRows(self.memory, self.dynamodb)
        since_ms = self.contracts.partner(partner_id).created_at_ms
        owed_micros = self.meter(rows).owed_micros(partner_id, since_ms)
        return sum(one.amount_micros for one in rows.payments(partner_id)) - owed_micros

    def settled(self) -> list[PaidSettlement]:
        return PaymentStore(self.dynamodb, "settlement").all()

    def money(self) -> dict[str, int]:
        """The trial balance, of which nothing contradicts it."""
        found = self.money_books().balance()
        assert found.contradictions == ()
        return {one.account: one.balance for one in found.accounts}

    def money_books(self) -> MoneyBooks:
        rows: Any = self.dynamodb
        store, windows = PaymentStore(rows, "settlement"), WindowStore(rows, "settlement")
        advances = AdvanceStore(rows, "settlement")
        return MoneyBooks(
            store,
            windows,
            self.windows(),
            self.contracts,
            self.funding_of(),
            advances,
            self.deposits_of(),
            self.clock,
        )
