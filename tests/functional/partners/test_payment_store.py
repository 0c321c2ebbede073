"""Settlements on both engines, and on the fake that stands for them in other tests."""

import hashlib
from dataclasses import replace
from itertools import count

import pytest

from partners.contracts.model import NETWORK
from partners.settlement.model import CurrencySettlement, PartnerPosition
from partners.settlement.payments import model
from partners.settlement.payments.legs import LegState, LegStep
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.store import PaymentStore
from tests.fakes.dynamodb import FakeDynamoDB
from tests.support.clouds import DynamoEngine

_numbers = count(10)


def calculated(window: int, currency: str, debtors: int = 2) -> PaidSettlement:
    """Debtors that owe 1.01, 1.02, ... and one creditor."""
    nets = {f"debtor-{number}": -100 - number for number in range(1, debtors + 1)}
    nets["beta"] = -sum(nets.values())
    positions = [PartnerPosition(party, (), cents * 10_000, cents) for party, cents in (nets | {NETWORK: 0}).items()]
    return model.calculated(window, CurrencySettlement(currency, tuple(positions), ()), "ann", 1_000)


def changed(one: PaidSettlement) -> PaidSettlement:
    return replace(one, version=one.version + 1)


def lived(one: PaidSettlement) -> PaidSettlement:
    """With everything in it that a settlement may hold."""
    one = model.collecting(model.approved(one, "bob", 2_000), "ann", 3_000)
    paid, unpaid, *_ = [leg.key for leg in one.legs]
    one = model.told(one, paid, LegStep(LegState.SUCCEEDED, 4_000, "bank", "B-1"))
    one = model.told(one, unpaid, LegStep(LegState.FAILED, 4_000, "bank", "B-2"))
    one = model.paying(model.defaulted(one, "debtor-2", 7, "ann", 5_000), "ann", 6_000)
    payout = one.legs[-1].key
    one = model.told(one, payout, LegStep(LegState.FAILED, 7_000, "bank"))
    one = model.given_up(one, "beta", "ann", 8_000)
    one = model.told(one, paid, LegStep(LegState.RETURNED, 9_000, "bank", "B-3"))
    return changed(replace(one, carried=tuple(other.reference for other in model.carries(one))))


class PaymentStoreContract:
    """A subclass gives the fixture `store`; tests share it, and so take windows of their own."""

    @pytest.fixture
    def window(self):
        return next(_numbers)

    def test_a_settlement_is_added_once(self, store, window):
        one = calculated(window, "USD")
        assert store.get(window, "USD") is None
        assert store.add(one) is True
        assert store.add(model.approved(one, "bob", 2_000)) is False
        assert store.get(window, "USD") == one

    def test_a_settlement_is_changed_by_who_read_it_last(self, store, window):
        one = calculated(window, "USD")
        approved = changed(model.approved(one, "bob", 2_000))
        assert store.replace(one, approved) is False
        store.add(one)
        assert store.replace(one, approved) is True
        assert store.replace(one, changed(model.aborted(one, "ann", 2_000))) is False
        assert store.get(window, "USD") == approved

    def test_everything_that_a_settlement_holds_reads_back(self, store, window):
        one = calculated(window, "USD")
        store.add(one)
        after = lived(one)
        assert all((after.legs, after.defaults, after.given_up, after.came_back, after.carried))
        assert store.replace(one, after) is True
        assert store.get(window, "USD") == after

    def test_settlements_of_a_window_are_listed_by_currency_and_all_by_window(self, store, window):
        dollars, euros = calculated(window, "USD"), calculated(window, "EUR")
        later = calculated(next(_numbers), "EUR")
        for one in (later, dollars, euros):
            store.add(one)
        assert store.of_window(window) == [euros, dollars]
        assert [one for one in store.all() if one.window in (window, later.window)] == [euros, dollars, later]
        assert store.of_window(window + 1_000) == []

    def test_so_many_settlements_that_one_answer_does_not_hold_them_are_all_listed(self, store, window):
        """A query answers with 1 MB at most."""
        for currency in ("CAD", "EUR", "GBP", "USD"):
            one = calculated(window, currency)
            store.add(one)
            store.replace(one, changed(replace(one, carried=tuple(_incompressible()))))
        assert [one.currency for one in store.of_window(window)] == ["CAD", "EUR", "GBP", "USD"]


def _incompressible() -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in range(9_500)]


class TestPaymentStore(PaymentStoreContract):
    @pytest.fixture
    def store(self, dynamodb_engine: DynamoEngine) -> PaymentStore:
        return PaymentStore(dynamodb_engine.client, dynamodb_engine.settlement_table)


class TestPaymentStoreOnFake(PaymentStoreContract):
    fake = FakeDynamoDB()

    @pytest.fixture
    def store(self) -> PaymentStore:
        return PaymentStore(self.fake, "settlement")  # type: ignore[arg-type]
