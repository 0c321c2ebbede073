"""What two people agreed on about partners on DynamoDB, table `settlement`, sk the partner.

| row | pk |
| --- | --- |
| what is held of a partner in case it does not pay | `COLLATERAL` |

Each write is on condition of the version before.
"""

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.contracts.proposals import Decision, ProposalState
from partners.settlement.payments.agreed import Agreed, Proposed
from partners.settlement.payments.collateral import Collateral
from shared.kernel.pynamo import bound, saved_over_version_before, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

COLLATERAL = "COLLATERAL"


class AgreedRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    proposal = JSONAttribute(null=True)
    version = NumberAttribute()


class CollateralRow(AgreedRow):
    held_cents = NumberAttribute()
    taken = JSONAttribute()


class CollateralStore:
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._row = bound(CollateralRow, table, client)

    def get(self, partner_id: str) -> Agreed[Collateral]:
        """Nothing is held, in version 0, if nothing was written yet."""
        try:
            with store_errors():
                row = self._row.get(COLLATERAL, partner_id, consistent_read=True)
        except self._row.DoesNotExist:
            return Agreed(partner_id, Collateral())
        taken = tuple((settlement, int(cents)) for settlement, cents in row.taken)
        found = None if row.proposal is None else _proposal(row.proposal, Collateral(row.proposal["held_cents"]))
        return Agreed(partner_id, Collateral(int(row.held_cents), taken), found, int(row.version))

    def put(self, one: Agreed[Collateral]) -> bool:
        """Write what stands one version above what is stored; False if that is no longer so."""
        proposal = one.proposal
        row = self._row(
            COLLATERAL,
            one.partner_id,
            held_cents=one.value.held_cents,
            taken=[list(of) for of in one.value.taken],
            proposal=None if proposal is None else {**facts(proposal), "held_cents": proposal.value.held_cents},
            version=one.version,
        )
        return saved_over_version_before(row)


def facts(one: Proposed[Any]) -> dict[str, Any]:
    """A proposal without what it proposes, as it is stored."""
    decision = one.decision
    return {
        "number": one.number,
        "reason": one.reason,
        "by": one.proposed_by,
        "at_ms": one.proposed_at_ms,
        "state": one.state.value,
        "decision": None if decision is None else [decision.by, decision.at_ms, decision.reason],
    }


def _proposal(row: dict[str, Any], value: Any) -> Proposed[Any]:
    decision = None
    if row["decision"] is not None:
        by, at_ms, reason = row["decision"]
        decision = Decision(by=by, at_ms=at_ms, reason=reason)
    return Proposed(row["number"], value, row["reason"], row["by"], row["at_ms"], ProposalState(row["state"]), decision)
