"""Loyalty visits: from a billed figure to its visits, and from a visit to its entries."""

from chalicelib.api.bookmarks import bookmark_of, position_of
from chalicelib.api.entry_shape import entry_out
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.listings import EntriesReply
from chalicelib.api.schemas.visits import (
    EntryParams,
    PartnerEntryParams,
    PartnerVisitCountsParams,
    PartnerVisitsParams,
    TracedEntryOut,
    VisitCountOut,
    VisitCountsParams,
    VisitCountsReply,
    VisitsParams,
    VisitTraceReply,
)
from chalicelib.cursors import cursors
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import UnknownPartnerError
from partners.till.errors import UnknownEntryError
from partners.visits.errors import InvalidRangeError
from shared.kernel.clock import to_rfc3339

resource = Resource("visits", __name__)


LISTING = (InvalidRangeError, InvalidCursorError)


@resource.get("/v1/visits", scope=Scope.REPORTS, params=VisitsParams, reply=EntriesReply, errors=LISTING)
def list_visits(call: Call[VisitsParams, NoBody]) -> Reply:
    """List your loyalty visits of a period, one entry each.

    These are what a bill counts: a month's visits, or those of one location, are listed by its first and last day.
    """
    return _listed(call.caller.partner_id, call.params)


@resource.get(
    "/v1/partners/{partner_id}/visits",
    scope=Scope.OPERATOR,
    params=PartnerVisitsParams,
    reply=EntriesReply,
    errors=(*LISTING, UnknownPartnerError),
)
def list_partner_visits(call: Call[PartnerVisitsParams, NoBody]) -> Reply:
    """List a partner's loyalty visits of a period, one entry each: what is behind a figure of its bill."""
    return _listed(_known(call.params.partner_id), call.params)


@resource.get(
    "/v1/visits/{entry_id}",
    scope=Scope.REPORTS,
    params=EntryParams,
    reply=VisitTraceReply,
    errors=(UnknownEntryError,),
)
def trace_visit(call: Call[EntryParams, NoBody]) -> Reply:
    """Trace an entry: what else belongs to its receipt, what of it is the visit, and why the rest is not.

    Any of your entries may be named. A return, cancellation or void leads to the receipt of what it undoes.
    """
    return _traced(call.caller.partner_id, call.params.entry_id)


@resource.get(
    "/v1/partners/{partner_id}/visits/{entry_id}",
    scope=Scope.OPERATOR,
    params=PartnerEntryParams,
    reply=VisitTraceReply,
    errors=(UnknownEntryError,),
)
def trace_partner_visit(call: Call[PartnerEntryParams, NoBody]) -> Reply:
    """Trace an entry of a partner: what else belongs to its receipt, and what of it is the visit."""
    return _traced(call.params.partner_id, call.params.entry_id)


@resource.get(
    "/v1/visit-counts",
    scope=Scope.REPORTS,
    params=VisitCountsParams,
    reply=VisitCountsReply,
    errors=(InvalidRangeError,),
)
def count_visits(call: Call[VisitCountsParams, NoBody]) -> Reply:
    """Count your loyalty visits by location, and by day or hour if you like."""
    return _counted(call.caller.partner_id, call.params)


@resource.get(
    "/v1/partners/{partner_id}/visit-counts",
    scope=Scope.OPERATOR,
    params=PartnerVisitCountsParams,
    reply=VisitCountsReply,
    errors=(InvalidRangeError, UnknownPartnerError),
)
def count_partner_visits(call: Call[PartnerVisitCountsParams, NoBody]) -> Reply:
    """Count a partner's loyalty visits by location, and by day or hour if you like."""
    return _counted(_known(call.params.partner_id), call.params)


def _known(partner_id: str) -> str:
    return bootstrap.services().contracts.partner(partner_id).partner_id


def _listed(partner_id: str, params: VisitsParams) -> Reply:
    location = params.location_id
    binding = ("visits", partner_id, params.first_day.isoformat(), params.last_day.isoformat(), location or "")
    after = None if params.cursor is None else bookmark_of(cursors().read(binding, params.cursor))
    listing = bootstrap.services().pages.entries(
        partner_id,
        params.first_day,
        params.last_day,
        after=after,
        limit=params.limit,
        wanted=lambda line: line.visit and location in (None, line.location),
    )
    next_cursor = None if listing.next is None else cursors().write(binding, position_of(listing.next))
    return Reply(EntriesReply(entries=[entry_out(item.line) for item in listing.lines], next_cursor=next_cursor))


def _traced(partner_id: str, entry_id: str) -> Reply:
    from partners.visits.lines import line_of

    trace = bootstrap.services().tracing.trace(partner_id, entry_id)
    reply = VisitTraceReply(
        visit_entry_id=None if trace.visit is None else trace.visit.entry_id,
        entries=[TracedEntryOut(entry=entry_out(line_of(one.entry)), why=one.why) for one in trace.entries],
    )
    return Reply(reply)


def _counted(partner_id: str, params: VisitCountsParams) -> Reply:
    from partners.visits.meter import Span

    counts = bootstrap.services().pages.visit_counts(partner_id, params.first_day, params.last_day, Span(params.by))
    listed = [
        VisitCountOut(
            begins_at=None if count.begins_at_ms is None else to_rfc3339(count.begins_at_ms),
            location_id=count.location,
            visits=count.visits,
        )
        for count in counts
    ]
    reply = VisitCountsReply(
        first_day=params.first_day.isoformat(),
        last_day=params.last_day.isoformat(),
        visits=sum(count.visits for count in counts),
        counts=listed,
    )
    return Reply(reply)
