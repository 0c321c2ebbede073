"""Settlements, as replies show them."""

from typing import TYPE_CHECKING

from chalicelib.api.agreed_shape import proposal_facts
from chalicelib.api.schemas.settlements import (
    DefaultOut,
    LegOut,
    LegStepOut,
    PartyNetOut,
    SettlementParams,
    SettlementReply,
    StageStepOut,
    TroubleOut,
)
from chalicelib.api.schemas.terms import PartnerProposalReply
from partners import bootstrap
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.settlement.payments.legs import Leg
    from partners.settlement.payments.model import PaidSettlement


def as_it_is(where: SettlementParams) -> SettlementReply:
    """The stored one. Raises UnknownSettlementError."""
    return shown(bootstrap.services().settlement_payments.settlement(where.window, where.currency))


def shown(one: "PaidSettlement") -> SettlementReply:
    """All of it."""
    from partners.settlement.payments.consequences import has_more

    return SettlementReply(
        window=one.window,
        currency=one.currency,
        stage=one.stage,
        more=has_more(one),
        network_net_cents=one.network_net_cents,
        positions=[PartyNetOut(party=party, net_cents=cents) for party, cents in one.net_cents],
        collected_cents=one.collected_cents,
        paid_out_cents=one.paid_out_cents,
        missing_cents=one.missing_cents,
        defaults=_defaults(one),
        legs=[_leg(leg) for leg in one.legs],
        troubles=[TroubleOut(leg=trouble.leg, text=trouble.text) for trouble in one.troubles],
        history=[StageStepOut(stage=step.stage, at=to_rfc3339(step.at_ms), by=step.by) for step in one.history],
    )


def _leg(leg: "Leg") -> LegOut:
    from partners.settlement.payments.legs import Direction
    from partners.settlement.payments.vouching import vouchers

    steps = [
        LegStepOut(state=step.state, at=to_rfc3339(step.at_ms), by=step.by, reference=step.reference)
        for step in leg.history
    ]
    return LegOut(
        key=leg.key,
        end_to_end_id=leg.end_to_end_id,
        party=leg.party,
        payout=leg.payout or None,
        method=None if leg.direction is Direction.DEPOSIT else leg.means.method,
        account=leg.means.account or None,
        recalled=leg.recalled_at_ms is not None,
        direction=leg.direction,
        attempt=leg.attempt,
        amount_cents=leg.amount_cents,
        state=leg.state,
        rests_on=sorted(vouchers(leg)),
        confirmed_by=list(leg.confirmed_by),
        history=steps,
    )


def _defaults(one: "PaidSettlement") -> list[DefaultOut]:
    from partners.settlement.payments import defaults

    found = []
    for party in sorted({*one.defaulting, *(proposal.value.party for proposal in one.proposals)}):
        stands, in_force = defaults.of_party(one, party), party in one.defaulting
        held, latest = stands.value, stands.proposal
        said = held if in_force or latest is None else latest.value
        found.append(
            DefaultOut(
                party=party,
                in_force=in_force,
                collateral_cents=said.collateral_cents,
                write_off_cents=said.write_off_cents,
                decided_by=[by for by in (held.by, *held.confirmed_by) if by],
                proposal=None if latest is None else PartnerProposalReply(**proposal_facts(latest)),
            )
        )
    return found
