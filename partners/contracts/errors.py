"""Why a contract is refused or not found."""

from collections.abc import Sequence

from shared.kernel.clock import to_rfc3339
from shared.kernel.errors import (
    ConflictError,
    Fact,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    UnprocessableError,
)

MOST_LISTED = 20


class InvalidPartnerIdError(InvalidRequestError):
    code = "invalid_partner_id"
    title = "The partner id is not valid"


class InvalidLocationIdError(InvalidRequestError):
    code = "invalid_location_id"
    title = "The location id is not valid"


class InvalidNameError(InvalidRequestError):
    code = "invalid_name"
    title = "The name is not valid"


class UnsupportedCurrencyError(InvalidRequestError):
    code = "unsupported_currency"
    title = "This currency is not supported"


class UnknownTimeZoneError(InvalidRequestError):
    code = "unknown_time_zone"
    title = "There is no such time zone"

    def __init__(self, time_zone: str) -> None:
        super().__init__(
            "Give a name of the IANA time zone database, such as America/Chicago.", time_zone=time_zone[:80]
        )


class InvalidTermsError(InvalidRequestError):
    code = "invalid_terms"
    title = "These terms contradict themselves"


class BankFileCurrencyError(UnprocessableError):
    code = "bank_file_currency"
    title = "Bank files are in euros"

    def __init__(self, currency: str) -> None:
        super().__init__(
            f"SEPA moves EUR alone. Have positions in {currency} paid by `stripe` or `by_hand`.", currency=currency
        )


class InvalidReasonError(InvalidRequestError):
    code = "invalid_reason"
    title = "The reason is not valid"

    def __init__(self, longest: int) -> None:
        super().__init__(f"Give a reason of 1 to {longest} printable characters.")


class SecondPersonNeededError(ForbiddenError):
    """`payments` and `windows`, the first 20, are those of which nobody but the caller has said what this rests on."""

    code = "second_person_needed"
    title = "Someone else must decide this"

    def __init__(self, proposal_id: str, payments: Sequence[str] = (), windows: Sequence[int] = ()) -> None:
        own = [*payments[:MOST_LISTED], *(f"payments of window {window}" for window in windows[:MOST_LISTED])]
        confirm = f" Or have another confirm what you said of {', '.join(own)}." if own else ""
        named: dict[str, Fact] = {}
        if payments:
            named["payments"] = [{"payment": key} for key in payments[:MOST_LISTED]]
        if windows:
            named["windows"] = [{"window": window} for window in windows[:MOST_LISTED]]
        super().__init__(
            "Whoever proposed this, or alone vouched for what it rests on, can't decide it. Ask another operator."
            f"{confirm}",
            proposal_id=proposal_id,
            **named,
        )


class InvalidPlanError(InvalidRequestError):
    code = "invalid_plan"
    title = "This billing plan contradicts itself"


class ClosedBeforeOpeningError(InvalidRequestError):
    code = "closed_before_opening"
    title = "A location can't close before it opens"

    def __init__(self, opened_at_ms: int, closed_at_ms: int) -> None:
        super().__init__(
            f"The location opens at {to_rfc3339(opened_at_ms)}.",
            opened_at=to_rfc3339(opened_at_ms),
            closed_at=to_rfc3339(closed_at_ms),
        )


class ClosingTooLateError(InvalidRequestError):
    code = "closing_too_late"
    title = "This closing is reported too late"

    def __init__(self, closed_at_ms: int, earliest_ms: int) -> None:
        super().__init__(
            f"A closing may be dated back to {to_rfc3339(earliest_ms)} at the earliest.",
            closed_at=to_rfc3339(closed_at_ms),
            earliest=to_rfc3339(earliest_ms),
        )


class OpeningTooLateError(InvalidRequestError):
    code = "opening_too_late"
    title = "This opening is reported too late"

    def __init__(self, opened_at_ms: int, earliest_ms: int) -> None:
        super().__init__(
            f"An opening may be dated back to {to_rfc3339(earliest_ms)} at the earliest.",
            opened_at=to_rfc3339(opened_at_ms),
            earliest=to_rfc3339(earliest_ms),
        )


class PartnerExistsError(ConflictError):
    code = "partner_exists"
    title = "This partner id is taken"

    def __init__(self, partner_id: str) -> None:
        super().__init__(
            "A partner with this id but another name or currency exists. Nothing was changed.",
            partner_id=partner_id,
        )


class LocationExistsError(ConflictError):
    code = "location_exists"
    title = "This location id is taken"

    def __init__(self, location_id: str) -> None:
        super().__init__(
            "The partner has a location with this id but other particulars. Nothing was changed.",
            location_id=location_id,
        )


class LocationAlreadyClosedError(ConflictError):
    code = "location_already_closed"
    title = "This location is closed"

    def __init__(self, location_id: str) -> None:
        super().__init__(
            "The location has closed at another time. Nothing was changed.",
            location_id=location_id,
        )


class TermsTooEarlyError(ConflictError):
    code = "terms_too_early"
    title = "New terms would rewrite the past"

    def __init__(self, effective_from_ms: int, earliest_ms: int) -> None:
        super().__init__(
            f"New terms of this partner may take effect from {to_rfc3339(earliest_ms)} at the earliest.",
            effective_from=to_rfc3339(effective_from_ms),
            earliest=to_rfc3339(earliest_ms),
        )


class ExchangeRateMissingError(ConflictError):
    code = "exchange_rate_missing"
    title = "Prices in another currency can't be compared"

    def __init__(self, currency: str, missing: list[str]) -> None:
        super().__init__(
            f"Other partners have terms in {', '.join(missing)}: say in exchange_rates what one {currency} is worth "
            "there, so that their prices can be compared with these.",
            currencies=", ".join(missing),
        )


class PricesOutOfLineError(ConflictError):
    """Says the limit, not whose terms set it."""

    code = "prices_out_of_line"
    title = "Points could be redeemed for more than they cost"

    def __init__(self, price: str, bound: str, limit_micros: int) -> None:
        super().__init__(
            f"By the terms of other partners, {price} must be {bound} {limit_micros}: no partner may be paid more "
            "for honouring a point than another pays for granting it.",
            price=price,
            limit_micros=limit_micros,
        )


class TermsConflictError(ConflictError):
    code = "terms_conflict"
    title = "Other terms were added at the same time"

    def __init__(self, version: int | None) -> None:
        """`version` is the partner's own that came before; None if other partners' terms kept coming."""
        added = "Terms of other partners were" if version is None else f"Version {version} was"
        super().__init__(f"{added} added meanwhile. Read the terms and decide again.", version=version)


class ProposalDecidedError(ConflictError):
    code = "proposal_decided"
    title = "This proposal has been decided"

    def __init__(self, proposal: int, state: str) -> None:
        super().__init__(f"The proposal is {state}. Make a new one.", proposal=proposal, state=state)


class StateChangeRefusedError(ConflictError):
    code = "state_change_refused"
    title = "A partner can't go from this state to that"

    def __init__(self, partner_id: str, state: str, wanted: str) -> None:
        super().__init__(
            f"The partner is {state} and can't become {wanted} from there.",
            partner_id=partner_id,
            state=state,
            wanted=wanted,
        )


class StateConflictError(ConflictError):
    code = "state_conflict"
    title = "The partner's state was changed at the same time"

    def __init__(self, partner_id: str) -> None:
        super().__init__("Someone else has changed the partner's state. Look again.", partner_id=partner_id)


class PartnerWithoutTermsError(ConflictError):
    code = "partner_without_terms"
    title = "The partner has no terms yet"

    def __init__(self, partner_id: str) -> None:
        super().__init__("Agree on terms before the partner trades.", partner_id=partner_id)


class ClosingTooSoonError(ConflictError):
    code = "closing_too_soon"
    title = "What the partner did may still reach us"

    def __init__(self, partner_id: str, earliest_ms: int) -> None:
        super().__init__(
            "A partner that has traded is closed a month after it was suspended and its last location was closed, from "
            f"{to_rfc3339(earliest_ms)} on.",
            partner_id=partner_id,
            earliest=to_rfc3339(earliest_ms),
        )


class LocationsOpenError(ConflictError):
    code = "locations_open"
    title = "The partner has open locations"

    def __init__(self, partner_id: str, locations: int) -> None:
        super().__init__("Close the partner's locations first.", partner_id=partner_id, locations=locations)


class PartnerNotActiveError(ForbiddenError):
    """Says what the partner itself is; it is only ever told to that partner."""

    code = "partner_not_active"
    title = "Your contract does not allow this now"

    def __init__(self, state: str, act: str) -> None:
        doing = act.replace("_", " ")
        super().__init__(
            f"You are {state} in this network, which does not allow to {doing} points. Nothing was recorded. Ask the "
            "network operator; the same request may be sent again when you are active.",
            state=state,
            act=act,
        )


class PartnerWasSuspendedError(UnprocessableError):
    code = "partner_was_suspended"
    title = "The partner was suspended when this occurred"

    def __init__(self, since_ms: int, until_ms: int | None) -> None:
        until = None if until_ms is None else to_rfc3339(until_ms)
        super().__init__(
            f"The partner was suspended from {to_rfc3339(since_ms)}"
            + (" on." if until is None else f" until {until}.")
            + " Nothing that occurred then is granted. What is owed to the customer all the same is an adjustment.",
            suspended_from=to_rfc3339(since_ms),
            suspended_until=until,
        )


class NotInThisStateError(ConflictError):
    code = "not_in_this_state"
    title = "The partner gets nothing new of this kind now"

    def __init__(self, partner_id: str, state: str, new: str) -> None:
        super().__init__(
            f"A partner that is {state} gets no new {new.replace('_', ' ')}; nothing was changed. What it has can "
            "still be read and ended.",
            partner_id=partner_id,
            state=state,
            new=new,
        )


class UnknownProposalError(NotFoundError):
    code = "unknown_proposal"
    title = "There is no such proposal"

    def __init__(self, proposal: int) -> None:
        super().__init__("The partner has no proposal of this number.", proposal=proposal)


class UnknownPartnerError(NotFoundError):
    code = "unknown_partner"
    title = "There is no such partner"

    def __init__(self, partner_id: str) -> None:
        super().__init__("No partner has this id.", partner_id=partner_id[:80])


class UnknownLocationError(NotFoundError):
    code = "unknown_location"
    title = "The partner has no such location"

    def __init__(self, location_id: str) -> None:
        super().__init__("You have no location with this id.", location_id=location_id[:80])


class NoTermsInForceError(UnprocessableError):
    code = "no_terms_in_force"
    title = "No terms were in force"

    def __init__(self, partner_id: str, at_ms: int) -> None:
        super().__init__(
            f"The partner had no terms with the network at {to_rfc3339(at_ms)}.",
            partner_id=partner_id,
            at=to_rfc3339(at_ms),
        )


class FundingExhaustedError(UnprocessableError):
    """Only ever told to the partner itself."""

    code = "funding_exhausted"
    title = "Your funding is used up"

    def __init__(self, as_of_ms: int | None) -> None:
        super().__init__(
            "No points can be granted until you have paid in or settled; nothing was recorded. Redemptions and returns "
            "go on. Ask your finance team or the network operator, then send the same request again. GET /v1/funding "
            "shows the figures.",
            as_of=None if as_of_ms is None else to_rfc3339(as_of_ms),
        )
