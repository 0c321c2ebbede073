"""Recording what a partner pays, and measuring how it stands: the till reads the outcome with the contract."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from partners.contracts.life import New
from partners.contracts.model import Partner, Terms
from partners.contracts.payment import WITHOUT_LIMIT, Funding
from partners.contracts.service import Contracts
from partners.contracts.standing import FundingStanding
from partners.contracts.two_people import check_second_person
from partners.funding.errors import (
    PaymentCurrencyError,
    PaymentDecidedError,
    PaymentKeyReusedError,
    UnknownPaymentError,
)
from partners.funding.exposure import standing
from partners.funding.meter import Meter
from partners.funding.model import ONE_PERSON_LIMIT_CENTS, Payment, by_hand, settled_id, waiting_cents
from partners.settlement.payments.advances import Action
from partners.settlement.payments.funded import FundingChange
from shared.kernel.clock import Clock, utc_day
from shared.kernel.ids import digest
from shared.kernel.money import MICROS_PER_CENT

UNLIMITED_EVERY_MS = 600_000
"""Who has no limit is measured so often: nobody is stopped by it."""


class PaymentBook(Protocol):
    """What funding needs of its store; see `partners.funding.store.FundingStore`."""

    def add_payment(self, payment: Payment, also: Sequence[Action] = ()) -> bool: ...

    def confirm_payment(self, payment: Payment, by: str) -> bool: ...

    def decline_payment(self, payment: Payment, back: Payment, also: Sequence[Action]) -> bool: ...

    def alone_cents(self, partner_id: str, day: str) -> int: ...

    def count_alone(self, partner_id: str, day: str, read_cents: int, cents: int) -> Action: ...

    def payment(self, partner_id: str, payment_id: str) -> Payment | None: ...

    def payments(self, partner_id: str) -> list[Payment]: ...

    def put_standing(self, partner_id: str, found: FundingStanding) -> bool: ...


class Deposits(Protocol):
    """See `partners.funding.deposits.Deposits`."""

    def held_cents(self, partner_id: str) -> int: ...

    def giving_back(self, partner_id: str, currency: str, cents: int) -> Sequence[Action]: ...

    def declining(self, partner_id: str, currency: str, cents: int) -> Sequence[Action]: ...


@dataclass(frozen=True, slots=True)
class FundingView:
    """The funding agreed on, how the partner stands (None: not measured yet), and its payments, newest first."""

    partner: Partner
    funding: Funding
    standing: FundingStanding | None
    payments: tuple[Payment, ...]

    @property
    def waiting_cents(self) -> int:
        """What was recorded as paid in and lifts no limit before a second person has confirmed it."""
        return waiting_cents(self.payments)


class FundingService:
    """Use cases of funding. Every method may raise StoreUnavailableError and UnknownPartnerError."""

    def __init__(self, book: PaymentBook, meter: Meter, contracts: Contracts, deposits: Deposits, clock: Clock) -> None:
        self._book = book
        self._deposits = deposits
        self._meter = meter
        self._contracts = contracts
        self._clock = clock

    def record(
        self, by: str, idempotency_key: str, partner_id: str, amount_cents: int, currency: str, reason: str
    ) -> Payment:
        """Record money that came from the partner (positive) or went to it (negative), once for each key.

        It counts at once; tills know within two minutes. But what comes to more than ONE_PERSON_LIMIT_CENTS, with what
        else came from the partner on that day and counts on one person's word, lifts no limit before it is confirmed.
        Raises InvalidPaymentError, InvalidReasonError, PaymentCurrencyError, PaymentKeyReusedError,
        DepositTooSmallError if more is given back than is held, and NotInThisStateError if the partner is closed: it
        owes nothing, so what comes late goes back to who sent it.
        """
        partner = self._contracts.partner(partner_id)
        if currency != partner.currency:
            raise PaymentCurrencyError(currency, partner.currency)
        payment_id = digest("payment", partner_id, idempotency_key).hex()[:32]
        if self._book.payment(partner_id, payment_id) is None:
            self._contracts.check_new(partner_id, New.PAYMENT)
        ahead_cents = -self.measure(partner_id).exposure_cents + amount_cents
        payment = Payment(
            partner_id=partner_id,
            payment_id=payment_id,
            amount_cents=amount_cents,
            currency=currency,
            reason=reason,
            by=by,
            at_ms=self._clock(),
            paid_ahead_cents=ahead_cents,
        )
        recorded = self._recorded(payment)
        if not recorded.asks_the_same(payment):
            raise PaymentKeyReusedError(payment.payment_id)
        return recorded

    def confirm(self, by: str, partner_id: str, payment_id: str) -> Payment:
        """Confirm what another operator has recorded as paid in, so that it lifts the partner's limit. Again, and of
        what waits for nobody, is a success that changes nothing.

        Raises UnknownPaymentError, SecondPersonNeededError if `by` has recorded it, and PaymentDecidedError if it was
        declined.
        """
        payment = self.payment(partner_id, payment_id)
        check_second_person(payment.by, by, payment_id)
        if payment.waits and self._book.confirm_payment(payment, by):
            payment = replace(payment, confirmed_by=by)
        elif payment.waits:
            payment = self.payment(partner_id, payment_id)
        if payment.declined_by:
            raise PaymentDecidedError(payment_id, declined=True)
        # Whoever died before may have left it unmeasured.
        self.measure(partner_id)
        return payment

    def decline(self, by: str, partner_id: str, payment_id: str) -> Payment:
        """Say of what waits that it never came: as much is recorded with the opposite sign. Anybody may, whoever
        recorded it too. Again is a success that changes nothing.

        Raises UnknownPaymentError, PaymentDecidedError if it counts, and DepositTooSmallError if the deposit does not
        do without it.
        """
        payment = self.payment(partner_id, payment_id)
        while payment.waits:
            back = replace(
                payment,
                payment_id=digest("declined", partner_id, payment_id).hex()[:32],
                amount_cents=-payment.amount_cents,
                reason=f"Payment {payment_id} was declined",
                by=by,
                at_ms=self._clock(),
                paid_ahead_cents=-self.measure(partner_id).exposure_cents - payment.amount_cents,
                needs_two=False,
            )
            also = self._deposits.declining(partner_id, payment.currency, payment.amount_cents)
            self._book.decline_payment(payment, back, also)
            payment = self.payment(partner_id, payment_id)
        if not payment.declined_by:
            raise PaymentDecidedError(payment_id, declined=False)
        # Whoever died before may have left it unmeasured.
        self.measure(partner_id)
        return payment

    def payment(self, partner_id: str, payment_id: str) -> Payment:
        """What an operator recorded. Raises UnknownPaymentError."""
        self._contracts.partner(partner_id)
        payment = self._book.payment(partner_id, payment_id)
        if payment is None or payment.settled:
            raise UnknownPaymentError(partner_id, payment_id)
        return payment

    def settle(self, change: FundingChange) -> None:
        """Record what a settlement charged, collected or paid out, once for each reference.

        It counts with the next measure, within a minute for whoever has a limit.
        """
        partner_id = change.partner_id
        payment_id = settled_id(partner_id, change.reference)
        if self._book.payment(partner_id, payment_id) is not None:
            return
        cents = abs(change.amount_micros) // MICROS_PER_CENT * (1 if change.amount_micros > 0 else -1)
        self._book.add_payment(
            Payment(
                partner_id=partner_id,
                payment_id=payment_id,
                amount_cents=cents,
                currency=change.currency,
                reason=change.reason,
                by=change.by,
                at_ms=self._clock(),
                paid_ahead_cents=-self._stands(partner_id).exposure_cents + cents,
                part_micros=change.amount_micros - cents * MICROS_PER_CENT,
                tops_up=change.tops_up,
                reference=change.reference,
            )
        )

    def by_hand(self, partner_id: str) -> list[Payment]:
        """What operators recorded of a partner: all but what settlements did."""
        return by_hand(self._book.payments(partner_id))

    def measure(self, partner_id: str) -> FundingStanding:
        """Find out how the partner stands by all that is posted, and let its tills know."""
        found = self._stands(partner_id)
        self._book.put_standing(partner_id, found)
        return found

    def is_due(self, partner_id: str) -> bool:
        """Whether the schedule should measure the partner now: always if it has a limit, else now and then."""
        known = self._contracts.standing(partner_id)
        fresh = known is not None and self._clock() < known.as_of_ms + UNLIMITED_EVERY_MS
        # Whoever was stopped by a limit that is gone is not to wait for it.
        stopped = known is not None and known.stopped
        return stopped or self._funding(partner_id).limited or not fresh

    def view(self, partner_id: str) -> FundingView:
        """How the partner stands, as last measured."""
        partner = self._contracts.partner(partner_id)
        found = self._contracts.standing_now(partner_id)
        payments = tuple(reversed(self._book.payments(partner_id)))
        return FundingView(partner, self._funding(partner_id), found, payments)

    def held_cents(self, partner_id: str) -> int:
        """What is held of the partner's deposit by now."""
        return self._deposits.held_cents(partner_id)

    def _recorded(self, payment: Payment) -> Payment:
        """As it is recorded, and measured, now, or what its key recorded before if there is something."""
        partner_id, given_back_cents = payment.partner_id, max(0, -payment.amount_cents)
        while (known := self._book.payment(partner_id, payment.payment_id)) is None:
            also: Sequence[Action]
            if given_back_cents:
                new, also = payment, self._deposits.giving_back(partner_id, payment.currency, given_back_cents)
            else:
                new, also = self._counted(payment)
            if self._book.add_payment(new, also):
                self.measure(partner_id)
                return new
        return known

    def _counted(self, payment: Payment) -> tuple[Payment, Sequence[Action]]:
        """What is paid in, as it needs a second person or not, with what is written besides so that of two who record
        at once one finds the day's sum changed and looks again.
        """
        partner_id, day = payment.partner_id, utc_day(payment.at_ms)
        alone_cents = self._book.alone_cents(partner_id, day)
        if alone_cents + payment.amount_cents > ONE_PERSON_LIMIT_CENTS:
            return replace(payment, needs_two=True), ()
        return payment, [self._book.count_alone(partner_id, day, alone_cents, payment.amount_cents)]

    def _stands(self, partner_id: str) -> FundingStanding:
        partner = self._contracts.partner(partner_id)
        as_of_ms = self._clock()
        owed = self._meter.owed_micros(partner_id, partner.created_at_ms)
        return standing(self._funding(partner_id), owed, self._book.payments(partner_id), as_of_ms)

    def _funding(self, partner_id: str) -> Funding:
        terms: Terms | None = self._contracts.terms_view(partner_id).in_force
        return WITHOUT_LIMIT if terms is None else terms.funding
