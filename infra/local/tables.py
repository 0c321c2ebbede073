"""The template's DynamoDB tables alone, without the functions around them."""

from collections.abc import Mapping
from typing import Any

from infra.template import table_definitions


def create_tables(dynamodb: Any, prefix: str) -> Mapping[str, str]:
    """Creates every table of the template on any DynamoDB; returns their names by logical id."""
    names = {}
    for logical_id, definition in table_definitions().items():
        names[logical_id] = f"{prefix}-{logical_id}"
        dynamodb.create_table(TableName=names[logical_id], **definition)
    for name in names.values():
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    return names
