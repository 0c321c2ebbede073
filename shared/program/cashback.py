"""Cashback for a purchase: a part of what was paid, in cents of the same currency."""

BPS = 10_000
"""Basis points in the whole."""


def cashback_cents_for(cashback_bps: int, amount_cents: int) -> int:
    """floor(amount x bps / 10,000), once per receipt: 12.34 at 150 basis points (1.5 %) gives 18 cents."""
    return amount_cents * cashback_bps // BPS
