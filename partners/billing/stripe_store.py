"""Accounts and closings on DynamoDB, table `billing`.

| pk | sk | holds |
| --- | --- | --- |
| `STRIPE` | partner | the account: one partition, a few hundred rows, listed by each run |
| `CLOSING#<partner>` | month | how the month's invoice stands |
| `INVOICER#<partner>` | month | who invoices it: whoever was written first |

Each write is on condition of the version read.
"""

from typing import TYPE_CHECKING

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.billing.stripe_model import Closing, ClosingState, Invoicer, Parting, StripeAccount
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ACCOUNTS = "STRIPE"


class AccountRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    customer = UnicodeAttribute()
    first_month = UnicodeAttribute()
    last_month = UnicodeAttribute(null=True)
    closed_through = UnicodeAttribute()
    visit_price = UnicodeAttribute(null=True)
    subscription = UnicodeAttribute(null=True)
    location_item = UnicodeAttribute(null=True)
    plan = UnicodeAttribute(null=True)
    billed_from = UnicodeAttribute(null=True)
    ends_after = UnicodeAttribute(null=True)
    location_count = NumberAttribute()
    counted_day = UnicodeAttribute()
    contact_version = NumberAttribute(default=0)
    parting = UnicodeAttribute(null=True)
    collected_after = NumberAttribute(default=0)
    version = NumberAttribute()


class ClosingRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    state = UnicodeAttribute()
    invoice = UnicodeAttribute(null=True)
    billed_cents = NumberAttribute()
    owed_cents = NumberAttribute()
    written_off_cents = NumberAttribute(default=0)
    troubles: ListAttribute[str] = ListAttribute()
    checked_day = UnicodeAttribute()
    invoicer = UnicodeAttribute(default=Invoicer.STRIPE.value)
    by_hand = NumberAttribute(default=0)
    version = NumberAttribute()


class InvoicerRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    invoicer = UnicodeAttribute()


class StripeStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._account = bound(AccountRow, table, client)
        self._closing = bound(ClosingRow, table, client)
        self._invoicer = bound(InvoicerRow, table, client)

    def accounts(self) -> list[StripeAccount]:
        """All accounts, by partner."""
        with store_errors():
            return [_account(row) for row in self._account.query(ACCOUNTS, consistent_read=True)]

    def account(self, partner_id: str) -> StripeAccount | None:
        try:
            with store_errors():
                return _account(self._account.get(ACCOUNTS, partner_id, consistent_read=True))
        except self._account.DoesNotExist:
            return None

    def put_account(self, before: StripeAccount | None, after: StripeAccount) -> bool:
        """False if the stored account is no longer `before`; then nothing was written."""
        row = self._account(
            ACCOUNTS,
            after.partner_id,
            customer=after.customer_id,
            first_month=after.first_month,
            last_month=after.last_month,
            closed_through=after.closed_through,
            visit_price=after.visit_price_id,
            subscription=after.subscription_id,
            location_item=after.location_item_id,
            plan=after.plan,
            billed_from=after.billed_from,
            ends_after=after.ends_after,
            location_count=after.location_count,
            counted_day=after.counted_day,
            contact_version=after.contact_version,
            parting=after.parting and after.parting.value,
            collected_after=after.collected_after,
            version=after.version,
        )
        column = self._account
        condition = column.pk.does_not_exist() if before is None else column.version == before.version
        try:
            with store_errors():
                row.save(condition=condition)
        except ConditionRefusedError:
            return False
        return True

    def closing(self, partner_id: str, month: str) -> Closing:
        """How the month stands; a new one, of version 0, if nothing was written yet."""
        try:
            with store_errors():
                row = self._closing.get(f"CLOSING#{partner_id}", month, consistent_read=True)
        except self._closing.DoesNotExist:
            return Closing(partner_id, month)
        return _closing(partner_id, row)

    def closings(self, partner_id: str) -> list[Closing]:
        """How each month stands of which anything was written, newest first."""
        with store_errors():
            rows = self._closing.query(f"CLOSING#{partner_id}", consistent_read=True, scan_index_forward=False)
            return [_closing(partner_id, row) for row in rows]

    def put_closing(self, closing: Closing) -> bool:
        """Write what stands one version above what is stored; False if that is no longer so."""
        row = self._closing(
            f"CLOSING#{closing.partner_id}",
            closing.month,
            state=closing.state.value,
            invoice=closing.invoice_id,
            billed_cents=closing.billed_cents,
            owed_cents=closing.owed_cents,
            written_off_cents=closing.written_off_cents,
            troubles=list(closing.troubles),
            checked_day=closing.checked_day,
            invoicer=closing.invoicer.value,
            by_hand=closing.by_hand,
            version=closing.version,
        )
        column = self._closing
        first = closing.version == 1
        condition = column.pk.does_not_exist() if first else column.version == closing.version - 1
        try:
            with store_errors():
                row.save(condition=condition)
        except ConditionRefusedError:
            return False
        return True

    def claim(self, partner_id: str, month: str, invoicer: Invoicer) -> Invoicer:
        """Let `invoicer` alone invoice the month, for ever, unless another does: whoever was first."""
        row = self._invoicer(f"INVOICER#{partner_id}", month, invoicer=invoicer.value)
        try:
            with store_errors():
                row.save(condition=self._invoicer.pk.does_not_exist())
        except ConditionRefusedError:
            with store_errors():
                return Invoicer(self._invoicer.get(row.pk, month, consistent_read=True).invoicer)
        return invoicer


def _closing(partner_id: str, row: ClosingRow) -> Closing:
    return Closing(
        partner_id=partner_id,
        month=row.sk,
        state=ClosingState(row.state),
        invoice_id=row.invoice,
        billed_cents=int(row.billed_cents),
        owed_cents=int(row.owed_cents),
        written_off_cents=int(row.written_off_cents),
        troubles=tuple(row.troubles),
        checked_day=row.checked_day,
        invoicer=Invoicer(row.invoicer),
        by_hand=int(row.by_hand),
        version=int(row.version),
    )


def _account(row: AccountRow) -> StripeAccount:
    return StripeAccount(
        partner_id=row.sk,
        customer_id=row.customer,
        first_month=row.first_month,
        last_month=row.last_month,
        closed_through=row.closed_through,
        visit_price_id=row.visit_price,
        subscription_id=row.subscription,
        location_item_id=row.location_item,
        plan=row.plan,
        billed_from=row.billed_from,
        ends_after=row.ends_after,
        location_count=int(row.location_count),
        counted_day=row.counted_day,
        contact_version=int(row.contact_version),
        parting=None if row.parting is None else Parting(row.parting),
        collected_after=int(row.collected_after),
        version=int(row.version),
    )
