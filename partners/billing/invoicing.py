"""Billing through Stripe: which partners, what is due for each, and what people decide.

Our own bill decides. Stripe's invoice of a month is finalised only when it says the same to the cent; else it is
held, and a person looks.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from partners.billing.closing import Closings
from partners.billing.contact_service import BillingContacts
from partners.billing.handover import Handover, OwnInvoices
from partners.billing.invoice import LOOKED_BACK_MONTHS
from partners.billing.late_visits import LateVisits
from partners.billing.metering import Metering
from partners.billing.model import Month, month_before, month_of, next_month
from partners.billing.month_invoices import MonthInvoices
from partners.billing.parting import Partings
from partners.billing.periods import terms_of_month
from partners.billing.recipients import Recipients
from partners.billing.service import Billing
from partners.billing.stripe_book import StripeBook, change_account, change_closing
from partners.billing.stripe_errors import DecisionNotPossibleError, NotBilledThroughStripeError, StripeRefusedError
from partners.billing.stripe_gateway import StripeGateway
from partners.billing.stripe_model import Closing, ClosingState, Invoicer, Parting, StripeAccount
from partners.billing.subscribing import Subscribing
from partners.contracts.errors import NoTermsInForceError
from partners.contracts.life import PartnerState
from partners.contracts.service import Contracts
from shared.kernel.clock import Clock, utc_day


class Invoicing:
    """Use cases of billing through Stripe. Every method may raise StoreUnavailableError, StripeUnavailableError and
    StripeRefusedError; any may be repeated after that.
    """

    def __init__(
        self,
        book: StripeBook,
        stripe: StripeGateway,
        metering: Metering,
        billing: Billing,
        contracts: Contracts,
        contacts: BillingContacts,
        own_invoices: OwnInvoices,
        clock: Clock,
    ) -> None:
        self._book = book
        self._stripe = stripe
        self._metering = metering
        self._billing = billing
        self._contracts = contracts
        self._clock = clock
        self._handover = Handover(book, own_invoices)
        self._recipients = Recipients(book, stripe, contacts)
        self._subscribing = Subscribing(book, stripe, contracts, clock)
        self._invoices = MonthInvoices(stripe)
        self._closings = Closings(book, stripe, self._invoices, metering, billing, clock)
        self._partings = Partings(book, stripe, metering, self._invoices, contracts, clock)
        self._late_visits = LateVisits(book, stripe, billing, clock)

    def open_account(self, partner_id: str) -> StripeAccount:
        """Bill a partner through Stripe from this month on; one that is billed so stays as it is.

        Who has left comes back once the months before are done with. Raises UnknownPartnerError,
        BillingEmailMissingError, ConcurrentRunError, and DecisionNotPossibleError until then, and of who is closed.
        """
        self._recipients.check(partner_id)
        this = self._this_month()
        known = self._book.account(partner_id)
        if self._is_closed(partner_id):
            raise DecisionNotPossibleError("The partner is closed.", partner_id=partner_id)
        if known is None:
            partner = self._contracts.partner(partner_id)
            customer_id = self._stripe.create_customer(partner_id, partner.name)
            account = StripeAccount(partner_id, customer_id, this.name, closed_through=month_before(this).name)
            self._book.put_account(None, account)
            return self._book.account(partner_id) or account
        if known.last_month is None:
            return known
        if not known.has_left or this.name <= known.last_month:
            raise DecisionNotPossibleError(
                "Its billing through Stripe ends first: open it once that month is closed.", last_month=known.last_month
            )
        anew = {"first_month": this.name, "last_month": None, "parting": None}
        return change_account(self._book, known, **anew, closed_through=month_before(this).name)

    def accounts(self) -> list[StripeAccount]:
        return self._book.accounts()

    def work(self, account: StripeAccount) -> list[str]:
        """All that is due for a partner now. Returns what people must look at.

        Drafts are held, visits told, subscriptions known as Stripe has them, and finalised months looked at again, so
        that what they lack is on the next invoice. Then months that are over are closed, and the subscription follows
        the contract. Without an address that Stripe takes, nothing is invoiced or subscribed to. Of a partner that is
        closed this month is the last. Raises ConcurrentRunError too.
        """
        this = self._this_month()
        if account.last_month is None and self._is_closed(account.partner_id):
            # Who is closed has left before; but for one that was closed when that was not asked for yet.
            account = change_account(self._book, account, last_month=this.name)
        account, unsendable = self._recipients.follow(account)
        troubles = [*unsendable]
        unclosed = self._unclosed_months(account)
        for month in unclosed:
            if month.name < this.name:
                self._invoices.hold(account, month)
        for month in unclosed:
            if account.subscribed_in(month.name) and not account.parted_in(month.name):
                troubles += self._metering.seal(account, month) + self._metering.send(account, month)
        account, found = self._subscribing.follow_stripe(account)
        troubles += found
        if self._has_terms(account.partner_id, this):
            account = self._subscribing.leave_old_plan(account, this)
        by_hand = self._billing.posted_by_hand(account.partner_id)
        if account.last_month is None or this.name <= account.last_month:
            self._handover.take_over(account, by_hand)
        for closing in self._to_look_at_again(account.partner_id, this, by_hand):
            with _noting_refusals(troubles):
                lines = by_hand.get(closing.month, 0)
                troubles += self._late_visits.look_again(account, closing, lines, sendable=not unsendable)
        try:
            account, found = self._close(account, unclosed, unsendable)
        except StripeRefusedError as error:
            account, found = self._book.account(account.partner_id) or account, [error.in_words()]
        troubles += found
        if not unsendable and account.last_month is None and self._has_terms(account.partner_id, next_month(this)):
            with _noting_refusals(troubles):
                account = self._subscribing.follow_plan(account, this)
        with _noting_refusals(troubles):
            self._subscribing.follow_locations(account, this)
        if account.last_month is not None and account.last_month < this.name:
            troubles += self._invoices.billed_after(account, month_of(account.last_month))
        return troubles

    def _close(
        self, account: StripeAccount, unclosed: list[Month], unsendable: list[str]
    ) -> tuple[StripeAccount, list[str]]:
        """Close the months that are over, in their order, and the running one of who leaves at once."""
        this, troubles = self._this_month(), []
        for month in unclosed:
            if month.name == this.name:
                if unsendable:
                    break
                account, parted, found = self._partings.follow(account, month)
                troubles += found
                if not parted:
                    break
            priced = self._has_terms(account.partner_id, month)
            close = self._closings.close if priced else self._closings.close_without_terms
            closed, found = self._closings.put_off(account, month, unsendable) if unsendable else close(account, month)
            troubles += found
            if not closed:
                break
            account = change_account(self._book, account, closed_through=month.name)
        return account, troubles

    def end_account(self, partner_id: str, *, at_once: bool = False) -> bool:
        """Bill a partner through Stripe no more after this month, with which its subscription ends.

        Its locations and visits are told up to the month's end, and invoiced when it is closed. One without an open
        location may leave `at_once`: the month is closed as soon as Stripe counts all of it. That is so once it is
        written down: what Stripe fails to answer is left to the next run. False if there is nothing to end. Raises
        ConcurrentRunError and DecisionNotPossibleError too.
        """
        account = self._book.account(partner_id)
        if account is None:
            return False
        this = self._this_month().name
        changes: dict[str, Any] = {} if account.last_month else {"last_month": this}
        if at_once and account.parting is None and account.last_month in (None, this):
            self._partings.check(partner_id)
            changes["parting"] = Parting.ASKED
        if changes:
            account = change_account(self._book, account, **changes)
        self._subscribing.follow_stripe(account)
        return bool(changes)

    def credit(self, partner_id: str, month: str, amount_cents: int, reason: str, key: str) -> str:
        """Take back a part of a finalised month; once for each `key`. Returns the credit note's id.

        Raises DecisionNotPossibleError if the month has no finalised invoice, and StripeRefusedError if the amount
        exceeds it.
        """
        closing = self._book.closing(partner_id, month_of(month).name)
        if closing.invoice_id is None or closing.state is not ClosingState.FINALISED:
            raise DecisionNotPossibleError("There is no finalised invoice of this month.", month=month)
        return self._stripe.credit(closing.invoice_id, amount_cents, reason, f"v1:credit:{partner_id}:{key}")

    def confirm(self, partner_id: str, month: str) -> Closing:
        """A person's decision on a held month whose invoice Stripe has finalised: let it stand as it is.

        What our bill has more goes on the next invoice; what it has less stays a trouble, for a credit note. A month
        that is finalised stays as it is. Raises NotBilledThroughStripeError, DecisionNotPossibleError,
        ConcurrentRunError.
        """
        account, closing = self._held(partner_id, month)
        if closing.state is ClosingState.HELD and self._invoices.has_draft(
            account, month_of(month), closing.invoice_id
        ):
            raise DecisionNotPossibleError("Its invoice is a draft: release it.", month=month)
        return self.release(partner_id, month)

    def release(self, partner_id: str, month: str) -> Closing:
        """A person's decision on a held month: finalise its invoice as it is, in spite of what differs.

        If its draft was deleted at Stripe, all of it goes on the next invoice. For the rest as `confirm`.
        """
        account, closing = self._held(partner_id, month)
        if closing.state is ClosingState.FINALISED:
            return closing
        if closing.invoice_id is None:
            raise DecisionNotPossibleError("Stripe has no invoice of this month.", month=month)
        kept, billed_cents = self._invoices.finalise_as_it_is(account, month_of(month), closing.invoice_id)
        done = {"state": ClosingState.FINALISED, "invoice_id": kept, "billed_cents": billed_cents}
        return change_closing(self._book, closing, **done, troubles=())

    def write_off(self, partner_id: str, month: str) -> Closing:
        """A person's decision: what our bill of a month differs by from what is billed is neither claimed nor owed.

        A held month is finalised as it is; without an invoice all of it is written off. Raises as `release`.
        """
        account, closing = self._held(partner_id, month)
        if closing.owed_cents:
            raise DecisionNotPossibleError("What it has more is being added to the next invoice.", month=month)
        kept, billed_cents = closing.invoice_id, closing.billed_cents
        if closing.state is ClosingState.HELD:
            kept, billed_cents = self._invoices.finalise_as_it_is(account, month_of(month), kept)
        off_cents = self._billing.bill(partner_id, month).total_cents - billed_cents
        done = {"state": ClosingState.FINALISED, "billed_cents": billed_cents, "written_off_cents": off_cents}
        return change_closing(self._book, closing, **done, invoice_id=kept, troubles=())

    def _held(self, partner_id: str, month: str) -> tuple[StripeAccount, Closing]:
        """A month that a person may decide on."""
        account = self._book.account(partner_id)
        if account is None:
            raise NotBilledThroughStripeError(partner_id)
        name = month_of(month).name
        closing = self._book.closing(partner_id, name)
        if closing.state is ClosingState.OPEN:
            raise DecisionNotPossibleError("Nothing of this month is held or finalised.", month=name)
        taken_over = closing.invoicer is Invoicer.OPERATOR
        if not taken_over and self._book.claim(partner_id, name, Invoicer.STRIPE) is not Invoicer.STRIPE:
            raise DecisionNotPossibleError("The operator has invoiced this month itself.", month=name)
        return account, closing

    def _is_closed(self, partner_id: str) -> bool:
        return self._contracts.partner_now(partner_id).state is PartnerState.CLOSED

    def _this_month(self) -> Month:
        return month_of(utc_day(self._clock())[:7])

    def _unclosed_months(self, account: StripeAccount) -> list[Month]:
        """The months after the last that is closed, up to the current one, or the last that is billed here."""
        end = min(self._this_month().name, account.last_month or "9")
        months = []
        month = next_month(month_of(account.closed_through))
        while month.name <= end:
            months.append(month)
            month = next_month(month)
        return months

    def _to_look_at_again(self, partner_id: str, this: Month, by_hand: Mapping[str, int]) -> list[Closing]:
        """Finalised months that are young, against which something stands, of which something is still owed, or was
        posted `by_hand` since they were looked at; oldest first."""
        oldest = this
        for _ in range(LOOKED_BACK_MONTHS):
            oldest = month_before(oldest)
        return [
            one
            for one in reversed(self._book.closings(partner_id))
            if one.state is ClosingState.FINALISED
            if one.troubles or one.owed_cents or one.month >= oldest.name or one.by_hand != by_hand.get(one.month, 0)
            if self._has_terms(partner_id, month_of(one.month))
        ]

    def _has_terms(self, partner_id: str, month: Month) -> bool:
        try:
            terms_of_month(partner_id, self._contracts.terms(partner_id), month)
        except NoTermsInForceError:
            return False
        return True


@contextmanager
def _noting_refusals(troubles: list[str]) -> Iterator[None]:
    """What Stripe refuses is for people to look at, and stops nothing that comes after."""
    try:
        yield
    except StripeRefusedError as error:
        troubles.append(error.in_words())
