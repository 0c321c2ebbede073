"""Terms and their proposals on DynamoDB, table `partners`: rows `P#<partner>`, `TERMS#<version>` and
`PROPOSAL#<number>`, both of 6 digits.

Terms are added together with the decision that made them, or not at all, and never change. Row `TERMS`, `AGREED`
counts them all: prices are compared with those of all partners, so nobody's may come in between unseen.
"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from partners.contracts.exchange import ExchangeRate
from partners.contracts.model import USUAL_ANSWER_DAYS, Approval, NewTerms, Terms
from partners.contracts.payment import Funding, FundingKind, PaymentMethod
from partners.contracts.plan_codec import plan_from_json, plan_to_json
from partners.contracts.proposals import Decision, Proposal, ProposalState
from shared.kernel.aws import transacted
from shared.kernel.pynamo import ConditionRefusedError, bound, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AGREED = ("TERMS", "AGREED")


class _AgreedRow(Model):
    """What rows of an earlier day lack reads as what was then agreed by silence."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    effective_from_ms = NumberAttribute()
    earn_points = NumberAttribute()
    earn_per_cents = NumberAttribute()
    issue_price_micros = NumberAttribute()
    redeem_price_micros = NumberAttribute()
    expiry_months = NumberAttribute()
    waiting_days = NumberAttribute()
    late_days = NumberAttribute()
    cashback_bps = NumberAttribute()
    answer_days = NumberAttribute(default=USUAL_ANSWER_DAYS)
    commission_bps = NumberAttribute(default=0)
    breakage_share_bps = NumberAttribute(default=0)
    cashback_expiry_months = NumberAttribute(null=True)
    cashback_breakage_share_bps = NumberAttribute(default=0)
    funding = UnicodeAttribute(default=FundingKind.POSTPAID.value)
    net_debit_cap_cents = NumberAttribute(null=True)
    payment_method = UnicodeAttribute(default=PaymentMethod.BANK_FILE.value)
    exchange_nanos = JSONAttribute(null=True)
    plan = JSONAttribute()


class TermsRow(_AgreedRow):
    version = NumberAttribute()
    currency = UnicodeAttribute()
    approval = JSONAttribute(null=True)


class ProposalRow(_AgreedRow):
    reason = UnicodeAttribute()
    proposed_by = UnicodeAttribute()
    proposed_at_ms = NumberAttribute()
    state = UnicodeAttribute()
    decision = JSONAttribute(null=True)
    version = NumberAttribute(null=True)


class AgreedRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    agreed = NumberAttribute()


class AgreementStore:
    """Every method may raise StoreUnavailableError. Reads see every row added before."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._terms = bound(TermsRow, table, client)
        self._proposal = bound(ProposalRow, table, client)
        self._count = bound(AgreedRow, table, client)

    def add_proposal(self, proposal: Proposal) -> bool:
        """False if the number is taken; then nothing was written."""
        row = self._proposal(
            *_key(proposal.partner_id, proposal.number),
            reason=proposal.reason,
            proposed_by=proposal.proposed_by,
            proposed_at_ms=proposal.proposed_at_ms,
            state=proposal.state.value,
            decision=None if proposal.decision is None else asdict(proposal.decision),
            version=proposal.version,
            **_agreed_attributes(proposal.new),
        )
        try:
            with store_errors():
                row.save(condition=self._proposal.pk.does_not_exist())
        except ConditionRefusedError:
            return False
        return True

    def proposal(self, partner_id: str, number: int) -> Proposal | None:
        try:
            with store_errors():
                row = self._proposal.get(*_key(partner_id, number), consistent_read=True)
        except self._proposal.DoesNotExist:
            return None
        return _proposal(row)

    def proposals(self, partner_id: str) -> list[Proposal]:
        """All proposals to the partner, in order."""
        numbered = self._proposal.sk.startswith("PROPOSAL#")
        with store_errors():
            return [_proposal(row) for row in self._proposal.query(f"P#{partner_id}", numbered, consistent_read=True)]

    def decline(self, proposal: Proposal, state: ProposalState, decision: Decision) -> bool:
        """Take a proposal that waits to `state`; False if it has been decided."""
        kind = self._proposal
        changes: list[Action] = [kind.state.set(state.value), kind.decision.set(asdict(decision))]
        try:
            with store_errors():
                kind(*_key(proposal.partner_id, proposal.number)).update(
                    changes, condition=kind.state == ProposalState.PROPOSED.value
                )
        except ConditionRefusedError:
            return False
        return True

    def agreed(self) -> int:
        """How many terms have been agreed on, of all partners, since they are counted."""
        try:
            with store_errors():
                return int(self._count.get(*AGREED, consistent_read=True).agreed)
        except self._count.DoesNotExist:
            return 0

    def agree(self, terms: Terms, approval: Approval, agreed: int) -> bool:
        """Add terms and mark their proposal approved, together.

        False if the version is taken, the proposal is decided, or more terms than `agreed` have been agreed on.
        """
        actions: Any = [
            {"Put": self._counted(agreed)},
            {
                "Put": {
                    "TableName": self._table,
                    "Item": row_of(self._terms, terms).serialize(),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            {"Update": self._approved(terms, approval)},
        ]
        return transacted(self._client, actions)

    def _counted(self, agreed: int) -> dict[str, Any]:
        put = {"TableName": self._table, "Item": self._count(*AGREED, agreed=agreed + 1).serialize()}
        if not agreed:
            return put | {"ConditionExpression": "attribute_not_exists(pk)"}
        seen = {":agreed": {"N": str(agreed)}}
        return put | {"ConditionExpression": "agreed = :agreed", "ExpressionAttributeValues": seen}

    def _approved(self, terms: Terms, approval: Approval) -> dict[str, Any]:
        pk, sk = _key(terms.partner_id, approval.proposal)
        decision = Decision(by=approval.approved_by, at_ms=approval.approved_at_ms, reason=approval.reason)
        return {
            "TableName": self._table,
            "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
            "ConditionExpression": "#state = :proposed",
            "UpdateExpression": "SET #state = :approved, decision = :decision, version = :version",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":proposed": {"S": ProposalState.PROPOSED.value},
                ":approved": {"S": ProposalState.APPROVED.value},
                ":decision": {"S": json.dumps(asdict(decision))},
                ":version": {"N": str(terms.version)},
            },
        }


def row_of(kind: type[TermsRow], terms: Terms) -> TermsRow:
    return kind(
        f"P#{terms.partner_id}",
        f"TERMS#{terms.version:06d}",
        version=terms.version,
        currency=terms.currency,
        approval=None if terms.approval is None else asdict(terms.approval),
        **_agreed_attributes(terms),
    )


def terms_of(row: TermsRow) -> Terms:
    return Terms(
        partner_id=row.pk.removeprefix("P#"),
        version=int(row.version),
        currency=row.currency,
        approval=None if row.approval is None else Approval(**row.approval),
        **_agreed(row),
    )


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        partner_id=row.pk.removeprefix("P#"),
        number=int(row.sk.removeprefix("PROPOSAL#")),
        new=NewTerms(**_agreed(row)),
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_at_ms=int(row.proposed_at_ms),
        state=ProposalState(row.state),
        decision=None if row.decision is None else Decision(**row.decision),
        version=None if row.version is None else int(row.version),
    )


def _key(partner_id: str, number: int) -> tuple[str, str]:
    return f"P#{partner_id}", f"PROPOSAL#{number:06d}"


def _agreed_attributes(new: NewTerms) -> dict[str, Any]:
    return {
        "effective_from_ms": new.effective_from_ms,
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
        "funding": new.funding.kind.value,
        "net_debit_cap_cents": new.funding.net_debit_cap_cents,
        "payment_method": new.payment_method.value,
        "exchange_nanos": {rate.currency: rate.nanos for rate in new.exchange_rates} or None,
        "plan": plan_to_json(new.plan),
    }


def _agreed(row: _AgreedRow) -> dict[str, Any]:
    """The fields of NewTerms."""
    cap, months = row.net_debit_cap_cents, row.cashback_expiry_months
    return {
        "effective_from_ms": int(row.effective_from_ms),
        "earn_points": int(row.earn_points),
        "earn_per_cents": int(row.earn_per_cents),
        "issue_price_micros": int(row.issue_price_micros),
        "redeem_price_micros": int(row.redeem_price_micros),
        "expiry_months": int(row.expiry_months),
        "waiting_days": int(row.waiting_days),
        "late_days": int(row.late_days),
        "answer_days": int(row.answer_days),
        "cashback_bps": int(row.cashback_bps),
        "commission_bps": int(row.commission_bps),
        "breakage_share_bps": int(row.breakage_share_bps),
        "cashback_expiry_months": None if months is None else int(months),
        "cashback_breakage_share_bps": int(row.cashback_breakage_share_bps),
        "funding": Funding(FundingKind(row.funding), None if cap is None else int(cap)),
        "payment_method": PaymentMethod(row.payment_method),
        "exchange_rates": tuple(ExchangeRate(*rate) for rate in sorted((row.exchange_nanos or {}).items())),
        "plan": plan_from_json(row.plan),
    }
