"""Settlement positions of a period: the network operator's work."""

from typing import TYPE_CHECKING, get_args

from chalicelib.api.schemas.fields import NoBody
from chalicelib.api.schemas.reports import (
    CashbackFlowOut,
    CurrencyPositionsOut,
    GrossKind,
    GrossLineOut,
    MatrixCellOut,
    PeriodParams,
    PointsFlowOut,
    PositionOut,
    PositionsReply,
)
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.visits.errors import InvalidRangeError

if TYPE_CHECKING:
    from partners.settlement.model import CashbackFlow, CurrencySettlement, GrossLine, PartnerPosition, PointsFlow

_KIND_OF: dict[str, GrossKind] = {kind: kind for kind in get_args(GrossKind)}

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
        currencies=[_currency(one) for one in settlement.currencies],
        flows=[_flow(flow) for flow in settlement.flows],
        cashback_flows=[_cashback_flow(flow) for flow in settlement.cashback_flows],
    )
    return Reply(reply)


def _currency(settled: "CurrencySettlement") -> CurrencyPositionsOut:
    matrix = [
        MatrixCellOut(issuer=cell.issuer, acceptor=cell.acceptor, points=cell.points, amount_micros=cell.amount_micros)
        for cell in settled.matrix
    ]
    positions = [_position(position) for position in settled.positions]
    return CurrencyPositionsOut(currency=settled.currency, positions=positions, matrix=matrix)


def _position(position: "PartnerPosition") -> PositionOut:
    lines = [_line(line) for line in position.lines]
    return PositionOut(party=position.party, net_micros=position.net_micros, net_cents=position.net_cents, lines=lines)


def _line(line: "GrossLine") -> GrossLineOut:
    in_points = line.kind in ("issued", "redeemed")
    return GrossLineOut(
        kind=_KIND_OF[line.kind],
        issuer=line.issuer,
        acceptor=line.acceptor,
        price_micros=line.price_micros,
        points=line.quantity if in_points else None,
        cashback_cents=None if in_points else line.quantity,
        amount_micros=line.amount_micros,
    )


def _flow(flow: "PointsFlow") -> PointsFlowOut:
    return PointsFlowOut(
        issuer=flow.issuer,
        points_issued=flow.issued,
        points_redeemed=flow.redeemed,
        points_expired=flow.expired,
        points_adjusted=flow.adjusted,
        points_owed=flow.owed,
        points_written_off=flow.written_off,
    )


def _cashback_flow(flow: "CashbackFlow") -> CashbackFlowOut:
    return CashbackFlowOut(
        issuer=flow.issuer,
        currency=flow.currency,
        issued_cents=flow.issued,
        redeemed_cents=flow.redeemed,
        paid_out_cents=flow.paid_out,
        forfeited_cents=flow.forfeited,
        owed_cents=flow.owed,
        written_off_cents=flow.written_off,
    )
