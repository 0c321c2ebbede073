"""Lambda on a schedule: issues the invoices that are due, tells of them, and says who pays late and whose month has
reached its alert."""

from collections.abc import Mapping
from typing import Any, Protocol

from partners import bootstrap
from partners.billing.dunning import Standing
from partners.webhooks.events import invoice_issued
from shared.kernel.clock import DAY_MS, system_clock, to_rfc3339, utc_day
from shared.kernel.errors import TesseraError
from shared.kernel.logs import logger

EVERY_MS = 43_200_000
"""How often the schedule calls."""

TOLD_FOR_MS = 7 * DAY_MS
"""Webhooks tell of an invoice in every call of its first days, so that one that died has lost none; once is enough."""

SPARE_MS = 120_000
"""Left for the partner under way: five months of its pages."""


class Context(Protocol):
    """What is needed of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Look after every partner's months, as many as time allows; the next call begins with another partner.

    Months that Stripe invoices get no invoice from us, but their alerts. `as_of` in the event is for tests, see
    `bootstrap.services_for`. What fails at one partner stops no other. Returns what was done; each invoice, spend
    alert and trouble is logged, and metrics read the numbers. Raises StoreUnavailableError.
    """
    services = bootstrap.services_for(event)
    partners = [partner.partner_id for partner in services.contracts.partners()]
    done = {"partners": 0, "invoices": 0, "spend_alerts": 0, "troubles": 0}
    for partner_id in _in_turn(partners, system_clock()):
        if context.get_remaining_time_in_millis() < SPARE_MS:
            break
        done["partners"] += 1
        try:
            _follow_payments(services, partner_id)
            done["invoices"] += _issue(services, partner_id)
            _tell(services, partner_id)
            done["spend_alerts"] += _alert(services, partner_id)
        except TesseraError as error:
            done["troubles"] += 1
            logger().error("month not looked after", extra={"partner_id": partner_id, "code": error.code})
    logger().info("months stand", extra=done)
    return dict(done)


def _in_turn(partners: list[str], now_ms: int) -> list[str]:
    first = now_ms // EVERY_MS % max(len(partners), 1)
    return partners[first:] + partners[:first]


def _issue(services: bootstrap.Services, partner_id: str) -> int:
    issued = services.invoices.issue_due(partner_id)
    for invoice in issued:
        facts = {"partner_id": partner_id, "number": invoice.number, "total_cents": invoice.total_cents}
        logger().info("invoice issued", extra=facts)
    return len(issued)


def _tell(services: bootstrap.Services, partner_id: str) -> None:
    lately = [
        invoice
        for invoice in services.invoices.invoices(partner_id)
        if invoice.issued_at_ms > system_clock() - TOLD_FOR_MS
    ]
    if lately:
        events = [
            invoice_issued(one.number, one.bill.month, one.issued_at_ms, one.total_cents, one.bill.currency)
            for one in reversed(lately)
        ]
        services.telling.tell_and_keep(partner_id, events)


def _follow_payments(services: bootstrap.Services, partner_id: str) -> None:
    """Let the partner's standing follow what is unpaid of its invoices, whoever issued them."""
    state = services.payments.follow(partner_id)
    if state.standing is not Standing.GOOD:
        late = {"standing": state.standing.value, "since": to_rfc3339(state.since_ms), "late_cents": state.late_cents}
        logger().warning("payment is late", extra={"partner_id": partner_id, **late})


def _alert(services: bootstrap.Services, partner_id: str) -> int:
    """How many months cost their limit already: the one that goes on, and for a day the one before.

    What came to pass after the last call of a month is said in the next.
    """
    months = {utc_day(system_clock() - ago_ms)[:7] for ago_ms in (0, DAY_MS)}
    return sum(_alert_of(services, partner_id, month) for month in sorted(months))


def _alert_of(services: bootstrap.Services, partner_id: str, month: str) -> int:
    alert = services.billing.spend_alert(partner_id, month)
    if alert is None or not alert.expected:
        return 0
    state = "reached" if alert.reached else "expected"
    facts = {"partner_id": partner_id, "month": month, "limit_cents": alert.limit_cents, "state": state}
    logger().warning("spend alert", extra=facts)
    return int(alert.reached)
