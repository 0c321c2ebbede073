"""How partners stand with their bills: decided anew whenever something is heard or time has passed, and kept."""

from collections.abc import Callable
from typing import Protocol

from partners.billing.dunning import InvoiceRecord, PaymentState, followed
from shared.kernel.clock import Clock


class PaymentBook(Protocol):
    """What is needed of the store; see `partners.billing.payment_store.PaymentStore`."""

    def state(self, partner_id: str) -> PaymentState: ...

    def states(self) -> list[PaymentState]: ...

    def put(self, state: PaymentState) -> bool: ...


class Payments:
    """Every method may raise StoreUnavailableError. `invoices` gives what is known of a partner's invoices, the
    operator's own and those at Stripe."""

    def __init__(self, book: PaymentBook, invoices: Callable[[str], list[InvoiceRecord]], clock: Clock) -> None:
        self._book = book
        self._invoices = invoices
        self._clock = clock

    def follow(self, partner_id: str) -> PaymentState:
        """Let the partner's state follow its invoices, and keep it. Repeating changes nothing."""
        while True:
            before = self._book.state(partner_id)
            after = followed(before, self._invoices(partner_id), self._clock())
            if after is before or self._book.put(after):
                return after

    def state(self, partner_id: str) -> PaymentState:
        """As it was last followed."""
        return self._book.state(partner_id)

    def states(self) -> list[PaymentState]:
        """Of all partners of which something was ever late, by partner."""
        return self._book.states()
