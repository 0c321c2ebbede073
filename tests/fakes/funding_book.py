"""Payments and meters in memory; standings are put where contracts find them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from partners.contracts.standing import FundingStanding
from partners.funding.model import DayMeter, Payment, Sealed
from partners.settlement.payments.advances import Action
from tests.fakes.contract_book import FakeContractBook


class FakeFundingBook:
    """`client` is where what is written with a payment is written."""

    def __init__(self, contract_book: FakeContractBook | None = None, client: Any = None) -> None:
        self._client = client
        self.standings = (contract_book or FakeContractBook()).standings
        self.payment_rows: dict[tuple[str, str], Payment] = {}
        self.alone_rows: dict[tuple[str, str], int] = {}
        self.day_rows: dict[tuple[str, str], DayMeter] = {}
        self.sealed_rows: dict[str, Sealed] = {}

    def add_payment(self, payment: Payment, also: Sequence[Action] = ()) -> bool:
        if (payment.partner_id, payment.payment_id) in self.payment_rows:
            return False
        counted, elsewhere = (
            [one["alone"] for one in also if "alone" in one],
            [one for one in also if "alone" not in one],
        )
        if any(self.alone_cents(*of) != read_cents for of, read_cents, _ in counted):
            return False
        if elsewhere:
            try:
                self._client.transact_write_items(TransactItems=elsewhere)
            except self._client.exceptions.TransactionCanceledException:
                return False
        self.alone_rows |= {of: read_cents + cents for of, read_cents, cents in counted}
        self.payment_rows[payment.partner_id, payment.payment_id] = payment
        return True

    def confirm_payment(self, payment: Payment, by: str) -> bool:
        if self._decided(payment):
            return False
        self.payment_rows[payment.partner_id, payment.payment_id] = replace(payment, confirmed_by=by)
        return True

    def decline_payment(self, payment: Payment, back: Payment, also: Sequence[Action]) -> bool:
        if self._decided(payment) or not self.add_payment(back, also):
            return False
        self.payment_rows[payment.partner_id, payment.payment_id] = replace(payment, declined_by=back.by)
        return True

    def _decided(self, payment: Payment) -> bool:
        known = self.payment_rows[payment.partner_id, payment.payment_id]
        return bool(known.confirmed_by or known.declined_by)

    def alone_cents(self, partner_id: str, day: str) -> int:
        return self.alone_rows.get((partner_id, day), 0)

    def count_alone(self, partner_id: str, day: str, read_cents: int, cents: int) -> Action:
        return {"alone": ((partner_id, day), read_cents, cents)}

    def payment(self, partner_id: str, payment_id: str) -> Payment | None:
        return self.payment_rows.get((partner_id, payment_id))

    def payments(self, partner_id: str) -> list[Payment]:
        own = [row for (partner, _), row in self.payment_rows.items() if partner == partner_id]
        return sorted(own, key=lambda one: (one.at_ms, one.payment_id))

    def sealed(self, partner_id: str) -> Sealed | None:
        return self.sealed_rows.get(partner_id)

    def seal(self, new: Sealed) -> bool:
        standing = self.sealed_rows.get(new.partner_id)
        if (standing.version if standing else 0) != new.version - 1:
            return False
        self.sealed_rows[new.partner_id] = new
        return True

    def days(self, partner_id: str, first: str) -> dict[str, DayMeter]:
        return {day: row for (partner, day), row in self.day_rows.items() if partner == partner_id and day >= first}

    def put_day(self, meter: DayMeter) -> bool:
        standing = self.day_rows.get((meter.partner_id, meter.day))
        if (standing.version if standing else 0) != meter.version - 1:
            return False
        self.day_rows[meter.partner_id, meter.day] = meter
        return True

    def put_standing(self, partner_id: str, found: FundingStanding) -> bool:
        known = self.standings.get(partner_id)
        if known is not None and known.as_of_ms > found.as_of_ms:
            return False
        self.standings[partner_id] = found
        return True
