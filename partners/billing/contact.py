"""To whom a partner's invoices are sent. It may name a person, so it is kept apart from accounts and bills. Pure."""

from dataclasses import dataclass, field

from partners.billing.contact_errors import InvalidBillingEmailError


@dataclass(frozen=True, slots=True)
class BillingContact:
    """`version` counts the changes, from 1 on; `email` is None since it was removed. Its text shows no address."""

    partner_id: str
    email: str | None = field(repr=False)
    changed_at_ms: int
    version: int = 1


def read_billing_email(text: str) -> str:
    """An address in its normal form. Raises InvalidBillingEmailError, which does not repeat it."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidBillingEmailError from error
