import pytest

from partners.contracts.agreements import TERMS_LEAD_MS
from partners.contracts.cache import MOST_ENTRIES, Fresh
from partners.contracts.errors import (
    ClosedBeforeOpeningError,
    ClosingTooLateError,
    LocationAlreadyClosedError,
    LocationExistsError,
    NoTermsInForceError,
    OpeningTooLateError,
    PartnerExistsError,
    TermsTooEarlyError,
    UnknownLocationError,
    UnknownPartnerError,
    UnknownTimeZoneError,
)
from partners.contracts.service import CACHE_MS, LATEST_CLOSING_MS, LATEST_OPENING_MS, Contracts
from shared.kernel.clock import DAY_MS
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import FakeContractBook, agree, contracts_of, new_terms


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def book() -> FakeContractBook:
    return FakeContractBook()


@pytest.fixture
def contracts(book: FakeContractBook, clock: FakeClock) -> Contracts:
    return contracts_of("harvest", "northpharm", book=book, clock=clock)


class TestPartners:
    def test_a_partner_is_there_as_created(self, contracts, clock):
        assert contracts.partner("harvest").name == "Harvest"
        assert contracts.partner("harvest").created_at_ms == clock()

    def test_the_same_again_gives_the_partner_as_first_created(self, contracts, clock):
        first = contracts.partner("harvest")
        clock.advance(days=1)
        assert contracts.create_partner("harvest", "Harvest", "USD") == first

    @pytest.mark.parametrize(("name", "currency"), [("Harvest Inc", "USD"), ("Harvest", "EUR")])
    def test_an_id_that_is_taken_by_another_is_refused_and_nothing_changes(self, contracts, name, currency):
        before = contracts.partner("harvest")
        with pytest.raises(PartnerExistsError):
            contracts.create_partner("harvest", name, currency)
        assert contracts.partner("harvest") == before

    def test_all_partners_are_listed_by_id(self, contracts):
        contracts.create_partner("city-market", "City Market", "USD")
        assert [one.partner_id for one in contracts.partners()] == ["city-market", "harvest", "northpharm"]

    def test_an_unknown_partner_is_not_found(self, contracts):
        for call in (contracts.partner, contracts.locations, contracts.terms):
            with pytest.raises(UnknownPartnerError):
                call("nobody")


class TestLocations:
    def test_a_location_is_there_as_opened(self, contracts, clock):
        opened = contracts.open_location("harvest", "367", "Main Street", "America/Chicago")
        assert opened.opened_at_ms == clock()
        assert contracts.location("harvest", "367") == opened
        assert contracts.locations("harvest") == [opened]

    def test_it_may_have_opened_before(self, contracts):
        assert contracts.open_location("harvest", "367", "Main Street", "UTC", 123).opened_at_ms == 123

    def test_the_same_again_gives_the_location_as_first_opened(self, contracts, clock):
        first = contracts.open_location("harvest", "367", "Main Street", "UTC", 123)
        clock.advance(days=1)
        assert contracts.open_location("harvest", "367", "Main Street", "UTC") == first
        assert contracts.open_location("harvest", "367", "Main Street", "UTC", 123) == first

    def test_once_a_partner_is_known_for_a_month_an_opening_is_not_dated_back_further(self, contracts, clock):
        first = contracts.open_location("harvest", "1", "One", "UTC", 123)
        clock.advance(days=60)
        with pytest.raises(OpeningTooLateError):
            contracts.open_location("harvest", "2", "Two", "UTC", clock() - LATEST_OPENING_MS - 1)
        assert contracts.open_location("harvest", "2", "Two", "UTC", clock() - LATEST_OPENING_MS).opened_at_ms
        assert contracts.open_location("harvest", "1", "One", "UTC", 123) == first

    @pytest.mark.parametrize(
        "other", [("Broad Street", "UTC", 123), ("Main Street", "Asia/Tokyo", 123), ("Main Street", "UTC", 124)]
    )
    def test_an_id_that_is_taken_by_another_location_is_refused(self, contracts, other):
        contracts.open_location("harvest", "367", "Main Street", "UTC", 123)
        with pytest.raises(LocationExistsError):
            contracts.open_location("harvest", "367", *other)

    def test_a_location_closes_once_whenever_it_is_asked_for(self, contracts, clock):
        contracts.open_location("harvest", "1", "One", "UTC", 123)
        closed = contracts.close_location("harvest", "1")
        assert closed.closed_at_ms == clock()
        clock.advance(days=1)
        assert contracts.close_location("harvest", "1") == closed == contracts.location("harvest", "1")
        assert contracts.close_location("harvest", "1", closed.closed_at_ms) == closed
        with pytest.raises(LocationAlreadyClosedError):
            contracts.close_location("harvest", "1", clock())

    def test_a_closing_to_come_may_be_moved(self, contracts, clock):
        contracts.open_location("harvest", "1", "One", "UTC", 123)
        contracts.location("harvest", "1")
        contracts.close_location("harvest", "1", clock() + DAY_MS)
        contracts.close_location("harvest", "1", clock() + 9 * DAY_MS)
        assert contracts.location("harvest", "1").closed_at_ms == clock() + 9 * DAY_MS

    def test_a_closing_is_not_before_the_opening_nor_long_ago(self, contracts, clock):
        contracts.open_location("harvest", "1", "One", "UTC", clock() - DAY_MS)
        contracts.open_location("harvest", "2", "Two", "UTC", 123)
        with pytest.raises(ClosedBeforeOpeningError):
            contracts.close_location("harvest", "1", clock() - DAY_MS - 1)
        with pytest.raises(ClosingTooLateError):
            contracts.close_location("harvest", "2", clock() - LATEST_CLOSING_MS - 1)
        assert contracts.close_location("harvest", "2", clock() - LATEST_CLOSING_MS).closed_at_ms

    def test_only_a_location_of_the_partner_closes(self, contracts):
        contracts.open_location("harvest", "1", "One", "UTC", 123)
        with pytest.raises(UnknownLocationError):
            contracts.close_location("northpharm", "1")
        with pytest.raises(UnknownPartnerError):
            contracts.close_location("nobody", "1")

    def test_two_partners_may_number_their_stores_alike(self, contracts):
        contracts.open_location("harvest", "1", "One", "UTC")
        contracts.open_location("northpharm", "1", "Eins", "UTC")
        assert [contracts.location(name, "1").name for name in ("harvest", "northpharm")] == ["One", "Eins"]

    def test_another_partner_s_location_is_as_unknown_as_one_that_does_not_exist(self, contracts):
        contracts.open_location("northpharm", "1", "One", "UTC")
        refusals = []
        for location_id in ("1", "2"):
            with pytest.raises(UnknownLocationError) as refusal:
                contracts.location("harvest", location_id)
            refusals.append(refusal.value)
        assert refusals[0].detail == refusals[1].detail

    @pytest.mark.parametrize("time_zone", ["", "Mars/Base", "../etc/passwd", "/etc/localtime", "America", "a\x00b"])
    def test_a_time_zone_that_does_not_exist_is_refused(self, contracts, time_zone):
        with pytest.raises(UnknownTimeZoneError):
            contracts.open_location("harvest", "1", "One", time_zone)

    def test_an_unknown_partner_opens_no_location(self, contracts):
        with pytest.raises(UnknownPartnerError):
            contracts.open_location("nobody", "1", "One", "UTC")


class TestTerms:
    def test_versions_count_from_one_and_carry_the_partner_s_currency(self, contracts, clock):
        first = agree(contracts, "harvest", new_terms())
        second = agree(contracts, "harvest", new_terms(clock() + TERMS_LEAD_MS, earn_points=7))
        assert [(terms.version, terms.currency) for terms in contracts.terms("harvest")] == [(1, "USD"), (2, "USD")]
        assert contracts.terms("harvest") == [first, second]

    def test_the_first_terms_may_begin_in_the_past(self, contracts, clock):
        agree(contracts, "harvest", new_terms(clock() - 40 * 86_400_000))
        assert contracts.terms_at("harvest", clock() - 30 * 86_400_000).version == 1

    def test_later_terms_begin_no_sooner_than_every_till_can_know(self, contracts, clock):
        agree(contracts, "harvest", new_terms())
        with pytest.raises(TermsTooEarlyError) as refusal:
            agree(contracts, "harvest", new_terms(clock() + TERMS_LEAD_MS - 1, earn_points=7))
        assert "earliest" in refusal.value.data
        assert agree(contracts, "harvest", new_terms(clock() + TERMS_LEAD_MS, earn_points=7)).version == 2

    def test_later_terms_begin_no_sooner_than_the_latest(self, contracts, clock):
        agree(contracts, "harvest", new_terms(clock() + 10 * TERMS_LEAD_MS))
        with pytest.raises(TermsTooEarlyError):
            agree(contracts, "harvest", new_terms(clock() + 10 * TERMS_LEAD_MS - 1))
        assert agree(contracts, "harvest", new_terms(clock() + 10 * TERMS_LEAD_MS, earn_points=7)).version == 2

    def test_a_till_that_just_read_the_terms_prices_every_moment_like_one_that_reads_now(self, contracts, book, clock):
        agree(contracts, "harvest", new_terms())
        till = Contracts(book, clock)
        till.terms_at("harvest", clock())
        agree(contracts, "harvest", new_terms(clock() + TERMS_LEAD_MS, earn_points=7))
        for _ in range(40):
            clock.advance(ms=5_000)
            assert till.terms_at("harvest", clock()) == Contracts(book, clock).terms_at("harvest", clock())

    def test_without_terms_in_force_there_is_a_refusal(self, contracts, clock):
        with pytest.raises(NoTermsInForceError):
            contracts.terms_at("harvest", clock())
        agree(contracts, "harvest", new_terms(clock() + 1))
        with pytest.raises(NoTermsInForceError):
            contracts.terms_at("harvest", clock())

    def test_an_unknown_partner_gets_no_terms(self, contracts):
        with pytest.raises(UnknownPartnerError):
            agree(contracts, "nobody", new_terms())


class TestMemory:
    def ask(self, contracts: Contracts, clock: FakeClock) -> None:
        contracts.partner("harvest")
        contracts.location("harvest", "367")
        contracts.terms_at("harvest", clock())
        contracts.state("harvest")

    def test_what_a_till_asks_is_read_once_a_minute(self, contracts, book, clock):
        contracts.open_location("harvest", "367", "Main Street", "UTC")
        agree(contracts, "harvest", new_terms())
        till = Contracts(book, clock)
        book.reads.clear()
        for _ in range(5):
            self.ask(till, clock)
            clock.advance(ms=CACHE_MS // 5)
        assert book.reads == {"partner": 1, "location": 1, "contract": 1}
        self.ask(till, clock)
        assert book.reads == {"partner": 2, "location": 2, "contract": 2}

    def test_a_location_just_opened_is_known_to_a_till_that_missed_it_before(self, contracts, book, clock):
        till = Contracts(book, clock)
        with pytest.raises(UnknownLocationError):
            till.location("harvest", "367")
        contracts.open_location("harvest", "367", "Main Street", "UTC")
        assert till.location("harvest", "367").name == "Main Street"

    def test_first_terms_are_known_to_a_till_that_missed_them_before(self, contracts, book, clock):
        till = Contracts(book, clock)
        with pytest.raises(NoTermsInForceError):
            till.terms_at("harvest", clock())
        agree(contracts, "harvest", new_terms())
        assert till.terms_at("harvest", clock()).version == 1

    def test_a_clock_that_goes_back_makes_it_read_again(self, clock):
        fresh: Fresh[int] = Fresh(clock, 1_000)
        values = iter([1, 2])
        assert fresh.get("a", lambda: next(values)) == 1
        clock.advance(ms=-1)
        assert fresh.get("a", lambda: next(values)) == 2

    def test_it_never_holds_more_than_its_bound(self, clock):
        fresh: Fresh[int] = Fresh(clock, 1_000)
        for key in range(MOST_ENTRIES + 5):
            fresh.get(key, lambda: 1)
        assert len(fresh._loaded) <= MOST_ENTRIES
