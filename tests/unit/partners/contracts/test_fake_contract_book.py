import pytest

from tests.fakes.contract_book import FakeContractBook
from tests.support.contract_book_contract import ContractBookContract


class TestFakeContractBook(ContractBookContract):
    @pytest.fixture
    def book(self) -> FakeContractBook:
        return FakeContractBook()

    @pytest.fixture
    def agreements(self, book: FakeContractBook) -> FakeContractBook:
        return book

    @pytest.fixture
    def lives(self, book: FakeContractBook) -> FakeContractBook:
        return book
