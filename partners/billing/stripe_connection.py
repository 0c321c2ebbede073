"""The way to Stripe: key, time-outs, idempotency keys and errors. The SDK is imported when a call is first made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar, cast

from partners.billing.stripe_errors import StripeRefusedError, StripeUnavailableError
from shared.kernel.clock import Clock

if TYPE_CHECKING:
    from stripe import HTTPClient, RequestOptions, StripeClient

T = TypeVar("T")

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

    def create_once(
        self,
        key: str,
        look: Callable[[], T | None],
        create: "Callable[[RequestOptions], T]",
        *,
        looked: bool = False,
    ) -> T:
        """What `look` finds at Stripe, or else what `create` makes there, with options that bear `key`.

        Who has just `looked` for many at once, and not found it, looks again only if the key turns out to be used.

        Whoever else does the same at the same time gets the same. Stripe gives its first answer to a key again for a
        day, a refusal or a 500 too. Then the key gets a number behind it, the same for everybody: so nobody creates
        under a key before those before it are known to have failed. `create` must not try again by itself.
        """
        for number in count():
            if number or not looked:
                with self.calling():
                    found = look()
                if found is not None:
                    return found
            try:
                with self.calling():
                    return create({"idempotency_key": f"{key}:{number}" if number else key})
            except (StripeUnavailableError, StripeRefusedError) as error:
                if not _spoils_its_key(error.__cause__):
                    raise
        raise AssertionError("unreachable")

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Turn what the SDK raises into StripeUnavailableError or StripeRefusedError."""
        import stripe

        try:
            yield
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise StripeUnavailableError(type(error).__name__) from error
        except stripe.StripeError as error:
            if error.http_status is None or error.http_status == 409 or error.http_status >= 500:
                raise StripeUnavailableError(f"status {error.http_status}") from error
            raise StripeRefusedError(str(error.user_message)[:300], code=error.code) from error


def _spoils_its_key(cause: BaseException | None) -> bool:
    """Whether Stripe gave this answer before, or the key was used for other parameters."""
    import stripe

    if isinstance(cause, stripe.IdempotencyError):
        return cause.http_status == 400
    return isinstance(cause, stripe.StripeError) and (cause.headers or {}).get("idempotent-replayed") == "true"


def definitely_refused(error: StripeRefusedError) -> bool:
    """Whether a request had no effect and will have none: it was understood, and Stripe said no to what it asks for."""
    import stripe

    return isinstance(error.__cause__, stripe.InvalidRequestError | stripe.CardError)


def metadata_of(thing: Any) -> dict[str, str]:
    return dict(thing.metadata.to_dict()) if thing.metadata else {}
