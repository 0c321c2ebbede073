"""Who may be paid at a member's bank account, on both engines: as two agreed, written on the version before."""

from dataclasses import replace

from partners.contracts.proposals import Decision, ProposalState
from partners.settlement.payments.agreed import Agreed, Proposed
from partners.settlement.payments.agreed_store import MemberAccountStore
from partners.settlement.payments.member_accounts import PaidThere
from tests.support.clouds import DynamoEngine


def test_what_two_agreed_on_reads_back_and_is_written_once(dynamodb_engine: DynamoEngine) -> None:
    store = MemberAccountStore(dynamodb_engine.client, dynamodb_engine.settlement_table)
    account, couple = "e" * 64, PaidThere(("0000000001", "0000000002"))
    assert store.get(account) == Agreed(account, PaidThere())
    asked = Agreed(account, PaidThere(), Proposed(1, couple, "a couple", "ann", 1_000), version=1)
    assert store.put(asked)
    assert not store.put(asked)
    assert asked.proposal is not None
    decided = replace(
        asked.proposal, state=ProposalState.APPROVED, decision=Decision(by="bob", at_ms=2_000, reason="yes")
    )
    agreed = Agreed(account, couple, decided, version=2)
    assert store.put(agreed)
    assert store.get(account) == agreed
