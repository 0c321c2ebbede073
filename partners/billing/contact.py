"""To whom a partner's invoices are sent. It may name a person, so it is kept apart from accounts and bills. Pure."""

from dataclasses import dataclass, field

from partners.billing.contact_errors import InvalidBillingEmailError


@dataclass(frozen=True, slots=True)
class BillingContact:
    """`version` counts the addresses that a partner had, from 1 on. Its text shows no address."""

    partner_id: str
    email: str = field(repr=False)
    changed_at_ms: int
    version: int = 1


def read_billing_email(text: str) -> str:
    """An address in its normal form. Raises InvalidBillingEmailError, which does not repeat it."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidBillingEmailError from error
