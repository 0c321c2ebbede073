"""Points for a purchase, and what redeemed points are worth. One function quotes, earns and replays."""

from dataclasses import dataclass

from shared.kernel.money import Money, in_words, micros_to_cents_floor


@dataclass(frozen=True, slots=True)
class EarnRule:
    """`points` for every full `per_cents` cents paid, rounded down once per receipt."""

    points: int
    per_cents: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Points that a rule proposes, with one line of explanation for each step."""

    points: int
    explanation: tuple[str, ...]


def propose_points(rule: EarnRule, paid: Money) -> Proposal:
    """Points for `paid`: floor(amount x points / per_cents), never negative, no floats.

    12.34 USD at 5 points per 1.00 USD gives floor(1234 x 5 / 100) = 61 points.
    """
    points = paid.amount_cents * rule.points // rule.per_cents
    per = Money(rule.per_cents, paid.currency)
    line = f"{rule.points} per {in_words(per)} on {in_words(paid)} = {points}"
    return Proposal(points, (line,))


def value_of_points(points: int, redeem_price_micros: int, currency: str) -> Money:
    """What a till takes off a receipt for `points`: points x price, rounded down to whole cents."""
    return Money(micros_to_cents_floor(points * redeem_price_micros), currency)
