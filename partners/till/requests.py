"""What all of a till's requests have in common: keys, bodies, rates, and the entries they name."""

import json
from collections.abc import Callable, Mapping
from typing import Protocol, TypedDict, TypeVar

from partners.contracts.errors import NoTermsInForceError
from partners.contracts.life import Act, PartnerState, check_act
from partners.contracts.model import Location, Terms
from partners.till.errors import (
    InvalidIdempotencyKeyError,
    InvalidReceiptError,
    LocationClosedError,
    LocationNotOpenError,
    UnknownEntryError,
)
from partners.till.forms import ENTRY_ID, IDEMPOTENCY_KEY, LONGEST_KEY, LONGEST_RECEIPT, RECEIPT
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import TesseraError, UnavailableError
from shared.kernel.ids import digest
from shared.kernel.money import Money
from shared.ledger.commands import Command
from shared.ledger.decide import check_occurred_at
from shared.ledger.errors import BrokenJournalError, RedemptionTooSmallError
from shared.ledger.limits import CLOCK_SKEW_MS, LATE_LIMIT_MS
from shared.ledger.model import Applied, Entry, Rates
from shared.members.card import Card
from shared.program.earning import value_of_points

HASH_BYTES = 16

T = TypeVar("T")


class TillContracts(Protocol):
    """What the till asks of contracts; see `partners.contracts.service.Contracts`."""

    def location(self, partner_id: str, location_id: str) -> Location: ...

    def terms_at(self, partner_id: str, at_ms: int) -> Terms: ...

    def state(self, partner_id: str) -> PartnerState: ...

    def check_not_suspended(self, partner_id: str, at_ms: int, skew_ms: int = 0) -> None: ...

    def check_funding(self, partner_id: str) -> None: ...


class DeskRequest(Protocol):
    """Where and when something was asked for."""

    @property
    def location_id(self) -> str: ...

    @property
    def occurred_at_ms(self) -> int: ...


class TillRequest(DeskRequest, Protocol):
    """Where, on which receipt and when something happened at a till."""

    @property
    def receipt(self) -> str: ...


class CommandFields(TypedDict):
    """What every command of a partner carries; see `shared.ledger.commands.Command`."""

    member: str
    card_issue: int | None
    partner: str
    location: str
    receipt: str | None
    occurred_at_ms: int
    key_hash: bytes
    body_hash: bytes
    reason: str | None


class PairFields(CommandFields):
    """What every command on two accounts carries; see `shared.ledger.commands.PairCommand`."""

    other: str
    other_card_issue: int | None


def command_fields(
    op: str, partner_id: str, idempotency_key: str, request: TillRequest, card: Card | str, **asked: int | str | None
) -> CommandFields:
    """The fields of the command that `request` makes on a card, or on the member behind an entry.

    `asked` is what else the caller asked for; with operation, card, place and time it makes the body that a
    repeated key must repeat. Raises InvalidReceiptError, InvalidIdempotencyKeyError.
    """
    check_receipt(request.receipt)
    member, issue = (card.member, card.issue) if isinstance(card, Card) else (card, None)
    body = {
        "op": op,
        "member": member,
        "card_issue": issue,
        "location": request.location_id,
        "receipt": request.receipt,
        "occurred_at": request.occurred_at_ms,
        **asked,
    }
    return CommandFields(
        member=member,
        card_issue=issue,
        partner=partner_id,
        location=request.location_id,
        receipt=request.receipt,
        occurred_at_ms=request.occurred_at_ms,
        key_hash=key_hash(partner_id, idempotency_key),
        body_hash=body_hash(body),
        reason=None,
    )


def pair_fields(
    op: str,
    partner_id: str,
    idempotency_key: str,
    request: DeskRequest,
    card: Card,
    other: Card | None,
    **asked: int | str | None,
) -> PairFields:
    """As `command_fields`, for a command on two accounts, which has no receipt.

    `other` is the other member's card; if none was shown, the member's own number stands for it.
    """
    body = {
        "op": op,
        "member": card.member,
        "card_issue": card.issue,
        "other": other and other.member,
        "other_card_issue": other and other.issue,
        "location": request.location_id,
        "occurred_at": request.occurred_at_ms,
        **asked,
    }
    return PairFields(
        member=card.member,
        card_issue=card.issue,
        other=(other or card).member,
        other_card_issue=other.issue if other else None,
        partner=partner_id,
        location=request.location_id,
        receipt=None,
        occurred_at_ms=request.occurred_at_ms,
        key_hash=key_hash(partner_id, idempotency_key),
        body_hash=body_hash(body),
        reason=None,
    )


def once_permitted(
    recall: Callable[[], Applied | None], permit: Callable[[], T], apply: Callable[[T], Applied]
) -> Applied:
    """Apply what `permit` gives for a new request; what the same request did before is answered again.

    `permit` raises what the rules of the moment refuse: a store that has closed, a price that has changed. They must
    not refuse the retry of a request that took effect, whose answer may have been lost on the way.
    """
    try:
        permitted = permit()
    except UnavailableError:
        raise
    except TesseraError:
        earlier = recall()
        if earlier is None:
            raise
        return earlier
    return apply(permitted)


def request_of(fields: CommandFields) -> Command:
    """The part of a command by which the ledger recalls it."""
    names = CommandFields.__annotations__
    return Command(**{name: value for name, value in fields.items() if name in names})  # type: ignore[arg-type]


def redeemable_value(terms: Terms, points: int) -> Money:
    """What a till gives for `points` by the terms in force now: nobody can date a redemption back to a price.

    Raises RedemptionTooSmallError if it is less than a cent.
    """
    value = value_of_points(points, terms.redeem_price_micros, terms.currency)
    if value.amount_cents == 0:
        raise RedemptionTooSmallError(points)
    return value


def terms_then(contracts: TillContracts, partner_id: str, occurred_at_ms: int, now_ms: int) -> Terms:
    """The terms in force when a purchase happened, so that a late one earns what the customer was promised.

    What lies before the ledger's late limit is refused for its age first: OccurredTooLongAgoError. Raises
    NoTermsInForceError.
    """
    try:
        return contracts.terms_at(partner_id, max(occurred_at_ms, now_ms - LATE_LIMIT_MS))
    except NoTermsInForceError as missing:
        raise check_occurred_at(occurred_at_ms, now_ms, is_purchase=True) or missing from None


def late_limit_ms(terms: Terms) -> int:
    """How old a purchase made under `terms` may be when it reaches us.

    Each purchase has a last moment of its own, known when it is made: terms agreed on later move it neither way.
    Without any late days there is still the time by which clocks may differ.
    """
    return max(terms.late_days * DAY_MS, CLOCK_SKEW_MS)


def check_in_time(terms: Terms, occurred_at_ms: int, now_ms: int) -> None:
    """Raises what the ledger would refuse a new purchase with: OccurredTooLongAgoError, OccurredInFutureError."""
    refusal = check_occurred_at(occurred_at_ms, now_ms, late_limit_ms(terms), is_purchase=True)
    if refusal is not None:
        raise refusal


def may(contracts: TillContracts, partner_id: str, act: Act) -> None:
    """Refuse what the partner's state does not allow. Raises PartnerNotActiveError."""
    check_act(contracts.state(partner_id), act)


def may_grant(contracts: TillContracts, partner_id: str, occurred_at_ms: int) -> None:
    """Refuse to grant points that nobody stands for.

    Neither now nor when it occurred may the partner be suspended: what a till kept until a suspension was over was
    sold without points. A till's clock may be behind ours when a suspension ends. Raises PartnerNotActiveError,
    PartnerWasSuspendedError, FundingExhaustedError.
    """
    may(contracts, partner_id, Act.ISSUE)
    contracts.check_not_suspended(partner_id, occurred_at_ms, CLOCK_SKEW_MS)
    contracts.check_funding(partner_id)


def open_location(contracts: TillContracts, partner_id: str, request: DeskRequest, now_ms: int) -> None:
    """Refuse what can't have happened at a location: what occurred before its opening or after its closing.

    It counts when it occurred, not when it is reported. A till's clock may be behind ours at an opening that has
    come. Raises UnknownLocationError, LocationNotOpenError, LocationClosedError.
    """
    location = contracts.location(partner_id, request.location_id)
    if location.opened_at_ms > min(now_ms, request.occurred_at_ms + CLOCK_SKEW_MS):
        raise LocationNotOpenError(location.location_id, location.opened_at_ms)
    if location.closed_at_ms is not None and location.closed_at_ms <= request.occurred_at_ms:
        raise LocationClosedError(location.location_id, location.closed_at_ms)


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
        cashback_bps=terms.cashback_bps,
    )


def key_hash(partner_id: str, idempotency_key: str) -> bytes:
    """16 bytes that identify the partner's key. Raises InvalidIdempotencyKeyError."""
    if not IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise InvalidIdempotencyKeyError(LONGEST_KEY)
    return digest("key", partner_id, idempotency_key)[:HASH_BYTES]


def check_receipt(receipt: str | None) -> None:
    """Raises InvalidReceiptError for a number that no receipt may have; none at all is in order."""
    if receipt is not None and not RECEIPT.fullmatch(receipt):
        raise InvalidReceiptError(LONGEST_RECEIPT)


def body_hash(asked: Mapping[str, object]) -> bytes:
    """16 bytes that stand for all that was asked for."""
    return digest("body", canonical(asked).decode())[:HASH_BYTES]


def canonical(asked: Mapping[str, object]) -> bytes:
    return json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()


def money_of(entry: Entry, cents: int | None) -> Money:
    """`cents` in the currency of an entry that must have both. Raises BrokenJournalError."""
    if cents is None or entry.currency is None:
        raise BrokenJournalError(f"{entry.entry_id} lacks an amount")
    return Money(cents, entry.currency)


def cashback_balance(entry: Entry) -> Money:
    """The member's cashback after an entry that must have a currency, in it. Raises BrokenJournalError."""
    return money_of(entry, entry.account.cash_active(entry.currency or ""))
