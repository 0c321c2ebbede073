"""PynamoDB models on this deployment's tables, sharing the one DynamoDB client of the process.

Left to itself every model class builds a session and a client of its own, each with its own time-outs,
connections and 100 ms of start-up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBException, VerboseClientError
from pynamodb.models import Model

from shared.kernel.aws import outage_as_unavailable
from shared.kernel.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

M = TypeVar("M", bound=Model)


class ConditionRefusedError(Exception):
    """A conditional write found the item in another state; nothing was written."""


def bound(model: type[M], table: str, client: "DynamoDBClient") -> type[M]:
    """`model` as a model of `table` that talks through `client`."""
    meta = type("Meta", (), {"table_name": table, "region": client.meta.region_name})
    on_table: type[M] = type(model)(model.__name__, (model,), {"Meta": meta, "__module__": model.__module__})
    connection: Any = on_table._get_connection().connection
    connection._client = client
    return on_table


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn PynamoDB's wrappers into StoreUnavailableError (an outage) or ConditionRefusedError.

    Every other error passes: botocore's own if it lies underneath, else PynamoDB's (`DoesNotExist`).
    """
    with outage_as_unavailable():
        try:
            yield
        except PynamoDBException as error:
            if error.cause is None:
                raise
            if isinstance(error.cause, ClientError):
                _raise_if_refused(error.cause)
            raise error.cause from None


def _raise_if_refused(error: ClientError) -> None:
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise ConditionRefusedError from error
    if code == "TransactionCanceledException" and isinstance(error, VerboseClientError):
        reasons = [reason.code for reason in error.cancellation_reasons if reason is not None]
        if "ConditionalCheckFailed" in reasons:
            raise ConditionRefusedError from error
        # What is left are conflicts and throttling: the same transaction may be sent again.
        if "ValidationError" not in reasons:
            raise StoreUnavailableError(code) from error
