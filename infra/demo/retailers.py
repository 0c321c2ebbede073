"""The demo's network: six retailers and the terms each has published. Plain figures, nothing computed.

The recount gets its parameters from here too, so what stands here is all that both sides share.
"""

from dataclasses import dataclass

CURRENCY = "EUR"
"""The dollars of the data are taken for euros, in which banks take the files of a settlement."""
TIME_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class BandTerms:
    """Visits of a month up to number `up_to` (None: all further ones): a flat fee and a fee a visit."""

    up_to: int | None
    flat_fee_cents: int
    visit_fee_micros: int


@dataclass(frozen=True, slots=True)
class Retailer:
    """One partner: `earn_points` for every `earn_per_cents` paid, prices in millionths of a euro a point.

    `whole_band` plans charge all visits by the one band that their number falls in, the others charge each
    visit by its own band. Who `prepays_cents_a_week` has prepaid terms, and has paid that in for each week beforehand.
    """

    partner_id: str
    name: str
    earn_points: int
    earn_per_cents: int
    issue_price_micros: int
    redeem_price_micros: int
    expiry_months: int
    location_fee_cents: int
    whole_band: bool
    bands: tuple[BandTerms, ...]
    billed_through_stripe: bool = True
    prepays_cents_a_week: int = 0

    @property
    def billing_email(self) -> str:
        return f"bills@{self.partner_id}.example"


_PER_VISIT = (BandTerms(100, 0, 120_000), BandTerms(500, 0, 85_000), BandTerms(None, 0, 47_500))
_WITH_BASE_FEE = (BandTerms(250, 2_500, 0), BandTerms(None, 0, 62_500))
_FLAT_BANDS = (BandTerms(500, 4_500, 0), BandTerms(1_500, 7_500, 0), BandTerms(None, 10_500, 5_000))

RETAILERS: tuple[Retailer, ...] = (
    Retailer("harvest", "Harvest Foods", 5, 100, 6_250, 5_000, 24, 2_900, False, _PER_VISIT),
    Retailer("city-market", "City Market", 4, 100, 7_150, 5_125, 24, 2_900, False, _WITH_BASE_FEE),
    Retailer("northpharm", "North Pharmacy", 8, 100, 5_480, 4_350, 12, 1_900, True, _FLAT_BANDS, True, 100_000),
    Retailer("greenleaf", "Greenleaf Foods", 6, 100, 6_035, 5_015, 24, 2_900, False, _PER_VISIT),
    Retailer("corner-fresh", "Corner Fresh", 15, 250, 6_600, 4_995, 18, 1_500, True, _FLAT_BANDS),
    Retailer("riverside", "Riverside Outlet", 10, 100, 5_905, 4_875, 24, 3_400, False, _WITH_BASE_FEE, False),
)

REDEEM_FROM_POINTS = 500
"""A household with at least this many points spends some at the end of its shopping."""
REDEEM_IN_STEPS_OF = 100
REDEEM_AT_MOST = 2_000


def retailer_of(store_id: int) -> int:
    """The index in RETAILERS of the retailer that runs a store of the data."""
    return store_id % len(RETAILERS)


def redeemed_at(last_shopped: int, household: int, seed: int) -> int:
    """The index of the retailer where a household spends that last shopped at `last_shopped`: another one."""
    others = len(RETAILERS) - 1
    return (last_shopped + 1 + (household + seed) % others) % len(RETAILERS)


def points_to_redeem(balance: int) -> int:
    """What a household with this balance spends: nothing, or whole hundreds up to the limit."""
    if balance < REDEEM_FROM_POINTS:
        return 0
    return min(balance // REDEEM_IN_STEPS_OF * REDEEM_IN_STEPS_OF, REDEEM_AT_MOST)
