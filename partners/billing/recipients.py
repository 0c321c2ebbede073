"""Stripe's customers get the addresses to which their invoices are sent."""

from partners.billing.contact_errors import BillingEmailMissingError, BillingEmailRefusedError
from partners.billing.contact_service import BillingContacts
from partners.billing.stripe_book import StripeBook, change_account
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_model import StripeAccount


class Recipients:
    """Every method may raise StoreUnavailableError, StripeUnavailableError, ConcurrentRunError."""

    def __init__(self, book: StripeBook, stripe: StripeGateway, contacts: BillingContacts) -> None:
        self._book = book
        self._stripe = stripe
        self._contacts = contacts

    def check(self, partner_id: str) -> None:
        """Raises BillingEmailMissingError, UnknownPartnerError."""
        contact = self._contacts.contact(partner_id)
        if contact is None or contact.email is None:
            raise BillingEmailMissingError(partner_id)

    def follow(self, account: StripeAccount) -> tuple[StripeAccount, list[str]]:
        """Tell Stripe the address if it is another one since, or none; what stands against sending invoices."""
        contact = self._contacts.contact(account.partner_id)
        missing = [_in_words(BillingEmailMissingError(account.partner_id))]
        if contact is None:
            return account, missing
        stands = missing if contact.email is None else []
        if contact.version == account.contact_version:
            return account, stands
        try:
            self._stripe.set_email(account.customer_id, contact.email)
        except BillingEmailRefusedError as error:
            return account, [_in_words(error)]
        return change_account(self._book, account, contact_version=contact.version), stands


def _in_words(error: BillingEmailMissingError | BillingEmailRefusedError) -> str:
    return f"{error.title}. {error.detail} ({error.code})"
