"""What the network advances, written alone and together with a settlement, on both engines and on the fake."""

import uuid
from dataclasses import replace

import pytest

from partners.settlement.payments.advances import Advance
from partners.settlement.payments.agreed import Agreed, approved, proposed
from partners.settlement.payments.agreed_store import AdvanceStore
from partners.settlement.payments.model import PaidSettlement, Stage, StageStep
from partners.settlement.payments.store import PaymentStore
from tests.fakes.dynamodb import FakeDynamoDB
from tests.support.clouds import DynamoEngine


def changed(one):
    return replace(one, version=one.version + 1)


class AdvanceStoreContract:
    """A subclass gives the fixture `stores`: of advances and of settlements, on one table."""

    def test_who_read_it_before_somebody_drew_on_it_writes_neither_it_nor_a_settlement(self, stores):
        advances, payments = stores
        currency = uuid.uuid4().hex[:12].upper()
        one = PaidSettlement(7, currency, (("beta", 500),), (StageStep(Stage.FUNDED, 1_000, "ann"),))
        assert payments.add(one)
        nothing = advances.get(currency)
        assert nothing == Agreed(currency, Advance())
        first, second = changed(one), changed(changed(one))
        assert payments.replace(one, first, [advances.action(changed(nothing))])
        assert not payments.replace(first, second, [advances.action(changed(nothing))])
        assert payments.known(currency).unfinished == (first,)

        drawn = advances.get(currency)
        assert drawn == changed(nothing)
        waits = changed(proposed(drawn, Advance(300), "ann", "until Monday", 1_000))
        agreed = changed(approved(waits, 1, "ben", "seen", 2_000))
        assert [advances.put(one) for one in (waits, waits, agreed)] == [True, False, True]
        assert not payments.replace(first, second, [advances.action(changed(waits))])
        assert payments.replace(first, second, [advances.action(changed(agreed))])
        assert advances.get(currency) == changed(agreed)
        assert payments.get(7, currency) == second


class TestAdvanceStore(AdvanceStoreContract):
    @pytest.fixture
    def stores(self, dynamodb_engine: DynamoEngine) -> tuple[AdvanceStore, PaymentStore]:
        client, table = dynamodb_engine.client, dynamodb_engine.settlement_table
        return AdvanceStore(client, table), PaymentStore(client, table)


class TestAdvanceStoreOnFake(AdvanceStoreContract):
    @pytest.fixture
    def stores(self) -> tuple[AdvanceStore, PaymentStore]:
        client = FakeDynamoDB()
        return AdvanceStore(client, "settlement"), PaymentStore(client, "settlement")  # type: ignore[arg-type]
