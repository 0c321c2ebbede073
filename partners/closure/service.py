"""Whether a partner owes nothing and is owed nothing: in windows, settlements, months and cases."""

from collections.abc import Callable, Iterator
from typing import Protocol

from partners.billing.dunning import InvoiceRecord
from partners.books.receivables import of_stripe
from partners.cases.listing import CasePage
from partners.cases.model import Case
from partners.closure.errors import PositionOpenError
from partners.closure.model import Outstanding, What, of_settlement, of_window
from partners.contracts.model import Partner
from partners.contracts.standing import FundingStanding
from partners.settlement.model import Book, CurrencySettlement
from partners.settlement.payments.sums import Known
from partners.settlement.window import HAS_POSITIONS, Window, WindowState

CASES_NAMED = 50


class Funding(Protocol):
    """See `partners.funding.service.FundingService`."""

    def measure(self, partner_id: str) -> FundingStanding: ...


class Deposits(Protocol):
    """See `partners.funding.deposits.Deposits`."""

    def held_cents(self, partner_id: str) -> int: ...


class Windows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def windows(self) -> list[Window]: ...

    def part(self, number: int, party: str) -> Book: ...

    def so_far(self, partner_id: str) -> tuple[CurrencySettlement, ...]: ...


class PaidSettlements(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def known(self) -> Known: ...


class Months(Protocol):
    """See `partners.billing.invoice_service.Invoices`."""

    def uninvoiced(self, partner_id: str) -> list[tuple[str, int]]: ...

    def customer_at_stripe(self, partner_id: str) -> str | None: ...


class OwnInvoices(Protocol):
    """See `partners.billing.invoice_payment_service.InvoicePayments`."""

    def unpaid(self, partner_id: str) -> list[tuple[str, int]]: ...


class InvoicesHeard(Protocol):
    """See `partners.billing.webhook_store.WebhookStore`."""

    def invoices(self, partner_id: str) -> list[InvoiceRecord]: ...


class Cases(Protocol):
    """See `partners.cases.service.Cases`."""

    def cases(
        self, partner_ids: list[str], *, wanted: Callable[[Case], bool], after: tuple[str, int] | None, limit: int
    ) -> CasePage: ...


class Held(Protocol):
    """See `partners.settlement.payments.collateral.Collaterals`."""

    def left_cents(self, partner_id: str) -> int: ...


class Closure:
    """What is open between a partner and the network. Every method may raise StoreUnavailableError."""

    def __init__(
        self,
        funding: Funding,
        deposits: Deposits,
        windows: Windows,
        settlements: PaidSettlements,
        months: Months,
        own_invoices: OwnInvoices,
        invoices: InvoicesHeard,
        collateral: Held,
        cases: Cases,
    ) -> None:
        self._funding = funding
        self._deposits = deposits
        self._windows = windows
        self._settlements = settlements
        self._months = months
        self._own_invoices = own_invoices
        self._invoices = invoices
        self._collateral = collateral
        self._cases = cases

    def check_settled(self, partner: Partner) -> None:
        """Raises PositionOpenError, which names all that is outstanding."""
        found = list(self._outstanding(partner))
        if found:
            raise PositionOpenError(partner.partner_id, partner.currency, found)

    def _outstanding(self, partner: Partner) -> Iterator[Outstanding]:
        partner_id = partner.partner_id
        deposit_cents = self._deposits.held_cents(partner_id)
        if deposit_cents:
            yield Outstanding(What.DEPOSIT, partner_id, -deposit_cents)
        exposure_cents = self._funding.measure(partner_id).exposure_cents + deposit_cents
        if exposure_cents:
            yield Outstanding(What.EXPOSURE, partner_id, exposure_cents)
        yield from self._of_windows(partner_id)
        for month, cents in self._months.uninvoiced(partner_id):
            yield Outstanding(What.MONTH, month, cents)
        for number, cents in self._own_invoices.unpaid(partner_id):
            yield Outstanding(What.INVOICE, number, cents)
        for owed in of_stripe(partner_id, partner.currency, self._invoices.invoices(partner_id)):
            yield Outstanding(What.INVOICE, owed.reference, owed.amount_cents)
        customer = self._months.customer_at_stripe(partner_id)
        if customer is not None:
            yield Outstanding(What.BILLING, customer)
        held_cents = self._collateral.left_cents(partner_id)
        if held_cents:
            yield Outstanding(What.COLLATERAL, partner_id, -held_cents)
        open_cases = self._cases.cases([partner_id], wanted=lambda one: one.unended, after=None, limit=CASES_NAMED)
        for case in open_cases.cases:
            yield Outstanding(What.CASE, str(case.number))

    def _of_windows(self, partner_id: str) -> Iterator[Outstanding]:
        # Windows first: a settlement that is calculated meanwhile takes over what a window holds.
        windows = self._windows.windows()
        known = self._settlements.known()
        settled = {(one.window, one.currency) for one in known.sums}
        newest, *before = windows
        closing = next((one for one in before if one.state not in HAS_POSITIONS), None)
        if closing is not None:
            yield Outstanding(What.WINDOW, str(closing.number))
        else:
            yield from of_window(newest.number, self._windows.so_far(partner_id), partner_id)
        for one in before:
            # Of one that is settling, a currency may have no settlement yet.
            if one.state in (WindowState.CLOSED, WindowState.SETTLING):
                part = self._windows.part(one.number, partner_id)
                left = [each for each in part.currencies if (one.number, each.currency) not in settled]
                yield from of_window(one.number, left, partner_id)
        for settlement in known.unfinished:
            yield from of_settlement(settlement, partner_id)
