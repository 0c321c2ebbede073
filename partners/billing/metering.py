"""Telling Stripe of visits: from the pages into the outbox, from there to Stripe, and compared with what it counts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from partners.billing.model import Month, month_of
from partners.billing.outbox import (
    HOUR_MS,
    Answer,
    Intent,
    Message,
    Stage,
    accounted_for_without,
    answered,
    confirmed,
    is_due,
    missing,
    named_by,
    needs_people,
    refused_later,
    replaceable,
    replacing,
    sending,
)
from partners.billing.stripe_model import HourDifference, StripeAccount, hour_differences, hour_text
from partners.settlement.payments.advances import Action
from partners.visits.meter import visits_by_hour
from partners.visits.service import Pages
from shared.kernel.clock import Clock

SEALED_AFTER_MS = 900_000
"""An hour is told of so long after its end; what is posted later becomes a message of its own."""


class Outbox(Protocol):
    """What metering needs of its store; see `partners.billing.outbox_store.OutboxStore`."""

    def add(self, message: Message) -> bool: ...

    def replace(self, before: Message, after: Message, also: Sequence[Action] = ()) -> bool: ...

    def get(self, intent: Intent) -> Message | None: ...

    def of_month(self, partner_id: str, month: str) -> list[Message]: ...


class Meter(Protocol):
    """Where visits are told; see `partners.billing.stripe_gateway.StripeGateway`."""

    def send(self, message: Message) -> tuple[Answer, str | None]: ...

    def usage_by_hour(self, customer_id: str, first_hour: int, end_hour: int) -> dict[int, int]: ...


class Metering:
    """Use cases of the outbox. Every method may raise StoreUnavailableError.

    Any of them may stop anywhere, run again and run beside itself: rows are written before what they announce,
    each on condition of the row read.
    """

    def __init__(self, outbox: Outbox, meter: Meter, pages: Pages, clock: Clock) -> None:
        self._outbox = outbox
        self._meter = meter
        self._pages = pages
        self._clock = clock

    def seal(self, account: StripeAccount, month: Month) -> list[str]:
        """Write down what no message tells of yet, for each hour that has been over for SEALED_AFTER_MS.

        Returns the contradictions: hours of which more was told than the pages hold. They are left to people.
        """
        told = _by_hour(self._outbox.of_month(account.partner_id, month.name))
        troubles = []
        for day in self._days_that_differ(account.partner_id, month, told):
            counted = visits_by_hour(self._pages.visits(account.partner_id, day, day))
            first = (day.toordinal() - date(1970, 1, 1).toordinal()) * 24
            for hour in range(first, first + 24):
                if (hour + 1) * HOUR_MS + SEALED_AFTER_MS > self._clock():
                    break
                untold = missing(counted[hour], told[hour])
                if untold > 0:
                    seq = max((one.intent.seq for one in told[hour]), default=0) + 1
                    self._outbox.add(Message(Intent(account.partner_id, hour, seq, untold, account.customer_id)))
                elif untold < 0:
                    troubles.append(f"{hour_text(hour)}: {-untold} visits too many were told")
        return troubles

    def send(self, account: StripeAccount, month: Month) -> list[str]:
        """Send what is due, one after the other. Returns what people must look at.

        What looks lost may have arrived: Stripe's count is asked before people are. Raises StripeUnavailableError.
        """
        for message in self._outbox.of_month(account.partner_id, month.name):
            if is_due(message, self._clock()):
                self._send(message)
        if not self.troubles(account.partner_id, month):
            return []
        self._confirm(account.partner_id, account.customer_id, month)
        return self.troubles(account.partner_id, month)

    def troubles(self, partner_id: str, month: Month) -> list[str]:
        """Messages of a month that will not get on by themselves, or have not for too long."""
        now_ms = self._clock()
        return [
            f"{one.intent.identifier} of {one.intent.quantity} visits is {one.stage}: {one.reason or 'for a day'}"
            for one in self._outbox.of_month(partner_id, month.name)
            if needs_people(one, now_ms)
        ]

    def compare(self, account: StripeAccount, month: Month) -> list[HourDifference]:
        """Confirm the messages that Stripe's count proves, and give each hour whose count differs from the pages'.

        Raises StripeUnavailableError.
        """
        at_stripe = self._confirm(account.partner_id, account.customer_id, month)
        counted = visits_by_hour(self._pages.visits(account.partner_id, month.first_day, month.last_day))
        return hour_differences(counted, at_stripe)

    def compare_told(self, account: StripeAccount, month: Month) -> tuple[int, list[HourDifference]]:
        """How many visits of a month Stripe was told of, and each hour in which it counts another number.

        Unlike `compare`, what was posted after the last message makes no difference. Raises StripeUnavailableError.
        """
        at_stripe = self._confirm(account.partner_id, account.customer_id, month)
        told: Counter[int] = Counter()
        for one in self._outbox.of_month(account.partner_id, month.name):
            told[one.intent.hour] += 0 if one.replaced else one.intent.quantity
        return told.total(), hour_differences(told, at_stripe)

    def reject(self, identifier: str, reason: str, also: Sequence[Action] = ()) -> bool:
        """Stripe reports that it will not count this event. What is news is written with what is `also` to be.

        False if nothing is: no message has this identifier, or that is known of it.
        """
        while True:
            message = self._find(identifier)
            if message is None:
                return False
            after = refused_later(message, reason)
            if after is message:
                return False
            if self._outbox.replace(message, after, also):
                return True

    def replace(self, identifier: str) -> bool:
        """A person's decision: have the visits of a message that came to nothing sealed anew.

        False if Stripe counts it or may still do so, if it is replaced already, or is not known. Raises
        StripeUnavailableError.
        """
        message = self._find(identifier)
        if message is None:
            return False
        intent = message.intent
        at_stripe = self._confirm(intent.partner_id, intent.customer_id, month_of(intent.month))
        messages = _by_hour(self._outbox.of_month(intent.partner_id, intent.month))[intent.hour]
        message = next(one for one in messages if one.intent == intent)
        if not replaceable(message, self._clock()):
            return False
        if not accounted_for_without(message, messages, at_stripe.get(intent.hour, 0)):
            return False
        return self._outbox.replace(message, replacing(message))

    def _confirm(self, partner_id: str, customer_id: str, month: Month) -> dict[int, int]:
        """Confirm the messages that Stripe's count of each hour proves; that count."""
        first, end = month.begins_at_ms // HOUR_MS, month.ends_at_ms // HOUR_MS
        at_stripe = self._meter.usage_by_hour(customer_id, first, end)
        for hour, messages in _by_hour(self._outbox.of_month(partner_id, month.name)).items():
            for after in confirmed(messages, at_stripe.get(hour, 0)):
                before = next(one for one in messages if one.intent == after.intent)
                self._outbox.replace(before, after)
        return at_stripe

    def was_replaced(self, identifier: str) -> bool:
        """Whether the visits of this message are sealed anew, or will be."""
        message = self._find(identifier)
        return message is not None and message.replaced

    def _find(self, identifier: str) -> Message | None:
        named = named_by(identifier)
        if named is None:
            return None
        found = self._outbox.of_month(named.partner_id, named.month)
        return next((one for one in found if one.intent.identifier == named.identifier), None)

    def _send(self, message: Message) -> None:
        begun = sending(message, self._clock())
        if not self._outbox.replace(message, begun) or begun.stage is not Stage.SENDING:
            return
        answer, reason = self._meter.send(begun)
        while True:
            stored = self._outbox.get(begun.intent)
            if stored is None:
                return
            after = answered(stored, begun.intent, answer, reason)
            if after is stored or self._outbox.replace(stored, after):
                return

    def _days_that_differ(self, partner_id: str, month: Month, told: dict[int, list[Message]]) -> list[date]:
        """Days whose total in the pages is not what was told: only their lines need to be read."""
        epoch = date(1970, 1, 1).toordinal()
        told_by_day: defaultdict[str, int] = defaultdict(int)
        for hour, messages in told.items():
            day = date.fromordinal(epoch + hour // 24).isoformat()
            told_by_day[day] += sum(one.intent.quantity for one in messages if not one.replaced)
        counted = {
            one.day: one.totals.visits for one in self._pages.day_totals(partner_id, month.first_day, month.last_day)
        }
        days = counted.keys() | told_by_day.keys()
        return [date.fromisoformat(day) for day in sorted(days) if counted.get(day, 0) != told_by_day[day]]


def _by_hour(messages: list[Message]) -> defaultdict[int, list[Message]]:
    hours: defaultdict[int, list[Message]] = defaultdict(list)
    for one in messages:
        hours[one.intent.hour].append(one)
    return hours
