"""Billing plans: what a month costs a partner. No invalid one can be constructed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from partners.contracts.errors import InvalidPlanError
from shared.kernel.money import MICROS_PER_CENT

LONGEST_TRIAL_MONTHS = 36


class PlanMode(StrEnum):
    """`graduated`: each visit pays the price of the band it falls in. `whole_band`: all visits of the
    month pay the price of the one band that their number falls in."""

    GRADUATED = "graduated"
    WHOLE_BAND = "whole_band"


class BandScope(StrEnum):
    """Whose visits fill the bands: those of all locations together, or each location's for itself."""

    POOLED = "pooled"
    PER_LOCATION = "per_location"


@dataclass(frozen=True, slots=True)
class Band:
    """Visits up to number `up_to` (None: all further ones): a flat fee, and a fee for each visit in
    millionths of a currency unit."""

    up_to: int | None
    flat_fee_cents: int = 0
    visit_fee_micros: int = 0

    def fee_micros(self, visits: int) -> int:
        """What so many visits cost if all pay this band's price."""
        return visits * self.visit_fee_micros + self.flat_fee_cents * MICROS_PER_CENT


@dataclass(frozen=True, slots=True)
class Plan:
    """What a month costs a partner: a fee for each location, and bands of visits.

    Bands ascend and join without gaps; only the last is open-ended; one more visit never makes the month
    cheaper. `included_visits` cost nothing, of each location if bands are. The bill is at least
    `minimum_cents`, and at most `spend_cap_cents`: a cap bounds the bill, while visits go on and are counted. From
    `spend_alert_cents` on an alert is raised. Months that begin before the trial ends are free: it ends
    `trial_months` after the partner's first terms began, or when day `trial_until` begins. Raises InvalidPlanError.
    """

    location_fee_cents: int
    mode: PlanMode
    bands: tuple[Band, ...]
    scope: BandScope = BandScope.POOLED
    included_visits: int = 0
    minimum_cents: int = 0
    trial_months: int = 0
    trial_until: date | None = None
    spend_alert_cents: int | None = None
    spend_cap_cents: int | None = None

    def __post_init__(self) -> None:
        self._check_fees()
        self._check_bands()
        self._check_limits()

    def _check_fees(self) -> None:
        fees = [self.location_fee_cents, self.minimum_cents, self.included_visits]
        for band in self.bands:
            fees += [band.flat_fee_cents, band.visit_fee_micros]
        if min(fees) < 0:
            raise InvalidPlanError("A fee, the minimum and the included visits can't be negative.")

    def _check_bands(self) -> None:
        if not self.bands or self.bands[-1].up_to is not None:
            raise InvalidPlanError("The last band must be open-ended.")
        previous = 0
        for band in self.bands[:-1]:
            if band.up_to is None or band.up_to <= previous:
                raise InvalidPlanError("Each band but the last must end at more visits than the one before.")
            previous = band.up_to
        if self.mode is PlanMode.WHOLE_BAND:
            self._check_that_no_visit_makes_all_cheaper()

    def _check_that_no_visit_makes_all_cheaper(self) -> None:
        for band, following in pairwise(self.bands):
            last = band.up_to or 0
            if following.fee_micros(last + 1) < band.fee_micros(last):
                raise InvalidPlanError(
                    f"{last + 1} visits would cost less than {last}: raise the flat fee of the band that begins there.",
                    visits=last + 1,
                )

    def _check_limits(self) -> None:
        if not 0 <= self.trial_months <= LONGEST_TRIAL_MONTHS:
            raise InvalidPlanError(f"A trial lasts 0 to {LONGEST_TRIAL_MONTHS} months.")
        if self.trial_months and self.trial_until is not None:
            raise InvalidPlanError("Give a trial's months or its end, not both.")
        alert, cap = self.spend_alert_cents, self.spend_cap_cents
        if min(limit for limit in (alert, cap, 1) if limit is not None) < 1:
            raise InvalidPlanError("A spend alert or cap is at least one cent.")
        if cap is not None and cap < self.minimum_cents:
            raise InvalidPlanError("The spend cap can't lie below the minimum.")
        if alert is not None and cap is not None and alert > cap:
            raise InvalidPlanError("The spend alert can't lie above the spend cap: it would never be raised.")
