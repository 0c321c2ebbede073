"""Lambda on a schedule: tells Stripe of visits, closes months that are over, hears what webhooks were missed."""

from collections.abc import Mapping
from typing import Any, Protocol

from partners import bootstrap
from partners.billing.dunning import Standing
from partners.billing.stripe_errors import ConcurrentRunError, StripeRefusedError, StripeUnavailableError
from partners.billing.stripe_model import StripeAccount
from shared.kernel.clock import system_clock, to_rfc3339
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.logs import logger

EVERY_MS = 900_000
"""How often the schedule calls."""

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

    Returns how many partners were worked on, how many troubles need people, and how many partners are suspended for
    payment; each is logged, and alarms read the numbers. What Stripe or a store fails to answer is left to the next
    call. Raises StoreUnavailableError.
    """
    services = bootstrap.services_for(event)
    if not services.bills_through_stripe:
        logger().info("bills do not go through stripe", extra={})
        return {"configured": False}
    if "decide" in event:
        return _decide(services, **event["decide"])
    try:
        news = services.webhooks.catch_up()
    except (StripeUnavailableError, StoreUnavailableError) as error:
        logger().warning("missed webhooks were not asked for", extra={"code": error.code, "why": error.data})
        news = 0
    worked = troubles = suspended = 0
    for account in _in_turn(services.invoicing.accounts(), system_clock()):
        if context.get_remaining_time_in_millis() < SPARE_MS:
            break
        troubles += _work(services, account)
        suspended += _suspended(services, account)
        worked += 1
    facts = {"partners": worked, "troubles": troubles, "suspended": suspended, "events_caught_up": news}
    logger().info("billing stands", extra=facts)
    return {"configured": True, **facts}


def _in_turn(accounts: list[StripeAccount], now_ms: int) -> list[StripeAccount]:
    """Begin with another partner each time, so that none is always the one that time does not allow."""
    first = now_ms // EVERY_MS % max(len(accounts), 1)
    return accounts[first:] + accounts[:first]


def _work(services: bootstrap.Services, account: StripeAccount) -> int:
    """How many troubles there are with a partner."""
    partner = {"partner_id": account.partner_id}
    try:
        found = services.invoicing.work(account)
    except (StripeUnavailableError, StoreUnavailableError, ConcurrentRunError) as error:
        logger().warning("billing goes on later", extra={**partner, "code": error.code, "why": error.data})
        return 0
    except StripeRefusedError as error:
        found = [f"{error.detail} ({error.data.get('code')})"]
    for trouble in found:
        logger().error("billing trouble", extra={**partner, "trouble": trouble})
    logger().info("billing of a partner", extra={**partner, "troubles": len(found)})
    return len(found)


def _suspended(services: bootstrap.Services, account: StripeAccount) -> int:
    """1 if the partner has not paid for so long that the operator must decide."""
    partner = {"partner_id": account.partner_id}
    try:
        state = services.payments.follow(account.partner_id)
    except StoreUnavailableError as error:
        logger().warning("payments are followed later", extra={**partner, "code": error.code})
        return 0
    if state.standing is not Standing.GOOD:
        late = {"standing": state.standing.value, "since": to_rfc3339(state.since_ms), "late_cents": state.late_cents}
        logger().warning("payment is late", extra={**partner, **late})
    return int(state.standing is Standing.SUSPENDED_FOR_PAYMENT)


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
