"""What can go wrong between us and Stripe."""

from shared.kernel.errors import ConflictError, NotFoundError, TesseraError, UnavailableError


class StripeUnavailableError(UnavailableError):
    """Stripe did not answer, or not with an answer to rely on. Asking again with the same keys is safe."""

    code = "stripe_unavailable"
    title = "Stripe is not available right now"

    def __init__(self, reason: str) -> None:
        super().__init__("Stripe did not answer. Nothing was done twice; try again.", reason=reason)


class StripeRefusedError(TesseraError):
    """Stripe refused a request of ours: a defect, or something that a person must mend there."""

    code = "stripe_refused"
    title = "Stripe refused a request"

    def in_words(self) -> str:
        """For people, with Stripe's own code, by which its documentation knows it."""
        return f"{self.detail} ({self.data.get('code')})"


class StripeNotConfiguredError(NotFoundError):
    """The deployment has no Stripe key: its bills are the operator's own invoices."""

    code = "stripe_not_configured"
    title = "This deployment does not bill through Stripe"

    def __init__(self) -> None:
        super().__init__("There is no Stripe key in the secret of this deployment.")


class NotBilledThroughStripeError(NotFoundError):
    code = "not_billed_through_stripe"
    title = "This partner is not billed through Stripe"

    def __init__(self, partner_id: str) -> None:
        super().__init__("Set its billing through Stripe up first.", partner_id=partner_id)


class DecisionNotPossibleError(ConflictError):
    """What was decided does not fit how things stand, which the message says."""

    code = "decision_not_possible"
    title = "This can't be decided as things stand"


class ConcurrentRunError(ConflictError):
    """Another run is at work on the same partner; it, or the next one, does what this one left."""

    code = "concurrent_run"
    title = "Another run is at work on this partner"

    def __init__(self, partner_id: str) -> None:
        super().__init__(
            "Another run is at work on it, or was meanwhile. Ask again in some minutes.", partner_id=partner_id
        )
