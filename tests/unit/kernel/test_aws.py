"""Outages become one named error that is safe to retry; faults of ours do not."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from shared.kernel.aws import outage_as_unavailable
from shared.kernel.errors import StoreUnavailableError


def _refusal(code):
    return ClientError({"Error": {"Code": code, "Message": code}}, "PutItem")


@pytest.mark.parametrize(
    "outage",
    [
        _refusal("ProvisionedThroughputExceededException"),
        _refusal("ThrottlingException"),
        _refusal("InternalServerError"),
        ReadTimeoutError(endpoint_url="http://localhost"),
        EndpointConnectionError(endpoint_url="http://localhost"),
    ],
)
def test_throttling_and_broken_connections_are_an_outage(outage):
    with pytest.raises(StoreUnavailableError) as raised, outage_as_unavailable():
        raise outage
    assert raised.value.__cause__ is outage


def test_a_refused_request_is_no_outage():
    with pytest.raises(ClientError), outage_as_unavailable():
        raise _refusal("ValidationException")
