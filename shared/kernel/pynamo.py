"""PynamoDB models on this deployment's tables, sharing the one DynamoDB client of the process.

Left to itself every model class builds a session and a client of its own, each with its own time-outs,
connections and 100 ms of start-up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

M = TypeVar("M", bound=Model)


class ConditionRefusedError(Exception):
    """A conditional write found the item in another state; nothing was written."""


class _Anywhere(Model):
    """Where PynamoDB has put the defaults of its settings."""

    class Meta:
        table_name = ""


def bound(model: type[M], table: str, client: "DynamoDBClient") -> type[M]:
    """`model` as a model of `table` that talks through `client`; `model` has no index."""
    meta = type("Meta", (_Anywhere.Meta,), {"table_name": table, "region": client.meta.region_name})
    metaclass: Any = type(model)
    # Without the __init__ of the metaclass: in a millisecond it finds in the class what `model` hands down anyway.
    made = {"Meta": meta, "__module__": model.__module__}
    on_table: type[M] = metaclass.__new__(metaclass, model.__name__, (model,), made)
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
            if _code(error.cause) == "ConditionalCheckFailedException":
                raise ConditionRefusedError from error
            raise error.cause from None


def saved_over_version_before(row: Any) -> bool:
    """Write `row`, which has a `version`, if it stands one above the stored one, or is the first; False if not.

    Raises what `store_errors` raises but for ConditionRefusedError.
    """
    condition = type(row).pk.does_not_exist() if row.version == 1 else type(row).version == row.version - 1
    try:
        with store_errors():
            row.save(condition=condition)
    except ConditionRefusedError:
        return False
    return True


def _code(cause: Exception) -> str | None:
    """PynamoDB's own `cause_response_code` fails on a time-out, whose response is None."""
    response: Any = getattr(cause, "response", None)
    return response["Error"]["Code"] if response else None
