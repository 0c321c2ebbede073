"""Bringing partners in, opening their locations; and what a till asks about them and their terms."""

from dataclasses import replace
from typing import Protocol
from zoneinfo import ZoneInfo

from partners.contracts.cache import Fresh
from partners.contracts.errors import (
    ClosingTooLateError,
    FundingExhaustedError,
    LocationAlreadyClosedError,
    LocationExistsError,
    NoTermsInForceError,
    OpeningTooLateError,
    PartnerExistsError,
    UnknownLocationError,
    UnknownPartnerError,
    UnknownTimeZoneError,
)
from partners.contracts.life import MAY_GET, New, PartnerState, check_new, check_not_suspended
from partners.contracts.model import Contract, Location, Partner, Terms, TermsView, in_force
from partners.contracts.standing import FundingStanding
from shared.kernel.clock import DAY_MS, Clock

CACHE_MS = 60_000
LATEST_CLOSING_MS = 31 * DAY_MS
LATEST_OPENING_MS = 31 * DAY_MS
"""An opening adds days to months that are billed already; what was billed longer ago stays."""


class ContractBook(Protocol):
    """What contracts need of their store; see `partners.contracts.store.ContractStore`."""

    def add_partner(self, partner: Partner) -> bool: ...

    def partner(self, partner_id: str) -> Partner | None: ...

    def partners(self) -> list[Partner]: ...

    def add_location(self, location: Location) -> bool: ...

    def location(self, partner_id: str, location_id: str) -> Location | None: ...

    def locations(self, partner_id: str) -> list[Location]: ...

    def set_closing(self, partner_id: str, location_id: str, closed_at_ms: int, now_ms: int) -> bool: ...

    def terms(self, partner_id: str) -> list[Terms]: ...

    def contract(self, partner_id: str) -> Contract: ...


class Contracts:
    """Use cases of contracts. Every method may raise StoreUnavailableError.

    `partner`, `location`, `state`, `check_funding` and `terms_at` lie on the way of a purchase and answer from memory
    for up to CACHE_MS; the last three are read together.
    """

    def __init__(self, book: ContractBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._partners: Fresh[Partner] = Fresh(clock, CACHE_MS)
        self._locations: Fresh[Location] = Fresh(clock, CACHE_MS)
        self._contracts: Fresh[Contract] = Fresh(clock, CACHE_MS)

    def create_partner(self, partner_id: str, name: str, currency: str) -> Partner:
        """Make a partner that trades at once. The same again is a success and gives the partner as it is.

        `PartnerLives.invite` brings one in step by step.

        Raises InvalidPartnerIdError, InvalidNameError, UnsupportedCurrencyError, and PartnerExistsError
        if the id is taken with another name or currency.
        """
        partner = Partner(partner_id, name, currency, self._clock())
        if self._book.add_partner(partner):
            return partner
        existing = self._book.partner(partner_id)
        if existing is None or (existing.name, existing.currency) != (name, currency):
            raise PartnerExistsError(partner_id)
        return existing

    def open_location(
        self, partner_id: str, location_id: str, name: str, time_zone: str, opened_at_ms: int | None = None
    ) -> Location:
        """Open a location of a partner, now or at `opened_at_ms`. The same again is a success.

        It may be dated back by LATEST_OPENING_MS; as far as needed while the partner itself is not known for longer.
        Raises UnknownPartnerError, InvalidLocationIdError, InvalidNameError, UnknownTimeZoneError,
        OpeningTooLateError, NotInThisStateError, and LocationExistsError if the id is taken with other particulars.
        """
        _check_time_zone(time_zone)
        partner = self.partner_now(partner_id)
        now_ms = self._clock()
        moment = now_ms if opened_at_ms is None else opened_at_ms
        location = Location(partner_id, location_id, name, time_zone, moment)
        earliest_ms = now_ms - LATEST_OPENING_MS
        too_late = moment < earliest_ms and partner.created_at_ms < earliest_ms
        allowed = New.LOCATION in MAY_GET[partner.state]
        if allowed and not too_late and self._book.add_location(location):
            return location
        existing = self._book.location(partner_id, location_id)
        if existing is None:
            check_new(partner_id, partner.state, New.LOCATION)
        if existing is None and too_late:
            raise OpeningTooLateError(moment, earliest_ms)
        if existing is None or (existing.name, existing.time_zone) != (name, time_zone):
            raise LocationExistsError(location_id)
        if opened_at_ms not in (None, existing.opened_at_ms):
            raise LocationExistsError(location_id)
        return existing

    def close_location(self, partner_id: str, location_id: str, closed_at_ms: int | None = None) -> Location:
        """Close a location of a partner, now or at `closed_at_ms`. The same again is a success.

        A closing to come may be moved; one that has come stands. It may be dated back by LATEST_CLOSING_MS. Raises
        UnknownPartnerError, UnknownLocationError, ClosedBeforeOpeningError, ClosingTooLateError,
        LocationAlreadyClosedError.
        """
        self.partner(partner_id)
        location = self._book.location(partner_id, location_id)
        if location is None:
            raise UnknownLocationError(location_id)
        now_ms = self._clock()
        if location.closed_at_ms is not None and closed_at_ms in (None, location.closed_at_ms):
            return location
        moment = now_ms if closed_at_ms is None else closed_at_ms
        if moment < now_ms - LATEST_CLOSING_MS:
            raise ClosingTooLateError(moment, now_ms - LATEST_CLOSING_MS)
        closed = replace(location, closed_at_ms=moment)
        if not self._book.set_closing(partner_id, location_id, moment, now_ms):
            raise LocationAlreadyClosedError(location_id)
        self._locations.forget((partner_id, location_id))
        return closed

    def partner(self, partner_id: str) -> Partner:
        """Raises UnknownPartnerError."""
        partner = self._partners.get(partner_id, lambda: self._book.partner(partner_id))
        if partner is None:
            raise UnknownPartnerError(partner_id)
        return partner

    def partner_now(self, partner_id: str) -> Partner:
        """As `partner`, but not from memory. Raises UnknownPartnerError."""
        self._partners.forget(partner_id)
        return self.partner(partner_id)

    def check_new(self, partner_id: str, new: New) -> None:
        """Raises UnknownPartnerError, NotInThisStateError if the partner gets no such thing now."""
        check_new(partner_id, self.partner_now(partner_id).state, new)

    def partners(self) -> list[Partner]:
        """All partners, by id."""
        return self._book.partners()

    def location(self, partner_id: str, location_id: str) -> Location:
        """Raises UnknownLocationError, also if the location is another partner's."""
        key = (partner_id, location_id)
        location = self._locations.get(key, lambda: self._book.location(partner_id, location_id))
        if location is None:
            raise UnknownLocationError(location_id)
        return location

    def locations(self, partner_id: str) -> list[Location]:
        """All locations of the partner, by id. Raises UnknownPartnerError."""
        self.partner(partner_id)
        return self._book.locations(partner_id)

    def terms(self, partner_id: str) -> list[Terms]:
        """All versions of the partner's terms, in order. Raises UnknownPartnerError."""
        self.partner(partner_id)
        return self._book.terms(partner_id)

    def terms_view(self, partner_id: str, at_ms: int | None = None) -> TermsView:
        """The partner's terms, and what is in force at a moment (None: now). Raises UnknownPartnerError."""
        versions = self.terms(partner_id)
        moment = self._clock() if at_ms is None else at_ms
        return TermsView(moment, in_force(versions, moment), tuple(versions))

    def terms_at(self, partner_id: str, at_ms: int) -> Terms:
        """The terms in force at a moment. Raises NoTermsInForceError."""
        terms = self._remembered_terms_at(partner_id, at_ms)
        if terms is None:
            # The partner's first terms may be younger than what is remembered, and begin in the past.
            self._contracts.forget(partner_id)
            terms = self._remembered_terms_at(partner_id, at_ms)
        if terms is None:
            raise NoTermsInForceError(partner_id, at_ms)
        return terms

    def closed_at_ms(self, partner_id: str) -> int | None:
        """Since when the partner is closed, not from memory; None if it is not."""
        closings = (since for since, state in self.contract_now(partner_id).states if state is PartnerState.CLOSED)
        return next(closings, None)

    def state(self, partner_id: str) -> PartnerState:
        """In which state of its life the partner is."""
        return self._contract(partner_id).state

    def check_not_suspended(self, partner_id: str, at_ms: int, skew_ms: int = 0) -> None:
        """Raises PartnerWasSuspendedError if the partner was suspended at a moment.

        `skew_ms` is by how much the clock that told the moment may be behind.
        """
        check_not_suspended(self._contract(partner_id).states, at_ms, skew_ms)

    def check_funding(self, partner_id: str) -> None:
        """Raises FundingExhaustedError if the partner may grant nothing now."""
        contract = self._contract(partner_id)
        if contract.stopped(self._clock()):
            standing = contract.standing
            raise FundingExhaustedError(None if standing is None else standing.as_of_ms)

    def standing(self, partner_id: str) -> FundingStanding | None:
        """How the partner's funding stands, None before it is first measured."""
        return self._contract(partner_id).standing

    def standing_now(self, partner_id: str) -> FundingStanding | None:
        """As `standing`, but not from memory."""
        return self.contract_now(partner_id).standing

    def contract_now(self, partner_id: str) -> Contract:
        """States, terms and funding of a partner, read together and not from memory."""
        return self._book.contract(partner_id)

    def _remembered_terms_at(self, partner_id: str, at_ms: int) -> Terms | None:
        return in_force(self._contract(partner_id).versions, at_ms)

    def _contract(self, partner_id: str) -> Contract:
        found = self._contracts.get(partner_id, lambda: self._book.contract(partner_id))
        if found is None:
            raise UnknownPartnerError(partner_id)
        return found


def _check_time_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownTimeZoneError(time_zone) from error
