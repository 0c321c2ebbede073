"""A till with everything behind it in memory."""

from dataclasses import replace

from partners.accounts.service import Accounts
from partners.till.holds import Holds
from partners.till.model import (
    CancelRequest,
    EndHoldRequest,
    EnrolRequest,
    JoinRequest,
    LeaveRequest,
    PurchaseRequest,
    RedeemRequest,
    ReserveRequest,
    ReturnRequest,
    TransferRequest,
)
from partners.till.receipts import ReceiptReturns
from partners.till.returns import Returns
from partners.till.service import Till
from partners.till.sharing import Sharing
from shared.ledger.service import Ledger
from shared.members.service import Members
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.fakes.profiles import FakeProfiles
from tests.fakes.till_contracts import FakeTillContracts


class Shop:
    """Ann is a member; alpha earns at s1 and s2, beta at b1."""

    def __init__(self):
        self.clock = FakeClock()
        self.journal = FakeJournal()
        self.contracts = FakeTillContracts()
        no_wait = {"sleep": lambda _: None}
        self.profiles = FakeProfiles(self.journal)
        members = Members(self.profiles, self.journal, self.clock, lambda: b"pepper", "9770", **no_wait)
        self.ledger = Ledger(self.journal, self.clock, **no_wait)
        self.till = Till(self.contracts, members, self.ledger, self.clock)
        self.holds = Holds(self.contracts, members, self.ledger, self.clock)
        self.returns = Returns(self.contracts, self.ledger, self.clock)
        self.receipt_returns = ReceiptReturns(members, self.ledger, self.returns)
        self.sharing = Sharing(self.contracts, members, self.ledger, self.clock)
        self.accounts = Accounts(members, self.ledger, self.clock)
        self.card = self.enrol("ann@example.com", "join")

    def enrol(self, contact, key=None):
        """The card of a customer who joins at alpha."""
        request = EnrolRequest(contact, "s1", None, self.clock())
        return self.till.enrol("alpha", key or f"enrol-{contact}", request).card_number

    @property
    def balance(self):
        return self.till.card("alpha", self.card).points_balance

    def basket(self, **changes):
        return replace(PurchaseRequest(self.card, "s1", "r1", self.clock(), 2_000, "USD"), **changes)

    def purchase(self, key="p1", partner="alpha", **changes):
        return self.till.purchase(partner, key, self.basket(**changes))

    def redeem(self, key="x1", partner="beta", **changes):
        request = RedeemRequest(self.card, "b1", "r9", self.clock(), 60)
        return self.till.redeem(partner, key, replace(request, **changes))

    def reserve(self, key="h1", partner="beta", **changes):
        request = ReserveRequest(self.card, "b1", "r8", self.clock(), 60, 900)
        return self.holds.reserve(partner, key, replace(request, **changes))

    def capture(self, hold_id, key="c1", partner="beta", **changes):
        request = EndHoldRequest(hold_id, "b1", "r8", self.clock())
        return self.holds.capture(partner, key, replace(request, **changes))

    def void(self, hold_id, key="v1", partner="beta", **changes):
        request = EndHoldRequest(hold_id, "b1", "r8", self.clock())
        return self.holds.void(partner, key, replace(request, **changes))

    def give_back_goods(self, purchase_id, key="t1", partner="alpha", **changes):
        request = ReturnRequest(purchase_id, "s1", "t1", self.clock(), None, None)
        return self.returns.return_goods(partner, key, replace(request, **changes))

    def cancel(self, redemption_id, key="u1", partner="beta", **changes):
        request = CancelRequest(redemption_id, "b1", "u1", self.clock(), None)
        return self.returns.cancel_redemption(partner, key, replace(request, **changes))

    def transfer(self, to, points, key="g1", partner="alpha", **changes):
        request = TransferRequest(self.card, to, "s1", self.clock(), points)
        return self.sharing.transfer(partner, key, replace(request, **changes))

    def join(self, household, key="j1", partner="alpha", **changes):
        request = JoinRequest(self.card, household, "s1", self.clock())
        return self.sharing.join(partner, key, replace(request, **changes))

    def leave(self, household, points=0, key="l1", partner="alpha", **changes):
        request = LeaveRequest(self.card, household, "s1", self.clock(), points)
        return self.sharing.leave(partner, key, replace(request, **changes))
