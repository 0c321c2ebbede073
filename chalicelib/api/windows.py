"""Settlement windows: the operator closes them, a partner reads its own position."""

from typing import TYPE_CHECKING

from chalicelib.api.position_shape import cashback_flow_out, currency_out, flow_out, position_out
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.windows import (
    CloseBody,
    OwnPositionOut,
    OwnPositionsReply,
    WindowParams,
    WindowPositionsReply,
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
    from partners.settlement.window import Window

resource = Resource("positions", __name__)


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
    params=WindowParams,
    reply=WindowPositionsReply,
    errors=(UnknownWindowError, WindowNotClosedError),
)
def get_window_positions(call: Call[WindowParams, NoBody]) -> Reply:
    """Get every party's position of a closed window.

    As `/v1/positions` explains them, with commissions, breakage shares and what is carried from earlier settlements.
    """
    windows = bootstrap.services().windows
    book = windows.book(call.params.window)
    reply = WindowPositionsReply(
        window=window_out(windows.window(call.params.window)),
        currencies=[currency_out(one) for one in book.currencies],
        flows=[flow_out(flow) for flow in book.flows],
        cashback_flows=[cashback_flow_out(flow) for flow in book.cashback_flows],
    )
    return Reply(reply)


@resource.get(
    "/v1/windows/{window}/position",
    scope=Scope.REPORTS,
    params=WindowParams,
    reply=OwnPositionsReply,
    errors=(UnknownWindowError, WindowNotClosedError),
)
def get_own_position(call: Call[WindowParams, NoBody]) -> Reply:
    """Get your position of a closed window, and the lines it follows from."""
    windows = bootstrap.services().windows
    part = windows.part(call.params.window, call.caller.partner_id)
    own = [
        OwnPositionOut(currency=settled.currency, position=position_out(position, own=True))
        for settled in part.currencies
        for position in settled.positions
    ]
    return Reply(OwnPositionsReply(window=window_out(windows.window(call.params.window)), positions=own))


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
