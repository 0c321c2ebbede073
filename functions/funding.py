"""Lambda on a schedule: measures how partners stand against their funding, and lets their tills know."""

from collections.abc import Mapping
from typing import Any, Protocol

from partners import bootstrap
from partners.contracts.life import PartnerState
from partners.contracts.model import Partner
from partners.contracts.standing import FundingStanding
from partners.funding.exposure import near_limit
from shared.kernel.clock import system_clock
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.logs import logger

EVERY_MS = 60_000
"""How often the schedule calls."""

SPARE_MS = 10_000
"""Left for the partner under way; what is not done in time the next call does."""


class Context(Protocol):
    """What is needed of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:  # noqa: ARG001
    """Measure every partner that trades, as many as time allows, and log one line about it.

    Returns how many were measured, how many of them have used most of their limit, how many may not grant, and how
    many a store did not answer for or time did not allow; alarms read these from the log. Raises
    StoreUnavailableError.
    """
    services = bootstrap.services()
    measured: list[FundingStanding] = []
    missed = 0
    for partner in _in_turn([one for one in services.contracts.partners() if _trades(one)], system_clock()):
        if context.get_remaining_time_in_millis() < SPARE_MS:
            missed += 1
            continue
        try:
            if services.funding.is_due(partner.partner_id):
                measured.append(_measure(partner))
        except StoreUnavailableError as error:
            missed += 1
            logger().warning("funding is measured later", extra={"partner_id": partner.partner_id, "why": error.data})
    facts = {
        "partners": len(measured),
        "near_limit": sum(near_limit(one) for one in measured),
        "stopped": sum(one.stopped for one in measured),
        "missed": missed,
    }
    logger().info("funding stands", extra=facts)
    return facts


def _trades(partner: Partner) -> bool:
    return partner.state in (PartnerState.ACTIVE, PartnerState.SUSPENDED)


def _measure(partner: Partner) -> FundingStanding:
    found = bootstrap.services().funding.measure(partner.partner_id)
    if near_limit(found):
        facts = {"used_cents": found.used_cents, "limit_cents": found.limit_cents, "stopped": found.stopped}
        logger().warning("funding runs out", extra={"partner_id": partner.partner_id, **facts})
    return found


def _in_turn(partners: list[Partner], now_ms: int) -> list[Partner]:
    """Begin with another partner each time, so that none is always the one that time does not allow."""
    first = now_ms // EVERY_MS % max(len(partners), 1)
    return partners[first:] + partners[:first]
