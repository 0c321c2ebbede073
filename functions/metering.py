"""Lambda on a schedule: tells Stripe of visits, closes months that are over, hears what webhooks were missed.

What settlements pay through Stripe is brought there and asked after.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Protocol
from uuid import uuid4

from partners import bootstrap
from partners.billing.dunning import Standing
from partners.billing.stripe_errors import ConcurrentRunError, StripeRefusedError, StripeUnavailableError
from partners.billing.stripe_model import StripeAccount
from shared.kernel.clock import system_clock, to_rfc3339
from shared.kernel.errors import StoreUnavailableError, TesseraError
from shared.kernel.logs import logger

EVERY_MS = 900_000
"""How often the schedule calls."""

TURN_MS = 660_000
"""How long a call that has ended without a word keeps others out: longer than it may run, and until the next is due."""

COUNTED = ("partners", "troubles", "suspended", "postponed", "events_caught_up", "legs")

SPARE_MS = 90_000
"""Left for the partner under way: a few calls, each of which may take its time-out."""


class UnknownDecisionError(Exception):
    """The event names no decision that there is."""


class Context(Protocol):
    """What is needed of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Do what is due for each partner that is billed through Stripe, as many as time allows.

    An `event` with `decide` carries out a person's decision instead, see `_decide`; `as_of` is for tests, see
    `bootstrap.services_for`.

    Returns how many partners were worked on and how many `legs` of settlements, how many troubles need people, how many
    partners are suspended for payment, whoever invoices them, and what was postponed: partners, legs, and asking for
    missed webhooks, left to the next call because Stripe or a store failed to answer, time was over or another call is
    at work. Each is logged, and alarms read the numbers: also where bills do not go through Stripe, so that silence is
    an alarm everywhere. Raises StoreUnavailableError.
    """
    services = bootstrap.services_for(event)
    if not services.bills_through_stripe:
        return _stands(services, configured=False, counts=Counter())
    if "decide" in event:
        bootstrap.check_is_for_tests(services.settings, "decide")
        return _decide(services, **event["decide"])
    holder, now_ms = uuid4().hex, system_clock()
    if not services.metering_turn.take(holder, now_ms, now_ms + TURN_MS):
        logger().warning("another call is at work", extra={"until_at_most": to_rfc3339(now_ms + TURN_MS)})
        return _stands(services, configured=True, counts=Counter(postponed=1))
    try:
        counts = _bill(services, context)
    finally:
        services.metering_turn.end(holder)
    return _stands(services, configured=True, counts=counts)


def _bill(services: bootstrap.Services, context: Context) -> Counter[str]:
    """Whatever fails unforeseen at one part, the others are done before it is raised."""
    counts: Counter[str] = Counter()
    with ExitStack() as parts:
        for account in reversed(_in_turn(services.invoicing.accounts(), system_clock())):
            parts.callback(_bill_partner, services, account, context, counts)
        parts.callback(lambda: counts.update(_settle(services, context)))
        parts.callback(lambda: counts.update(_catch_up(services)))
    return counts


def _bill_partner(services: bootstrap.Services, account: StripeAccount, context: Context, counts: Counter[str]) -> None:
    if context.get_remaining_time_in_millis() < SPARE_MS:
        counts["postponed"] += 1
        return
    counts["partners"] += 1
    counts.update(_work(services, account))
    counts.update(_follow_payments(services, account))


def _stands(services: bootstrap.Services, *, configured: bool, counts: Counter[str]) -> dict[str, Any]:
    standings = [state.standing for state in services.payments.states()]
    counts["suspended"] = standings.count(Standing.SUSPENDED_FOR_PAYMENT)
    facts = {name: counts[name] for name in COUNTED}
    logger().info("billing stands", extra=facts)
    return {"configured": configured, **facts}


def _catch_up(services: bootstrap.Services) -> Counter[str]:
    try:
        done = services.webhooks.catch_up()
    except (StripeUnavailableError, StoreUnavailableError) as error:
        logger().warning("missed webhooks were not asked for", extra={"code": error.code, "why": error.data})
        return Counter(postponed=1)
    except StripeRefusedError as error:
        trouble = f"Missed webhooks can't be asked for. {error.detail}"
        logger().error("billing trouble", extra={"trouble": trouble, "code": error.data.get("code")})
        return Counter(troubles=1)
    for trouble in done.troubles:
        logger().error("billing trouble", extra={"trouble": trouble})
    return Counter(events_caught_up=done.news, troubles=len(done.troubles))


def _settle(services: bootstrap.Services, context: Context) -> Counter[str]:
    """Look after payments of settlements that go through Stripe."""
    try:
        done = services.stripe_legs.work(lambda: context.get_remaining_time_in_millis() > SPARE_MS)
    except StoreUnavailableError as error:
        logger().warning("payments of settlements are looked after later", extra={"code": error.code})
        return Counter(postponed=1)
    for trouble in done.troubles:
        logger().error("billing trouble", extra={"trouble": trouble})
    return Counter(legs=done.legs, troubles=len(done.troubles), postponed=done.postponed)


def _in_turn(accounts: list[StripeAccount], now_ms: int) -> list[StripeAccount]:
    """Begin with another partner each time, so that none is always the one that time does not allow."""
    first = now_ms // EVERY_MS % max(len(accounts), 1)
    return accounts[first:] + accounts[:first]


def _work(services: bootstrap.Services, account: StripeAccount) -> Counter[str]:
    """How many troubles there are with a partner, and whether its work was postponed."""
    partner = {"partner_id": account.partner_id}
    try:
        found = services.invoicing.work(account)
    except (StripeUnavailableError, StoreUnavailableError, ConcurrentRunError) as error:
        logger().warning("billing goes on later", extra={**partner, "code": error.code, "why": error.data})
        return Counter(postponed=1)
    except StripeRefusedError as error:
        found = [error.in_words()]
    except TesseraError as error:
        found = [f"{error.detail} ({error.code})"]
    for trouble in found:
        logger().error("billing trouble", extra={**partner, "trouble": trouble})
    logger().info("billing of a partner", extra={**partner, "troubles": len(found)})
    return Counter(troubles=len(found))


def _follow_payments(services: bootstrap.Services, account: StripeAccount) -> Counter[str]:
    """Let the partner's standing follow what is unpaid; whether that was postponed."""
    partner = {"partner_id": account.partner_id}
    try:
        state = services.payments.follow(account.partner_id)
    except StoreUnavailableError as error:
        logger().warning("payments are followed later", extra={**partner, "code": error.code})
        return Counter(postponed=1)
    if state.standing is not Standing.GOOD:
        late = {"standing": state.standing.value, "since": to_rfc3339(state.since_ms), "late_cents": state.late_cents}
        logger().warning("payment is late", extra={**partner, **late})
    return Counter()


def _decide(services: bootstrap.Services, what: str, partner_id: str) -> dict[str, Any]:
    """`open` or `end` the billing of a partner through Stripe, for tests as of any moment; what came of it.

    Else the operator decides over HTTP. Raises UnknownDecisionError, UnknownPartnerError, StripeRefusedError,
    StripeUnavailableError.
    """
    done: dict[str, Any]
    if what == "open":
        done = {"customer": services.invoicing.open_account(partner_id).customer_id}
    elif what == "end":
        done = {"done": services.invoicing.end_account(partner_id)}
    else:
        raise UnknownDecisionError(what)
    logger().info("billing decision", extra={"what": what, "partner_id": partner_id, **done})
    return done
