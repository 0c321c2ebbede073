"""Why invoices can't be sent to a partner. None of these repeats an address."""

from shared.kernel.errors import ConflictError, InvalidRequestError


class InvalidBillingEmailError(InvalidRequestError):
    code = "invalid_billing_email"
    title = "This is not an e-mail address"

    def __init__(self) -> None:
        super().__init__("Give the address to which invoices are sent, such as bills@harvest.example.")


class BillingEmailMissingError(ConflictError):
    """Stripe makes no invoice that is sent for a customer without an address."""

    code = "billing_email_missing"
    title = "This partner has no billing e-mail"

    def __init__(self, partner_id: str) -> None:
        super().__init__("Stripe sends no invoice without one. Set it, then go on.", partner_id=partner_id)


class BillingEmailRefusedError(ConflictError):
    """Stripe does not take the address. Of its reason only the code is kept: its words may repeat the address."""

    code = "billing_email_refused"
    title = "Stripe refuses this partner's billing e-mail"

    def __init__(self, customer_id: str, reason: str) -> None:
        super().__init__(
            f"It says {reason}. Set another one; until then nothing is invoiced.",
            customer_id=customer_id,
            reason=reason,
        )
