"""Outages become one named error that is safe to retry; faults of ours do not. Answers in pages are read as one."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from shared.kernel.aws import items_of_all_pages, outage_as_unavailable
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


class _Table:
    """Answers two items a page; `asked` are the requests so far."""

    def __init__(self, items):
        self.items = items
        self.asked = []

    def query(self, **request):
        self.asked.append(request)
        start = request.get("ExclusiveStartKey", 0)
        answer = {"Items": self.items[start : start + 2]}
        return answer if start + 2 >= len(self.items) else {**answer, "LastEvaluatedKey": start + 2}


def test_all_pages_are_read_in_order_by_the_same_request():
    table = _Table([{"sk": n} for n in range(5)])
    request = {"TableName": "t", "ConsistentRead": True}
    assert list(items_of_all_pages(table.query, request)) == table.items
    assert table.asked == [request, {**request, "ExclusiveStartKey": 2}, {**request, "ExclusiveStartKey": 4}]


def test_a_page_that_holds_nothing_but_is_not_the_last_does_not_end_the_reading():
    answers = iter([{"Items": [], "LastEvaluatedKey": 7}, {"Items": [{"sk": 8}]}])
    assert list(items_of_all_pages(lambda **_: next(answers), {})) == [{"sk": 8}]


def test_no_page_is_asked_for_before_it_is_wanted():
    table = _Table([{"sk": n} for n in range(5)])
    next(items_of_all_pages(table.query, {}))
    assert len(table.asked) == 1


def test_an_outage_on_any_page_is_named():
    answers = iter([{"Items": [{"sk": 1}], "LastEvaluatedKey": 1}])

    def query(**_):
        for answer in answers:
            return answer
        raise _refusal("ThrottlingException")

    found = items_of_all_pages(query, {})
    assert next(found) == {"sk": 1}
    with pytest.raises(StoreUnavailableError):
        next(found)
