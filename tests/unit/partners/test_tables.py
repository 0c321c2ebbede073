"""What the stores write has the keys that the template's tables have."""

import pytest

from infra.template import table_definitions
from partners.access.store import KeyRow, ListedKeyRow
from partners.contracts.store import LocationRow, PartnerRow, TermsRow
from partners.operators.store import OperatorRow
from partners.visits.model import Chain
from partners.visits.store import page_to_item
from tests.support.entries import DAY
from tests.support.page_book_contract import page


@pytest.mark.parametrize("model", [PartnerRow, LocationRow, TermsRow, KeyRow, ListedKeyRow, OperatorRow])
def test_a_model_has_the_keys_of_the_partners_table(model):
    table = table_definitions()["PartnersTable"]
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    keys = {one["KeyType"]: one["AttributeName"] for one in table["KeySchema"]}
    attributes = model.get_attributes().values()
    assert {
        "HASH" if one.is_hash_key else "RANGE": (one.attr_name, one.attr_type)
        for one in attributes
        if one.is_hash_key or one.is_range_key
    } == {kind: (name, types[name]) for kind, name in keys.items()}


def test_a_page_has_the_keys_of_the_pages_table():
    item = page_to_item(page(Chain("harvest", DAY, "shard-a"), 0, 1))
    for definition in table_definitions()["PagesTable"]["AttributeDefinitions"]:
        assert definition["AttributeType"] in item[definition["AttributeName"]]
