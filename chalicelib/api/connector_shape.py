"""Connections and what waits in their queues, as replies show them. No secret and no whole card number is among it."""

from base64 import b64encode
from collections.abc import Sequence

from chalicelib.api.schemas.connectors import (
    CardSourceOut,
    ConnectionReply,
    ReceivedEventReply,
    SecretOut,
    UnmappedOut,
    UnmappedReply,
)
from chalicelib.api.schemas.fields import MoneyOut
from partners.connectors.facts import Fact
from partners.connectors.foreign import Refund, Sale
from partners.connectors.model import Connection
from partners.connectors.received import ReceivedEvent
from partners.connectors.words import Kind
from shared.kernel.clock import to_rfc3339


def connection_reply(connection: Connection, unmapped: int, without_card: int) -> ConnectionReply:
    source = connection.card_source
    path = f"/v1/connectors/{connection.kind}/{connection.connection_id}"
    return ConnectionReply(
        connection_id=connection.connection_id,
        kind=connection.kind,
        account=connection.account,
        card_source=None if source is None else CardSourceOut(place=source.place, name=source.name),
        locations=dict(connection.locations),
        created_at=to_rfc3339(connection.created_at_ms),
        disabled_at=_moment(connection.disabled_at_ms),
        secrets=[
            SecretOut(
                added_at=to_rfc3339(key.added_at_ms),
                ends_at=_moment(key.ends_at_ms),
                notification_url=key.notification_url,
            )
            for key in connection.keys
        ],
        unmapped=unmapped,
        without_card=without_card,
        webhook_path=None if connection.kind is Kind.FILE else path,
    )


def unmapped_reply(facts: Sequence[Fact], next_cursor: str | None) -> UnmappedReply:
    return UnmappedReply(items=[item_reply(fact) for fact in facts], next_cursor=next_cursor)


def received_reply(event: ReceivedEvent) -> ReceivedEventReply:
    body = b64encode(event.body).decode()
    return ReceivedEventReply(headers=dict(event.headers), body_base64=body, body_sha256=event.body_sha256)


def item_reply(fact: Fact) -> UnmappedOut:
    told = fact.told
    of_money = told if isinstance(told, Sale | Refund) else None
    cents, currency = (of_money.amount_cents, of_money.currency) if of_money else (None, None)
    return UnmappedOut(
        item_id=fact.item_id,
        kind="sale" if isinstance(told, Sale) else "refund" if isinstance(told, Refund) else "file",
        foreign_id=told.refund_id if isinstance(told, Refund) else fact.group,
        sale_id=told.sale_id if isinstance(told, Refund) else None,
        state=fact.state,
        reason_code=fact.reason.code if fact.reason else "",
        reason=fact.reason.detail if fact.reason else "",
        heard_at=to_rfc3339(fact.heard_at_ms),
        occurred_at=_moment(of_money.occurred_at_ms if of_money else None),
        total=None if cents is None or currency is None else MoneyOut(amount_cents=cents, currency=currency),
        foreign_location=told.location if isinstance(told, Sale) else None,
        card_ends_in=told.card[-4:] if isinstance(told, Sale) and told.card else None,
    )


def _moment(at_ms: int | None) -> str | None:
    return None if at_ms is None else to_rfc3339(at_ms)
