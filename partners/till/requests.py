"""What all of a till's requests have in common: keys, bodies, rates, and the entries they name."""

import json
import re
from collections.abc import Mapping
from typing import Protocol

from partners.contracts.model import Location, Terms
from partners.till.errors import InvalidIdempotencyKeyError, UnknownEntryError
from shared.kernel.ids import digest
from shared.kernel.money import Money
from shared.ledger.errors import BrokenJournalError
from shared.ledger.fingerprints import LATE_LIMIT_MS
from shared.ledger.model import Entry, Rates
from shared.members.card import MEMBER_DIGITS

LONGEST_KEY = 64
HASH_BYTES = 16
ENTRY_ID = re.compile(rf"([0-9]{{{MEMBER_DIGITS}}})-([1-9][0-9]{{0,7}})")


class TillContracts(Protocol):
    """What the till asks of contracts; see `partners.contracts.service.Contracts`."""

    def location(self, partner_id: str, location_id: str) -> Location: ...

    def terms_at(self, partner_id: str, at_ms: int) -> Terms: ...


def terms_then(contracts: TillContracts, partner_id: str, occurred_at_ms: int, now_ms: int) -> Terms:
    """The terms in force when it happened; the ledger refuses what lies before its late limit."""
    return contracts.terms_at(partner_id, max(occurred_at_ms, now_ms - LATE_LIMIT_MS))


def read_entry_id(entry_id: str) -> tuple[str, int]:
    """The member and number of an entry. Raises UnknownEntryError if no entry can have this id."""
    match = ENTRY_ID.fullmatch(entry_id)
    if match is None:
        raise UnknownEntryError(entry_id[:40])
    return match[1], int(match[2])


def rates_of(terms: Terms) -> Rates:
    return Rates(
        terms_version=terms.version,
        earn_points=terms.earn_points,
        earn_per_cents=terms.earn_per_cents,
        issue_price_micros=terms.issue_price_micros,
        redeem_price_micros=terms.redeem_price_micros,
    )


def key_hash(partner_id: str, idempotency_key: str) -> bytes:
    printable = idempotency_key.isascii() and idempotency_key.isprintable() and " " not in idempotency_key
    if not (printable and 1 <= len(idempotency_key) <= LONGEST_KEY):
        raise InvalidIdempotencyKeyError(LONGEST_KEY)
    return digest("key", partner_id, idempotency_key)[:HASH_BYTES]


def body_hash(asked: Mapping[str, object]) -> bytes:
    return digest("body", canonical(asked).decode())[:HASH_BYTES]


def canonical(asked: Mapping[str, object]) -> bytes:
    return json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()


def money_of(entry: Entry, cents: int | None) -> Money:
    """`cents` in the currency of an entry that must have both. Raises BrokenJournalError."""
    if cents is None or entry.currency is None:
        raise BrokenJournalError(f"{entry.entry_id} lacks an amount")
    return Money(cents, entry.currency)
