"""What contracts rely on in their store: the fake and the real one answer to the same tests."""

from dataclasses import replace
from itertools import count

import pytest

from partners.contracts.model import Location, Partner, Terms
from partners.contracts.plan import Band, Plan, PlanMode
from tests.fakes.contract_book import new_terms

_names = count(1)
PLAN = Plan(1_999, PlanMode.WHOLE_BAND, (Band(500, 4_500, 0), Band(1_500, 4_000, 12_345), Band(None, 10**9, 10**12)))


def version(partner_id: str, number: int, **changes: object) -> Terms:
    given = {"effective_from_ms": 1_795_260_000_000 + number, "plan": PLAN}
    agreed = {"waiting_days": 9, "late_days": 8, "cashback_bps": 150}
    new = new_terms(**{**given, **agreed, **changes})
    fields = {name: getattr(new, name) for name in new.__dataclass_fields__}
    return Terms(partner_id=partner_id, version=number, currency="EUR", **fields)


class ContractBookContract:
    """A subclass gives the fixture `book`."""

    @pytest.fixture
    def name(self) -> str:
        return f"firm-{next(_names)}"

    def test_a_partner_reads_back_as_added(self, book, name):
        partner = Partner(name, "Käse & Söhne 'n Co", "EUR", 1_795_260_000_123)
        assert book.add_partner(partner) is True
        assert book.partner(name) == partner
        assert partner in book.partners()

    def test_a_partner_that_is_there_stays_as_it_is(self, book, name):
        first = Partner(name, "First", "EUR", 1)
        book.add_partner(first)
        assert book.add_partner(replace(first, name="Second")) is False
        assert book.partner(name) == first

    def test_what_was_never_added_is_not_there(self, book, name):
        assert book.partner(name) is None
        assert book.location(name, "1") is None
        assert book.locations(name) == []
        assert book.terms(name) == []

    def test_partners_come_by_id(self, book, name):
        for ending in ("c", "a", "b"):
            book.add_partner(Partner(f"{name}{ending}", "Firm", "EUR", 1))
        ids = [partner.partner_id for partner in book.partners()]
        assert ids == sorted(ids)
        assert {f"{name}a", f"{name}b", f"{name}c"} <= set(ids)

    def test_a_location_reads_back_as_added(self, book, name):
        location = Location(name, "S-1.a_B", "Main Street", "America/Chicago", 1_795_260_000_123)
        assert book.add_location(location) is True
        assert book.location(name, "S-1.a_B") == location
        assert book.locations(name) == [location]

    def test_a_location_that_is_there_stays_as_it_is(self, book, name):
        first = Location(name, "1", "First", "UTC", 1)
        book.add_location(first)
        assert book.add_location(replace(first, name="Second")) is False
        assert book.location(name, "1") == first

    def test_locations_are_the_partner_s_own_by_id(self, book, name):
        for partner_id, location_id in [(name, "2"), (name, "10"), (f"{name}x", "3")]:
            book.add_location(Location(partner_id, location_id, "Store", "UTC", 1))
        assert [location.location_id for location in book.locations(name)] == ["10", "2"]

    def test_a_closing_is_written_and_moved_until_it_has_come(self, book, name):
        location = Location(name, "1", "First", "UTC", 100)
        book.add_location(location)
        assert book.set_closing(name, "1", 900, 500) is True
        assert book.set_closing(name, "1", 800, 600) is True
        assert book.location(name, "1") == replace(location, closed_at_ms=800)
        assert book.set_closing(name, "1", 900, 800) is False
        assert book.locations(name) == [replace(location, closed_at_ms=800)]

    def test_a_location_that_is_not_there_is_not_closed(self, book, name):
        assert book.set_closing(name, "1", 900, 500) is False
        assert book.locations(name) == []

    def test_terms_read_back_as_added_in_order_of_their_version(self, book, name):
        versions = [version(name, number) for number in range(1, 12)]
        for terms in reversed(versions):
            assert book.add_terms(terms) is True
        assert book.terms(name) == versions

    def test_a_version_that_is_there_stays_as_it_is(self, book, name):
        first = version(name, 1)
        book.add_terms(first)
        assert book.add_terms(replace(first, earn_points=9)) is False
        assert book.terms(name) == [first]

    def test_locations_and_terms_of_one_partner_do_not_mix(self, book, name):
        book.add_location(Location(name, "TERMS", "Store", "UTC", 1))
        book.add_terms(version(name, 1))
        assert len(book.locations(name)) == len(book.terms(name)) == 1
