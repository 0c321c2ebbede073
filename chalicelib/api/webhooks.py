"""What Stripe tells of invoices and meters."""

from chalicelib.api.schemas.fields import NoBody, NoParams
from chalicelib.api.schemas.hearing import HeardReply
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.billing.stripe_errors import (
    StripeNotConfiguredError,
    StripeRefusedError,
    StripeUnavailableError,
)
from shared.kernel.hearing_errors import MalformedWebhookError, UnverifiedWebhookError

resource = Resource("webhooks", __name__)

AT_STRIPE = (StripeNotConfiguredError, StripeUnavailableError, StripeRefusedError)
REFUSALS = (UnverifiedWebhookError, MalformedWebhookError, *AT_STRIPE)


@resource.webhook(
    "/v1/stripe/webhooks", signature_header="Stripe-Signature", params=NoParams, reply=HeardReply, errors=REFUSALS
)
def receive_stripe_webhook(call: Call[NoParams, NoBody]) -> Reply:
    """Take an event from Stripe.

    Only Stripe calls this. The body must be signed with the secret of the endpoint, not more than five minutes ago.
    An event has its effect once, however often it comes and in whatever order.
    """
    heard = bootstrap.services().webhooks.receive(call.raw_body, call.signature)
    return Reply(HeardReply(heard=heard.value))
