"""Giving partners their usage plans, and telling the gateway and the keys of it."""

from dataclasses import replace
from typing import Protocol

from partners.access.errors import UsagePlanConflictError
from partners.access.limits import PartnerLimits, Tier
from partners.access.model import ApiKey
from partners.contracts.service import Contracts
from shared.kernel.clock import Clock
from shared.kernel.ids import RandomBytes

USAGE_ID_BYTES = 20
TRIES = 3


class LimitBook(Protocol):
    """See `partners.access.limit_store.LimitStore`."""

    def limits(self, partner_id: str) -> PartnerLimits | None: ...

    def write(self, limits: PartnerLimits) -> bool: ...


class LimitedKeys(Protocol):
    """See `partners.access.store.KeyStore`."""

    def keys(self, partner_id: str) -> list[ApiKey]: ...

    def mark_limited(self, key_id: str, usage_key: str, tier: Tier, version: int) -> bool: ...


class UsageGateway(Protocol):
    """See `partners.access.usage_plan_gateway.UsagePlanGateway`."""

    def attach(self, partner_id: str, tier: Tier, usage_key: str) -> None: ...


class UsagePlans:
    """Use cases of usage plans. Every method may raise StoreUnavailableError, and may then be called again.

    `gateway` is None where there is none that counts by caller; plans are then kept, and limit nothing.
    """

    def __init__(
        self,
        book: LimitBook,
        keys: LimitedKeys,
        contracts: Contracts,
        gateway: UsageGateway | None,
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        self._book = book
        self._keys = keys
        self._contracts = contracts
        self._gateway = gateway
        self._clock = clock
        self._random = random

    def of(self, partner_id: str) -> PartnerLimits:
        """The partner's plan. Raises UnknownPartnerError."""
        self._contracts.partner(partner_id)
        return self._book.limits(partner_id) or PartnerLimits(partner_id=partner_id)

    def cover(self, partner_id: str) -> PartnerLimits:
        """Bring the partner's keys under its plan, those that are already included. Raises UsagePlanConflictError."""
        return self._in_force(partner_id, None)

    def set_tier(self, partner_id: str, tier: Tier) -> PartnerLimits:
        """Change the plan and bring the partner's keys under it. The gateway is told even of a plan that it should
        know, so the same again repairs. Raises UnknownPartnerError, UsagePlanConflictError."""
        self._contracts.partner(partner_id)
        return self._in_force(partner_id, tier)

    def _in_force(self, partner_id: str, wanted: Tier | None) -> PartnerLimits:
        for _ in range(TRIES):
            seen = self._book.limits(partner_id)
            kept = seen or PartnerLimits(partner_id=partner_id, usage_id=self._random(USAGE_ID_BYTES).hex())
            limits = replace(kept, tier=wanted or kept.tier)
            if seen != limits and not self._written(limits):
                continue
            if seen != limits:
                limits = replace(limits, version=limits.version + 1)
            if self._gateway is None:
                return limits
            if wanted is not None or not limits.in_force:
                self._gateway.attach(partner_id, limits.tier, limits.usage_key)
            if not limits.in_force:
                limits = replace(limits, attached=limits.attached | {limits.tier})
                if not self._written(limits):
                    continue
                limits = replace(limits, version=limits.version + 1)
            self._mark_keys(limits)
            return limits
        raise UsagePlanConflictError(partner_id)

    def _written(self, limits: PartnerLimits) -> bool:
        return self._book.write(replace(limits, version=limits.version + 1))

    def _mark_keys(self, limits: PartnerLimits) -> None:
        now_ms = self._clock()
        for key in self._keys.keys(limits.partner_id):
            if key.usable_at(now_ms) and key.usage_version < limits.version:
                self._keys.mark_limited(key.key_id, limits.usage_key, limits.tier, limits.version)
