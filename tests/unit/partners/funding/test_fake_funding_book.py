import pytest

from tests.fakes.contract_book import FakeContractBook
from tests.fakes.funding_book import FakeFundingBook
from tests.support.funding_book_contract import FundingBookContract


class TestFakeFundingBook(FundingBookContract):
    @pytest.fixture
    def contracts(self) -> FakeContractBook:
        return FakeContractBook()

    @pytest.fixture
    def book(self, contracts: FakeContractBook) -> FakeFundingBook:
        return FakeFundingBook(contracts)
