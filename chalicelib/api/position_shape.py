"""Positions as the API shows them."""

from collections import Counter
from typing import TYPE_CHECKING, get_args

from chalicelib.api.schemas.reports import (
    BilateralOut,
    CashbackFlowOut,
    CurrencyPositionsOut,
    GrossKind,
    GrossLineOut,
    MatrixCellOut,
    PointsFlowOut,
    PositionOut,
    SourceOut,
)

if TYPE_CHECKING:
    from partners.settlement.model import CashbackFlow, CurrencySettlement, GrossLine, PartnerPosition, PointsFlow

_KIND_OF: dict[str, GrossKind] = {kind: kind for kind in get_args(GrossKind)}


def currency_out(settled: "CurrencySettlement") -> CurrencyPositionsOut:
    matrix = [
        MatrixCellOut(issuer=cell.issuer, acceptor=cell.acceptor, points=cell.points, amount_micros=cell.amount_micros)
        for cell in settled.matrix
    ]
    positions = [position_out(position) for position in settled.positions]
    bilateral = [
        BilateralOut(payer=cell.payer, payee=cell.payee, amount_micros=cell.amount_micros) for cell in settled.bilateral
    ]
    return CurrencyPositionsOut(currency=settled.currency, positions=positions, matrix=matrix, bilateral=bilateral)


def position_out(position: "PartnerPosition", *, own: bool = False) -> PositionOut:
    """With `own`, as the party itself is shown it: of what other partners' entries add to it, the day alone."""
    lines = [_line(line, position.party if own else None) for line in position.lines]
    return PositionOut(party=position.party, net_micros=position.net_micros, net_cents=position.net_cents, lines=lines)


def _line(line: "GrossLine", shown_to: str | None) -> GrossLineOut:
    in_points = line.kind in ("issued", "redeemed", "commission", "breakage_share")
    in_cashback = line.kind.startswith("cashback_")
    return GrossLineOut(
        kind=_KIND_OF[line.kind],
        issuer=line.issuer,
        acceptor=line.acceptor,
        price_micros=line.price_micros,
        points=line.quantity if in_points else None,
        cashback_cents=line.quantity if in_cashback else None,
        amount_micros=line.amount_micros,
        rate_bps=line.rate_bps,
        sources=_sources(line, shown_to),
        reference=line.reference,
    )


def _sources(line: "GrossLine", shown_to: str | None) -> list[SourceOut]:
    quantities: Counter[tuple[str | None, str, str | None]] = Counter()
    for one in line.sources:
        named = one.partner_id if shown_to in (None, one.partner_id) else None
        quantities[named, one.day, one.terms_day] += one.quantity
    return [
        SourceOut(partner_id=named, day=day, quantity=quantity, terms_day=terms_day)
        for (named, day, terms_day), quantity in quantities.items()
    ]


def flow_out(flow: "PointsFlow") -> PointsFlowOut:
    return PointsFlowOut(
        issuer=flow.issuer,
        points_issued=flow.issued,
        points_redeemed=flow.redeemed,
        points_expired=flow.expired,
        points_adjusted=flow.adjusted,
        points_owed=flow.owed,
        points_written_off=flow.written_off,
    )


def cashback_flow_out(flow: "CashbackFlow") -> CashbackFlowOut:
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
