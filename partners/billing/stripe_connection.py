"""The way to Stripe: key, time-outs, idempotency keys and errors. The SDK is imported when a call is first made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from partners.billing.stripe_errors import StripeRefusedError, StripeUnavailableError
from shared.kernel.clock import Clock

if TYPE_CHECKING:
    from stripe import HTTPClient, StripeClient

TIMEOUT_SECONDS = 20
RETRIES = 2
PAGE = 100


class StripeConnection:
    """`key` is read when it is first needed. `base_url` and `http_client` lead it elsewhere than to Stripe, for tests
    and the demo.
    """

    def __init__(
        self,
        key: Callable[[], str],
        clock: Clock,
        *,
        base_url: Callable[[], str | None] = lambda: None,
        http_client: "HTTPClient | None" = None,
    ) -> None:
        self._key = key
        self._clock = clock
        self._base_url = base_url
        self._http_client = http_client

    @cached_property
    def client(self) -> "StripeClient":
        """Tries again by itself what is safe to repeat."""
        return self._build(RETRIES)

    @cached_property
    def client_without_retries(self) -> "StripeClient":
        return self._build(0)

    def _build(self, retries: int) -> "StripeClient":
        import stripe

        http_client = self._http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS)
        base_url = self._base_url()
        elsewhere = {"base_addresses": {"api": base_url}} if base_url else {}
        return stripe.StripeClient(
            self._key(), http_client=http_client, max_network_retries=retries, **cast(Any, elsewhere)
        )

    def hourly(self, key: str) -> str:
        """An Idempotency-Key that is another one in the next hour."""
        return f"{key}:{self._clock() // 3_600_000}"

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Turn what the SDK raises into StripeUnavailableError or StripeRefusedError."""
        import stripe

        try:
            yield
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise StripeUnavailableError(type(error).__name__) from error
        except stripe.StripeError as error:
            if error.http_status is None or error.http_status >= 500:
                raise StripeUnavailableError(f"status {error.http_status}") from error
            raise StripeRefusedError(str(error.user_message)[:300], code=error.code) from error


def metadata_of(thing: Any) -> dict[str, str]:
    return dict(thing.metadata.to_dict()) if thing.metadata else {}
