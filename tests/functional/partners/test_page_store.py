"""The page store on both engines, against the same tests as its fake."""

import pytest

from partners.visits.errors import BrokenPageError
from partners.visits.model import Chain
from partners.visits.store import PageStore
from tests.support.clouds import DynamoEngine
from tests.support.entries import DAY
from tests.support.page_book_contract import PageBookContract, page


class TestPageStore(PageBookContract):
    @pytest.fixture
    def book(self, dynamodb_engine: DynamoEngine) -> PageStore:
        return PageStore(dynamodb_engine.client, dynamodb_engine.pages_table)

    def test_a_page_whose_totals_were_tampered_with_is_noticed(self, book, chain, dynamodb_engine):
        book.add(page(chain, 0, 1))
        dynamodb_engine.client.update_item(
            TableName=dynamodb_engine.pages_table,
            Key={"pk": {"S": f"D#{chain.partner}#{DAY}"}, "sk": {"S": page(chain, 0, 1).sort_key}},
            UpdateExpression="SET totals = :totals",
            ExpressionAttributeValues={":totals": {"S": "[2,0,1,0,1000,[]]"}},
        )
        with pytest.raises(BrokenPageError, match="do not match"):
            list(book.pages(chain.partner, DAY))

    def test_more_pages_than_one_read_returns_are_all_there(self, dynamodb_engine):
        book = PageStore(dynamodb_engine.client, dynamodb_engine.pages_table)
        chain = Chain("many-pages", DAY, "shard-a")
        for after in range(120):
            book.add(page(chain, after, after + 1))
        assert len(list(book.pages("many-pages", DAY))) == 120
        assert len(list(book.totals("many-pages", DAY))) == 120
