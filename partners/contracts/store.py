"""Partners and locations on DynamoDB, table `partners`; terms are only read here, see `agreement_store`.

| row | pk | sk |
| --- | --- | --- |
| partner | `PARTNERS` | partner id |
| location | `P#<partner>` | `LOC#<location>` |

Rows are added and never changed, but for the closing of a location and the state of a partner, see `life_store`.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.contracts.agreement_store import TermsRow, terms_of
from partners.contracts.life import PartnerState
from partners.contracts.model import Contract, Location, Partner, Terms
from partners.contracts.standing import FundingStanding
from shared.kernel.aws import items_of_all_pages
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTNERS = "PARTNERS"
STANDING = "STANDING"
"""Of the rows of a partner, those from here on say how it may trade: `STANDING`, `STATE#...`, `TERMS#...`."""


class PartnerRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    currency = UnicodeAttribute()
    created_at_ms = NumberAttribute()
    state = UnicodeAttribute(null=True)


class LocationRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    opened_at_ms = NumberAttribute()
    closed_at_ms = NumberAttribute(null=True)


class StandingRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    as_of_ms = NumberAttribute()
    stopped = BooleanAttribute()
    exposure_cents = NumberAttribute()
    limit_cents = NumberAttribute(null=True)
    used_cents = NumberAttribute()


class ContractStore:
    """Every method may raise StoreUnavailableError. `add_...` say whether the row was free, and else
    leave it as it is. Reads see every row added before."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._partner = bound(PartnerRow, table, client)
        self._location = bound(LocationRow, table, client)
        self._terms = bound(TermsRow, table, client)
        self._client = client
        self._table = table

    def add_partner(self, partner: Partner) -> bool:
        return _add(row_of_partner(self._partner, partner))

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

    def contract(self, partner_id: str) -> Contract:
        """Funding, state and terms of a partner, read together: their rows stand side by side."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk >= :first",
            "ExpressionAttributeValues": {":pk": {"S": f"P#{partner_id}"}, ":first": {"S": STANDING}},
            "ConsistentRead": True,
        }
        by_kind: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in items_of_all_pages(self._client.query, request):
            by_kind[item["sk"]["S"].partition("#")[0]].append(item)
        states = tuple((int(item["at_ms"]["N"]), PartnerState(item["state"]["S"])) for item in by_kind["STATE"])
        standings = [_standing(StandingRow.from_raw_data(item)) for item in by_kind[STANDING]]
        return Contract(
            state=states[-1][1] if states else PartnerState.ACTIVE,
            versions=tuple(terms_of(TermsRow.from_raw_data(item)) for item in by_kind["TERMS"]),
            standing=standings[0] if standings else None,
            states=states,
        )


def _standing(row: StandingRow) -> FundingStanding:
    return FundingStanding(
        as_of_ms=int(row.as_of_ms),
        stopped=bool(row.stopped),
        exposure_cents=int(row.exposure_cents),
        limit_cents=None if row.limit_cents is None else int(row.limit_cents),
        used_cents=int(row.used_cents),
    )


def _add(row: PartnerRow | LocationRow) -> bool:
    try:
        with store_errors():
            row.save(condition=type(row).pk.does_not_exist())
    except ConditionRefusedError:
        return False
    return True


def row_of_partner(kind: type[PartnerRow], partner: Partner) -> PartnerRow:
    return kind(
        PARTNERS,
        partner.partner_id,
        name=partner.name,
        currency=partner.currency,
        created_at_ms=partner.created_at_ms,
        state=partner.state.value,
    )


def _partner(row: PartnerRow) -> Partner:
    state = PartnerState(row.state or PartnerState.ACTIVE)
    return Partner(row.sk, row.name, row.currency, int(row.created_at_ms), state)


def _location(row: LocationRow) -> Location:
    partner_id, location_id = row.pk.removeprefix("P#"), row.sk.removeprefix("LOC#")
    closed_at_ms = None if row.closed_at_ms is None else int(row.closed_at_ms)
    return Location(partner_id, location_id, row.name, row.time_zone, int(row.opened_at_ms), closed_at_ms)
