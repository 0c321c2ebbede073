"""What two people agreed on about partners and currencies on DynamoDB, table `settlement`, sk the subject.

| row | pk |
| --- | --- |
| what is held of a partner in case it does not pay | `COLLATERAL` |
| where it is collected from and paid | `STRIPE`, a name from when it was there alone |
| what the network advances in a currency | `ADVANCES` |
| which members are paid at a bank account, of a fingerprint | `MEMBER-ACCOUNTS` |

Each write is on condition of the version before.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from partners.contracts.proposals import Decision, ProposalState
from partners.settlement.payments.advances import Advance
from partners.settlement.payments.agreed import Agreed, Proposed
from partners.settlement.payments.collateral import Collateral
from partners.settlement.payments.member_accounts import PaidThere
from partners.settlement.payments.payees import PayeeAccounts
from shared.kernel.aws import transacted
from shared.kernel.pynamo import bound, saved_over_version_before, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

V = TypeVar("V")


class AgreedRow(Model):
    """Rows of an earlier day have no proposal: one person said what they say. Nor has a row of before dates were noted
    what held `since` when.
    """

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    proposal = JSONAttribute(null=True)
    since = JSONAttribute(null=True)
    version = NumberAttribute()


class CollateralRow(AgreedRow):
    """Rows of an earlier day don't tell what of it is a guarantee."""

    held_cents = NumberAttribute()
    taken = JSONAttribute()
    guarantee_cents = NumberAttribute(null=True)


class AccountsRow(AgreedRow):
    customer_id = UnicodeAttribute(null=True)
    connected_account_id = UnicodeAttribute(null=True)
    charged = BooleanAttribute()
    bank_account = UnicodeAttribute(null=True)


class AdvanceRow(AgreedRow):
    advanced_cents = NumberAttribute()


class MemberAccountRow(AgreedRow):
    members = JSONAttribute()


class AgreedStore(ABC, Generic[V]):
    """Every method may raise StoreUnavailableError. All reads are strongly consistent."""

    partition: str
    kind: type[AgreedRow]
    nothing: V

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._row: Any = bound(self.kind, table, client)

    @abstractmethod
    def in_force(self, row: Any) -> V:
        """What holds by a row."""

    @abstractmethod
    def proposed(self, facts: dict[str, Any]) -> V:
        """What a proposal proposes, of what `facts` made of it."""

    @abstractmethod
    def facts(self, value: V) -> dict[str, Any]:
        """What is stored of what is proposed."""

    @abstractmethod
    def attributes(self, value: V) -> dict[str, Any]:
        """What a row has of what holds."""

    def get(self, subject: str) -> Agreed[V]:
        """`nothing`, in version 0, if nothing was written yet."""
        try:
            with store_errors():
                row = self._row.get(self.partition, subject, consistent_read=True)
        except self._row.DoesNotExist:
            return Agreed(subject, self.nothing)
        stored = row.proposal
        found = None if stored is None else _proposal(stored, self.proposed(stored["proposed"]))
        since = tuple((since_ms, self.proposed(facts)) for since_ms, facts in row.since or ())
        return Agreed(subject, self.in_force(row), found, int(row.version), since)

    def put(self, one: Agreed[V], also: Sequence[Mapping[str, Any]] = ()) -> bool:
        """Write what stands one version above what is stored, and do what is `also` to be done with it.

        False, and nothing is written, if that is no longer so, or a condition of those does not hold.
        """
        if also:
            return transacted(self._client, [self.action(one), *also])
        return saved_over_version_before(self._row_of(one))

    def action(self, one: Agreed[V]) -> dict[str, Any]:
        """What `put` writes, on the same condition, as an action of a transaction with what takes of it."""
        put = {"TableName": self._row.Meta.table_name, "Item": self._row_of(one).serialize()}
        if one.version == 1:
            return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}
        before = {":read": {"N": str(one.version - 1)}}
        return {"Put": {**put, "ConditionExpression": "version = :read", "ExpressionAttributeValues": before}}

    def _row_of(self, one: Agreed[V]) -> Any:
        proposal = one.proposal
        stored = None if proposal is None else {**_facts(proposal), "proposed": self.facts(proposal.value)}
        since = [[since_ms, self.facts(value)] for since_ms, value in one.since] or None
        return self._row(
            self.partition, one.subject, proposal=stored, since=since, version=one.version, **self.attributes(one.value)
        )


class CollateralStore(AgreedStore[Collateral]):
    partition = "COLLATERAL"
    kind = CollateralRow
    nothing = Collateral()

    def in_force(self, row: Any) -> Collateral:
        taken = tuple((settlement, int(cents)) for settlement, cents in row.taken)
        return Collateral(int(row.held_cents), taken, int(row.guarantee_cents or 0))

    def proposed(self, facts: dict[str, Any]) -> Collateral:
        return Collateral(facts["held_cents"], guarantee_cents=facts.get("guarantee_cents", 0))

    def facts(self, value: Collateral) -> dict[str, Any]:
        return {"held_cents": value.held_cents, "guarantee_cents": value.guarantee_cents}

    def attributes(self, value: Collateral) -> dict[str, Any]:
        taken = [list(of) for of in value.taken]
        return {"held_cents": value.held_cents, "taken": taken, "guarantee_cents": value.guarantee_cents or None}


class AccountStore(AgreedStore[PayeeAccounts]):
    partition = "STRIPE"
    kind = AccountsRow
    nothing = PayeeAccounts()

    def in_force(self, row: Any) -> PayeeAccounts:
        return PayeeAccounts(row.customer_id, row.connected_account_id, bool(row.charged), row.bank_account)

    def proposed(self, facts: dict[str, Any]) -> PayeeAccounts:
        return PayeeAccounts(**facts)

    def facts(self, value: PayeeAccounts) -> dict[str, Any]:
        return asdict(value)

    def attributes(self, value: PayeeAccounts) -> dict[str, Any]:
        return asdict(value)


class AdvanceStore(AgreedStore[Advance]):
    partition = "ADVANCES"
    kind = AdvanceRow
    nothing = Advance()

    def in_force(self, row: Any) -> Advance:
        return Advance(int(row.advanced_cents))

    def proposed(self, facts: dict[str, Any]) -> Advance:
        return Advance(**facts)

    def facts(self, value: Advance) -> dict[str, Any]:
        return asdict(value)

    def attributes(self, value: Advance) -> dict[str, Any]:
        return asdict(value)


class MemberAccountStore(AgreedStore[PaidThere]):
    partition = "MEMBER-ACCOUNTS"
    kind = MemberAccountRow
    nothing = PaidThere()

    def in_force(self, row: Any) -> PaidThere:
        return PaidThere(tuple(row.members))

    def proposed(self, facts: dict[str, Any]) -> PaidThere:
        return PaidThere(tuple(facts["members"]))

    def facts(self, value: PaidThere) -> dict[str, Any]:
        return {"members": list(value.members)}

    def attributes(self, value: PaidThere) -> dict[str, Any]:
        return self.facts(value)


def _facts(one: Proposed[Any]) -> dict[str, Any]:
    """A proposal without what it proposes."""
    decision = one.decision
    return {
        "number": one.number,
        "reason": one.reason,
        "by": one.proposed_by,
        "at_ms": one.proposed_at_ms,
        "state": one.state.value,
        "decision": None if decision is None else asdict(decision),
    }


def _proposal(row: dict[str, Any], value: Any) -> Proposed[Any]:
    decision = None if row["decision"] is None else Decision(**row["decision"])
    return Proposed(row["number"], value, row["reason"], row["by"], row["at_ms"], ProposalState(row["state"]), decision)
