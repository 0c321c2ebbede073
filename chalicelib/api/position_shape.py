"""Positions as the API shows them."""

from collections import Counter
from typing import TYPE_CHECKING, get_args

from chalicelib.api.schemas.reports import (
    CashbackFlowOut,
    CurrencyTotalOut,
    FlowOut,
    GrossKind,
    GrossLineOut,
    PairOut,
    PointsFlowOut,
    PositionOut,
    SourceOut,
)

if TYPE_CHECKING:
    from partners.settlement.figures import Pair
    from partners.settlement.model import (
        Book,
        CashbackFlow,
        CurrencySettlement,
        GrossLine,
        PartnerPosition,
        PointsFlow,
    )

_KIND_OF: dict[str, GrossKind] = {kind: kind for kind in get_args(GrossKind)}


def position_out(currency: str, position: "PartnerPosition") -> PositionOut:
    return PositionOut(
        currency=currency, party=position.party, net_micros=position.net_micros, net_cents=position.net_cents
    )


def total_out(settled: "CurrencySettlement") -> CurrencyTotalOut:
    owed_cents = sum(max(0, -position.net_cents) for position in settled.positions)
    return CurrencyTotalOut(currency=settled.currency, parties=len(settled.positions), owed_cents=owed_cents)


def pair_out(pair: "Pair") -> PairOut:
    return PairOut(
        currency=pair.currency,
        payer=pair.payer,
        payee=pair.payee,
        points=0 if pair.honoured is None else pair.honoured.points,
        points_micros=0 if pair.honoured is None else pair.honoured.amount_micros,
        amount_micros=0 if pair.owed is None else pair.owed.amount_micros,
    )


def issuer_out(issuer: str, outline: "Book") -> FlowOut:
    return FlowOut(
        issuer=issuer,
        points_flow=next((_points(flow) for flow in outline.flows if flow.issuer == issuer), None),
        cashback_flows=[_cashback(flow) for flow in outline.cashback_flows if flow.issuer == issuer],
    )


def line_out(currency: str, line: "GrossLine", shown_to: str | None) -> GrossLineOut:
    """With `shown_to`, as that party itself is shown it: of what other partners' entries add to it, the day alone."""
    in_points = line.kind in ("issued", "redeemed", "commission", "breakage_share")
    in_cashback = line.kind.startswith("cashback_")
    return GrossLineOut(
        currency=currency,
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


def _points(flow: "PointsFlow") -> PointsFlowOut:
    return PointsFlowOut(
        points_issued=flow.issued,
        points_redeemed=flow.redeemed,
        points_expired=flow.expired,
        points_adjusted=flow.adjusted,
        points_owed=flow.owed,
        points_written_off=flow.written_off,
    )


def _cashback(flow: "CashbackFlow") -> CashbackFlowOut:
    return CashbackFlowOut(
        currency=flow.currency,
        issued_cents=flow.issued,
        redeemed_cents=flow.redeemed,
        paid_out_cents=flow.paid_out,
        forfeited_cents=flow.forfeited,
        owed_cents=flow.owed,
        written_off_cents=flow.written_off,
        adjusted_cents=flow.adjusted,
        expired_cents=flow.expired,
    )
