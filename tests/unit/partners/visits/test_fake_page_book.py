import pytest

from tests.fakes.page_book import FakePageBook
from tests.support.page_book_contract import PageBookContract


class TestFakePageBook(PageBookContract):
    @pytest.fixture
    def book(self) -> FakePageBook:
        return FakePageBook()
