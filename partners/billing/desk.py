"""The operator's desk: how billing through Stripe stands, and what is decided about it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import uuid4

from partners.billing.decision import Asked, Decision, What
from partners.billing.dunning import PaymentState
from partners.billing.invoicing import Invoicing
from partners.billing.metering import Metering
from partners.billing.payment_service import Payments
from partners.billing.price import cents_text
from partners.billing.stripe_book import StripeBook
from partners.billing.stripe_errors import ConcurrentRunError, DecisionNotPossibleError, NotBilledThroughStripeError
from partners.billing.stripe_model import Closing, StripeAccount
from partners.billing.webhooks import SetAside, Webhooks
from partners.till.requests import key_hash
from shared.kernel.clock import Clock
from shared.ledger.errors import IdempotencyKeyReusedError

TURN_MS = 60_000
"""How long a decision that died keeps runs out: longer than a request may take."""

HEARING = (What.BACKFILL, What.RETRY_EVENT, What.DISMISS_EVENT)
"""Events come at any moment, also while a run is at work."""


class Turn(Protocol):
    """What is needed of the store; see `partners.billing.turn_store.TurnStore`."""

    def take(self, holder: str, now_ms: int, until_ms: int) -> bool: ...

    def end(self, holder: str) -> None: ...


class DecisionBook(Protocol):
    """What is needed of the store; see `partners.billing.decision_store.DecisionStore`."""

    def add(self, decision: Decision) -> Decision: ...

    def finish(self, decision: Decision) -> None: ...

    def decisions(self, partner_id: str) -> list[Decision]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How a partner's billing through Stripe stands. `closings` has the months that are asked for."""

    account: StripeAccount
    payment: PaymentState
    closings: list[Closing]


class Desk:
    """Every method may raise StoreUnavailableError."""

    def __init__(
        self,
        book: StripeBook,
        decisions: DecisionBook,
        invoicing: Invoicing,
        metering: Metering,
        payments: Payments,
        webhooks: Webhooks,
        turn: Turn,
        clock: Clock,
    ) -> None:
        self._book = book
        self._decisions = decisions
        self._invoicing = invoicing
        self._metering = metering
        self._payments = payments
        self._webhooks = webhooks
        self._turn = turn
        self._clock = clock

    def accounts(self) -> list[StripeAccount]:
        """All partners billed through Stripe, by id."""
        return sorted(self._book.accounts(), key=lambda one: one.partner_id)

    def overview(self, accounts: Iterable[StripeAccount]) -> list[Standing]:
        """Each of these partners with the last month that is closed, the one after it, and older months against which
        something stands; newest first."""
        payments = {state.partner_id: state for state in self._payments.states()}
        found = []
        for account in accounts:
            name = account.partner_id
            shown = [
                closing
                for closing in self._book.closings(name)
                if closing.month >= account.closed_through or closing.troubles or closing.owed_cents
            ]
            found.append(Standing(account, payments.get(name) or PaymentState(name), shown))
        return found

    def standing(self, partner_id: str) -> Standing:
        """A partner with all its months, newest first. Raises NotBilledThroughStripeError."""
        account = self._book.account(partner_id)
        if account is None:
            raise NotBilledThroughStripeError(partner_id)
        return Standing(account, self._payments.state(partner_id), self._book.closings(partner_id))

    def decisions(self, partner_id: str) -> list[Decision]:
        """What was decided about a partner, latest first."""
        return self._decisions.decisions(partner_id)

    def decide(self, operator: str, idempotency_key: str, asked: Asked) -> tuple[Decision, bool]:
        """Write a decision down and carry it out; whether it had been before, too.

        The same request again gives the same decision, and completes what an outage left half-way. What can't be
        done is refused and may be asked again, so with ConcurrentRunError while the schedule is at work. Raises
        IdempotencyKeyReusedError, DecisionNotPossibleError, NotBilledThroughStripeError, StripeNotConfiguredError,
        StripeUnavailableError, StripeRefusedError, ConcurrentRunError, UnknownPartnerError, InvalidMonthError.
        """
        decision_id = key_hash(asked.partner_id, idempotency_key).hex()
        decision = self._decisions.add(Decision(decision_id, asked, operator, self._clock()))
        if decision.asked != asked:
            raise IdempotencyKeyReusedError(decision_id)
        if decision.outcome is not None:
            return decision, True
        with self._in_turn(asked):
            decision = replace(decision, outcome=self._carry_out(asked, decision_id))
        self._decisions.finish(decision)
        return decision, False

    @contextmanager
    def _in_turn(self, asked: Asked) -> Iterator[None]:
        """Keep the schedule's run, and other decisions, from changing at Stripe what is decided upon."""
        if asked.what in HEARING:
            yield
            return
        holder, now_ms = uuid4().hex, self._clock()
        if not self._turn.take(holder, now_ms, now_ms + TURN_MS):
            raise ConcurrentRunError(asked.partner_id)
        try:
            yield
        finally:
            self._turn.end(holder)

    def _carry_out(self, asked: Asked, decision_id: str) -> str:
        """Do what was asked, which may be done in part already; what came of it, in words."""
        partner = asked.partner_id
        match asked.what:
            case What.OPEN:
                account = self._invoicing.open_account(partner)
                return f"invoiced through Stripe from {account.first_month} on, as {account.customer_id}"
            case What.END:
                self._invoicing.end_account(partner, at_once=asked.at_once)
                account = self.standing(partner).account
                until = f"invoiced through Stripe until {account.last_month}"
                return until if account.parting is None else f"{until}, which is closed as soon as all of it is counted"
            case What.CONFIRM:
                return _outcome(self._invoicing.confirm(partner, asked.month))
            case What.RELEASE:
                return _outcome(self._invoicing.release(partner, asked.month))
            case What.WRITE_OFF:
                return _outcome(self._invoicing.write_off(partner, asked.month))
            case What.CREDIT:
                note = self._invoicing.credit(partner, asked.month, asked.amount_cents, asked.reason, decision_id)
                return f"credit note {note}"
            case What.REPLACE:
                return self._replace(partner, asked.identifier)
            case What.BACKFILL:
                done = self._webhooks.backfill(asked.since_s)
                return ". ".join([f"{done.news} events were news", *done.troubles])
            case What.RETRY_EVENT | What.DISMISS_EVENT:
                return self._decide_event(asked)

    def _decide_event(self, asked: Asked) -> str:
        aside = self._webhooks.set_aside(asked.identifier)
        if aside is None:
            raise DecisionNotPossibleError("No event of this id is set aside.", event_id=asked.identifier)
        if aside.settled:
            return f"event {aside.event_id} waits no more"
        if asked.what is What.DISMISS_EVENT:
            self._webhooks.dismiss(aside)
            return f"event {aside.event_id} never has an effect: {aside.why}"
        result = self._webhooks.try_again(aside)
        if isinstance(result, SetAside):
            raise DecisionNotPossibleError(result.in_words(), event_id=aside.event_id)
        return f"event {aside.event_id} was {result.value}"

    def _replace(self, partner_id: str, identifier: str) -> str:
        own = identifier.startswith(f"v1:{partner_id}:")
        done = own and (self._metering.replace(identifier) or self._metering.was_replaced(identifier))
        if not done:
            raise DecisionNotPossibleError(
                "No message of this identifier has come to nothing, or Stripe may still count it.",
                identifier=identifier,
            )
        return "its visits are told anew"


def _outcome(closing: Closing) -> str:
    words = f"{cents_text(closing.billed_cents)} is billed of {closing.month}"
    if closing.written_off_cents:
        words += f", a difference of {cents_text(closing.written_off_cents)} is written off"
    return words
