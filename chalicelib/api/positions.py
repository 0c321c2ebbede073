"""Settlement positions of a period: the network operator's work."""

from chalicelib.api.position_shape import cashback_flow_out, currency_out, flow_out
from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.reports import PeriodParams, PositionsReply
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.visits.errors import InvalidRangeError

resource = Resource("positions", __name__)


@resource.get(
    "/v1/positions",
    scope=Scope.OPERATOR,
    params=PeriodParams,
    reply=PositionsReply,
    errors=(InvalidRangeError,),
)
def get_positions(call: Call[PeriodParams, NoBody]) -> Reply:
    """Get every party's position of a period.

    A partner pays the network the issue price for each point it grants, and is paid the redeem price for
    each point it honours, whoever granted it. Cashback costs and pays its own amount. Positions follow from gross
    lines and sum to zero. What was returned after it was spent is `owed` by members and stays paid by its issuer.
    """
    settlement = bootstrap.services().settlements.positions(call.params.first_day, call.params.last_day)
    reply = PositionsReply(
        first_day=settlement.first.isoformat(),
        last_day=settlement.last.isoformat(),
        currencies=[currency_out(one) for one in settlement.currencies],
        flows=[flow_out(flow) for flow in settlement.flows],
        cashback_flows=[cashback_flow_out(flow) for flow in settlement.cashback_flows],
    )
    return Reply(reply)
