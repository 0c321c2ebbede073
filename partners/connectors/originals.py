"""Events whole, as their vendors sent them, with all that names persons in them: kept a few days for disputes.

They lie apart from what sales are mapped by, under the sale that they are about: so one sale's can be shown to the
operator, who says why, and erased, without a trace elsewhere. No function but the API reads or writes them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from partners.connectors.model import Connection
from partners.connectors.received import LARGEST_KEPT_BYTES, ReceivedEvent, from_json, to_json
from partners.connectors.service import Connections, bound_to

ORIGINALS = "originals"
SHOWN_AT_ONCE = 5
"""Bodies may have 512 KB, and a reply of Lambda 6 MB."""
ERASED_AT_ONCE = 100


class OriginalsBucket(Protocol):
    """Where they are kept; see `partners.connectors.bucket_gateway.BucketGateway`."""

    def read(self, key: str, limit_bytes: int) -> bytes | None: ...

    def write_sealed(self, key: str, content: bytes, bound_to: Mapping[str, str]) -> None: ...

    def names(self, prefix: str, after: str, limit: int) -> list[str]: ...

    def delete(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Original:
    """`name` is the SHA-256 of the body, in hexadecimal."""

    name: str
    event: ReceivedEvent


class Originals:
    """Use cases of whole events. All may raise StoreUnavailableError, those of the operator UnknownConnectionError."""

    def __init__(self, bucket: OriginalsBucket, connections: Connections, *, days: int) -> None:
        """With 0 `days` none is kept."""
        self._bucket = bucket
        self._connections = connections
        self._days = days

    def keep(self, connection: Connection, sale_id: str, received: ReceivedEvent) -> None:
        """Keep an event about a sale; again has no effect."""
        if self._days:
            name = hashlib.sha256(received.body).hexdigest()
            content = to_json(replace(received, body_sha256=name))
            self._bucket.write_sealed(_of_sale(connection, sale_id) + name, content, bound_to(connection))

    def of_sale(
        self, partner_id: str, connection_id: str, sale_id: str, after: str = ""
    ) -> tuple[list[Original], str | None]:
        """SHOWN_AT_ONCE events about a sale, by name, from behind `after` on; and behind which the next ones begin."""
        prefix = _of_sale(self._connections.connection(partner_id, connection_id), sale_id)
        listed = self._bucket.names(prefix, after, SHOWN_AT_ONCE + 1)
        names = listed[:SHOWN_AT_ONCE]
        found = [(name, self._bucket.read(prefix + name, LARGEST_KEPT_BYTES)) for name in names]
        shown = [Original(name, from_json(content)) for name, content in found if content is not None]
        return shown, names[-1] if len(listed) > SHOWN_AT_ONCE else None

    def erase(self, partner_id: str, connection_id: str, sale_id: str) -> int:
        """Erase all events about a sale for good; how many there were."""
        prefix = _of_sale(self._connections.connection(partner_id, connection_id), sale_id)
        erased = 0
        while names := self._bucket.names(prefix, "", ERASED_AT_ONCE):
            for name in names:
                self._bucket.delete(prefix + name)
            erased += len(names)
        return erased


def _of_sale(connection: Connection, sale_id: str) -> str:
    return f"{ORIGINALS}/{connection.partner_id}/{connection.connection_id}/{sale_id}/"
