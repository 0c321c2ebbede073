"""Stripe's arithmetic, written apart from the product's: exact fractions, one rounding a line."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any


def cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def rated(price: dict[str, Any], quantity: int) -> Iterator[tuple[int, int, str]]:
    """Quantity, amount in cents and name of each line that `quantity` at `price` makes."""
    tiers = price["tiers"]
    if not tiers:
        yield quantity, cents(quantity * _unit(price)), "each"
        return
    if price["tiers_mode"] == "volume":
        tier = next(one for one in tiers if one["up_to"] is None or quantity <= one["up_to"])
        if quantity:
            yield quantity, cents(quantity * _unit(tier) + (tier["flat_amount"] or 0)), "volume"
        else:
            yield 0, cents(Decimal(tiers[0]["flat_amount"] or 0)), "volume"
        return
    below = 0
    for number, tier in enumerate(tiers, start=1):
        if number > 1 and quantity <= below:
            return
        inside = quantity - below if tier["up_to"] is None else min(quantity, tier["up_to"]) - below
        yield inside, cents(inside * _unit(tier) + (tier["flat_amount"] or 0)), f"tier {number}"
        below = tier["up_to"] or quantity


def _unit(priced: dict[str, Any]) -> Decimal:
    exact = priced.get("unit_amount_decimal")
    return Decimal(exact) if exact is not None else Decimal(priced.get("unit_amount") or 0)
