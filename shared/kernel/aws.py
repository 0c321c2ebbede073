"""AWS clients, built once per process with the time-outs a till can live with."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from shared.kernel.errors import StoreUnavailableError

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


@cache
def dynamodb_client(region: str) -> "DynamoDBClient":
    """The low-level client. Parameter validation is off: the stores build every request themselves."""
    return cast("DynamoDBClient", _client("dynamodb", region, parameter_validation=False))


@cache
def apigateway_client(region: str) -> "APIGatewayClient":
    return cast("APIGatewayClient", _client("apigateway", region))


@cache
def sqs_client(region: str) -> "SQSClient":
    return cast("SQSClient", _client("sqs", region))


@cache
def kms_client(region: str) -> "KMSClient":
    return cast("KMSClient", _client("kms", region))


@cache
def s3_client(region: str) -> "S3Client":
    """Its links name the region's own host and carry signatures of the fourth version, as newer regions demand."""
    return cast("S3Client", _client("s3", region, signature_version="s3v4", s3={"addressing_style": "virtual"}))


@cache
def s3_bulk_client(region: str) -> "S3Client":
    """For objects of hundreds of megabytes, behind no till: it waits for S3 to take one in."""
    return cast("S3Client", _client("s3", region, read_timeout=60, signature_version="s3v4"))


@cache
def secrets_client(region: str) -> "SecretsManagerClient":
    return cast("SecretsManagerClient", _client("secretsmanager", region))


def _client(service: str, region: str, **particulars: Any) -> Any:
    """Clients come from botocore itself: importing boto3 around it would lengthen every cold start."""
    from botocore.config import Config

    usual: dict[str, Any] = {
        "connect_timeout": 1,
        "read_timeout": 3,
        "retries": {"mode": "standard", "total_max_attempts": 4},
        "tcp_keepalive": True,
    }
    config = Config(**usual | particulars)
    return _session().create_client(service, region_name=region, config=config)


@cache
def _session() -> "Session":
    from botocore.session import get_session

    return get_session()


OUTAGE_CODES = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
"""Codes of failures that pass. A conflict: somebody's transaction is about to write this very item."""


@contextmanager
def outage_as_unavailable() -> Iterator[None]:
    """Turn throttling, time-outs and broken connections into StoreUnavailableError; pass on the rest."""
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NoConnectionError

    try:
        yield
    except (HTTPClientError, NoConnectionError) as error:
        raise StoreUnavailableError(type(error).__name__) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in OUTAGE_CODES:
            raise StoreUnavailableError(code) from error
        raise


_CONFLICT = "TransactionConflict"
_PASSING = frozenset({_CONFLICT, "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"})
"""Why a transaction was called off that may be done in a moment."""
_PAUSES_S = (0.02, 0.05, 0.1)


def transacted(client: "DynamoDBClient", actions: Any, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Carry out all actions of a transaction; False, and nothing is written, if a condition does not hold.

    Raises as `unmet_conditions`.
    """
    return not unmet_conditions(client, actions, sleep)


def unmet_conditions(
    client: "DynamoDBClient", actions: Any, sleep: Callable[[float], None] = time.sleep
) -> frozenset[int]:
    """Carry out all actions of a transaction, or none: then these are the numbers, from 0, of those whose condition
    does not hold.

    While another transaction is about to write one of the items, nobody knows what its condition will find: it is tried
    again after each of some pauses. Raises StoreUnavailableError after that, and if it is throttled. What would fail
    again and again, such as an item that is too large, is raised as it is.
    """
    pauses_s = iter(_PAUSES_S)
    while True:
        with outage_as_unavailable():
            try:
                client.transact_write_items(TransactItems=actions)
            except client.exceptions.TransactionCanceledException as error:
                reasons = [reason["Code"] for reason in error.response["CancellationReasons"]]
                unmet = frozenset(number for number, code in enumerate(reasons) if code == "ConditionalCheckFailed")
                if unmet:
                    return unmet
                codes = set(reasons) - {"None"}
                if not codes or not codes <= _PASSING:
                    raise
                pause_s = next(pauses_s, None) if codes == {_CONFLICT} else None
                if pause_s is None:
                    raise StoreUnavailableError(min(codes)) from error
            else:
                return frozenset()
        sleep(pause_s)


def items_of_all_pages(read: Callable[..., Any], request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item that a query or scan finds, asked for a page at a time, and only as far as somebody takes them.

    `read` is the bound method of a DynamoDB client. May raise StoreUnavailableError.
    """
    onward: dict[str, Any] = {}
    while True:
        with outage_as_unavailable():
            answer = read(**request, **onward)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        onward = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
