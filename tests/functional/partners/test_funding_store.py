"""The store of funding on both engines, against the same tests as its fake."""

import pytest

from partners.contracts.store import ContractStore
from partners.funding.deposit_store import DepositStore
from partners.funding.store import FundingStore
from tests.support.clouds import DynamoEngine
from tests.support.funding_book_contract import FundingBookContract


class TestFundingStore(FundingBookContract):
    @pytest.fixture
    def book(self, dynamodb_engine: DynamoEngine) -> FundingStore:
        return FundingStore(dynamodb_engine.client, dynamodb_engine.partners_table)

    @pytest.fixture
    def guard(self, dynamodb_engine: DynamoEngine) -> DepositStore:
        return DepositStore(dynamodb_engine.client, dynamodb_engine.settlement_table)

    @pytest.fixture
    def contracts(self, dynamodb_engine: DynamoEngine) -> ContractStore:
        return ContractStore(dynamodb_engine.client, dynamodb_engine.partners_table)
