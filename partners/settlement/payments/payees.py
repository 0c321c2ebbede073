"""Where a partner's positions are paid, as two operators agreed; and by which means a leg is paid. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from partners.contracts.model import NETWORK, Partner, Terms, TermsView
from partners.contracts.payment import FundingKind, PaymentMethod, usual_method
from partners.settlement.payments.agreed import Book, TwoPeople
from partners.settlement.payments.errors import NoStripeAccountError
from partners.settlement.payments.legs import Direction, Means
from partners.settlement.statements.model import Way
from shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class PayeeAccounts:
    """A partner's ids at Stripe: its customer, which is collected from, and its connected account, which is paid; and
    the fingerprint of its bank account, which itself is known to the operator's own file alone.

    The customer is `charged` by what it has left at Stripe for that, or is sent invoices.
    """

    customer_id: str | None = None
    connected_account_id: str | None = None
    charged: bool = False
    bank_account: str | None = None


class Contracts(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partner(self, partner_id: str) -> Partner: ...

    def terms_view(self, partner_id: str, at_ms: int | None = None) -> TermsView: ...


class Payees:
    """Use cases of how partners are paid. Every method may raise StoreUnavailableError.

    `people` agree on the accounts, see `TwoPeople`; legs that are planned from then on are paid there. `has_stripe`
    says whether this deployment has a key of Stripe.
    """

    def __init__(
        self, book: Book[PayeeAccounts], contracts: Contracts, has_stripe: Callable[[], bool], clock: Clock
    ) -> None:
        self._book = book
        self._contracts = contracts
        self._has_stripe = has_stripe
        self.people = TwoPeople(book, self._check_party, clock)

    def _check_party(self, party: str) -> None:
        """The network has a bank account too, from which files pay and to which they collect."""
        if party != NETWORK:
            self._contracts.partner(party)

    def bank_account(self, party: str) -> str | None:
        """The fingerprint of the bank account that two people agreed on, None without one."""
        return self._book.get(party).value.bank_account

    def way(self, partner: Partner) -> Way:
        """How its positions are paid by the terms in force, whether or not there is an account for that yet."""
        terms = self._contracts.terms_view(partner.partner_id).in_force
        method = self._method(partner.currency, terms)
        charged = method is PaymentMethod.STRIPE and self._book.get(partner.partner_id).value.charged
        return Way(method, terms is not None and terms.funding.kind is FundingKind.PREPAID, charged)

    def means(self, party: str, direction: Direction) -> Means:
        """By which means a partner pays or is paid under the terms in force; there are files for the bank in EUR alone,
        whatever terms of before say. Raises NoStripeAccountError.
        """
        currency = self._contracts.partner(party).currency
        method = self._method(currency, self._contracts.terms_view(party).in_force)
        if method is not PaymentMethod.STRIPE:
            return Means(method)
        accounts = self._book.get(party).value
        collects = direction is Direction.IN
        account = accounts.customer_id if collects else accounts.connected_account_id
        if account is None or not self._has_stripe():
            raise NoStripeAccountError(party, direction.value)
        return Means(PaymentMethod.STRIPE, account, collects and accounts.charged)

    @staticmethod
    def _method(currency: str, terms: Terms | None) -> PaymentMethod:
        if terms is None or terms.payment_method is PaymentMethod.BANK_FILE:
            return usual_method(currency)
        return terms.payment_method
