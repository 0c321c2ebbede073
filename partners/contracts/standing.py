"""How a partner stands against its funding, as the till knows it. Measured downstream by `partners.funding`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingStanding:
    """What was known at `as_of_ms`: whether the partner may grant (not `stopped`), and the figures behind it.

    `exposure_cents` is what the partner owes for what it granted, less what it honoured and paid; negative if it is
    owed or has paid ahead. `limit_cents` is what it may use in all, None without a limit, and `used_cents` how much
    of that it has used.
    """

    as_of_ms: int
    stopped: bool
    exposure_cents: int
    limit_cents: int | None
    used_cents: int
