"""A member with a past, and what tills may ask about them: each request once, as (server, key) -> answer."""

from dataclasses import dataclass
from typing import Any

from partners.accounts.model import CloseRequest, MergeRequest
from partners.adjustments.model import Asked
from partners.till.batch import Line, record_lines
from partners.till.model import (
    CancelRequest,
    CashbackRequest,
    EndHoldRequest,
    EnrolRequest,
    JoinRequest,
    LeaveRequest,
    Purchased,
    PurchaseRequest,
    ReceiptReturnRequest,
    RedeemRequest,
    ReserveRequest,
    Returned,
    ReturnRequest,
    TransferRequest,
)
from partners.till.requests import key_hash
from shared.kernel.clock import DAY_MS, month_number
from shared.kernel.errors import TesseraError, UnavailableError
from shared.kernel.ids import digest
from shared.kernel.money import Money
from shared.ledger.commands import Adjust, Command, PassTime, Payout
from shared.members.card import read_card
from tests.simulation.ledger.world import ALPHA, BETA, CARD_PREFIX, Act, Server

HOLD_SECONDS = 900


@dataclass(frozen=True)
class Recorded:
    """The outcomes of a till's file."""

    outcomes: tuple[Any, ...]
    replayed: bool


class Member:
    """Enrolled at alpha; every act of a past has a key of its own. `salt` tells members apart."""

    def __init__(self, server: Server, salt: str) -> None:
        self.server = server
        self.salt = salt
        self.acts = 0
        self.contact = f"{salt}@example.com"
        enrolled = self.past(self.enrol(self.contact))
        self.card: str = enrolled.card_number
        self.number: str = enrolled.entry.member
        self.others: list[Member] = []

    def another(self) -> "Member":
        """Another member, whose past goes on beside this one's."""
        self.others.append(Member(self.server, f"{self.salt}-{len(self.others)}"))
        return self.others[-1]

    def past(self, act: Act) -> Any:
        """Let it happen now, without a fault."""
        self.acts += 1
        self.server.clock.advance(ms=1_000)
        return act(self.server, f"{self.salt}-{self.acts}")

    def now(self) -> int:
        return self.server.clock()

    def enrol(self, contact: str, partner: str = ALPHA) -> Act:
        request = EnrolRequest(contact, "s1", "r-join", self.now())
        return lambda server, key: server.till.enrol(partner, key, request)

    def quote(self, cents: int) -> Act:
        request = PurchaseRequest(self.card, "s1", "r-quote", self.now(), cents, "USD")
        return lambda server, key: server.till.quote(ALPHA, request)

    def purchase(self, cents: int, partner: str = ALPHA, receipt: str = "r-bought") -> Act:
        request = PurchaseRequest(self.card, "s1", receipt, self.now(), cents, "USD")
        return lambda server, key: server.till.purchase(partner, key, request)

    def batch(self, *cents: int, partner: str = ALPHA) -> Act:
        """A till's file: one purchase for each amount, sent again whole if a line could not be recorded."""
        moment = self.now()
        requests = [
            PurchaseRequest(self.card, "s1", f"r-line-{number}", moment, amount, "USD")
            for number, amount in enumerate(cents)
        ]

        def act(server: Server, key: str) -> Recorded:
            lines = [Line(f"{key}-{number}", request) for number, request in enumerate(requests)]
            outcomes = record_lines(server.till.purchase, partner, lines)
            for outcome in outcomes:
                if isinstance(outcome, UnavailableError):
                    raise outcome
            return Recorded(tuple(outcomes), all(isinstance(one, Purchased) and one.replayed for one in outcomes))

        return act

    def redeem(self, points: int, partner: str = BETA, receipt: str = "r-spent") -> Act:
        request = RedeemRequest(self.card, "s1", receipt, self.now(), points)
        return lambda server, key: server.till.redeem(partner, key, request)

    def reserve(self, points: int, partner: str = BETA, seconds: int = HOLD_SECONDS) -> Act:
        request = ReserveRequest(self.card, "s1", "r-held", self.now(), points, seconds)
        return lambda server, key: server.holds.reserve(partner, key, request)

    def capture(self, hold_id: str, points: int | None = None, partner: str = BETA) -> Act:
        request = EndHoldRequest(hold_id, "s1", "r-captured", self.now(), points)
        return lambda server, key: server.holds.capture(partner, key, request)

    def void(self, hold_id: str, partner: str = BETA) -> Act:
        request = EndHoldRequest(hold_id, "s1", "r-voided", self.now())
        return lambda server, key: server.holds.void(partner, key, request)

    def give_back_goods(self, purchase_id: str, cents: int | None = None, partner: str = ALPHA) -> Act:
        request = ReturnRequest(purchase_id, "s1", "r-returned", self.now(), cents, None)
        return lambda server, key: server.returns.return_goods(partner, key, request)

    def import_return(self, purchase_id: str, cents: int) -> Act:
        request = ReturnRequest(purchase_id, "s1", "r-returned", self.now(), cents, None)
        return lambda server, key: server.returns.import_return(ALPHA, key, request)

    def return_by_receipt(self, cents: int, receipt: str = "r-bought", *, imported: bool = False) -> Act:
        """As a till's file does, which knows the receipt that the goods were bought on and no entry."""
        request = ReceiptReturnRequest(self.card, "s1", "r-returned", self.now(), cents, "USD", "s1", receipt)

        def act(server: Server, key: str) -> Returned:
            returns = server.receipt_returns
            return (returns.import_return if imported else returns.return_goods)(ALPHA, key, request)

        return act

    def made_under(self, asked: str) -> Act:
        return lambda server, key: server.receipt_returns.made_under(ALPHA, asked, self.card)

    def cancel(self, redemption_id: str, points: int | None = None, partner: str = BETA) -> Act:
        request = CancelRequest(redemption_id, "s1", "r-cancelled", self.now(), points)
        return lambda server, key: server.returns.cancel_redemption(partner, key, request)

    def view(self) -> Act:
        return lambda server, key: server.till.card("alpha", self.card)

    def entries(self, limit: int = 3) -> Act:
        return lambda server, key: server.till.card_entries(ALPHA, self.card, None, limit)

    def whole_history(self) -> Act:
        return lambda server, key: list(server.ledger.history(self.number))

    def propose(self, points: int, operator: str = "operator-1") -> Act:
        return lambda server, key: server.adjustments.propose(operator, key, self.card, ALPHA, points, "goodwill")

    def propose_as_asked(self, points: int) -> Act:
        asked = Asked(self.number, ALPHA, points, "goodwill")
        return lambda server, key: server.adjustments.propose_as_asked("operator-1", key, asked)

    def propose_for_a_case(self, purchase_id: str, cents: int) -> Act:
        """That a part of a purchase should not be, of which the ledger is to know as of a return."""
        asked = Asked(self.number, ALPHA, 0, "case 7", case=7, about=purchase_id, amount_cents=cents)
        return lambda server, key: server.adjustments.propose_as_asked("operator-1", key, asked)

    def check_for_a_case(self, purchase_id: str, cents: int) -> Act:
        asked = Asked(self.number, ALPHA, 0, "case 7", case=7, about=purchase_id, amount_cents=cents)
        return lambda server, key: server.adjustments.check("operator-1", asked)

    def approve(self, adjustment_id: str, operator: str = "operator-2") -> Act:
        return lambda server, key: server.adjustments.approve(operator, adjustment_id)

    def reject(self, adjustment_id: str) -> Act:
        return lambda server, key: server.adjustments.reject("operator-2", adjustment_id)

    def adjustment(self, adjustment_id: str) -> Act:
        return lambda server, key: server.adjustments.get(adjustment_id)

    def adjustments(self) -> Act:
        return lambda server, key: server.adjustments.all()

    def adjust(self, points: int) -> Act:
        month = month_number(self.now()) + 12
        return self.apply(Adjust, issuer=ALPHA, points=points, expiry_month=month, reason="goodwill")

    def lapse(self) -> Act:
        return self.apply(PassTime)

    def import_one(self, cents: int, days_ago: int, receipt: str = "r-old", partner: str = ALPHA) -> Act:
        request = PurchaseRequest(self.card, "s1", receipt, self.now() - days_ago * DAY_MS, cents, "USD")
        return lambda server, key: server.till.import_purchase(partner, key, request)

    def import_purchase(self, cents: int, days_ago: int, receipt: str = "r-old", partner: str = ALPHA) -> Act:
        occurred_at_ms = self.now() - days_ago * DAY_MS
        request = PurchaseRequest(self.card, "s1", receipt, occurred_at_ms, cents, "USD")

        def act(server: Server, key: str) -> Any:
            outcome = server.imports.record(partner, [Line(key, request)])[0]
            if isinstance(outcome, TesseraError):
                raise outcome
            return outcome

        return act

    def spend_cashback(self, cents: int, partner: str = BETA) -> Act:
        request = CashbackRequest(self.card, "s1", "r-cash", self.now(), Money(cents, "USD"))
        return lambda server, key: server.cashback.redeem(partner, key, request)

    def pay_out(self, cents: int) -> Act:
        return lambda server, key: server.payouts.pay_out("operator-1", key, self.card, Money(cents, "USD"))

    def ask_payout(self, cents: int, operator: str = "operator-1", key: str | None = None) -> Act:
        cashback, account = Money(cents, "USD"), "ac" * 32
        return lambda server, own: server.payout_requests.ask(operator, key or own, self.card, cashback, account)

    def payout_command(self, server: Server, key: str, cents: int) -> Payout:
        issue = read_card(CARD_PREFIX, self.card).issue
        return server.payouts.command("operator-1", key_hash("network", key), self.number, issue, Money(cents, "USD"))

    def reverse(self, payout_id: str) -> Act:
        return lambda server, key: server.payouts.reverse("operator-1", key, payout_id)

    def give_back_payout(self, payout_id: str) -> Act:
        return lambda server, key: server.payouts.give_back(payout_id, key)

    def is_reversed(self, payout_id: str) -> Act:
        return lambda server, key: server.payouts.is_reversed(payout_id)

    def reversed_among(self, payout_id: str) -> Act:
        return lambda server, key: server.payouts.reversed_among([payout_id])

    def close(self, *, forfeit: bool = False) -> Act:
        request = CloseRequest(self.card, forfeit, "asked for it")
        return lambda server, key: server.accounts.close("operator-1", key, request)

    def transfer(self, points: int, other: "Member") -> Act:
        request = TransferRequest(self.card, other.card, "s1", self.now(), points)
        return lambda server, key: server.sharing.transfer(ALPHA, key, request)

    def join(self, other: "Member") -> Act:
        request = JoinRequest(self.card, other.card, "s1", self.now())
        return lambda server, key: server.sharing.join(ALPHA, key, request)

    def leave(self, household: "Member | None", points: int) -> Act:
        """None: only the member's own card is shown."""
        request = LeaveRequest(self.card, household.card if household else None, "s1", self.now(), points)
        return lambda server, key: server.sharing.leave(ALPHA, key, request)

    def merge(self, other: "Member") -> Act:
        request = MergeRequest(self.card, other.card, "one customer")
        return lambda server, key: server.accounts.merge("operator-1", key, request)

    def unmerge(self, other: "Member") -> Act:
        request = MergeRequest(self.card, other.card, "two customers")
        return lambda server, key: server.accounts.unmerge("operator-1", key, request)

    def apply(self, command: type[Command], **fields: Any) -> Act:
        """`command` of the network on this member, as the ledger gets it from services."""
        asked = {
            "member": self.number,
            "card_issue": None,
            "partner": "network",
            "location": "-",
            "receipt": None,
            "occurred_at_ms": self.now(),
            **fields,
        }
        body_hash = digest("body", command.__name__, repr(sorted(asked.items())))[:16]
        return lambda server, key: server.ledger.apply(
            command(**asked, key_hash=key_hash("network", key), body_hash=body_hash)
        )
