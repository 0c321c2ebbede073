"""A double of Stripe: the part of it that billing and settlement use, kept in memory.

It is no Stripe. It holds requests to Stripe's own description of its API, keeps state between them, and
fails when told to: see `docs/stripe.md` for what it promises and where it is known to differ.
"""
