"""A partner's connections to the systems it sells with. No invalid one can be constructed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from partners.connectors.errors import InvalidConnectionError
from partners.connectors.words import LONGEST_FOREIGN_ID, MOST_LOCATIONS, CardPlace, Kind

_SHOP_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")
_MERCHANT_ID = re.compile(r"[A-Za-z0-9_-]{4,64}")
_NOTIFICATION_URL = re.compile(r"https://[!-~]{4,300}|http://(127\.0\.0\.1|localhost)[!-~]{0,300}")


PLACES: Mapping[Kind, tuple[CardPlace, ...]] = {
    Kind.SHOPIFY: (CardPlace.NOTE_ATTRIBUTE, CardPlace.CUSTOMER_TAG, CardPlace.METAFIELD),
    Kind.SQUARE: (CardPlace.REFERENCE_ID, CardPlace.NOTE),
    Kind.FILE: (),
}
NAMED_PLACES = PLACES[Kind.SHOPIFY]


@dataclass(frozen=True, slots=True)
class CardSource:
    """Where a connection's sales carry the card number. `name` is empty for places that have none."""

    place: CardPlace
    name: str = ""

    def __post_init__(self) -> None:
        if self.place in NAMED_PLACES and not 1 <= len(self.name) <= 60:
            raise InvalidConnectionError(f"card_source: a {self.place} needs a name of 1 to 60 characters.")
        if self.place not in NAMED_PLACES and self.name:
            raise InvalidConnectionError(f"card_source: a {self.place} has no name.")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The secret under which a vendor signs its events, sealed, good until `ends_at_ms` (None: no end is known).

    Square signs the `notification_url` too, exactly as it was registered there.
    """

    sealed: bytes
    added_at_ms: int
    notification_url: str = ""
    ends_at_ms: int | None = None

    def usable_at(self, now_ms: int) -> bool:
        return self.ends_at_ms is None or now_ms < self.ends_at_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One shop, merchant account or folder of files of a partner.

    `account` is the shop's domain or the merchant's id there, empty for files. `locations` maps the foreign ids of
    locations to the partner's own here; ONLINE stands for none. `version` counts its changes. Raises
    InvalidConnectionError.
    """

    connection_id: str
    partner_id: str
    kind: Kind
    account: str
    created_at_ms: int
    card_source: CardSource | None
    locations: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[SigningKey, ...] = ()
    disabled_at_ms: int | None = None
    version: int = 1

    def __post_init__(self) -> None:
        _check_account(self.kind, self.account)
        _check_source(self.kind, self.card_source)
        if len(self.locations) > MOST_LOCATIONS:
            raise InvalidConnectionError(f"locations: {MOST_LOCATIONS} at most.")
        if self.kind is Kind.FILE and self.locations:
            raise InvalidConnectionError("locations: the lines of a file name your own locations already.")
        for foreign in self.locations:
            if not 1 <= len(foreign) <= LONGEST_FOREIGN_ID or not foreign.isascii() or not foreign.isprintable():
                raise InvalidConnectionError(f"locations: a foreign id has 1 to {LONGEST_FOREIGN_ID} ASCII characters.")

    def usable_keys(self, now_ms: int) -> tuple[SigningKey, ...]:
        """The keys that verify now, newest first."""
        return tuple(key for key in reversed(self.keys) if key.usable_at(now_ms))


def check_notification_url(kind: Kind, url: str) -> None:
    """Raises InvalidConnectionError: Square's events can't be verified without it, others have none."""
    if kind is not Kind.SQUARE and url:
        raise InvalidConnectionError("notification_url: only Square signs it.")
    if kind is Kind.SQUARE and not _NOTIFICATION_URL.fullmatch(url):
        raise InvalidConnectionError("notification_url: give the URL exactly as registered at Square, https://…")


def _check_account(kind: Kind, account: str) -> None:
    if kind is Kind.SHOPIFY and not _SHOP_DOMAIN.fullmatch(account):
        raise InvalidConnectionError("account: give the shop's own domain, my-shop.myshopify.com.")
    if kind is Kind.SQUARE and not _MERCHANT_ID.fullmatch(account):
        raise InvalidConnectionError("account: give the merchant id at Square.")
    if kind is Kind.FILE and account:
        raise InvalidConnectionError("account: files have none.")


def _check_source(kind: Kind, source: CardSource | None) -> None:
    if (source.place if source else None) not in (PLACES[kind] or (None,)):
        allowed = ", ".join(PLACES[kind]) or "none, for each line names its card"
        raise InvalidConnectionError(f"card_source: for {kind} it may be {allowed}.")
