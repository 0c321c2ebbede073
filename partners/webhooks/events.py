"""From what happened at a partner to the event that tells it so. Pure.

An event goes to the partner that acted, and tells what that partner's own listing of entries tells: so an
issuer learns nothing of where its points are spent, nor anyone of another's receipts. What the network does by
itself (expiry, adjustments, payouts, merged and closed accounts) is no partner's act and makes no event.
"""

import json
from dataclasses import dataclass
from typing import Any

from partners.cases.model import Case
from partners.visits.document import entry_document
from partners.visits.model import Line
from partners.webhooks.model import PING, EventType
from shared.kernel.clock import to_rfc3339
from shared.ledger.model import Op

TYPE_OF_OP: dict[Op, EventType | None] = {
    Op.ENROL: EventType.MEMBER_ENROLLED,
    Op.EARN: EventType.POINTS_EARNED,
    Op.REDEEM: EventType.POINTS_REDEEMED,
    Op.RESERVE: EventType.POINTS_RESERVED,
    Op.CAPTURE: EventType.POINTS_CAPTURED,
    Op.VOID: EventType.POINTS_VOIDED,
    Op.TRANSFER: EventType.POINTS_TRANSFERRED,
    Op.RETURN: EventType.PURCHASE_RETURNED,
    Op.CANCEL: EventType.REDEMPTION_CANCELLED,
    Op.SPEND: EventType.CASHBACK_SPENT,
    Op.JOIN: EventType.HOUSEHOLD_JOINED,
    Op.LEAVE: EventType.HOUSEHOLD_LEFT,
    Op.ADJUST: None,
    Op.LAPSE: None,
    Op.PAYOUT: None,
    Op.MERGE: None,
    Op.UNMERGE: None,
    Op.CLOSE: None,
}


@dataclass(frozen=True, slots=True)
class Event:
    """What is sent. `event_id` is the same however often, and to whom, it is sent.

    Events of one `lane` are sent one after the other, in the order of `place` as text.
    """

    event_id: str
    event_type: str
    happened_at_ms: int
    lane: str
    place: str
    body: str


def event_of(line: Line) -> Event | None:
    """The event of an entry; events of one member share a lane, in the order of the member's entries."""
    event_type = TYPE_OF_OP[line.op]
    if event_type is None:
        return None
    member, _, seq = line.entry_id.rpartition("-")
    body = _body(event_type, line.recorded_at_ms, {"entry": entry_document(line)})
    return Event(f"evt_{line.entry_id}", event_type, line.recorded_at_ms, member, f"{int(seq):08d}", body)


def ping(event_id: str, now_ms: int) -> Event:
    """A test event, in a lane of its own."""
    return Event(event_id, PING, now_ms, event_id, "0", _body(PING, now_ms, {}))


def invoice_issued(number: str, month: str, issued_at_ms: int, total_cents: int, currency: str) -> Event:
    """The event of an invoice of the partner; a partner's invoices share a lane."""
    data = {"invoice": {"number": number, "month": month, "total_cents": total_cents, "currency": currency}}
    body = _body(EventType.INVOICE_ISSUED, issued_at_ms, data)
    return Event(f"evt_{number}", EventType.INVOICE_ISSUED, issued_at_ms, "invoices", month, body)


def case_updated(case: Case) -> Event:
    """The event of a case as it stands now, without what was written about it; a case's events share a lane."""
    at_ms = case.steps[-1].at_ms
    facts = {
        "case": case.number,
        "state": case.state,
        "due_at": to_rfc3339(case.due_at_ms),
        "corrected_by": case.entry_id,
    }
    body = _body(EventType.CASE_UPDATED, at_ms, {"case": facts})
    event_id = f"evt_{case.partner_id}-case-{case.number}-{case.version}"
    return Event(event_id, EventType.CASE_UPDATED, at_ms, f"case-{case.number}", f"{case.version:08d}", body)


def _body(event_type: str, happened_at_ms: int, data: dict[str, Any]) -> str:
    document = {"type": event_type, "timestamp": to_rfc3339(happened_at_ms), "data": data}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)
