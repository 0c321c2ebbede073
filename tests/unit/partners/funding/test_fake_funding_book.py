from typing import Any

import pytest

from partners.funding.deposit_store import DepositStore
from tests.fakes.contract_book import FakeContractBook
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.funding_book import FakeFundingBook
from tests.support.funding_book_contract import FundingBookContract


class TestFakeFundingBook(FundingBookContract):
    @pytest.fixture
    def contracts(self) -> FakeContractBook:
        return FakeContractBook()

    @pytest.fixture
    def client(self) -> FakeDynamoDB:
        return FakeDynamoDB()

    @pytest.fixture
    def guard(self, client: Any) -> DepositStore:
        return DepositStore(client, "settlement")

    @pytest.fixture
    def book(self, contracts: FakeContractBook, client: FakeDynamoDB) -> FakeFundingBook:
        return FakeFundingBook(contracts, client)
