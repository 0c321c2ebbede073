"""Cashback for a purchase: a part of what was paid, in cents of the same currency."""

from shared.kernel.money import Money, in_words

BPS = 10_000
"""Basis points in the whole."""


def cashback_cents_for(cashback_bps: int, amount_cents: int) -> int:
    """floor(amount x bps / 10,000), once per receipt: 12.34 at 150 basis points (1.5 %) gives 18 cents."""
    return amount_cents * cashback_bps // BPS


def explain_cashback(cashback_bps: int, paid: Money) -> tuple[str, ...]:
    """One line such as `1.5 % of 12.34 USD = 0.18 USD cashback`; none for a rate of 0."""
    if cashback_bps == 0:
        return ()
    granted = Money(cashback_cents_for(cashback_bps, paid.amount_cents), paid.currency)
    whole, hundredths = divmod(cashback_bps, 100)
    percent = f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".")
    return (f"{percent} % of {in_words(paid)} = {in_words(granted)} cashback",)
