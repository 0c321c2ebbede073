"""Setting and removing the address to which a partner's invoices are sent, and asking for it."""

from typing import Protocol

from partners.billing.contact import BillingContact, read_billing_email
from partners.contracts.service import Contracts
from shared.kernel.clock import Clock


class ContactBook(Protocol):
    """What is needed of the store; see `partners.billing.contact_store.ContactStore`."""

    def contact(self, partner_id: str) -> BillingContact | None: ...

    def put(self, contact: BillingContact) -> bool: ...


class BillingContacts:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, book: ContactBook, contracts: Contracts, clock: Clock) -> None:
        self._book = book
        self._contracts = contracts
        self._clock = clock

    def contact(self, partner_id: str) -> BillingContact | None:
        """The partner's billing contact, None before the first; without an address since it was removed.

        Raises UnknownPartnerError.
        """
        self._contracts.partner(partner_id)
        return self._book.contact(partner_id)

    def set_email(self, partner_id: str, email: str) -> BillingContact:
        """Have invoices sent to `email` from now on; nothing remains of the address before.

        Stripe is told with the next run of metering. The same again changes nothing. Raises UnknownPartnerError,
        InvalidBillingEmailError.
        """
        self._contracts.partner(partner_id)
        wanted = read_billing_email(email)
        while True:
            known = self._book.contact(partner_id)
            if known is not None and known.email == wanted:
                return known
            contact = self._following(partner_id, known, wanted)
            if self._book.put(contact):
                return contact

    def remove(self, partner_id: str) -> BillingContact | None:
        """Have invoices sent nowhere; nothing remains of the address here, and with the next run of metering at Stripe.

        Again, or where there is none, nothing changes. Raises UnknownPartnerError.
        """
        self._contracts.partner(partner_id)
        while True:
            known = self._book.contact(partner_id)
            if known is None or known.email is None:
                return known
            contact = self._following(partner_id, known, None)
            if self._book.put(contact):
                return contact

    def _following(self, partner_id: str, known: BillingContact | None, email: str | None) -> BillingContact:
        return BillingContact(partner_id, email, self._clock(), 1 if known is None else known.version + 1)
