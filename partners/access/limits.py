"""How fast a partner may send requests: usage plans of the gateway, and which of them a partner has. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """The plans that partners may have; a new partner has STANDARD."""

    STANDARD = "standard"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests per second for as long as one likes, and so many at once after a pause."""

    requests_per_second: int
    requests_at_once: int


RATES: Mapping[Tier, Rate] = {Tier.STANDARD: Rate(50, 100), Tier.LARGE: Rate(200, 400)}
"""The same figures stand in infra/template.yaml, where the gateway has them from; a test compares."""


LIMIT_NAME = "requests"
"""The name of the one policy there is, which `RateLimit` of a 429 names without knowing whose plan was used up."""


def rate_limit_policy(tier: Tier) -> str:
    """The value of `RateLimit-Policy`: a quota per window of one second, and what may come at once."""
    rate = RATES[tier]
    return f'"{LIMIT_NAME}";q={rate.requests_per_second};w=1;burst={rate.requests_at_once};tier={tier}'


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLimits:
    """A partner's plan. Version 0 is what a partner has of whom nothing was written yet.

    `usage_id` is random and tells the gateway whom a request counts for; it opens nothing. The gateway knows it in
    the plans of `attached`.
    """

    partner_id: str
    tier: Tier = Tier.STANDARD
    version: int = 0
    usage_id: str = ""
    attached: frozenset[Tier] = frozenset()

    @property
    def usage_key(self) -> str:
        """The value of the gateway's key. Each plan has one of its own, so that a change of plan leaves no gap."""
        return f"{self.usage_id}-{self.tier}"

    @property
    def in_force(self) -> bool:
        """Whether the gateway can count by this plan."""
        return self.tier in self.attached
