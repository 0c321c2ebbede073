"""Terms and proposals between JSON and the contract."""

from typing import Any

from chalicelib.api.plan_shape import plan_of, plan_out
from chalicelib.api.schemas.terms import (
    AgreedReply,
    ApprovalReply,
    ApprovedTermsReply,
    DecisionReply,
    ExchangeRateBody,
    FundingBody,
    ProposalReply,
    TermsBody,
    TermsReply,
)
from partners.contracts.exchange import ExchangeRate
from partners.contracts.model import NewTerms, Terms
from partners.contracts.payment import Funding, usual_method
from partners.contracts.proposals import Decision, Proposal
from shared.kernel.clock import to_rfc3339


def new_terms_of(body: TermsBody, currency: str) -> NewTerms:
    """With a partner whose books are in `currency`. Raises InvalidTermsError, InvalidPlanError."""
    return NewTerms(
        effective_from_ms=body.effective_from,
        earn_points=body.earn_points,
        earn_per_cents=body.earn_per_cents,
        issue_price_micros=body.issue_price_micros,
        redeem_price_micros=body.redeem_price_micros,
        expiry_months=body.expiry_months,
        waiting_days=body.waiting_days,
        late_days=body.late_days,
        answer_days=body.answer_days,
        cashback_bps=body.cashback_bps,
        commission_bps=body.commission_bps,
        breakage_share_bps=body.breakage_share_bps,
        cashback_expiry_months=body.cashback_expiry_months,
        cashback_breakage_share_bps=body.cashback_breakage_share_bps,
        funding=Funding(body.funding.kind, body.funding.net_debit_cap_cents),
        payment_method=body.payment_method or usual_method(currency),
        exchange_rates=tuple(sorted(ExchangeRate(rate.currency, rate.nanos) for rate in body.exchange_rates)),
        plan=plan_of(body.plan),
    )


def terms_out(terms: Terms) -> TermsReply:
    return TermsReply(**_named(terms))


def approved_terms_out(terms: Terms) -> ApprovedTermsReply:
    approval = terms.approval
    shown = (
        None
        if approval is None
        else ApprovalReply(
            proposal=approval.proposal,
            proposed_by=approval.proposed_by,
            approved_by=approval.approved_by,
            approved_at=to_rfc3339(approval.approved_at_ms),
            reason=approval.reason,
        )
    )
    return ApprovedTermsReply(**_named(terms), approval=shown)


def decision_out(decision: Decision | None) -> DecisionReply | None:
    if decision is None:
        return None
    return DecisionReply(by=decision.by, at=to_rfc3339(decision.at_ms), reason=decision.reason)


def proposal_out(proposal: Proposal) -> ProposalReply:
    return ProposalReply(
        partner_id=proposal.partner_id,
        proposal=proposal.number,
        state=proposal.state,
        terms=AgreedReply(**_agreed(proposal.new)),
        reason=proposal.reason,
        proposed_by=proposal.proposed_by,
        proposed_at=to_rfc3339(proposal.proposed_at_ms),
        decision=decision_out(proposal.decision),
        version=proposal.version,
    )


def _named(terms: Terms) -> dict[str, Any]:
    named = {"partner_id": terms.partner_id, "version": terms.version, "currency": terms.currency}
    return named | _agreed(terms)


def _agreed(new: NewTerms) -> dict[str, Any]:
    return {
        "effective_from": to_rfc3339(new.effective_from_ms),
        "earn_points": new.earn_points,
        "earn_per_cents": new.earn_per_cents,
        "issue_price_micros": new.issue_price_micros,
        "redeem_price_micros": new.redeem_price_micros,
        "expiry_months": new.expiry_months,
        "waiting_days": new.waiting_days,
        "late_days": new.late_days,
        "answer_days": new.answer_days,
        "cashback_bps": new.cashback_bps,
        "commission_bps": new.commission_bps,
        "breakage_share_bps": new.breakage_share_bps,
        "cashback_expiry_months": new.cashback_expiry_months,
        "cashback_breakage_share_bps": new.cashback_breakage_share_bps,
        "funding": FundingBody(kind=new.funding.kind, net_debit_cap_cents=new.funding.net_debit_cap_cents),
        "payment_method": new.payment_method,
        "exchange_rates": [ExchangeRateBody(currency=rate.currency, nanos=rate.nanos) for rate in new.exchange_rates],
        "plan": plan_out(new.plan),
    }
