"""Both DynamoDB engines hold the promises that the ledger builds on."""

import pytest
from botocore.exceptions import ClientError

from tests.support.clouds import DynamoEngine


def test_the_tables_of_the_template_are_there(dynamodb_engine: DynamoEngine) -> None:
    described = dynamodb_engine.client.describe_table(TableName=dynamodb_engine.ledger_table)["Table"]
    assert [key["AttributeName"] for key in described["KeySchema"]] == ["pk", "sk"]
    assert described["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"


def test_a_second_conditional_put_of_one_key_is_refused(dynamodb_engine: DynamoEngine) -> None:
    item = {"pk": {"S": "M#engine"}, "sk": {"S": "E#00000001"}}
    put = {"TableName": dynamodb_engine.ledger_table, "ConditionExpression": "attribute_not_exists(pk)"}
    dynamodb_engine.client.put_item(Item=item, **put)
    with pytest.raises(ClientError) as refusal:
        dynamodb_engine.client.put_item(Item=item, **put)
    assert refusal.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
