"""The audit trail: what operators and partners' admins have changed."""

from collections.abc import Callable

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.trail import (
    ChangesParams,
    DayParams,
    RecordOut,
    RecordsReply,
    TrailCheckReply,
    TrailParams,
)
from chalicelib.cursors import cursors
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.model import NETWORK
from partners.trail.errors import InvalidTrailRangeError
from partners.trail.model import Record
from shared.kernel.clock import to_rfc3339

resource = Resource("trail", __name__)

REFUSALS = (InvalidTrailRangeError, InvalidCursorError)


@resource.get("/v1/changes", scope=Scope.ADMIN, params=ChangesParams, reply=RecordsReply, errors=REFUSALS)
def list_changes(call: Call[ChangesParams, NoBody]) -> Reply:
    """List what your admin keys have changed, oldest first, but for the last second. Pages may be short or empty."""
    partner_id, action = call.caller.partner_id, call.params.action

    def wanted(record: Record) -> bool:
        return record.act.partner_id == partner_id and action in (None, record.act.action)

    return _listed(call.params, ("changes", partner_id, action or ""), wanted, for_partner=True)


@resource.get("/v1/audit-trail", scope=Scope.OPERATOR, params=TrailParams, reply=RecordsReply, errors=REFUSALS)
def list_audit_trail(call: Call[TrailParams, NoBody]) -> Reply:
    """List what operators and partners' admins have changed, oldest first."""
    params = call.params
    operator, partner, action = params.operator_id, params.partner_id, params.action

    def wanted(record: Record) -> bool:
        act = record.act
        by_operator = operator is None or (act.partner_id, act.by) == (NETWORK, operator)
        return by_operator and partner in (None, act.partner_id) and action in (None, act.action)

    return _listed(params, ("audit trail", operator or "", partner or "", action or ""), wanted)


@resource.get("/v1/audit-trail/{day}/check", scope=Scope.OPERATOR, params=DayParams, reply=TrailCheckReply)
def check_audit_trail(call: Call[DayParams, NoBody]) -> Reply:
    """Check that no record of a day was changed or taken out.

    Each record carries the hash of the one before it.
    """
    check = bootstrap.services().trail.check(call.params.day)
    return Reply(TrailCheckReply(day=check.day, records=check.records, first_broken=check.broken_at))


def _listed(
    params: ChangesParams, filters: tuple[str, ...], wanted: Callable[[Record], bool], *, for_partner: bool = False
) -> Reply:
    binding = (*filters, params.first_day.isoformat(), params.last_day.isoformat())
    after = None
    if params.cursor is not None:
        position = cursors().read(binding, params.cursor)
        after = (str(position["day"]), int(position["number"]))
    page = bootstrap.services().trail.records(
        params.first_day, params.last_day, wanted=wanted, after=after, limit=params.limit, for_partner=for_partner
    )
    next_cursor = None
    if page.next is not None:
        next_cursor = cursors().write(binding, {"day": page.next[0], "number": page.next[1]})
    return Reply(RecordsReply(records=[_shape(record) for record in page.records], next_cursor=next_cursor))


def _shape(record: Record) -> RecordOut:
    act = record.act
    return RecordOut(
        record_id=record.record_id,
        recorded_at=to_rfc3339(record.at_ms),
        phase=record.phase,
        of=record.of,
        by=act.by,
        partner_id=act.partner_id,
        action=act.action,
        about=dict(act.about),
        reason=act.reason,
        asked=act.asked,
        outcome=record.outcome,
        before=record.before,
        after=record.after,
        request_id=act.request_id,
        previous_hash=record.previous,
        hash=record.hash,
    )
