"""Making, changing and ending a partner's connections."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from partners.connectors.errors import (
    ConnectionChangedError,
    ConnectionDisabledError,
    ConnectionExistsError,
    InvalidConnectionError,
    TooManyConnectionsError,
    UnknownConnectionError,
)
from partners.connectors.model import CardSource, Connection, SigningKey, check_notification_url
from partners.connectors.words import LONGEST_OVERLAP_SECONDS, LONGEST_SECRET, Kind
from partners.contracts.life import New
from partners.contracts.model import Location
from shared.kernel.clock import Clock
from shared.kernel.ids import RandomBytes, base32

MOST_CONNECTIONS = 50
MOST_KEYS = 5


class ConnectionBook(Protocol):
    """What connections need of their store; see `partners.connectors.store.ConnectorStore`."""

    def add_connection(self, connection: Connection) -> bool: ...

    def connection(self, connection_id: str) -> Connection | None: ...

    def connections(self, partner_id: str) -> list[Connection]: ...

    def change_connection(self, connection: Connection) -> bool: ...


class Vault(Protocol):
    """Keeps secrets that must be read again; see `shared.kernel.vault_gateway.VaultGateway`."""

    def seal(self, secret: bytes, bound_to: Mapping[str, str]) -> bytes: ...

    def unseal(self, sealed: bytes, bound_to: Mapping[str, str]) -> bytes: ...


class Partners(Protocol):
    """What connections ask of contracts; see `partners.contracts.service.Contracts`."""

    def location(self, partner_id: str, location_id: str) -> Location: ...

    def check_new(self, partner_id: str, new: New) -> None: ...


class Connections:
    """Use cases of connections. All may raise StoreUnavailableError."""

    def __init__(
        self, book: ConnectionBook, vault: Vault, contracts: Partners, clock: Clock, random: RandomBytes
    ) -> None:
        self._book = book
        self._vault = vault
        self._contracts = contracts
        self._clock = clock
        self._random = random

    def create(
        self,
        partner_id: str,
        kind: Kind,
        account: str,
        card_source: CardSource | None,
        locations: Mapping[str, str],
    ) -> Connection:
        """A new connection of the partner. It hears nothing before it is given a secret; files need none.

        Raises InvalidConnectionError, UnknownLocationError for a location that is not the partner's,
        ConnectionExistsError if one to this account is not disabled, TooManyConnectionsError, NotInThisStateError.
        """
        self._contracts.check_new(partner_id, New.CONNECTION)
        now_ms = self._clock()
        connection = Connection(
            connection_id=f"cn_{base32(self._random(10))}",
            partner_id=partner_id,
            kind=kind,
            account=account,
            created_at_ms=now_ms,
            card_source=card_source,
            locations=dict(locations),
        )
        self._check_locations(partner_id, locations)
        others = self._book.connections(partner_id)
        for other in others:
            if (other.kind, other.account, other.disabled_at_ms) == (kind, account, None):
                raise ConnectionExistsError(other.connection_id)
        if len(others) >= MOST_CONNECTIONS:
            raise TooManyConnectionsError(MOST_CONNECTIONS)
        self._book.add_connection(connection)
        return connection

    def connections(self, partner_id: str) -> list[Connection]:
        """All of the partner's connections, oldest first."""
        return self._book.connections(partner_id)

    def connection(self, partner_id: str, connection_id: str) -> Connection:
        """Raises UnknownConnectionError, also for another partner's."""
        connection = self._book.connection(connection_id)
        if connection is None or connection.partner_id != partner_id:
            raise UnknownConnectionError(connection_id)
        return connection

    def change_settings(
        self, partner_id: str, connection_id: str, card_source: CardSource | None, locations: Mapping[str, str]
    ) -> Connection:
        """Replace where the card is found and which location is which, for what is heard from now on.

        What waits in the queue is read by the new settings when it is tried again. Raises
        UnknownConnectionError, ConnectionDisabledError, InvalidConnectionError, UnknownLocationError,
        ConnectionChangedError.
        """
        connection = self._enabled(partner_id, connection_id)
        self._check_locations(partner_id, locations)
        return self._changed(
            replace(connection, card_source=card_source, locations=dict(locations), version=connection.version + 1)
        )

    def add_secret(
        self, partner_id: str, connection_id: str, secret: str, notification_url: str, overlap_seconds: int
    ) -> Connection:
        """Give the secret under which the vendor signs; it is sealed and never shown.

        Earlier ones hold good for `overlap_seconds` more. Raises UnknownConnectionError, ConnectionDisabledError,
        InvalidConnectionError, ConnectionChangedError.
        """
        connection = self._enabled(partner_id, connection_id)
        if connection.kind is Kind.FILE:
            raise InvalidConnectionError("secret: files are not signed; who may put them is checked instead.")
        if not 8 <= len(secret) <= LONGEST_SECRET or not secret.isascii() or not secret.isprintable():
            raise InvalidConnectionError(f"secret: give 8 to {LONGEST_SECRET} ASCII characters.")
        if not 0 <= overlap_seconds <= LONGEST_OVERLAP_SECONDS:
            raise InvalidConnectionError(f"overlap_seconds: 0 to {LONGEST_OVERLAP_SECONDS}.")
        check_notification_url(connection.kind, notification_url)
        now_ms = self._clock()
        end_ms = now_ms + overlap_seconds * 1_000
        kept = [
            replace(key, ends_at_ms=end_ms if key.ends_at_ms is None else min(key.ends_at_ms, end_ms))
            for key in connection.keys
            if key.usable_at(now_ms)
        ]
        new = SigningKey(self._vault.seal(secret.encode(), bound_to(connection)), now_ms, notification_url)
        keys = (*[key for key in kept if key.usable_at(now_ms)][-(MOST_KEYS - 1) :], new)
        return self._changed(replace(connection, keys=keys, version=connection.version + 1))

    def disable(self, partner_id: str, connection_id: str) -> Connection:
        """Hear nothing more through a connection, for good; again is a success. Its queue stays.

        Raises UnknownConnectionError, ConnectionChangedError.
        """
        connection = self.connection(partner_id, connection_id)
        if connection.disabled_at_ms is not None:
            return connection
        ended = replace(connection, disabled_at_ms=self._clock(), keys=(), version=connection.version + 1)
        return self._changed(ended)

    def _enabled(self, partner_id: str, connection_id: str) -> Connection:
        connection = self.connection(partner_id, connection_id)
        if connection.disabled_at_ms is not None:
            raise ConnectionDisabledError(connection_id)
        return connection

    def _check_locations(self, partner_id: str, locations: Mapping[str, str]) -> None:
        for ours in sorted(set(locations.values())):
            self._contracts.location(partner_id, ours)

    def _changed(self, connection: Connection) -> Connection:
        if not self._book.change_connection(connection):
            raise ConnectionChangedError(connection.connection_id)
        return connection


def bound_to(connection: Connection) -> dict[str, str]:
    """What a sealed secret is good for; it can't be unsealed as another connection's."""
    return {"connection": connection.connection_id, "partner": connection.partner_id}
