"""The double where the SDK expects its HTTP client: no network, no waiting."""

from collections.abc import Mapping
from typing import Any

from stripe import APIConnectionError, HTTPClient

from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.errors import NoAnswerError


class DoubleClient(HTTPClient):
    """`stripe.StripeClient(KEY, http_client=DoubleClient(double))`."""

    name = "double"

    def __init__(self, double: StripeDouble) -> None:
        super().__init__()
        self._double = double

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, *, _usage: Any = None
    ) -> tuple[str, int, Mapping[str, str]]:
        try:
            reply = self._double.request(method, url, headers or {}, post_data)
        except NoAnswerError as lost:
            raise APIConnectionError(str(lost), should_retry=True) from lost
        return reply.body, reply.status, {name.lower(): value for name, value in reply.headers.items()}

    def close(self) -> None:
        pass
