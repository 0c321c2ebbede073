"""Where a partner's positions are paid at Stripe, as the operator says; and by which means a leg is paid. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from partners.contracts.model import MEMBERS, Partner, TermsView
from partners.contracts.payment import PaymentMethod
from partners.settlement.payments.errors import NoStripeAccountError
from partners.settlement.payments.legs import BY_BANK, Direction, Means


@dataclass(frozen=True, slots=True)
class StripeAccounts:
    """A partner's ids at Stripe: its customer, which is collected from, and its connected account, which is paid.

    The customer is `charged` by what it has left at Stripe for that, or is sent invoices. `version` counts the changes.
    """

    partner_id: str
    customer_id: str | None = None
    connected_account_id: str | None = None
    charged: bool = False
    version: int = 0


class AccountBook(Protocol):
    """See `partners.settlement.payments.account_store.AccountStore`."""

    def accounts(self, partner_id: str) -> StripeAccounts: ...

    def put(self, accounts: StripeAccounts) -> bool: ...


class Contracts(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partner(self, partner_id: str) -> Partner: ...

    def terms_view(self, partner_id: str, at_ms: int | None = None) -> TermsView: ...


class Payees:
    """Use cases of how partners are paid. Every method may raise StoreUnavailableError.

    `has_stripe` says whether this deployment has a key of Stripe.
    """

    def __init__(self, book: AccountBook, contracts: Contracts, has_stripe: Callable[[], bool]) -> None:
        self._book = book
        self._contracts = contracts
        self._has_stripe = has_stripe

    def accounts(self, partner_id: str) -> StripeAccounts:
        """Raises UnknownPartnerError."""
        self._contracts.partner(partner_id)
        return self._book.accounts(partner_id)

    def set_accounts(
        self, partner_id: str, customer_id: str | None, connected_account_id: str | None, *, charged: bool
    ) -> StripeAccounts:
        """Have legs that are planned from now on paid there. The same again changes nothing.

        Raises UnknownPartnerError.
        """
        self._contracts.partner(partner_id)
        wanted = StripeAccounts(partner_id, customer_id, connected_account_id, charged)
        while True:
            known = self._book.accounts(partner_id)
            if replace(wanted, version=known.version) == known:
                return known
            after = replace(wanted, version=known.version + 1)
            if self._book.put(after):
                return after

    def means(self, party: str, direction: Direction) -> Means:
        """By which means a party pays or is paid under the terms in force. Raises NoStripeAccountError."""
        if party == MEMBERS:
            return BY_BANK
        terms = self._contracts.terms_view(party).in_force
        if terms is None or terms.payment_method is not PaymentMethod.STRIPE:
            return BY_BANK
        accounts = self._book.accounts(party)
        collects = direction is Direction.IN
        account = accounts.customer_id if collects else accounts.connected_account_id
        if account is None or not self._has_stripe():
            raise NoStripeAccountError(party, direction.value)
        return Means(PaymentMethod.STRIPE, account, collects and accounts.charged)
