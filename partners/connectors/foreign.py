"""What a foreign system tells of a sale, a refund or a file: as its event has it, not yet mapped to ours."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from partners.connectors.words import LONGEST_FOREIGN_ID
from shared.kernel.clock import from_datetime
from shared.kernel.fields import AMOUNT_LIMIT_CENTS, LATEST_MS, RFC3339
from shared.kernel.hearing_errors import MalformedWebhookError
from shared.kernel.ids import base32, digest

LONGEST_CARD_TEXT = 40
LONGEST_RECEIPT = 40
_FOREIGN_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
CARD_IN_TEXT = re.compile(r"(?<![0-9])[0-9](?: ?[0-9]){15}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that is paid. What the event does not say is None; `card` is the text at the connection's place for it.

    `tip_cents` were paid on top of `amount_cents` and may be refunded with it, but earn nothing. `as_of_ms` is when its
    vendor last changed it.
    """

    sale_id: str
    receipt: str
    occurred_at_ms: int | None
    amount_cents: int | None
    currency: str | None
    location: str | None
    card: str | None
    tip_cents: int = 0
    test: bool = False
    as_of_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that went back for a part or all of a sale. `as_of_ms` as of a sale.

    `transactions` are the ids and cents of the payments that make it up, as far as they are told and may fail yet.
    """

    refund_id: str
    sale_id: str
    receipt: str
    occurred_at_ms: int | None
    amount_cents: int | None
    currency: str | None
    as_of_ms: int | None = None
    transactions: tuple[tuple[str, int], ...] = ()

    def without(self, failed: Collection[str]) -> "Refund":
        """The refund when these of its transactions have failed."""
        gone_cents = sum(cents for one, cents in self.transactions if one in failed)
        kept = tuple((one, cents) for one, cents in self.transactions if one not in failed)
        return replace(self, transactions=kept, amount_cents=self.amount_cents and self.amount_cents - gone_cents)


@dataclass(frozen=True, slots=True)
class FailedRefund:
    """A gateway paid nothing back with this transaction, though it may have been told as pending before."""

    transaction_id: str
    sale_id: str


@dataclass(frozen=True, slots=True)
class TillFile:
    """A file of purchases and returns in our bucket: its name, key and content's tag."""

    name: str
    key: str
    etag: str
    size_bytes: int


Told = Sale | Refund | FailedRefund | TillFile


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its id, and what it tells (None: nothing to us)."""

    event_id: str
    told: Sale | Refund | FailedRefund | None


def identity(value: object, what: str) -> str:
    """A foreign id as text. Raises MalformedWebhookError."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _FOREIGN_ID.fullmatch(text):
        raise MalformedWebhookError(f"It has no {what}.")
    return text


def mapping(value: object, what: str) -> Mapping[str, Any]:
    """A JSON object. Raises MalformedWebhookError."""
    if not isinstance(value, dict):
        raise MalformedWebhookError(f"It has no {what}.")
    return value


def items(value: object) -> list[Mapping[str, Any]]:
    """The objects of a JSON array; what is none has none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def receipt_of(prefix: str, foreign_id: str) -> str:
    """A receipt's number made from a foreign id, which may be longer than one can be."""
    whole = f"{prefix}-{foreign_id}"
    return whole if len(whole) <= LONGEST_RECEIPT else f"{prefix}-{base32(digest(foreign_id))[:24]}"


def moment_ms(*values: object) -> int | None:
    """The first of the RFC 3339 times that reads, in epoch milliseconds."""
    for value in values:
        if not isinstance(value, str) or not RFC3339.fullmatch(value):
            continue
        try:
            found = from_datetime(datetime.fromisoformat(value.upper()))
        except (ValueError, OverflowError):
            continue
        if 0 <= found < LATEST_MS:
            return found
    return None


def cents_of_decimal(value: object) -> int | None:
    """Cents of an amount written like "12.34"; None if it is no such amount, or has parts of a cent."""
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        return None
    cents = Decimal(value) * 100
    return _bounded(int(cents)) if cents == cents.to_integral_value() else None


def cents_of_minor(value: object) -> int | None:
    """Cents of an amount written in minor units; None if it is no such amount."""
    return _bounded(value) if isinstance(value, int) and not isinstance(value, bool) else None


def currency_of(value: object) -> str | None:
    return value if isinstance(value, str) and _CURRENCY.fullmatch(value) else None


def place_text(value: object) -> str | None:
    """The id of a foreign location as text; None if there is none. What could be none is no id that can be mapped."""
    return None if value is None else _shown(str(value))[: LONGEST_FOREIGN_ID + 1]


def card_text(value: object) -> str | None:
    """The text at a place that is there for card numbers alone."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return _shown(text[:LONGEST_CARD_TEXT]) or None


def card_within(value: object) -> str | None:
    """The card number in a text that may hold anything else."""
    found = CARD_IN_TEXT.search(value) if isinstance(value, str) else None
    return found[0] if found else None


def _shown(text: str) -> str:
    """The text as it can be kept and shown: JSON may have halves of characters, which no UTF-8 has."""
    return "".join(one if one.isprintable() else "?" for one in text)


def _bounded(cents: int) -> int | None:
    return cents if 0 <= cents <= AMOUNT_LIMIT_CENTS else None
