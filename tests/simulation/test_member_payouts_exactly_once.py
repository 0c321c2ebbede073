"""Members' payouts paid in batches by processes that die at any call, while some are taken back by hand.

Compared at the end: whoever is paid has the cashback paid out for good, whoever has it back is not paid, and all others
are left to the next window.
"""

import contextlib
import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from partners.contracts.model import MEMBERS, NETWORK
from partners.payouts.service import Payouts
from partners.settlement.model import CurrencySettlement, PartnerPosition
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments import claim_store, member_payouts, service
from partners.settlement.payments.claim_store import ClaimStore
from partners.settlement.payments.consequences import has_more
from partners.settlement.payments.errors import PayoutInSettlementError
from partners.settlement.payments.legs import LegState
from partners.settlement.payments.member_cashback import MemberCashback
from partners.settlement.payments.model import PaidSettlement, Stage
from partners.settlement.payments.service import SettlementPayments
from partners.settlement.payments.store import PaymentStore
from partners.settlement.payments.telling import BankWord
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.service import Ledger
from shared.ledger.store import JournalStore
from tests.fakes.by_bank import AllByBank
from tests.fakes.clock import FakeClock
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.funds import AllThere
from tests.simulation.ledger.faults import Fault, FaultyClient
from tests.simulation.test_sweep_exactly_once import WorkersClient
from tests.support.workers import DiedError, FaultRates, Worker
from tests.unit.ledger.commands import CASH_RATES, cancel, earn, enrol, pay_out
from tests.unit.partners.settlement.stripe_legs_world import TheWindow
from tests.unit.partners.settlement.windows_world import FakeFunding

CENTS = 1_000
MEMBERS_PAID = 6
TABLES = {"ledger": "ledger", "settlement": "settlement"}


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_payouts, "MOST_PAYOUTS", 3)
    monkeypatch.setattr(service, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(claim_store, "CLAIMED_TOGETHER", 2)


class Life(TheWindow):
    """Six payouts, of which three have room in the settlement. The second was reversed long before it."""

    def __init__(self, members: int = MEMBERS_PAID) -> None:
        super().__init__()
        self.clock, self.dynamodb, self.funding = FakeClock(), FakeDynamoDB(), FakeFunding()
        ledger = self.ledger(self.dynamodb)
        self.paid_out = [self.pays_out(ledger, f"{number:010d}") for number in range(1, members + 1)]
        nets = {"omega": -CENTS * members, MEMBERS: CENTS * members, NETWORK: 0}
        positions = tuple(PartnerPosition(party, (), cents * 10_000, cents) for party, cents in nets.items())
        self.positions = CurrencySettlement("USD", positions, ())
        payments = self.payments(self.dynamodb)
        payments.calculate(7, "ann")
        payments.approve(7, "USD", "bob")
        payments.collect(7, "USD", "ann")
        payments.tell(7, "USD", [BankWord("7-USD:omega:in:1", LegState.SUCCEEDED)], "ann")

    def ledger(self, client: Any) -> Ledger:
        return Ledger(JournalStore(client, "ledger"), self.clock, sleep=lambda _: None)

    def pays_out(self, ledger: Ledger, member: str) -> str:
        now = self.clock()
        ledger.apply(enrol("e", now, member=member))
        ledger.apply(earn("b", now, 0, member=member, amount_cents=50_000, rates=CASH_RATES, cashback_cents=CENTS))
        paid = ledger.apply(pay_out("p", now, CENTS, member=member)).entry
        if int(member) == 2:
            ledger.apply(cancel("x", now, paid, member=member, partner=NETWORK, card_issue=None))
        return paid.entry_id

    def payouts(self, number: int, currency: str) -> tuple[MemberPayout, ...]:
        del number, currency
        return tuple(MemberPayout(entry_id, CENTS) for entry_id in self.paid_out)

    def cashback(self, client: Any) -> MemberCashback:
        nobody: Any = None
        payouts = Payouts(nobody, self.ledger(client), self.clock, 1)
        claims = ClaimStore(client, "settlement", JournalStore(client, "ledger"))
        return MemberCashback(payouts, claims, PaymentStore(client, "settlement"))

    def payments(self, client: Any) -> SettlementPayments:
        store, cashback = PaymentStore(client, "settlement"), self.cashback(client)
        return SettlementPayments(
            store, self, self.funding, cashback, AllByBank(), AllThere(), NothingPaidIn(), self.clock
        )

    @property
    def one(self) -> PaidSettlement:
        return self.payments(self.dynamodb).settlement(7, "USD")

    def pay(self, client: Any) -> PaidSettlement:
        """Asked until it is done, by processes of which any may die."""
        for _ in range(60):
            with contextlib.suppress(DiedError, StoreUnavailableError):
                if not has_more(one := self.payments(client).pay(7, "USD", "bob")):
                    return one
        raise AssertionError("it never gets through")

    def take_back(self, client: Any, payout_id: str) -> None:
        self.cashback(client).reverse("ann", f"back-{payout_id}", payout_id)

    def is_back(self, payout_id: str) -> bool:
        return self.cashback(self.dynamodb).is_reversed(payout_id)

    def check(self) -> None:
        one = self.one
        paid = [leg.payout for leg in one.legs if leg.payout]
        left = [payout.entry_id for payout in one.postponed]
        assert one.stage is Stage.PAYING
        assert len(paid) == len(set(paid)) <= member_payouts.MOST_PAYOUTS
        assert not any(map(self.is_back, paid))
        assert {*paid, *left, *filter(self.is_back, self.paid_out)} == {*self.paid_out}
        assert len({*paid, *left}) == len(paid) + len(left)
        assert one.unclaimed_cents == CENTS * (MEMBERS_PAID - len(paid) - len(left))
        assert set(self.carried) == {f"7-USD:members:{payout_id}:postponed" for payout_id in left}
        for payout_id in paid:
            with pytest.raises(PayoutInSettlementError):
                self.take_back(self.dynamodb, payout_id)
        for payout_id in left:
            if not self.is_back(payout_id):
                self.take_back(self.dynamodb, payout_id)


def lived(plan: dict[int, Fault]) -> FaultyClient:
    """The first payout is taken back when it has been looked at, and is not claimed yet."""
    life = Life()
    client = FaultyClient(life.dynamodb, TABLES)
    client.begin("pay", plan)
    for _ in range(9):
        with contextlib.suppress(DiedError, StoreUnavailableError):
            life.payments(client).pay(7, "USD", "bob")
        if life.one.looked_at:
            break
    assert (life.one.stage, life.one.looked_at, life.one.had_back) == (Stage.FUNDED, 2, (life.paid_out[1],))
    life.take_back(life.dynamodb, life.paid_out[0])
    one = life.pay(client)
    assert [leg.payout for leg in one.legs if leg.payout] == life.paid_out[2:4]
    assert [payout.entry_id for payout in one.postponed] == life.paid_out[4:]
    life.check()
    return client


def test_a_fault_at_any_call_pays_nobody_twice_and_nobody_who_has_the_cashback_back(in_full: bool) -> None:
    points = lived({}).points
    assert {point.call for point in points} >= {"Query strong", "TransactWriteItems"}
    for number, point in list(enumerate(points))[:: 1 if in_full else 4]:
        for fault in point.faults:
            lived({number: fault})


def test_taking_back_reads_no_settlement_once_it_is_noted_what_those_of_before_pay() -> None:
    life = Life()
    paid = next(leg.payout for leg in life.pay(life.dynamodb).legs if leg.payout)
    del life.dynamodb.tables["settlement"][f"PAYOUT#{paid}", "CLAIM"]
    client = FaultyClient(life.dynamodb, TABLES)
    for noted in (False, True):
        for payout_id in (paid, life.paid_out[4 + noted]):
            client.begin("take back", {})
            refused = pytest.raises(PayoutInSettlementError) if payout_id == paid else contextlib.nullcontext()
            with refused:
                life.take_back(client, payout_id)
        looked = [point.call for point in client.points if "store.py: PaymentStore" in point.place]
        assert looked == ([] if noted else ["Query strong"])
        life.payments(life.dynamodb).work()
    assert life.dynamodb.tables["settlement"][f"PAYOUT#{paid}", "CLAIM"]["holder"] == {"S": "7-USD"}


def test_a_payout_costs_one_read_and_a_hundredth_of_a_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was three requests one after the other, and five where the network puts in money: too many for the API."""
    monkeypatch.undo()
    life = Life(130)
    client = FaultyClient(life.dynamodb, TABLES)
    client.begin("pay", {})
    assert len([leg for leg in life.pay(client).legs if leg.payout]) == 129
    calls = Counter((point.table, point.call) for point in client.points)
    assert calls.pop(("ledger", "Query strong")) == 130
    assert calls.pop(("settlement", "TransactWriteItems")) == 2 + 1, "claims, and the settlement"
    assert sum(calls.values()) <= 4


@pytest.mark.parametrize("rates", [FaultRates(), FaultRates(death=0.02, outage=0.02)], ids=["sound", "faulty"])
@pytest.mark.parametrize("seed", range(6))
def test_of_those_that_pay_and_take_back_at_once_the_first_has_each_payout(seed: int, rates: FaultRates) -> None:
    rng = random.Random(seed)
    life = Life()

    def pays() -> Worker:
        return Worker(lambda one: life.payments(WorkersClient(life.dynamodb, one)).pay(7, "USD", "bob"), rng, rates)

    def takes_back() -> Worker:
        payout_id = rng.choice(life.paid_out)
        return Worker(lambda one: life.take_back(WorkersClient(life.dynamodb, one), payout_id), rng, rates)

    workers = [pays(), pays(), takes_back()]
    for _ in range(120):
        place = rng.randrange(3)
        workers[place].step()
        if workers[place].done:
            workers[place] = pays() if place < 2 else takes_back()
    for one in workers:
        one.finish()
    life.pay(life.dynamodb)
    life.check()


def test_what_is_left_to_do_is_done_though_the_time_never_suffices_to_note_what_those_of_before_pay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    life = Life()
    life.pay(life.dynamodb)
    life.carried.clear()
    store = PaymentStore(life.dynamodb, "settlement")
    before = life.one
    assert store.replace(before, replace(before, carried=(), version=before.version + 1), ())

    def never(*_: object) -> None:
        raise DiedError

    monkeypatch.setattr(ClaimStore, "note", never)
    with pytest.raises(DiedError):
        life.payments(life.dynamodb).work()
    assert len(life.carried) == len(life.one.postponed) > 0
