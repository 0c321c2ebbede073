"""A partner's folder: links with which it puts its files and gets the results, without an account at AWS."""

from dataclasses import dataclass
from typing import Protocol

from partners.connectors.errors import ConnectionDisabledError, NotAFolderError
from partners.connectors.files import INCOMING, results_key
from partners.connectors.model import Connection
from partners.connectors.service import Connections
from partners.connectors.words import Kind
from partners.contracts.life import New
from shared.kernel.clock import Clock

LINK_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that lets its holder do one thing with one file."""

    url: str
    expires_at_ms: int


class Links(Protocol):
    """See `partners.connectors.bucket_gateway.BucketGateway`."""

    def link_to_put(self, key: str, seconds: int, size_bytes: int | None = None) -> str: ...

    def link_to_get(self, key: str, seconds: int) -> str: ...


class Partners(Protocol):
    """What folders ask of contracts; see `partners.contracts.service.Contracts`."""

    def check_new(self, partner_id: str, new: New) -> None: ...


class Folders:
    """Use cases of a folder. All may raise StoreUnavailableError, UnknownConnectionError, NotAFolderError."""

    def __init__(self, connections: Connections, links: Links, contracts: Partners, clock: Clock) -> None:
        self._connections = connections
        self._links = links
        self._contracts = contracts
        self._clock = clock

    def upload(self, partner_id: str, connection_id: str, name: str, size_bytes: int | None = None) -> Link:
        """Where to put a file by this name, of exactly this size if one is given.

        Raises ConnectionDisabledError, NotInThisStateError.
        """
        connection = self._folder(partner_id, connection_id)
        if connection.disabled_at_ms is not None:
            raise ConnectionDisabledError(connection_id)
        self._contracts.check_new(partner_id, New.UPLOAD_LINK)
        key = f"{INCOMING}/{partner_id}/{connection_id}/{name}"
        return Link(self._links.link_to_put(key, LINK_SECONDS, size_bytes), self._clock() + LINK_SECONDS * 1_000)

    def results(self, partner_id: str, connection_id: str, name: str) -> Link:
        """Where to get the results of the file of this name."""
        key = results_key(self._folder(partner_id, connection_id), name)
        return Link(self._links.link_to_get(key, LINK_SECONDS), self._clock() + LINK_SECONDS * 1_000)

    def _folder(self, partner_id: str, connection_id: str) -> Connection:
        connection = self._connections.connection(partner_id, connection_id)
        if connection.kind is not Kind.FILE:
            raise NotAFolderError(connection_id)
        return connection
