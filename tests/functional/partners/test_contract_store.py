"""The stores of contracts and keys on both engines, against the same tests as their fakes."""

import pytest

from partners.access.store import KeyStore
from partners.contracts.store import ContractStore
from shared.kernel.pynamo import ConditionRefusedError
from tests.support.clouds import DynamoEngine
from tests.support.contract_book_contract import ContractBookContract
from tests.support.key_ring_contract import KeyRingContract


class TestContractStore(ContractBookContract):
    @pytest.fixture
    def book(self, dynamodb_engine: DynamoEngine) -> ContractStore:
        return ContractStore(dynamodb_engine.client, dynamodb_engine.partners_table)


class TestKeyStore(KeyRingContract):
    @pytest.fixture
    def ring(self, dynamodb_engine: DynamoEngine) -> KeyStore:
        return KeyStore(dynamodb_engine.client, dynamodb_engine.partners_table)

    def test_an_id_that_is_taken_is_not_overwritten(self, ring, stored):
        ring.add(stored)
        with pytest.raises(ConditionRefusedError):
            ring.add(stored)

    def test_a_key_that_is_not_there_is_not_made_by_revoking_it(self, ring):
        with pytest.raises(ConditionRefusedError):
            ring.mark_revoked("never-made", 77)
        assert ring.key("never-made") is None
