"""Funding on DynamoDB, table `partners`, pk `P#<partner>`: the only file of this room that calls it.

| row | sk |
| --- | --- |
| a payment, added once; if it waits, confirmed or declined once | `FUNDS#<payment id>` |
| what of a day's payments counted on one operator's word | `ALONE#<day>` |
| what a day's pages came to | `EXPOSURE#<day>` |
| what all days came to that are over | `SEALED` |
| how the partner stands, read by tills with its terms | `STANDING` |

A row `EXPOSED`, which earlier versions wrote, does not tell what was posted by hand apart: it is not read, and what is
over is counted once more from the rows of its days.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.contracts.standing import FundingStanding
from partners.contracts.store import STANDING, StandingRow
from partners.funding.model import ByHand, DayMeter, Payment, Sealed
from partners.settlement.payments.advances import Action
from shared.kernel.aws import transacted
from shared.kernel.pynamo import ConditionRefusedError, bound, saved_over_version_before, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from pynamodb.expressions.condition import Condition


class PaymentRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    amount_cents = NumberAttribute()
    currency = UnicodeAttribute()
    reason = UnicodeAttribute()
    by = UnicodeAttribute()
    at_ms = NumberAttribute()
    paid_ahead_cents = NumberAttribute()
    part_micros = NumberAttribute(null=True)
    keeps_limit = BooleanAttribute(null=True)
    reference = UnicodeAttribute(null=True)
    needs_two = BooleanAttribute(null=True)
    confirmed_by = UnicodeAttribute(null=True)
    declined_by = UnicodeAttribute(null=True)


class AloneRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    cents = NumberAttribute()


class DayRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    owed_micros = NumberAttribute()
    redriven_micros = NumberAttribute()
    marks = JSONAttribute()
    read_at_ms = NumberAttribute()
    version = NumberAttribute()


class SealedRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    before = UnicodeAttribute()
    owed_micros = NumberAttribute()
    by_hand = JSONAttribute()
    version = NumberAttribute()


class FundingStore:
    """Every method may raise StoreUnavailableError. Writes say whether they took place; reads see every one before."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._payment = bound(PaymentRow, table, client)
        self._alone = bound(AloneRow, table, client)
        self._day = bound(DayRow, table, client)
        self._sealed = bound(SealedRow, table, client)
        self._standing = bound(StandingRow, table, client)

    def add_payment(self, payment: Payment, also: Sequence[Action] = ()) -> bool:
        """Write it, and do what is `also` to be done with it. False if there is one of this id, or a condition of those
        does not hold: nothing was written then.
        """
        row = self._row(payment)
        if not also:
            return _saved(row, self._payment.pk.does_not_exist())
        item: Any = row.serialize()
        table = self._payment.Meta.table_name
        put: Action = {"Put": {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
        actions: Any = [put, *also]
        return transacted(self._client, actions)

    def confirm_payment(self, payment: Payment, by: str) -> bool:
        """Note that `by` has confirmed a payment that is there. False if somebody has before, or declined it."""
        return transacted(self._client, [self._decided(replace(payment, confirmed_by=by))])

    def decline_payment(self, payment: Payment, back: Payment, also: Sequence[Action]) -> bool:
        """Note that whoever records `back` has declined a payment that is there, and do what is `also` to be done with
        it. False if somebody has before, or confirmed it, or a condition of those does not hold: nothing was written.
        """
        return self.add_payment(back, [self._decided(replace(payment, declined_by=back.by)), *also])

    def alone_cents(self, partner_id: str, day: str) -> int:
        """What of the payments recorded of a day counts on one operator's word."""
        try:
            with store_errors():
                row = self._alone.get(f"P#{partner_id}", f"ALONE#{day}", consistent_read=True)
        except self._alone.DoesNotExist:
            return 0
        return int(row.cents)

    def count_alone(self, partner_id: str, day: str, read_cents: int, cents: int) -> Action:
        """What is written with a payment of `cents` that counts so too, if nobody has since `read_cents` were read."""
        item: Any = self._alone(f"P#{partner_id}", f"ALONE#{day}", cents=read_cents + cents).serialize()
        put: dict[str, Any] = {"TableName": self._alone.Meta.table_name, "Item": item}
        if read_cents == 0:
            return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}
        read = {":read": {"N": str(read_cents)}}
        return {"Put": {**put, "ConditionExpression": "cents = :read", "ExpressionAttributeValues": read}}

    def payment(self, partner_id: str, payment_id: str) -> Payment | None:
        try:
            with store_errors():
                row = self._payment.get(f"P#{partner_id}", f"FUNDS#{payment_id}", consistent_read=True)
        except self._payment.DoesNotExist:
            return None
        return _payment(row)

    def payments(self, partner_id: str) -> list[Payment]:
        """All payments of the partner, oldest first."""
        named = self._payment.sk.startswith("FUNDS#")
        with store_errors():
            rows = [_payment(row) for row in self._payment.query(f"P#{partner_id}", named, consistent_read=True)]
        return sorted(rows, key=lambda one: (one.at_ms, one.payment_id))

    def sealed(self, partner_id: str) -> Sealed | None:
        try:
            with store_errors():
                row = self._sealed.get(f"P#{partner_id}", "SEALED", consistent_read=True)
        except self._sealed.DoesNotExist:
            return None
        return Sealed(
            partner_id=partner_id,
            before=row.before,
            owed_micros=int(row.owed_micros),
            by_hand={day: ByHand(*figures) for day, figures in row.by_hand.items()},
            version=int(row.version),
        )

    def seal(self, new: Sealed) -> bool:
        """False if another one of this version was written before."""
        row = self._sealed(
            f"P#{new.partner_id}",
            "SEALED",
            before=new.before,
            owed_micros=new.owed_micros,
            by_hand={day: [one.listed, one.owed_micros] for day, one in new.by_hand.items()},
            version=new.version,
        )
        return saved_over_version_before(row)

    def days(self, partner_id: str, first: str) -> dict[str, DayMeter]:
        """The meters of the partner's days from `first` on."""
        between = self._day.sk.between(f"EXPOSURE#{first}", "EXPOSURE#~")
        with store_errors():
            rows = list(self._day.query(f"P#{partner_id}", between, consistent_read=True))
        return {row.sk.removeprefix("EXPOSURE#"): _meter(partner_id, row) for row in rows}

    def put_day(self, meter: DayMeter) -> bool:
        """False if another one of this version was written before."""
        row = self._day(
            f"P#{meter.partner_id}",
            f"EXPOSURE#{meter.day}",
            owed_micros=meter.owed_micros,
            redriven_micros=meter.redriven_micros,
            marks=dict(meter.marks),
            read_at_ms=meter.read_at_ms,
            version=meter.version,
        )
        return saved_over_version_before(row)

    def put_standing(self, partner_id: str, found: FundingStanding) -> bool:
        """False if one that was measured later is there."""
        row = self._standing(
            f"P#{partner_id}",
            STANDING,
            as_of_ms=found.as_of_ms,
            stopped=found.stopped,
            exposure_cents=found.exposure_cents,
            limit_cents=found.limit_cents,
            used_cents=found.used_cents,
        )
        kind = self._standing
        return _saved(row, kind.pk.does_not_exist() | (kind.as_of_ms <= found.as_of_ms))

    def _decided(self, payment: Payment) -> Any:
        undecided = "attribute_not_exists(confirmed_by) AND attribute_not_exists(declined_by)"
        table, item = self._payment.Meta.table_name, self._row(payment).serialize()
        return {"Put": {"TableName": table, "Item": item, "ConditionExpression": undecided}}

    def _row(self, payment: Payment) -> PaymentRow:
        return self._payment(
            f"P#{payment.partner_id}",
            f"FUNDS#{payment.payment_id}",
            amount_cents=payment.amount_cents,
            currency=payment.currency,
            reason=payment.reason,
            by=payment.by,
            at_ms=payment.at_ms,
            paid_ahead_cents=payment.paid_ahead_cents,
            part_micros=payment.part_micros or None,
            keeps_limit=None if payment.tops_up else True,
            reference=payment.reference or None,
            needs_two=payment.needs_two or None,
            confirmed_by=payment.confirmed_by or None,
            declined_by=payment.declined_by or None,
        )


def _saved(row: Model, condition: "Condition") -> bool:
    try:
        with store_errors():
            row.save(condition=condition)
    except ConditionRefusedError:
        return False
    return True


def _payment(row: PaymentRow) -> Payment:
    return Payment(
        partner_id=row.pk.removeprefix("P#"),
        payment_id=row.sk.removeprefix("FUNDS#"),
        amount_cents=int(row.amount_cents),
        currency=row.currency,
        reason=row.reason,
        by=row.by,
        at_ms=int(row.at_ms),
        paid_ahead_cents=int(row.paid_ahead_cents),
        part_micros=int(row.part_micros or 0),
        tops_up=not row.keeps_limit,
        reference=row.reference or "",
        needs_two=bool(row.needs_two),
        confirmed_by=row.confirmed_by or "",
        declined_by=row.declined_by or "",
    )


def _meter(partner_id: str, row: DayRow) -> DayMeter:
    return DayMeter(
        partner_id=partner_id,
        day=row.sk.removeprefix("EXPOSURE#"),
        owed_micros=int(row.owed_micros),
        redriven_micros=int(row.redriven_micros),
        marks=row.marks,
        read_at_ms=int(row.read_at_ms),
        version=int(row.version),
    )
