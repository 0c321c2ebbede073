"""The least that Stripe charges, in cents: what is due below that is never brought to it.

An invoice of less is not collected there: it is added to the customer's balance, and so to some later invoice.
"""

_CENTS = {
    **dict.fromkeys(("USD", "EUR", "AUD", "BRL", "CAD", "CHF", "INR", "NZD", "SGD"), 50),
    "GBP": 30,
    **dict.fromkeys(("AED", "MYR", "PLN", "RON"), 200),
    "DKK": 250,
    **dict.fromkeys(("NOK", "SEK"), 300),
    "HKD": 400,
    **dict.fromkeys(("MXN", "THB"), 1_000),
    "CZK": 1_500,
    "HUF": 17_500,
}
"""By docs.stripe.com/currencies. For other currencies it depends on the account: there Stripe itself refuses."""

BELOW_STRIPE_MINIMUM = "below_stripe_minimum"
"""The reference of a collection that failed for that."""


def least_cents(currency: str) -> int:
    """0 where it is not known."""
    return _CENTS.get(currency, 0)
