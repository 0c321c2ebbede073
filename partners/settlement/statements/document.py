"""A statement as a signed JSON document, and its lines as JSON lines. Pure.

The document has a `statement` and a `signature`. What is signed with Ed25519 is the text "tessera-statement-v1:"
followed by the SHA-256 of the statement in canonical JSON (RFC 8785), in hexadecimal digits. The statement holds the
running hash of the lines at the end of every block, and the hash of the statement before: so one signature vouches
for every line and for all that was ever stated before.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from partners.settlement.statements.lines import Row
from partners.settlement.statements.model import FORMAT, Block, Charge, Statement
from shared.kernel.canonical import canonical_json, sha256_hex
from shared.kernel.clock import to_rfc3339

ALGORITHM = "Ed25519"
_SIGNED = "tessera-statement-v1:"


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key that statements are signed with: 32 bytes, known by `key_id`."""

    key_id: str
    public_key: bytes


class Signer(Protocol):
    """Signs with Ed25519; see `partners.settlement.statements.signing_gateway`."""

    def key(self) -> PublishedKey: ...

    def sign(self, message: bytes) -> bytes: ...


def statement_json(statement: Statement) -> dict[str, Any]:
    """The statement as plain JSON, in the shape that is signed and published."""
    sums = statement.sums
    return {
        "format": FORMAT,
        "number": statement.number,
        "network": statement.network_name,
        "partner": {"id": statement.partner_id, "name": statement.partner_name},
        "window": {
            "number": statement.window,
            "from": to_rfc3339(statement.opens_at_ms),
            "to": to_rfc3339(statement.closes_at_ms),
        },
        "issued_at": to_rfc3339(statement.issued_at_ms),
        "currency": statement.currency,
        "opening_cents": statement.opening_cents,
        "paid_cents": statement.paid_cents,
        "net_cents": statement.net_cents,
        "closing_cents": statement.closing_cents,
        "net_micros": statement.net_micros,
        "charges": [_charge(charge) for charge in statement.charges],
        "sums": asdict(sums),
        "blocks": [_block(block) for block in statement.blocks],
        "previous_sha256": statement.previous_sha256,
    }


def signed(statement: Statement, signer: Signer) -> dict[str, Any]:
    """The document: the statement and its signature."""
    plain = statement_json(statement)
    value = signer.sign(signed_message(plain))
    return {
        "statement": plain,
        "signature": {"algorithm": ALGORITHM, "key_id": signer.key().key_id, "value": value.hex()},
    }


def signed_message(statement: dict[str, Any]) -> bytes:
    """The bytes that are signed. Raises TypeError or ValueError for what has no canonical JSON."""
    return (_SIGNED + sha256_hex(statement)).encode()


def lines_file(rows: Iterable[Row]) -> Iterable[bytes]:
    """The rows as JSON lines, each with its line feed."""
    return (canonical_json(row.chained) + b"\n" for row in rows)


def _charge(charge: Charge) -> dict[str, Any]:
    """What a charge does not have is left out."""
    return {name: value for name, value in asdict(charge).items() if value is not None}


def _block(block: Block) -> dict[str, Any]:
    return {
        "location": block.location,
        "day": block.day,
        **asdict(block.sums),
        "chain_after": block.chain_after,
    }
