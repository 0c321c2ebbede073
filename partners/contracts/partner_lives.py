"""Inviting, verifying, activating, suspending and closing partners; each change is kept with who, when and why."""

from collections.abc import Callable
from typing import Protocol

from partners.contracts.errors import (
    ClosingTooSoonError,
    LocationsOpenError,
    PartnerExistsError,
    PartnerWithoutTermsError,
    StateConflictError,
)
from partners.contracts.life import PartnerState, StateChange, check_move
from partners.contracts.model import Partner
from partners.contracts.service import Contracts
from shared.kernel.clock import DAY_MS, Clock
from shared.ledger.limits import LATE_LIMIT_MS

QUIET_MS = LATE_LIMIT_MS + DAY_MS
"""So long a partner stays suspended before it is closed: until nothing that it did before can reach us any more."""
LOCATIONS_QUIET_MS = QUIET_MS + DAY_MS
"""So long the locations of one that has traded are closed: a return that occurred before may be told for a month, and
a closing may be told of a month late."""
INVITATION = "Invited"


class LifeBook(Protocol):
    """What lives need of their store; see `partners.contracts.life_store.LifeStore`."""

    def invite(self, partner: Partner, change: StateChange) -> bool: ...

    def move(self, change: StateChange) -> bool: ...

    def history(self, partner_id: str) -> list[StateChange]: ...


class PartnerLives:
    """Use cases of partners' lives. `by` identifies the operator who acts. All may raise StoreUnavailableError."""

    def __init__(
        self, book: LifeBook, contracts: Contracts, clock: Clock, check_settled: Callable[[Partner], None]
    ) -> None:
        """`check_settled` raises what is still owed between the partner and the network."""
        self._book = book
        self._contracts = contracts
        self._clock = clock
        self._check_settled = check_settled

    def invite(self, by: str, partner_id: str, name: str, currency: str) -> Partner:
        """Bring a partner in, who may not trade yet. The same again gives the partner as it is.

        Raises InvalidPartnerIdError, InvalidNameError, UnsupportedCurrencyError, and PartnerExistsError if the id
        is taken with another name or currency.
        """
        now_ms = self._clock()
        partner = Partner(partner_id, name, currency, now_ms, PartnerState.INVITED)
        change = StateChange(
            partner_id=partner_id, number=1, state=PartnerState.INVITED, by=by, at_ms=now_ms, reason=INVITATION
        )
        if self._book.invite(partner, change):
            return partner
        known = self._contracts.partner_now(partner_id)
        if (known.name, known.currency) != (name, currency):
            raise PartnerExistsError(partner_id)
        return known

    def move(self, by: str, partner_id: str, state: PartnerState, reason: str) -> Partner:
        """Take a partner to another state. The state it is in already is a success and changes nothing.

        Tills know of it within a minute. Raises UnknownPartnerError, InvalidReasonError, StateChangeRefusedError,
        PartnerWithoutTermsError (activating), LocationsOpenError and what `check_settled` raises (closing),
        ClosingTooSoonError (closing one that has traded), StateConflictError if another operator moved it at the same
        time.
        """
        history = self._book.history(partner_id)
        # In this order a move by another operator in between takes the number, so what is decided here is not written.
        partner = self._contracts.partner_now(partner_id)
        change = StateChange(
            partner_id=partner_id,
            number=len(history) + 1,
            state=state,
            by=by,
            at_ms=self._clock(),
            reason=reason,
        )
        if partner.state is state:
            return partner
        check_move(partner_id, partner.state, state)
        if state is PartnerState.ACTIVE and not self._contracts.terms(partner_id):
            raise PartnerWithoutTermsError(partner_id)
        if state is PartnerState.CLOSED:
            self._check_closing(partner, history)
        if not self._book.move(change):
            raise StateConflictError(partner_id)
        return self._contracts.partner_now(partner_id)

    def history(self, partner_id: str) -> list[StateChange]:
        """All changes of the partner's state, oldest first; none if it is older than they are.

        Raises UnknownPartnerError.
        """
        self._contracts.partner(partner_id)
        return self._book.history(partner_id)

    def _check_closing(self, partner: Partner, history: list[StateChange]) -> None:
        now_ms = self._clock()
        has_traded = partner.state is PartnerState.SUSPENDED
        locations = self._contracts.locations(partner.partner_id)
        still_open = [one for one in locations if one.closed_at_ms is None or one.closed_at_ms > now_ms]
        if still_open:
            raise LocationsOpenError(partner.partner_id, len(still_open))
        if has_traded:
            closed_ms = [one.closed_at_ms + LOCATIONS_QUIET_MS for one in locations if one.closed_at_ms is not None]
            earliest_ms = max(history[-1].at_ms + QUIET_MS, *closed_ms, 0)
            if now_ms < earliest_ms:
                raise ClosingTooSoonError(partner.partner_id, earliest_ms)
        self._check_settled(partner)
