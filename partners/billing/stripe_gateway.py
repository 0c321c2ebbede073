"""Stripe as a whole. Its SDK is imported by the files of these parts alone.

Whatever is created is looked for first, and created under a key derived from what it is; so any of these calls
may be repeated, at any time and beside another.
"""

from partners.billing.event_gateway import EventGateway
from partners.billing.leg_gateway import LegGateway
from partners.billing.stripe_invoice_gateway import InvoiceGateway
from partners.billing.subscription_gateway import SubscriptionGateway
from partners.billing.usage_gateway import UsageGateway


class StripeGateway(UsageGateway, SubscriptionGateway, InvoiceGateway, EventGateway, LegGateway):
    """All that billing and settlement ask of Stripe, over one connection.

    Every method but `send` and `verify` may raise StripeUnavailableError (nothing is known of the outcome; call again)
    and StripeRefusedError.
    """
