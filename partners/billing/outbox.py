"""The outbox of visits told to Stripe: what a message may do next. Pure.

| stage | means | goes on to |
| --- | --- | --- |
| sealed | counted and written down, not sent | sending |
| sending | perhaps sent: the row is written before an attempt | accepted, rejected, ambiguous, sealed (401, 403, 429) |
| ambiguous | sent, no answer: perhaps taken | sending again, for a day; confirmed; rejected |
| accepted | taken, not yet counted by Stripe | confirmed, rejected (Stripe may refuse later) |
| confirmed | among what Stripe counts for its hour | rejected |
| rejected | will not count; a person looks, and may have it sealed anew | |

Stripe refuses an identifier a second time for a day. Within that day sending again is safe; after it the same
event could count twice, so it is never sent again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from shared.kernel.clock import DAY_MS

HOUR_MS = 3_600_000
RESEND_MS = DAY_MS - 300_000
"""From the first attempt on: five minutes less than Stripe remembers an identifier, for a request under way."""
OLDEST_MS = 35 * DAY_MS - HOUR_MS
"""Stripe takes nothing older than 35 days."""
LEASE_MS = 300_000
"""A worker that has said nothing for so long is gone."""
LONGEST_WAIT_MS = HOUR_MS
OVERDUE_MS = DAY_MS
"""What is not sent, or not counted, for so long needs people: Stripe counts within minutes."""
DENIED = "Stripe refuses our key"
_IDENTIFIER = re.compile(r"(v1:(?P<partner>[^:]+):(?P<year>\d{4})(?P<month>0[1-9]|1[0-2])\d{4}:\d+)(:.*)?", re.ASCII)


class Stage(StrEnum):
    SEALED = "sealed"
    SENDING = "sending"
    AMBIGUOUS = "ambiguous"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Answer(StrEnum):
    """What came of an attempt. `lost`: nothing is known; `failed`: likewise, and Stripe keeps saying so to this
    Idempotency-Key; `busy`, `denied`: surely nothing was done, by a limit or for our key."""

    TAKEN = "taken"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    BUSY = "busy"
    DENIED = "denied"
    LOST = "lost"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Intent:
    """`quantity` visits of a partner in one hour (since 1970), told as number `seq` of that hour.

    Raises ValueError for a quantity or number below 1.
    """

    partner_id: str
    hour: int
    seq: int
    quantity: int
    customer_id: str

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.seq < 1:
            raise ValueError(f"message {self.seq} of {self.quantity} visits")

    @property
    def identifier(self) -> str:
        return f"v1:{self.partner_id}:{_moment(self.hour):%Y%m%d%H}:{self.seq}"

    @property
    def timestamp(self) -> int:
        """The last second of the hour, in epoch seconds."""
        return (self.hour + 1) * 3_600 - 1

    @property
    def month(self) -> str:
        return f"{_moment(self.hour):%Y-%m}"


@dataclass(frozen=True, slots=True)
class Named:
    """The message that an identifier names: a partner's, of an hour of a month (`2026-12`)."""

    partner_id: str
    month: str
    identifier: str


def named_by(identifier: str) -> Named | None:
    """None if the identifier has not our form: other meters of the same account at Stripe have others."""
    parts = _IDENTIFIER.fullmatch(identifier)
    return parts and Named(parts["partner"], f"{parts['year']}-{parts['month']}", parts[1])


@dataclass(frozen=True, slots=True)
class Message:
    """An intent and how far it is. `key_number` counts the Idempotency-Keys that Stripe has spoilt by a 500."""

    intent: Intent
    stage: Stage = Stage.SEALED
    sends: int = 0
    key_number: int = 0
    first_sent_at_ms: int | None = None
    last_sent_at_ms: int | None = None
    reason: str | None = None
    replaced: bool = False
    version: int = 1

    @property
    def idempotency_key(self) -> str:
        """The identifier; with a number behind it only after a 500, which Stripe gives again to the same key."""
        return f"{self.intent.identifier}:{self.key_number}" if self.key_number else self.intent.identifier

    @property
    def sent_before(self) -> bool:
        """Whether an attempt before the last may have reached Stripe."""
        return self.first_sent_at_ms != self.last_sent_at_ms

    @property
    def surely_counts(self) -> bool:
        return self.stage in (Stage.ACCEPTED, Stage.CONFIRMED)

    @property
    def may_count(self) -> bool:
        return self.stage in (Stage.SENDING, Stage.AMBIGUOUS)


def missing(counted: int, messages: Iterable[Message]) -> int:
    """How many of the visits `counted` in an hour no message of it tells of; negative if they tell of too many."""
    return counted - sum(one.intent.quantity for one in messages if not one.replaced)


def is_due(message: Message, now_ms: int) -> bool:
    """Whether to send it now: it never was, or what came of it isn't known and asking again is still safe."""
    if message.stage is Stage.SEALED:
        return message.last_sent_at_ms is None or now_ms >= message.last_sent_at_ms + _wait_ms(message)
    if not message.may_count or message.first_sent_at_ms is None or message.last_sent_at_ms is None:
        return False
    wait_ms = LEASE_MS if message.stage is Stage.SENDING else _wait_ms(message)
    return now_ms < message.first_sent_at_ms + RESEND_MS and now_ms >= message.last_sent_at_ms + wait_ms


def is_too_old(message: Message, now_ms: int) -> bool:
    return now_ms - message.intent.timestamp * 1_000 > OLDEST_MS


def sending(message: Message, now_ms: int) -> Message:
    """What to write before an attempt; a message too old to be taken is rejected instead."""
    if is_too_old(message, now_ms):
        stage = Stage.REJECTED if message.stage is Stage.SEALED else Stage.AMBIGUOUS
        return _next(message, stage, "older than Stripe takes")
    begun = replace(message, sends=message.sends + 1, last_sent_at_ms=now_ms)
    if begun.first_sent_at_ms is None:
        begun = replace(begun, first_sent_at_ms=now_ms)
    return _next(begun, Stage.SENDING, None)


def answered(message: Message, sent: Intent, answer: Answer, reason: str | None = None) -> Message:
    """The row after an attempt to send `sent`, for which `message` is what is stored now.

    A duplicate is ours only if what is stored is what was sent and had been sent before. A stage reached
    meanwhile by another worker, or by Stripe's own report, stands.
    """
    if message.stage is not Stage.SENDING:
        return message
    if answer is Answer.DUPLICATE:
        if message.intent != sent or not message.sent_before:
            return _next(message, Stage.REJECTED, "its identifier was taken by something else")
        return _next(message, Stage.ACCEPTED, None)
    if answer in (Answer.BUSY, Answer.DENIED):
        reason = DENIED if answer is Answer.DENIED else reason
        if message.sent_before:
            return _next(message, Stage.AMBIGUOUS, reason)
        return _next(replace(message, first_sent_at_ms=None), Stage.SEALED, reason)
    if answer is Answer.FAILED:
        message = replace(message, key_number=message.key_number + 1)
    stages = {
        Answer.TAKEN: Stage.ACCEPTED,
        Answer.REFUSED: Stage.REJECTED,
        Answer.LOST: Stage.AMBIGUOUS,
        Answer.FAILED: Stage.AMBIGUOUS,
    }
    return _next(message, stages[answer], reason)


def refused_later(message: Message, reason: str) -> Message:
    """Stripe has reported that an event it took comes to nothing."""
    return message if message.stage is Stage.REJECTED else _next(message, Stage.REJECTED, reason)


def confirmed(messages: Iterable[Message], told: int) -> list[Message]:
    """The messages of an hour that Stripe's count `told` of it proves, as confirmed; those that change only.

    All that may count, or only all that surely do, must make up exactly that count; else nothing is proved.
    """
    found = list(messages)
    sure = [one for one in found if one.surely_counts]
    perhaps = [one for one in found if one.may_count]
    if told == _quantity(sure) + _quantity(perhaps):
        proved = sure + perhaps
    elif told == _quantity(sure):
        proved = sure
    else:
        return []
    return [_next(one, Stage.CONFIRMED, None) for one in proved if one.stage is not Stage.CONFIRMED]


def replaceable(message: Message, now_ms: int) -> bool:
    """Whether a person may have its visits sealed anew: it was rejected, or is lost and will not be sent again, or
    Stripe took it and never counted it.
    """
    expired = message.first_sent_at_ms is not None and now_ms >= message.first_sent_at_ms + 2 * DAY_MS
    lost = (message.may_count and expired) or _is_uncounted(message, now_ms)
    return not message.replaced and (message.stage is Stage.REJECTED or lost)


def needs_people(message: Message, now_ms: int) -> bool:
    """Whether it will not get on by itself, or has not for so long that someone must look."""
    unsent = message.stage is Stage.SEALED and now_ms >= (message.intent.hour + 1) * HOUR_MS + OVERDUE_MS
    denied = message.reason == DENIED and not message.replaced
    return replaceable(message, now_ms) or unsent or denied


def accounted_for_without(message: Message, messages: Iterable[Message], told: int) -> bool:
    """Whether Stripe's count `told` of an hour is made up by other messages of it; Stripe counts each whole or not.

    Only then does telling anew leave the sum right.
    """
    others = [one for one in messages if one.intent != message.intent]
    sums = {_quantity(one for one in others if one.stage is Stage.CONFIRMED)}
    for one in others:
        if one.may_count or one.stage is Stage.ACCEPTED:
            sums |= {reached + one.intent.quantity for reached in sums}
    return told in sums


def _is_uncounted(message: Message, now_ms: int) -> bool:
    sent_at_ms = message.last_sent_at_ms
    return message.stage is Stage.ACCEPTED and sent_at_ms is not None and now_ms >= sent_at_ms + OVERDUE_MS


def replacing(message: Message) -> Message:
    """The row of a message whose visits will be sealed anew."""
    return _next(replace(message, replaced=True), Stage.REJECTED, message.reason or "lost")


def _quantity(messages: Iterable[Message]) -> int:
    return sum(one.intent.quantity for one in messages)


def _next(message: Message, stage: Stage, reason: str | None) -> Message:
    return replace(message, stage=stage, reason=reason, version=message.version + 1)


def _wait_ms(message: Message) -> int:
    """From one minute on, twice as long after each attempt."""
    return min(LONGEST_WAIT_MS, 60_000 << min(message.sends, 10) >> 1)


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * 3_600, UTC)
