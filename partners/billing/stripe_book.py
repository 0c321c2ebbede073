"""The rows of billing through Stripe, each written on condition that nobody changed it meanwhile."""

from dataclasses import replace
from typing import Any, Protocol

from partners.billing.stripe_errors import ConcurrentRunError
from partners.billing.stripe_model import Closing, Invoicer, StripeAccount


class StripeBook(Protocol):
    """What is needed of the store; see `partners.billing.stripe_store.StripeStore`."""

    def accounts(self) -> list[StripeAccount]: ...

    def account(self, partner_id: str) -> StripeAccount | None: ...

    def put_account(self, before: StripeAccount | None, after: StripeAccount) -> bool: ...

    def closing(self, partner_id: str, month: str) -> Closing: ...

    def closings(self, partner_id: str) -> list[Closing]: ...

    def put_closing(self, closing: Closing) -> bool: ...

    def claim(self, partner_id: str, month: str, invoicer: Invoicer) -> Invoicer: ...


def change_account(book: StripeBook, before: StripeAccount, **changes: Any) -> StripeAccount:
    """Write an account as changed. Raises ConcurrentRunError if another run changed it meanwhile."""
    after = replace(before, **changes, version=before.version + 1)
    if not book.put_account(before, after):
        raise ConcurrentRunError(before.partner_id)
    return after


def change_closing(book: StripeBook, closing: Closing, **changes: Any) -> Closing:
    """Write how a month stands, unless nothing changes. Raises ConcurrentRunError as `change_account`."""
    after = replace(closing, **changes)
    if after == closing:
        return closing
    after = replace(after, version=closing.version + 1)
    if not book.put_closing(after):
        raise ConcurrentRunError(closing.partner_id)
    return after
