"""A partner's webhook endpoints: made, listed, changed, deleted, and given new secrets."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Protocol

from partners.contracts.life import IN_TOUCH, New
from partners.contracts.model import Partner
from partners.webhooks.errors import (
    TooManyWebhookEndpointsError,
    UnknownWebhookEndpointError,
    WebhookUrlTakenError,
)
from partners.webhooks.model import (
    MOST_ENDPOINTS,
    Disabled,
    Endpoint,
    EventType,
    IssuedSecret,
    SigningSecret,
    checked_url,
)
from shared.kernel.clock import Clock
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.ids import RandomBytes, base32

SALT_BYTES = 16
TRIES = 5

Endpoints = tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """All endpoints of a partner, in order of creation, and how often they have changed.

    `pinged_at_ms` and `replayed_at_ms` are the last of those that have been deleted: to delete an endpoint and make
    it again is no way round the pauses.
    """

    endpoints: Endpoints = ()
    version: int = 0
    pinged_at_ms: int | None = None
    replayed_at_ms: int | None = None

    def changed_to(self, endpoints: Endpoints) -> "Register":
        """The next version, in which new endpoints wait as long as those that are gone would have to."""
        known, kept = ({one.endpoint_id for one in some} for some in (self.endpoints, endpoints))
        gone = [one for one in self.endpoints if one.endpoint_id not in kept]
        return Register(
            tuple(one if one.endpoint_id in known else self._waiting(one) for one in endpoints),
            self.version + 1,
            _latest(self.pinged_at_ms, *(one.pinged_at_ms for one in gone)),
            _latest(self.replayed_at_ms, *(one.replayed_at_ms for one in gone)),
        )

    def _waiting(self, new: Endpoint) -> Endpoint:
        return replace(new, pinged_at_ms=self.pinged_at_ms, replayed_at_ms=self.replayed_at_ms)


def _latest(*moments: int | None) -> int | None:
    return max((at_ms for at_ms in moments if at_ms is not None), default=None)


class EndpointBook(Protocol):
    """What this needs of its store; see `partners.webhooks.store.EndpointStore`."""

    def register(self, partner_id: str) -> Register: ...

    def replace(self, partner_id: str, register: Register) -> bool: ...


class Partners(Protocol):
    """What endpoints ask of contracts; see `partners.contracts.service.Contracts`."""

    def partner(self, partner_id: str) -> Partner: ...

    def check_new(self, partner_id: str, new: New) -> None: ...


class WebhookEndpoints:
    """Use cases of endpoints. Every method may raise StoreUnavailableError.

    Those of a partner that is not to hear of itself any more, see `partners.contracts.life`, are disabled for everybody
    who asks for them here.
    `master` gives the secret that all signing secrets follow from.
    """

    def __init__(
        self,
        book: EndpointBook,
        partners: Partners,
        clock: Clock,
        random: RandomBytes,
        master: Callable[[], bytes],
        *,
        local_receivers: bool,
    ) -> None:
        self._book = book
        self._partners = partners
        self._clock = clock
        self._random = random
        self._master = master
        self._local_receivers = local_receivers

    def create(self, partner_id: str, url: str, event_types: Collection[EventType]) -> IssuedSecret:
        """A new endpoint, which is told of what happens from now on.

        Raises InvalidWebhookUrlError, WebhookUrlTakenError, TooManyWebhookEndpointsError, NotInThisStateError.
        """
        self._partners.check_new(partner_id, New.WEBHOOK_ENDPOINT)
        now_ms = self._clock()
        new = Endpoint(
            endpoint_id=f"we_{base32(self._random(10))}",
            partner_id=partner_id,
            url=checked_url(url, local_receivers=self._local_receivers),
            event_types=frozenset(event_types),
            created_at_ms=now_ms,
            fresh_at_ms=now_ms,
            secrets=(SigningSecret(self._random(SALT_BYTES)),),
        )

        def with_new(endpoints: Endpoints) -> Endpoints:
            _refuse_twice(endpoints, new)
            if len(endpoints) >= MOST_ENDPOINTS:
                raise TooManyWebhookEndpointsError(MOST_ENDPOINTS)
            return (*endpoints, new)

        self._change(partner_id, with_new)
        return IssuedSecret(new, new.secrets[0].text(self._master()))

    def all(self, partner_id: str) -> Endpoints:
        """The partner's endpoints in order of creation."""
        return self._standing(partner_id, self._book.register(partner_id).endpoints)

    def get(self, partner_id: str, endpoint_id: str) -> Endpoint:
        """Raises UnknownWebhookEndpointError, for another partner's endpoint too."""
        return _found(self.all(partner_id), endpoint_id)

    def update(
        self,
        partner_id: str,
        endpoint_id: str,
        *,
        url: str | None = None,
        event_types: Collection[EventType] | None = None,
        enabled: bool | None = None,
    ) -> Endpoint:
        """Change what is not None.

        Raises UnknownWebhookEndpointError, InvalidWebhookUrlError, WebhookUrlTakenError, NotInThisStateError when
        enabling.
        """
        if enabled:
            self._partners.check_new(partner_id, New.WEBHOOK_ENDPOINT)
        checked = None if url is None else checked_url(url, local_receivers=self._local_receivers)
        now_ms = self._clock()

        def changed(before: Endpoint) -> Endpoint:
            after = replace(
                before,
                url=checked or before.url,
                event_types=before.event_types if event_types is None else frozenset(event_types),
            )
            if enabled is not None:
                after = replace(after, disabled=None if enabled else before.disabled or Disabled.BY_YOU)
            fresh = after.url != before.url or (before.disabled is not None and after.disabled is None)
            return replace(after, fresh_at_ms=now_ms) if fresh else after

        return self.change(partner_id, endpoint_id, changed)

    def disable(self, partner_id: str, endpoint_id: str, why: Disabled) -> Endpoint:
        """Send it nothing more; an endpoint that is disabled keeps its reason. Raises UnknownWebhookEndpointError."""
        return self.change(partner_id, endpoint_id, lambda one: replace(one, disabled=one.disabled or why))

    def delete(self, partner_id: str, endpoint_id: str) -> Endpoint:
        """Forget an endpoint; what waits for it is not sent. Raises UnknownWebhookEndpointError."""
        gone: list[Endpoint] = []

        def without(endpoints: Endpoints) -> Endpoints:
            gone[:] = [_found(endpoints, endpoint_id)]
            return tuple(one for one in endpoints if one.endpoint_id != endpoint_id)

        self._change(partner_id, without)
        return gone[0]

    def rotate_secret(self, partner_id: str, endpoint_id: str) -> IssuedSecret:
        """A new secret; for a day the one before it signs too. Raises UnknownWebhookEndpointError."""
        salt, now_ms = self._random(SALT_BYTES), self._clock()
        endpoint = self.change(partner_id, endpoint_id, lambda one: replace(one, secrets=one.rotated(salt, now_ms)))
        return IssuedSecret(endpoint, SigningSecret(salt).text(self._master()))

    def secrets(self, endpoint: Endpoint, now_ms: int) -> list[str]:
        """The texts of the secrets that sign now, newest first."""
        return [secret.text(self._master()) for secret in endpoint.signing_at(now_ms)]

    def change(self, partner_id: str, endpoint_id: str, change: Callable[[Endpoint], Endpoint]) -> Endpoint:
        """Put what `change` makes of an endpoint in its place. Raises what it raises, UnknownWebhookEndpointError."""

        def with_changed(endpoints: Endpoints) -> Endpoints:
            after = change(_found(endpoints, endpoint_id))
            others = [one for one in endpoints if one.endpoint_id != endpoint_id]
            _refuse_twice(others, after)
            return tuple(after if one.endpoint_id == endpoint_id else one for one in endpoints)

        return _found(self._standing(partner_id, self._change(partner_id, with_changed)), endpoint_id)

    def _standing(self, partner_id: str, endpoints: Endpoints) -> Endpoints:
        if not endpoints or self._partners.partner(partner_id).state in IN_TOUCH:
            return endpoints
        return tuple(replace(one, disabled=Disabled.PARTNER_CLOSED) for one in endpoints)

    def _change(self, partner_id: str, change: Callable[[Endpoints], Endpoints]) -> Endpoints:
        for _ in range(TRIES):
            before = self._book.register(partner_id)
            after = change(before.endpoints)
            if after == before.endpoints:
                return after
            if self._book.replace(partner_id, next_one := before.changed_to(after)):
                return next_one.endpoints
        raise StoreUnavailableError("ConcurrentChanges")


def _found(endpoints: Endpoints, endpoint_id: str) -> Endpoint:
    found = next((one for one in endpoints if one.endpoint_id == endpoint_id), None)
    if found is None:
        raise UnknownWebhookEndpointError(endpoint_id)
    return found


def _refuse_twice(endpoints: Collection[Endpoint], new: Endpoint) -> None:
    for one in endpoints:
        if one.url == new.url:
            raise WebhookUrlTakenError(one.endpoint_id)
