"""The outbox on DynamoDB, table `billing`, pk `OUTBOX#<partner>#<month>`: one row a message.

A partner's month has one row an hour, and is read as a whole. Each write is on condition of the version read,
so of two workers one goes on.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.billing.outbox import Intent, Message, Stage
from partners.settlement.payments.advances import Action
from shared.kernel.aws import outage_as_unavailable, transacted
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class MessageRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    partner = UnicodeAttribute()
    hour = NumberAttribute()
    seq = NumberAttribute()
    quantity = NumberAttribute()
    customer = UnicodeAttribute()
    stage = UnicodeAttribute()
    sends = NumberAttribute()
    key_number = NumberAttribute()
    first_sent_at_ms = NumberAttribute(null=True)
    last_sent_at_ms = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    replaced = BooleanAttribute()
    version = NumberAttribute()


class OutboxStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._row = bound(MessageRow, table, client)

    def add(self, message: Message) -> bool:
        """False if there is a message of this number for its hour; then nothing was written."""
        try:
            with store_errors():
                self._row_of(message).save(condition=self._row.pk.does_not_exist())
        except ConditionRefusedError:
            return False
        return True

    def replace(self, before: Message, after: Message, also: Sequence[Action] = ()) -> bool:
        """Write it, and do what is `also` to be done with it.

        False if the stored message is no longer `before`; then nothing was written.
        """
        put: Any = {
            "TableName": self._table,
            "Item": self._row_of(after).serialize(),
            "ConditionExpression": "version = :before",
            "ExpressionAttributeValues": {":before": {"N": str(before.version)}},
        }
        if also:
            return transacted(self._client, [{"Put": put}, *also])
        with outage_as_unavailable():
            try:
                self._client.put_item(**put)
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def get(self, intent: Intent) -> Message | None:
        try:
            with store_errors():
                row = self._row.get(_pk(intent.partner_id, intent.month), _sk(intent), consistent_read=True)
        except self._row.DoesNotExist:
            return None
        return _message(row)

    def of_month(self, partner_id: str, month: str) -> list[Message]:
        """All messages of a month, by hour and number."""
        with store_errors():
            return [_message(row) for row in self._row.query(_pk(partner_id, month), consistent_read=True)]

    def _row_of(self, message: Message) -> MessageRow:
        intent = message.intent
        return self._row(
            _pk(intent.partner_id, intent.month),
            _sk(intent),
            partner=intent.partner_id,
            hour=intent.hour,
            seq=intent.seq,
            quantity=intent.quantity,
            customer=intent.customer_id,
            stage=message.stage.value,
            sends=message.sends,
            key_number=message.key_number,
            first_sent_at_ms=message.first_sent_at_ms,
            last_sent_at_ms=message.last_sent_at_ms,
            reason=message.reason,
            replaced=message.replaced,
            version=message.version,
        )


def _pk(partner_id: str, month: str) -> str:
    return f"OUTBOX#{partner_id}#{month}"


def _sk(intent: Intent) -> str:
    return f"{intent.hour:08d}#{intent.seq:04d}"


def _message(row: MessageRow) -> Message:
    first, last = row.first_sent_at_ms, row.last_sent_at_ms
    return Message(
        intent=Intent(row.partner, int(row.hour), int(row.seq), int(row.quantity), row.customer),
        stage=Stage(row.stage),
        sends=int(row.sends),
        key_number=int(row.key_number),
        first_sent_at_ms=None if first is None else int(first),
        last_sent_at_ms=None if last is None else int(last),
        reason=row.reason,
        replaced=bool(row.replaced),
        version=int(row.version),
    )
