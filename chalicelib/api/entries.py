"""A partner's entries of a period."""

from chalicelib.api.bookmarks import bookmark_of, position_of
from chalicelib.api.entry_shape import entry_out
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.listings import EntriesReply, PeriodEntriesParams
from chalicelib.cursors import cursors
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.visits.errors import InvalidRangeError

resource = Resource("entries", __name__)


@resource.get(
    "/v1/entries",
    scope=Scope.REPORTS,
    params=PeriodEntriesParams,
    reply=EntriesReply,
    errors=(InvalidRangeError, InvalidCursorError),
)
def list_entries(call: Call[PeriodEntriesParams, NoBody]) -> Reply:
    """List your entries of a period.

    Days are UTC days of recording. An entry appears a few seconds after it is recorded; a listing of days
    that are over is complete and keeps its order.
    """
    partner_id, params = call.caller.partner_id, call.params
    binding = ("entries", partner_id, params.first_day.isoformat(), params.last_day.isoformat())
    after = None if params.cursor is None else bookmark_of(cursors().read(binding, params.cursor))
    listing = bootstrap.services().pages.entries(
        partner_id, params.first_day, params.last_day, after=after, limit=params.limit
    )
    next_cursor = None if listing.next is None else cursors().write(binding, position_of(listing.next))
    return Reply(EntriesReply(entries=[entry_out(item.line) for item in listing.lines], next_cursor=next_cursor))
