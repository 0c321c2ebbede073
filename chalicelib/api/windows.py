"""Settlement windows: the operator closes them, a partner reads its own position."""

from typing import TYPE_CHECKING

from chalicelib.api.position_pages import flows_page, lines_page, pairs_page, positions_page
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.reports import FlowsReply, PairsReply, PositionLinesReply, PositionsReply
from chalicelib.api.schemas.windows import (
    CloseBody,
    OwnPositionReply,
    WindowPageParams,
    WindowPairsParams,
    WindowParams,
    WindowPartyParams,
    WindowReply,
    WindowsReply,
)
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.settlement.errors import (
    InvalidWindowEndError,
    UnknownWindowError,
    WindowNotClosedError,
    WindowStillClosingError,
)
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.settlement.figures import Figures
    from partners.settlement.window import Window

resource = Resource("positions", __name__)

FIGURES_ERRORS = (UnknownWindowError, WindowNotClosedError, InvalidCursorError)


@resource.get("/v1/windows", scope=Scope.OPERATOR, params=PageParams, reply=WindowsReply, errors=(InvalidCursorError,))
def list_windows(call: Call[PageParams, NoBody]) -> Reply:
    """List settlement windows, newest first.

    One is open; the one before may be closing, which waits for entries on their way.
    """
    windows = bootstrap.services().windows.windows()
    page, next_cursor = page_of(windows, lambda one: f"{one.number:08d}", ("windows",), call.params, descending=True)
    return Reply(WindowsReply(windows=[window_out(one) for one in page], next_cursor=next_cursor))


@resource.post(
    "/v1/windows/{window}/close",
    scope=Scope.OPERATOR,
    params=WindowParams,
    before=lambda call: _as_it_is(call.params.window),
    body=CloseBody,
    reply=WindowReply,
    status=200,
    errors=(UnknownWindowError, WindowStillClosingError, InvalidWindowEndError),
)
def close_window(call: Call[WindowParams, CloseBody]) -> Reply:
    """Close the open settlement window.

    The next one is open from its end on. It is closed, and has positions, when entries on their way have come, after an
    hour; one that comes later is in the next window. Again answers how the window stands.
    """
    ends_at_ms = call.body.ends_at
    closing = bootstrap.services().windows.close(call.params.window, call.caller.acting_as, ends_at_ms)
    return Reply(window_out(closing))


@resource.get(
    "/v1/windows/{window}/positions",
    scope=Scope.OPERATOR,
    params=WindowPageParams,
    reply=PositionsReply,
    errors=FIGURES_ERRORS,
)
def list_window_positions(call: Call[WindowPageParams, NoBody]) -> Reply:
    """List every party's position of a closed window. They never change.

    As `/v1/positions` explains them, with commissions, breakage shares and what is carried from earlier settlements.
    """
    return Reply(positions_page(_figures(call.params), call.params, _of(call.params)))


@resource.get(
    "/v1/windows/{window}/positions/{party}",
    scope=Scope.OPERATOR,
    params=WindowPartyParams,
    reply=PositionLinesReply,
    errors=FIGURES_ERRORS,
)
def get_window_position(call: Call[WindowPartyParams, NoBody]) -> Reply:
    """Get a party's position of a closed window, and a page of the lines it follows from."""
    return Reply(lines_page(_figures(call.params), call.params.party, call.params, _of(call.params)))


@resource.get(
    "/v1/windows/{window}/pairs",
    scope=Scope.OPERATOR,
    params=WindowPairsParams,
    reply=PairsReply,
    errors=FIGURES_ERRORS,
)
def list_window_pairs(call: Call[WindowPairsParams, NoBody]) -> Reply:
    """List who honoured whose points in a closed window, and what each owes each before netting."""
    return Reply(pairs_page(_figures(call.params), call.params.payer, call.params, _of(call.params)))


@resource.get(
    "/v1/windows/{window}/flows",
    scope=Scope.OPERATOR,
    params=WindowPageParams,
    reply=FlowsReply,
    errors=FIGURES_ERRORS,
)
def list_window_flows(call: Call[WindowPageParams, NoBody]) -> Reply:
    """List what became of every issuer's points and cashback in a closed window."""
    return Reply(flows_page(_figures(call.params), call.params, _of(call.params)))


@resource.get(
    "/v1/windows/{window}/position",
    scope=Scope.REPORTS,
    params=WindowPageParams,
    reply=OwnPositionReply,
    errors=FIGURES_ERRORS,
)
def get_own_position(call: Call[WindowPageParams, NoBody]) -> Reply:
    """Get your position of a closed window, and a page of the lines it follows from."""
    figures, own = _figures(call.params), call.caller.partner_id
    page = lines_page(figures, own, call.params, (*_of(call.params), "own"), own=True)
    window = window_out(bootstrap.services().windows.window(call.params.window))
    return Reply(
        OwnPositionReply(positions=page.positions, lines=page.lines, next_cursor=page.next_cursor, window=window)
    )


def _figures(params: WindowPageParams) -> "Figures":
    from partners.settlement.figures import Figures

    windows, number = bootstrap.services().windows, params.window
    return Figures(lambda: windows.outline(number), lambda party: windows.part(number, party))


def _of(params: WindowPageParams) -> tuple[str, ...]:
    return ("window", str(params.window))


def _as_it_is(number: int) -> WindowReply:
    windows = bootstrap.services().windows
    # The first one is made when it is first asked for.
    windows.newest()
    return window_out(windows.window(number))


def window_out(window: "Window") -> WindowReply:
    return WindowReply(
        window=window.number,
        state=window.state,
        begins_at=to_rfc3339(window.begins_at_ms),
        ends_at=None if window.ends_at_ms is None else to_rfc3339(window.ends_at_ms),
        closed_by=window.closed_by,
        closed_at=None if window.closed_at_ms is None else to_rfc3339(window.closed_at_ms),
        digest=window.digest,
    )
