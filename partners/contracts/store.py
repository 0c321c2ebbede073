"""Partners and locations on DynamoDB, table `partners`; terms are only read here, see `agreement_store`.

| row | pk | sk |
| --- | --- | --- |
| partner | `PARTNERS` | partner id |
| location | `P#<partner>` | `LOC#<location>` |

Rows are added and never changed, but for the closing of a location.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.contracts.agreement_store import TermsRow, terms_of
from partners.contracts.model import Location, Partner, Terms
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTNERS = "PARTNERS"


class PartnerRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    currency = UnicodeAttribute()
    created_at_ms = NumberAttribute()


class LocationRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    opened_at_ms = NumberAttribute()
    closed_at_ms = NumberAttribute(null=True)


class ContractStore:
    """Every method may raise StoreUnavailableError. `add_...` say whether the row was free, and else
    leave it as it is. Reads see every row added before."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._partner = bound(PartnerRow, table, client)
        self._location = bound(LocationRow, table, client)
        self._terms = bound(TermsRow, table, client)

    def add_partner(self, partner: Partner) -> bool:
        return _add(
            self._partner(
                PARTNERS,
                partner.partner_id,
                name=partner.name,
                currency=partner.currency,
                created_at_ms=partner.created_at_ms,
            )
        )

    def partner(self, partner_id: str) -> Partner | None:
        try:
            with store_errors():
                row = self._partner.get(PARTNERS, partner_id, consistent_read=True)
        except self._partner.DoesNotExist:
            return None
        return _partner(row)

    def partners(self) -> list[Partner]:
        """All partners, by id."""
        with store_errors():
            return [_partner(row) for row in self._partner.query(PARTNERS, consistent_read=True)]

    def add_location(self, location: Location) -> bool:
        return _add(
            self._location(
                f"P#{location.partner_id}",
                f"LOC#{location.location_id}",
                name=location.name,
                time_zone=location.time_zone,
                opened_at_ms=location.opened_at_ms,
                closed_at_ms=location.closed_at_ms,
            )
        )

    def set_closing(self, partner_id: str, location_id: str, closed_at_ms: int, now_ms: int) -> bool:
        """Write when a location closes, unless there is none or it closed by `now_ms`: then False."""
        row = self._location(f"P#{partner_id}", f"LOC#{location_id}")
        kind = self._location
        still_open = kind.closed_at_ms.does_not_exist() | (kind.closed_at_ms > now_ms)
        try:
            with store_errors():
                row.update([kind.closed_at_ms.set(closed_at_ms)], kind.pk.exists() & still_open)
        except ConditionRefusedError:
            return False
        return True

    def location(self, partner_id: str, location_id: str) -> Location | None:
        try:
            with store_errors():
                row = self._location.get(f"P#{partner_id}", f"LOC#{location_id}", consistent_read=True)
        except self._location.DoesNotExist:
            return None
        return _location(row)

    def locations(self, partner_id: str) -> list[Location]:
        """The partner's locations, by id."""
        with store_errors():
            rows = self._location.query(f"P#{partner_id}", self._location.sk.startswith("LOC#"), consistent_read=True)
            return [_location(row) for row in rows]

    def terms(self, partner_id: str) -> list[Terms]:
        """All versions of the partner's terms, in order."""
        with store_errors():
            rows = self._terms.query(f"P#{partner_id}", self._terms.sk.startswith("TERMS#"), consistent_read=True)
            return [terms_of(row) for row in rows]


def _add(row: PartnerRow | LocationRow) -> bool:
    try:
        with store_errors():
            row.save(condition=type(row).pk.does_not_exist())
    except ConditionRefusedError:
        return False
    return True


def _partner(row: PartnerRow) -> Partner:
    return Partner(row.sk, row.name, row.currency, int(row.created_at_ms))


def _location(row: LocationRow) -> Location:
    partner_id, location_id = row.pk.removeprefix("P#"), row.sk.removeprefix("LOC#")
    closed_at_ms = None if row.closed_at_ms is None else int(row.closed_at_ms)
    return Location(partner_id, location_id, row.name, row.time_zone, int(row.opened_at_ms), closed_at_ms)
