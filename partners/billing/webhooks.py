"""Hearing from Stripe: webhooks as they come, and what was missed of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from partners.billing.dunning import InvoiceRecord, heard, joined
from partners.billing.stripe_errors import StripeUnavailableError
from partners.billing.stripe_model import StripeAccount
from partners.settlement.payments.advances import Action
from partners.settlement.payments.stripe_legs import Effect
from shared.kernel.clock import Clock
from shared.kernel.errors import StoreUnavailableError, TesseraError
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import MalformedWebhookError

OVERLAP_SECONDS = 3_600
"""Missed events are asked for anew from so long before the last time: Stripe lists them with a delay."""
FIRST_LOOK_SECONDS = 3 * 86_400
TRIED_AGAIN = 20
"""So many of the events that are set aside at a time: those that were tried longest ago."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How many missed events were news, and which had no effect, in words for people."""

    news: int
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that has had no effect: `why`, when it was tried first and last (epoch seconds), and how often.

    Once it is `settled`, it waits no more. What it says may be a person's, and is left at Stripe.
    """

    event_id: str
    kind: str
    why: str
    first_s: int
    tried_s: int
    tries: int = 1
    settled: bool = False

    def in_words(self) -> str:
        return f"Event {self.event_id} ({self.kind}) has no effect. {self.why}"


class WebhookBook(Protocol):
    """What hearing needs of its store; see `partners.billing.webhook_store.WebhookStore`."""

    def was_heard(self, event_id: str) -> bool: ...

    def invoice(self, partner_id: str, invoice_id: str) -> InvoiceRecord | None: ...

    def hear(self, event_id: str, now_s: int, partner_id: str, record: InvoiceRecord) -> bool: ...

    def marking(self, event_id: str, now_s: int) -> Action: ...

    def mark(self, event_id: str, now_s: int) -> None: ...

    def bookmark(self) -> int | None: ...

    def set_bookmark(self, through_s: int) -> None: ...

    def set_aside(self, event_id: str) -> SetAside | None: ...

    def all_set_aside(self) -> list[SetAside]: ...

    def put_set_aside(self, event: SetAside) -> None: ...


class Speaker(Protocol):
    """What hearing needs of Stripe; see `partners.billing.stripe_gateway.StripeGateway`."""

    def verify(self, body: bytes, signature: str, secrets: str) -> dict[str, Any]: ...

    def thin_event(self, event_id: str) -> dict[str, Any]: ...

    def event(self, event_id: str, kind: str) -> dict[str, Any]: ...

    def events_since(self, since_s: int) -> Iterator[dict[str, Any]]: ...


class Rejecting(Protocol):
    """See `partners.billing.metering.Metering`."""

    def reject(self, identifier: str, reason: str, also: Sequence[Action] = ()) -> bool: ...


class Following(Protocol):
    """Who acts on what was heard; see `partners.billing.payment_service.Payments`."""

    def follow(self, partner_id: str) -> object: ...


class Settling(Protocol):
    """Who looks after payments of settlements; see `partners.settlement.payments.stripe_legs.StripeLegs`."""

    def hears_of(self, event: dict[str, Any], also: Sequence[Action] = ()) -> Effect: ...


class Webhooks:
    """Use cases of hearing from Stripe. Every method may raise StoreUnavailableError, StripeUnavailableError.

    `live` says whether real money moves here: events of the other mode are none of this deployment's.
    """

    def __init__(
        self,
        book: WebhookBook,
        stripe: Speaker,
        metering: Rejecting,
        payments: Following,
        settling: Settling,
        accounts: Callable[[], list[StripeAccount]],
        secret: Callable[[], str],
        clock: Clock,
        *,
        live: bool,
    ) -> None:
        self._book = book
        self._stripe = stripe
        self._metering = metering
        self._payments = payments
        self._settling = settling
        self._accounts = accounts
        self._secret = secret
        self._clock = clock
        self._live = live

    def receive(self, body: bytes, signature: str) -> Heard:
        """A webhook as it came. Raises UnverifiedWebhookError, MalformedWebhookError, StripeNotConfiguredError."""
        return self.hear(self._stripe.verify(body, signature, self._secret()))

    def hear(self, event: Mapping[str, Any]) -> Heard:
        """Let an event that is Stripe's have its effect, once, in whatever order events come.

        Raises MalformedWebhookError.
        """
        with _reading(event):
            event = {**event, "id": str(event["id"]), "type": str(event["type"]), "object": str(event["object"])}
        if bool(event.get("livemode")) is not self._live:
            return Heard.IGNORED
        if self._book.was_heard(event["id"]):
            return Heard.KNOWN
        if event["object"] == "v2.core.event":
            return self._hear_thinly(event)
        with _reading(event):
            thing = dict(event["data"]["object"])
        effect = self._settling.hears_of(dict(event), [self._marking(event)])
        if effect is not Effect.NONE:
            if effect is Effect.NO_NEWS:
                self._book.mark(event["id"], self._clock() // 1_000)
            return Heard.NEW
        return self._hear_of_invoice(event, thing.get("customer"))

    def catch_up(self) -> CaughtUp:
        """Hear what was missed since the last time, and try again what is set aside."""
        now_s = self._clock() // 1_000
        through = self._book.bookmark()
        aside = self._book.all_set_aside()
        again = self._try_again(aside)
        since_s = now_s - FIRST_LOOK_SECONDS if through is None else through - OVERLAP_SECONDS
        missed = self._hear_since(since_s, besides={one.event_id for one in aside})
        self._book.set_bookmark(now_s)
        return CaughtUp(again.news + missed.news, again.troubles + missed.troubles)

    def backfill(self, since_s: int) -> CaughtUp:
        """Hear what was missed since a moment (epoch seconds). Stripe lists 30 days.

        What fails at one event is set aside and stops no other, unless a store or Stripe is away.
        """
        return self._hear_since(since_s, besides=set())

    def all_set_aside(self) -> list[SetAside]:
        """Events that had no effect yet, by id."""
        return self._book.all_set_aside()

    def set_aside(self, event_id: str) -> SetAside | None:
        """An event that had no effect yet, or one that is settled; None if none of this id was ever set aside."""
        return self._book.set_aside(event_id)

    def try_again(self, aside: SetAside) -> Heard | SetAside:
        """Hear an event that is set aside: what became of it, or how it waits on."""
        result = self._hear_or_put_aside(
            aside.event_id, aside.kind, lambda: self._stripe.event(aside.event_id, aside.kind)
        )
        if isinstance(result, Heard):
            self._book.put_set_aside(replace(aside, settled=True))
        return result

    def dismiss(self, aside: SetAside) -> None:
        """A person's decision: an event that is set aside is to have no effect."""
        self._book.mark(aside.event_id, self._clock() // 1_000)
        self._book.put_set_aside(replace(aside, settled=True))

    def _try_again(self, aside: list[SetAside]) -> CaughtUp:
        """Those that were tried longest ago; all that have no effect yet are troubles."""
        longest_ago = sorted(aside, key=lambda event: event.tried_s)
        results = [self.try_again(one) for one in longest_ago[:TRIED_AGAIN]]
        return _counted([*results, *longest_ago[TRIED_AGAIN:]])

    def _hear_since(self, since_s: int, besides: set[str]) -> CaughtUp:
        return _counted(
            [
                self._hear_or_put_aside(str(event.get("id", "")), str(event.get("type")), partial(dict, event))
                for event in self._stripe.events_since(since_s)
                if event.get("id") not in besides
            ]
        )

    def _hear_or_put_aside(self, event_id: str, kind: str, event: Callable[[], Mapping[str, Any]]) -> Heard | SetAside:
        try:
            return self.hear(event())
        except (StoreUnavailableError, StripeUnavailableError):
            raise
        except TesseraError as error:
            return self._put_aside(event_id, kind, error)

    def _put_aside(self, event_id: str, kind: str, error: TesseraError) -> SetAside:
        now_s, why = self._clock() // 1_000, _why(error)
        aside = SetAside(event_id, kind, why, now_s, now_s)
        if not event_id:
            return aside
        known = self._book.set_aside(event_id)
        if known is not None:
            aside = replace(known, why=why, tried_s=now_s, tries=known.tries + 1, settled=False)
        self._book.put_set_aside(aside)
        return aside

    def _hear_thinly(self, event: Mapping[str, Any]) -> Heard:
        """Meter events that came to nothing. Of several, which are rejected one by one, the last is with the mark."""
        if not str(event["type"]).startswith("v1.billing.meter."):
            return Heard.IGNORED
        whole = event if event.get("data") else self._stripe.thin_event(event["id"])
        with _reading(event):
            rejected = [
                (str(sample["request"]["identifier"]), str(kind["code"]))
                for kind in whole["data"]["reason"]["error_types"]
                for sample in kind["sample_errors"]
            ]
        for identifier, code in rejected[:-1]:
            self._metering.reject(identifier, code)
        if not (rejected and self._metering.reject(*rejected[-1], [self._marking(event)])):
            self._book.mark(event["id"], self._clock() // 1_000)
        return Heard.NEW

    def _marking(self, event: Mapping[str, Any]) -> Action:
        return self._book.marking(event["id"], self._clock() // 1_000)

    def _hear_of_invoice(self, event: Mapping[str, Any], customer: object) -> Heard:
        partner = next((one.partner_id for one in self._accounts() if one.customer_id == customer), None)
        if partner is None:
            return Heard.IGNORED
        with _reading(event):
            told = heard(event)
        if told is None:
            return Heard.IGNORED
        while True:
            known = self._book.invoice(partner, told.invoice_id)
            after = told if known is None else joined(known, told)
            after = replace(after, version=after.version + 1)
            if self._book.hear(event["id"], self._clock() // 1_000, partner, after):
                # Should this be lost, the next run of the schedule follows.
                self._payments.follow(partner)
                return Heard.NEW
            if self._book.was_heard(event["id"]):
                return Heard.KNOWN


@contextmanager
def _reading(event: Mapping[str, Any]) -> Iterator[None]:
    """Where an event is read and nothing else is done: Stripe may send what its description does not have."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        named = {"event_id": str(event.get("id"))[:80], "type": str(event.get("type"))[:80]}
        raise MalformedWebhookError("It had no effect: a program must learn to read it.", **named) from error


def _counted(results: list[Heard | SetAside]) -> CaughtUp:
    troubles = tuple(one.in_words() for one in results if isinstance(one, SetAside))
    return CaughtUp(results.count(Heard.NEW), troubles)


def _why(error: TesseraError) -> str:
    """Why an event has no effect, without anything that it says: that may be a person's."""
    missing = f" It lacks {error.__cause__}." if isinstance(error.__cause__, KeyError) else ""
    return f"{error.detail}{missing} ({error.code})"
