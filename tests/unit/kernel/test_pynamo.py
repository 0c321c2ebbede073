"""PynamoDB models on the process's one client."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import GetError, PutError, QueryError
from pynamodb.models import Model

from shared.kernel.errors import StoreUnavailableError
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors


class Row(Model):
    pk = UnicodeAttribute(hash_key=True)
    note = UnicodeAttribute(null=True)


@pytest.fixture
def client():
    """A client of a port where nobody listens."""
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
    return boto3.client("dynamodb", region_name="us-east-1", endpoint_url="http://127.0.0.1:9", config=config)


def failed(code: str) -> PutError:
    error = ClientError({"Error": {"Code": code, "Message": "…"}}, "PutItem")
    return PutError("Failed to put item", error)


def test_a_bound_model_talks_through_the_given_client_and_no_other(client):
    first, second = bound(Row, "first", client), bound(Row, "second", client)
    assert first._get_connection().connection.client is client
    assert second._get_connection().connection.client is client


def test_two_bindings_of_one_model_keep_their_tables_apart(client):
    first, second = bound(Row, "first", client), bound(Row, "second", client)
    assert (first.Meta.table_name, second.Meta.table_name) == ("first", "second")
    assert issubclass(first, Row)
    assert set(first.get_attributes()) == {"pk", "note"}


def test_a_store_that_does_not_answer_is_unavailable(client):
    with pytest.raises(StoreUnavailableError), store_errors():
        bound(Row, "table", client).get("a")


@pytest.mark.parametrize("broken", [ReadTimeoutError, ConnectionClosedError])
def test_a_store_whose_answer_breaks_off_is_unavailable(broken):
    with pytest.raises(StoreUnavailableError), store_errors():
        raise GetError("Failed to get item", broken(endpoint_url="https://dynamodb"))


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_a_throttled_store_is_unavailable(code):
    with pytest.raises(StoreUnavailableError), store_errors():
        raise failed(code)


def test_a_refused_condition_is_told_apart():
    with pytest.raises(ConditionRefusedError), store_errors():
        raise failed("ConditionalCheckFailedException")


def test_any_other_error_is_the_sdk_s_own():
    with pytest.raises(ClientError, match="ValidationException"), store_errors():
        raise failed("ValidationException")


def test_an_error_of_the_library_itself_passes():
    with pytest.raises(QueryError), store_errors():
        raise QueryError("no cause")
