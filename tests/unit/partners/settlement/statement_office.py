"""Windows of a random book that close day by day, how they are paid, and the statements of them."""

import random
from typing import Any

from partners.contracts.model import Partner
from partners.lake.service import Lake
from partners.settlement.payments.advances import Advances
from partners.settlement.payments.agreed_store import AdvanceStore
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.statements.explaining import Explanations
from partners.settlement.statements.filed import FiledLines
from partners.settlement.statements.issuing import Issuing
from partners.settlement.statements.service import Statements
from partners.settlement.statements.store import StatementStore
from shared.kernel.clock import DAY_MS
from tests.fakes.by_bank import AllByBank
from tests.fakes.cashback import FakeCashback
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.lines_files import FakeLinesFiles
from tests.fakes.signer import MemorySigner
from tests.support.entries import random_book
from tests.unit.partners.settlement.windows_world import BEGIN_MS, PARTNERS, FakeFunding, World


class Office(World):
    def __init__(self, seed: int = 7, entries: int = 40, days: int = 2) -> None:
        super().__init__()
        self.signer = MemorySigner()
        self.files = FakeLinesFiles()
        self.filed = FiledLines(Lake(self.lake, memory_mb=256))
        self.funding, self.cashback = FakeFunding(), FakeCashback()
        self._entries = random_book(random.Random(seed), entries, PARTNERS, days=days)

    def partner(self, partner_id: str) -> Partner:
        return next(one for one in self.partners_list if one.partner_id == partner_id)

    def pass_days(self, days: int) -> int:
        """Let days pass and close the window; its number."""
        self.clock.now_ms += days * DAY_MS
        posted = [one for one in self._entries if one.recorded_at_ms < self.clock.now_ms]
        self.post(posted)
        self._entries = self._entries[len(posted) :]
        window = self.close_now()
        assert window is not None
        return window.number

    def begin(self) -> None:
        self.clock.now_ms = BEGIN_MS

    def payments(self, client=None) -> SettlementPayments:
        store, windows = PaymentStore(client or self.dynamodb, "settlement"), self.windows(client)
        funds = Advances(AdvanceStore(client or self.dynamodb, "settlement"), store, windows, self.clock)
        return SettlementPayments(
            store,
            windows,
            self.funding_of(client),
            self.cashback,
            AllByBank(),
            funds,
            self.deposits_of(client),
            self.clock,
        )

    def funding_of(self, client=None) -> Any:
        del client
        return self.funding

    def deposits_of(self, client=None) -> Any:
        del client
        return NothingPaidIn()

    def issuing(self, client=None) -> Issuing:
        client = client or self.dynamodb
        store, settlements = StatementStore(client, "settlement"), PaymentStore(client, "settlement")
        return Issuing(
            store,
            self.windows(client),
            self,
            settlements,
            self.deposits_of(client),
            AllByBank(),
            self.files,
            self.filed,
            self.signer,
            "Tessera",
            self.clock,
        )

    def explanations(self) -> Explanations:
        return Explanations(StatementStore(self.dynamodb, "settlement"), self.windows())

    def statements(self) -> Statements:
        return Statements(StatementStore(self.dynamodb, "settlement"), self, self.files, self.clock)
