"""Settlement positions of a period: the network operator's work."""

from typing import TYPE_CHECKING

from chalicelib.api.position_pages import flows_page, lines_page, pairs_page, positions_page
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.reports import (
    FlowsReply,
    PairsReply,
    PeriodPageParams,
    PeriodPairsParams,
    PeriodPartyParams,
    PositionLinesReply,
    PositionsReply,
)
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.visits.errors import InvalidRangeError

if TYPE_CHECKING:
    from partners.settlement.figures import Figures

resource = Resource("positions", __name__)

ERRORS = (InvalidRangeError, InvalidCursorError)


@resource.get("/v1/positions", scope=Scope.OPERATOR, params=PeriodPageParams, reply=PositionsReply, errors=ERRORS)
def list_positions(call: Call[PeriodPageParams, NoBody]) -> Reply:
    """List every party's position of a period, from all entries posted by now.

    A partner pays the network the issue price for each point it grants, and is paid the redeem price for
    each point it honours, whoever granted it. Cashback costs and pays its own amount. Positions follow from gross
    lines and sum to zero. What was returned after it was spent is `owed` by members and stays paid by its issuer.
    """
    return Reply(positions_page(_figures(call.params), call.params, _of(call.params)))


@resource.get(
    "/v1/positions/{party}", scope=Scope.OPERATOR, params=PeriodPartyParams, reply=PositionLinesReply, errors=ERRORS
)
def get_position(call: Call[PeriodPartyParams, NoBody]) -> Reply:
    """Get a party's position of a period, and a page of the lines it follows from."""
    return Reply(lines_page(_figures(call.params), call.params.party, call.params, _of(call.params)))


@resource.get("/v1/position-pairs", scope=Scope.OPERATOR, params=PeriodPairsParams, reply=PairsReply, errors=ERRORS)
def list_position_pairs(call: Call[PeriodPairsParams, NoBody]) -> Reply:
    """List who honoured whose points in a period, and what each owes each before netting."""
    return Reply(pairs_page(_figures(call.params), call.params.payer, call.params, _of(call.params)))


@resource.get("/v1/position-flows", scope=Scope.OPERATOR, params=PeriodPageParams, reply=FlowsReply, errors=ERRORS)
def list_position_flows(call: Call[PeriodPageParams, NoBody]) -> Reply:
    """List what became of every issuer's points and cashback in a period."""
    return Reply(flows_page(_figures(call.params), call.params, _of(call.params)))


def _figures(params: PeriodPageParams) -> "Figures":
    from partners.settlement.figures import figures_of

    return figures_of(bootstrap.services().settlements.positions(params.first_day, params.last_day))


def _of(params: PeriodPageParams) -> tuple[str, ...]:
    return params.first_day.isoformat(), params.last_day.isoformat()
